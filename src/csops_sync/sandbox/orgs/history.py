"""A Japanese org with a past: closed renewals of twelve quarters, drawn from known rates, and what runs today."""

from datetime import date

from csops_sync.sandbox.orgs.book import Book, Customer, Paper
from csops_sync.sandbox.orgs.dates import end_for, japanese_business_days, next_business_day
from csops_sync.sandbox.orgs.names import NAMES, japanese_company
from csops_sync.sandbox.orgs.past_book import PastBook
from csops_sync.sandbox.orgs.past_rates import currencies
from csops_sync.sandbox.orgs.past_records import NOTICE_DAYS
from csops_sync.sandbox.orgs.past_truth import Truth
from csops_sync.sandbox.orgs.people import Staff, japanese_staff
from csops_sync.sandbox.orgs.setup import JAPANESE_STAGES, japanese_organization, record_types, stage_rows
from csops_sync.sandbox.orgs.small import CHANNELS, JAPANESE
from csops_sync.sandbox.seed import OrgSeed

QUARTERS = 12
CUSTOMERS_PER_CSM = 60
FEWEST_CSMS, MOST_CSMS = 5, 40
DUE_NEXT = 6
OPTIONS = ("multi_currency", "targets")
"""The metadata options that a past needs."""


def history_org(*, seed: int, customers: int, today: date, quarters: int = QUARTERS) -> OrgSeed:
    """This function will describe an org of `customers` customers with `quarters` closed quarters behind them.

    Beside them stand a few without a past, whose renewals open on the next business day.
    """
    csms = max(FEWEST_CSMS, min(MOST_CSMS, customers // CUSTOMERS_PER_CSM))
    staff = japanese_staff(csms=csms, managers=csms // 6 + 2)
    book = past_book(seed=seed, customers=customers, quarters=quarters, today=today, staff=staff)
    return OrgSeed(
        organization=japanese_organization("株式会社ヒストリー"),
        records={
            "User": staff.users(),
            "RecordType": record_types(renewal="更新", new_business="新規"),
            "OpportunityStage": stage_rows(JAPANESE_STAGES),
            **currencies(today=today, quarters=quarters),
            **_due_next(staff, today).records(),
        },
        slack_channels=CHANNELS,
        slack_users=staff.slack_users(),
        slack_timezones=staff.slack_timezones(),
        past=book.records(),
        options=OPTIONS,
        truth=book.as_json,
    )


def _due_next(staff: Staff, today: date) -> Book:
    """A rehearsal advances one business day, and must have something to open."""
    book = Book(staff=staff, language=JAPANESE, today=today)
    opens_on = next_business_day(today, japanese_business_days(today.year, today.year + 1))
    for number in range(DUE_NEXT):
        name = japanese_company(NAMES - 1 - number, seed=0)
        end = end_for(opens_on, notice_days=NOTICE_DAYS)
        book.sell(
            Customer(name=name), Paper(end=end, amount=1_200_000 * (number + 1), notice_days=NOTICE_DAYS)
        )
    return book


def past_book(
    *, seed: int, customers: int, quarters: int, today: date, staff: Staff, named_from: int = 0
) -> PastBook:
    """This function will give the drawn customers of an org; `named_from` keeps their names from those of others."""
    return PastBook(
        seed=seed,
        customers=customers,
        quarters=quarters,
        truth=Truth(today=today),
        staff=staff,
        language=JAPANESE,
        named_from=named_from,
    )
