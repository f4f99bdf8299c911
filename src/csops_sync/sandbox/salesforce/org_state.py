"""What an org holds beside its tables: switches, people, writes that are not committed yet, and a whole org saved."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import TypeAlias

from csops_sync.sandbox.salesforce.jobs.settings import BulkSettings
from csops_sync.sandbox.salesforce.schema import Row
from csops_sync.sandbox.salesforce.table import SavedTable, Table


@dataclass(frozen=True, slots=True, kw_only=True)
class Toggles:
    """The org's switches, set over the control endpoint.

    `latest_date_covered`: `honest`, `off` (always the end asked for) or `error` (getUpdated and getDeleted are
    refused). `fls_hidden` and `fls_read_only`: object to fields without read or edit permission for the integration
    user. `hide_rows`: object to ids that it has no sharing access to.
    """

    flow_month_end: bool = False
    latest_date_covered: str = "honest"
    fls_hidden: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    fls_read_only: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    hide_rows: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    api_allowance: int = 100_000
    bulk: BulkSettings = field(default_factory=BulkSettings)


@dataclass(frozen=True, slots=True, kw_only=True)
class People:
    """Ids of the users that are no people, and of the admin."""

    admin: str
    integration: str
    automation: str


@dataclass(frozen=True, slots=True)
class Pending:
    """A row that is written but not committed: readers do not see it before `visible_at`."""

    visible_at: datetime
    started: str
    table: Table
    row: Row


Severed: TypeAlias = tuple[tuple[str, str, str], ...]
"""Emptied lookups: (object, id, field)."""


@dataclass(frozen=True, slots=True)
class SavedOrg:
    """A whole org as it was."""

    tables: Mapping[str, SavedTable]
    counts: Mapping[str, int]
    pending: tuple[Pending, ...]
    toggles: Toggles
    usage: Mapping[int, int]
    severed: Mapping[str, Severed]


@dataclass(slots=True)
class Rollback:
    """Asks for a transaction to be undone at its end."""

    asked: bool = False

    def undo(self) -> None:
        """This function will have everything stored in the transaction taken back."""
        self.asked = True
