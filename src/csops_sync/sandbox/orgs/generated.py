"""A Japanese org of any size by seed: every record is a pure function of its number, so nothing is held in memory."""

from collections.abc import Sequence
from datetime import date, timedelta

from csops_sync.sandbox.orgs.columns import Columns
from csops_sync.sandbox.orgs.dates import japanese_business_days, next_business_day
from csops_sync.sandbox.orgs.drawn import Accounts, Contracts
from csops_sync.sandbox.orgs.drawn_opportunities import Opportunities
from csops_sync.sandbox.orgs.people import japanese_staff
from csops_sync.sandbox.orgs.setup import JAPANESE_STAGES, japanese_organization, record_types, stage_rows
from csops_sync.sandbox.orgs.shapes import Shaper
from csops_sync.sandbox.orgs.small import CHANNELS, JAPANESE
from csops_sync.sandbox.seed import OrgSeed

DAYS_BACK, DAYS_AHEAD = 60, 250
CONTRACTS_PER_CSM = 200
FEWEST_CSMS, MOST_CSMS = 4, 40


def generated_org(*, seed: int, contracts: int, today: date) -> OrgSeed:
    """This function will describe an org of `contracts` contracts; the same arguments give the same org."""
    csms = max(FEWEST_CSMS, min(MOST_CSMS, contracts // CONTRACTS_PER_CSM))
    staff = japanese_staff(csms=csms, managers=csms // 6 + 1)
    shaper = Shaper(seed=seed, today=today, opening_days=_opening_days(today), count=contracts, staff=staff)
    columns = Columns(shaper)
    return OrgSeed(
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
