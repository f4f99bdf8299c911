"""A Japanese org of any size by seed: every record is a pure function of its number, so nothing is held in memory."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, timedelta

from csops_sync.sandbox.orgs.columns import Columns
from csops_sync.sandbox.orgs.dates import japanese_business_days, next_business_day
from csops_sync.sandbox.orgs.drawn import Accounts, Contracts
from csops_sync.sandbox.orgs.drawn_opportunities import Opportunities
from csops_sync.sandbox.orgs.history import OPTIONS, past_book
from csops_sync.sandbox.orgs.names import NAMES
from csops_sync.sandbox.orgs.past_rates import currencies
from csops_sync.sandbox.orgs.people import Staff, japanese_staff
from csops_sync.sandbox.orgs.setup import JAPANESE_STAGES, japanese_organization, record_types, stage_rows
from csops_sync.sandbox.orgs.shapes import Shaper
from csops_sync.sandbox.orgs.small import CHANNELS, JAPANESE
from csops_sync.sandbox.seed import OrgSeed

DAYS_BACK, DAYS_AHEAD = 60, 250
CONTRACTS_PER_CSM = 200
FEWEST_CSMS, MOST_CSMS = 4, 40
CONTRACTS_PER_PAST, MOST_PAST = 4, 10_000


def generated_org(*, seed: int, contracts: int, today: date, history: int = 0) -> OrgSeed:
    """This function will describe an org of `contracts` contracts; the same arguments give the same org.

    `history` is how many quarters of a past there are; its customers, a fourth as many as contracts and 10,000 at most,
    stand beside the others.
    """
    csms = max(FEWEST_CSMS, min(MOST_CSMS, contracts // CONTRACTS_PER_CSM))
    staff = japanese_staff(csms=csms, managers=csms // 6 + 1)
    shaper = Shaper(seed=seed, today=today, opening_days=_opening_days(today), count=contracts, staff=staff)
    columns = Columns(shaper)
    org = OrgSeed(
        organization=japanese_organization("株式会社ジェネレーテッド"),
        records={
            "User": staff.users(),
            "RecordType": record_types(renewal="更新", new_business="新規"),
            "OpportunityStage": stage_rows(JAPANESE_STAGES),
            "Account": Accounts(columns),
            "Contract": Contracts(columns),
            "Opportunity": Opportunities(columns, JAPANESE),
        },
        slack_channels=CHANNELS,
        slack_users=staff.slack_users(),
        slack_timezones=staff.slack_timezones(),
    )
    return org if history == 0 else _with_past(org, seed, (contracts, history), today, staff)


def _with_past(org: OrgSeed, seed: int, size: tuple[int, int], today: date, staff: Staff) -> OrgSeed:
    contracts, quarters = size
    customers = max(min(contracts // CONTRACTS_PER_PAST, MOST_PAST), 1)
    book = past_book(
        seed=seed,
        customers=customers,
        quarters=quarters,
        today=today,
        staff=staff,
        named_from=NAMES - customers,
    )
    return replace(
        org,
        records={**org.records, **currencies(today=today, quarters=quarters)},
        past=book.records(),
        options=OPTIONS,
        truth=book.as_json,
    )


def _opening_days(today: date) -> tuple[Sequence[date], Sequence[date]]:
    """Business days before `today`, and after it: the days on which the everyday rule opens this org's renewals."""
    is_business_day = japanese_business_days(today.year - 1, today.year + 2)
    behind: list[date] = []
    day = today
    while len(behind) < DAYS_BACK:
        day -= timedelta(days=1)
        if is_business_day(day):
            behind.append(day)
    ahead = [next_business_day(today, is_business_day)]
    while len(ahead) < DAYS_AHEAD:
        ahead.append(next_business_day(ahead[-1], is_business_day))
    return behind, ahead
