"""An org with users and nothing to renew: where a test shapes its own contracts."""

from csops_sync.sandbox.orgs.people import japanese_staff
from csops_sync.sandbox.orgs.setup import JAPANESE_STAGES, japanese_organization, record_types, stage_rows
from csops_sync.sandbox.orgs.small import CHANNELS
from csops_sync.sandbox.seed import OrgSeed


def empty_org() -> OrgSeed:
    """This function will build an org that has users, record types and stages only."""
    staff = japanese_staff(csms=2, managers=1)
    return OrgSeed(
        organization=japanese_organization("株式会社サンドボックス"),
        records={
            "User": staff.users(),
            "RecordType": record_types(renewal="更新", new_business="新規"),
            "OpportunityStage": stage_rows(JAPANESE_STAGES),
        },
        slack_channels=CHANNELS,
        slack_users=staff.slack_users(),
        slack_timezones=staff.slack_timezones(),
    )
