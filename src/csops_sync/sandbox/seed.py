"""What an org is built from: records that point at one another by name, before they have ids."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

Value = str | int | float | bool | Decimal | date | None


@dataclass(frozen=True, slots=True, kw_only=True)
class SeedRecord:
    """One record. A value that starts with `@` is the Id of the record with that `ref` (`@user-3`).

    `created_on` sets CreatedDate and SystemModstamp (09:00 UTC of that day); None means the org's first instant.
    `by` is the ref of the user who made it; None means the admin.
    """

    ref: str
    values: Mapping[str, Value]
    created_on: date | None = None
    by: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class OrgSeed:
    """A whole org: object name to records, in an order in which references are met (users first).

    `organization` are values of the one Organization row. `slack_channels` and `slack_users` (e-mail to name) seed
    the Slack side.
    """

    organization: Mapping[str, Value]
    records: Mapping[str, Sequence[SeedRecord]]
    slack_channels: Sequence[str] = ()
    slack_users: Mapping[str, str] = field(default_factory=dict)
