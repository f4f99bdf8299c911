"""A Japanese org with a past: closed renewals of twelve quarters, drawn from known rates, and what runs today."""

from datetime import date

from csops_sync.sandbox.orgs.past_book import PastBook
from csops_sync.sandbox.orgs.past_rates import currencies
from csops_sync.sandbox.orgs.past_truth import Truth
from csops_sync.sandbox.orgs.people import Staff, japanese_staff
from csops_sync.sandbox.orgs.setup import JAPANESE_STAGES, japanese_organization, record_types, stage_rows
from csops_sync.sandbox.orgs.small import CHANNELS, JAPANESE
from csops_sync.sandbox.seed import OrgSeed

QUARTERS = 12
CUSTOMERS_PER_CSM = 60
FEWEST_CSMS, MOST_CSMS = 5, 40
OPTIONS = ("multi_currency", "targets")
"""The metadata options that a past needs."""


def history_org(*, seed: int, customers: int, today: date, quarters: int = QUARTERS) -> OrgSeed:
    """This function will describe an org of `customers` customers with `quarters` closed quarters behind them."""
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
        },
        slack_channels=CHANNELS,
        slack_users=staff.slack_users(),
        slack_timezones=staff.slack_timezones(),
        past=book.records(),
        options=OPTIONS,
        truth=book.as_json,
    )


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
