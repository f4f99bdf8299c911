"""Salesforce as the rest of the product sees it: rows by role, named as the mapping names them."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Protocol

from csops_sync.domain.cheap_values import cheaply_made
from csops_sync.domain.copying import ContactRole, Copied, SoldLine

Json = str | int | float | bool | None


class Role(StrEnum):
    """What an object is to us. The contract role may be fed by the object Opportunity: see the mapping."""

    ACCOUNT = "account"
    CONTRACT = "contract"
    OPPORTUNITY = "opportunity"
    USER = "user"
    STAGE_HISTORY = "stage_history"
    FIELD_HISTORY = "field_history"
    TARGET = "target"
    CURRENCY = "currency"
    DATED_RATE = "dated_rate"


@cheaply_made
@dataclass(frozen=True, slots=True)
class Row:
    """One record as read. `stamp_ms` is SystemModstamp (CreatedDate for history rows) in epoch milliseconds.

    `parent_id` is the account of a contract or an opportunity, the opportunity of a history row, else None.
    `values` are mapped names to JSON scalars exactly as Salesforce gave them (dates as text, numbers as numbers).
    """

    role: Role
    id: str
    parent_id: str | None
    stamp_ms: int
    deleted: bool
    values: Mapping[str, Json]


@dataclass(frozen=True, slots=True, kw_only=True)
class OrgIdentity:
    """Which org the credentials lead to. `lightning_url` begins links to records.

    `open_stages`, `won_stages` and `lost_stages` are the stages of opportunities, by the name that rows carry.
    """

    org_id: str
    name: str
    is_sandbox: bool
    timezone: str
    default_currency: str
    integration_user_id: str
    lightning_url: str
    won_stages: frozenset[str] = frozenset()
    lost_stages: frozenset[str] = frozenset()
    open_stages: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True, kw_only=True)
class Pulled:
    """What one pull brought. `covered` is the safe next watermark of each role, epoch milliseconds.

    `rows` may be more than memory holds, and a row may come twice: walk through them, the later form counts.
    `degraded` are roles for which getUpdated was not to be had, so that the overlap alone protects them.
    """

    rows: Collection[Row]
    covered: Mapping[Role, int]
    read_at: datetime
    degraded: frozenset[Role] = frozenset()


@dataclass(frozen=True, slots=True, kw_only=True)
class LoadPage:
    """One chunk of a first load, ordered by Id. `last_id` resumes it; `done` ends it."""

    rows: Sequence[Row]
    last_id: str
    done: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class MappingProblem:
    """A mapped object or field that the org does not show us. `path` is the YAML path `salesforce.contract.fields.end`.

    `blocks_creation` is True where nothing may be created until it is mended.
    """

    path: str
    message: str
    blocks_creation: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class ApiUsage:
    """The org's allowance as the last `Sforce-Limit-Info` said; `ours` counts this process's calls."""

    used: int
    allowed: int
    ours: int


class CrmReader(Protocol):
    """Reads. Raises TransientError, PermanentError, AuthFailedError, BudgetExceededError."""

    def identity(self) -> OrgIdentity:
        """This function will say which org this is."""
        ...

    def check(self) -> Sequence[MappingProblem]:
        """This function will compare the mapping with describe(), and the user's sight with what is needed."""
        ...

    def pull(self, watermarks: Mapping[Role, int]) -> Pulled:
        """This function will read every role's rows from its watermark (epoch ms, inclusive) to now."""
        ...

    def load(self, role: Role, *, after_id: str) -> LoadPage:
        """This function will read the next chunk of a first load, rows with an Id above `after_id`."""
        ...

    def roles(self) -> Sequence[Role]:
        """This function will list the roles that the mapping reads."""
        ...

    def computed(self, role: Role) -> frozenset[str]:
        """This function will name a role's mapped fields that move while their record's stamps stand still.

        Those are formulas, and fields of other records.
        """
        ...

    def sweep(self, role: Role) -> Iterator[Sequence[tuple[str, int]]]:
        """This function will page through every visible (Id, stamp) of a role, for reconciliation, ordered by Id."""
        ...

    def fetch(self, role: Role, ids: Sequence[str]) -> Sequence[Row]:
        """This function will read these records (deleted ones too), in as few calls as the API allows."""
        ...

    def usage(self) -> ApiUsage:
        """This function will say how much of the API allowance is gone."""
        ...


class WriteStatus(StrEnum):
    """What became of one record of a write."""

    DONE = "done"
    EXISTS = "exists"
    CONFLICT = "conflict"
    REJECTED = "rejected"
    RETRY = "retry"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True, kw_only=True)
class WriteResult:
    """The outcome for one key. `message` and `code` are Salesforce's, for people."""

    key: str
    status: WriteStatus
    id: str | None = None
    code: str = ""
    message: str = ""
    retry_after: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Insert:
    """One record to insert: an opportunity with mapped names and the renewal key among them, or a Task.

    What is `copied` is made together with the opportunity, or nothing of both is.
    """

    key: str
    values: Mapping[str, Json]
    copied: Copied | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Patch:
    """Fields of one opportunity to change, unless it was modified after `unmodified_since`."""

    key: str
    id: str
    values: Mapping[str, Json]
    unmodified_since: datetime
    headers: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Overwrite:
    """Fields of one opportunity that are ours alone, and what they must hold, whatever they hold now."""

    key: str
    id: str
    values: Mapping[str, Json]


class CrmWriter(Protocol):
    """Writes, and the reads around a write, which may use the calls that are reserved for writes.

    Never raises for one record's failure: every record has its `WriteResult`. Where it raises (TransientError,
    PermanentError, ConflictError, AuthFailedError, BudgetExceededError) the call as a whole was refused and no record
    of it was touched. A request whose answer was lost gives every record of it the status UNKNOWN.
    """

    def fetch(self, role: Role, ids: Sequence[str]) -> Sequence[Row]:
        """This function will read these records (deleted ones too), to find out or read back what was written."""
        ...

    def fetch_accounts(self, account_ids: Sequence[str]) -> Sequence[Row]:
        """This function will read all contracts and opportunities of these accounts right before they are written.

        Raises BudgetExceededError also where the writes that follow might not fit any more.
        """
        ...

    def sold_lines(self, deal_ids: Sequence[str]) -> Sequence[SoldLine]:
        """This function will read the lines of these opportunities, in their order.

        Raises PermanentError also where the user may not read them.
        """
        ...

    def contact_roles(self, deal_ids: Sequence[str]) -> Mapping[str, Sequence[ContactRole]]:
        """This function will read the contact roles of these opportunities; raises PermanentError as above."""
        ...

    def insert(self, records: Sequence[Insert]) -> Sequence[WriteResult]:
        """This function will insert opportunities, at most 200 a call; DUPLICATE_VALUE on the key is EXISTS.

        Those with something copied go in a call of their own, at most 14 of them, with 500 records in all.
        """
        ...

    def patch(self, patches: Sequence[Patch]) -> Sequence[WriteResult]:
        """This function will update opportunities by composite PATCH, at most 25 a call; 412 is CONFLICT."""
        ...

    def overwrite(self, records: Sequence[Overwrite]) -> Sequence[WriteResult]:
        """This function will write fields that are ours alone, without a guard, at most 200 opportunities a call."""
        ...

    def log_tasks(self, records: Sequence[Insert]) -> Sequence[WriteResult]:
        """This function will log completed Tasks, at most 200 a call; one whose key is there already is DONE.

        Values are `subject`, `description`, `what` (opportunity id), `date`, and `owner` (user id), each if there is
        one; the unique key is that of the record.
        """
        ...

    def find_by_key(self, keys: Sequence[str]) -> Mapping[str, Row]:
        """This function will read the opportunities (deleted ones too) that carry these renewal keys."""
        ...
