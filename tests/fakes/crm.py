"""A Salesforce in memory, as the ports see it: `CrmReader` and `CrmWriter` for tests of the app, no HTTP.

Time stands still until `advance`. People's doings are `create`, `edit` and `delete`; what the product does comes by the
ports. `script` makes the next reads or writes fail.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from functools import partial
from typing import Final

from csops_sync.domain.copying import ContactRole, Copied, SoldLine
from csops_sync.ports.crm import (
    ApiUsage,
    Insert,
    Json,
    LoadPage,
    MappingProblem,
    OrgIdentity,
    Overwrite,
    Patch,
    Pulled,
    Role,
    Row,
    WriteResult,
    WriteStatus,
)
from csops_sync.ports.errors import OutsideError

ADMIN: Final = "005000000000001AAA"
INTEGRATION: Final = "005000000000009AAA"
_PREFIX: Final[Mapping[Role, str]] = {
    Role.ACCOUNT: "001",
    Role.USER: "005",
    Role.CONTRACT: "800",
    Role.OPPORTUNITY: "006",
    Role.FIELD_HISTORY: "017",
    Role.STAGE_HISTORY: "008",
    Role.CURRENCY: "01L",
    Role.DATED_RATE: "04w",
}
_OVERLAP: Final = 600_000
_OF_ACCOUNTS: Final = (Role.CONTRACT, Role.OPPORTUNITY)
_PARENT_OF: Final[Mapping[Role, str]] = {
    Role.ACCOUNT: "parent",
    Role.FIELD_HISTORY: "opportunity",
    Role.STAGE_HISTORY: "opportunity",
}
Scripted = OutsideError | WriteStatus | None
"""What happens to one record of a write; None: what it asks for."""


@dataclass(slots=True)
class FakeCrm:
    """One org. `tracked` opportunity fields (by our name) get field history when they change; `formulas` never do."""

    now_at: datetime = datetime(2026, 4, 1, tzinfo=UTC)
    tracked: frozenset[str] = frozenset(
        {"close_date", "amount", "stage", "owner", "confidence", "renewal_date"}
    )
    formulas: frozenset[str] = frozenset()
    page: int = 2000
    org_id: str = "00D000000000001AAA"
    problems: list[MappingProblem] = field(default_factory=list)
    degraded: frozenset[Role] = frozenset()
    calls: int = 0
    reads: list[OutsideError] = field(default_factory=list)
    writes: list[Scripted] = field(default_factory=list)
    tasks: dict[str, tuple[str, Mapping[str, Json]]] = field(default_factory=dict)
    lines: list[SoldLine] = field(default_factory=list)
    deal_roles: dict[str, list[ContactRole]] = field(default_factory=dict)
    unreadable_lines: OutsideError | None = None
    refused_entries: frozenset[str] = frozenset()
    _rows: dict[Role, dict[str, Row]] = field(default_factory=lambda: {role: {} for role in Role})
    _made: int = 100

    def now(self) -> datetime:
        """Give the org's time, so that the fake is its own `Clock`."""
        return self.now_at

    def advance(self, *, days: float = 0, seconds: float = 0) -> None:
        """Let time pass."""
        self.now_at += timedelta(days=days, seconds=seconds)

    def create(self, role: Role, values: Mapping[str, Json], *, by: str = ADMIN) -> str:
        """Make a record as a person and give its id."""
        self._made += 1
        record_id = f"{_PREFIX[role]}{self._made:012d}AAA"
        self._store(role, record_id, {**values, **self._stamped(role, by), **_created(role, by)})
        return record_id

    def edit(self, role: Role, record_id: str, values: Mapping[str, Json], *, by: str = ADMIN) -> None:
        """Change a record as a person."""
        before = self._rows[role][record_id]
        if role is Role.OPPORTUNITY:
            self._keep_history(before, values, by)
        self._store(
            role, record_id, {**before.values, **values, **self._stamped(role, by)}, deleted=before.deleted
        )

    def recompute(self, role: Role, record_id: str, values: Mapping[str, Json]) -> None:
        """Let formulas of a record give other values: nothing else moves."""
        before = self._rows[role][record_id]
        self._rows[role][record_id] = replace(before, values={**before.values, **values})

    def delete(self, role: Role, record_id: str) -> None:
        """Put a record into the recycle bin."""
        before = self._rows[role][record_id]
        self._rows[role][record_id] = replace(before, deleted=True, stamp_ms=_ms(self.now_at))

    def records(self, role: Role) -> Sequence[Row]:
        """Give all rows of a role, deleted ones too, in order of id: the fake's own ledger."""
        return [self._rows[role][key] for key in sorted(self._rows[role])]

    def identity(self) -> OrgIdentity:
        """Say which org this is."""
        self._read()
        return OrgIdentity(
            org_id=self.org_id,
            name="Fake",
            is_sandbox=True,
            timezone="Asia/Tokyo",
            default_currency="JPY",
            integration_user_id=INTEGRATION,
            lightning_url="https://fake.lightning.force.com",
        )

    def check(self) -> Sequence[MappingProblem]:
        """List the problems that the test put there."""
        self._read()
        return tuple(self.problems)

    def roles(self) -> Sequence[Role]:
        """Read every role."""
        return tuple(Role)

    def pull(self, watermarks: Mapping[Role, int]) -> Pulled:
        """Read what changed, in the order of roles, stamps and ids."""
        self._read()
        rows = [
            row
            for role, mark in watermarks.items()
            for row in sorted(self._rows[role].values(), key=lambda row: (row.stamp_ms, row.id))
            if row.stamp_ms >= mark
        ]
        covered = dict.fromkeys(watermarks, _ms(self.now_at) - _OVERLAP)
        return Pulled(rows=tuple(rows), covered=covered, read_at=self.now_at, degraded=self.degraded)

    def load(self, role: Role, *, after_id: str) -> LoadPage:
        """Read one chunk in order of id."""
        self._read()
        rows = [row for row in self.records(role) if row.id > after_id][: self.page]
        return LoadPage(rows=rows, last_id=rows[-1].id if rows else after_id, done=len(rows) < self.page)

    def computed(self, role: Role) -> frozenset[str]:
        """Name the formulas."""
        return self.formulas if role is Role.OPPORTUNITY else frozenset()

    def sweep(self, role: Role) -> Iterator[Sequence[tuple[str, int]]]:
        """Yield ids and stamps of what is not deleted."""
        visible = [(row.id, row.stamp_ms) for row in self.records(role) if not row.deleted]
        for start in range(0, len(visible), self.page):
            self._read()
            yield visible[start : start + self.page]

    def fetch(self, role: Role, ids: Sequence[str]) -> Sequence[Row]:
        """Read by id."""
        self._read()
        return [self._rows[role][record_id] for record_id in ids if record_id in self._rows[role]]

    def fetch_accounts(self, account_ids: Sequence[str]) -> Sequence[Row]:
        """Read the contracts and opportunities of accounts."""
        self._read()
        return [row for role in _OF_ACCOUNTS for row in self.records(role) if row.parent_id in account_ids]

    def usage(self) -> ApiUsage:
        """Say how many calls there were."""
        return ApiUsage(used=self.calls, allowed=100_000, ours=self.calls)

    def find_by_key(self, keys: Sequence[str]) -> Mapping[str, Row]:
        """Read by renewal key; a living record goes before a deleted one."""
        self._read()
        found: dict[str, Row] = {}
        for row in sorted(self.records(Role.OPPORTUNITY), key=lambda row: not row.deleted):
            key = row.values.get("renewal_key")
            if isinstance(key, str) and key in keys:
                found[key] = row
        return found

    def sold_lines(self, deal_ids: Sequence[str]) -> Sequence[SoldLine]:
        """Read lines, or refuse as `unreadable_lines` says."""
        self._read()
        if self.unreadable_lines is not None:
            raise self.unreadable_lines
        return [line for deal in deal_ids for line in self.lines if line.deal_id == deal]

    def contact_roles(self, deal_ids: Sequence[str]) -> Mapping[str, Sequence[ContactRole]]:
        """Read contact roles."""
        self._read()
        return {deal: self.deal_roles[deal] for deal in deal_ids if self.deal_roles.get(deal)}

    def insert(self, records: Sequence[Insert]) -> Sequence[WriteResult]:
        """Insert, or do what `writes` scripts for each record (UNKNOWN: it happened, the answer is lost)."""
        return [self._written(record.key, partial(self._insert, record)) for record in records]

    def patch(self, patches: Sequence[Patch]) -> Sequence[WriteResult]:
        """Update under the guard, or do what `writes` scripts for each record."""
        return [self._written(patch.key, partial(self._patch, patch)) for patch in patches]

    def overwrite(self, records: Sequence[Overwrite]) -> Sequence[WriteResult]:
        """Update without a guard, or do what `writes` scripts for each record."""
        return [self._written(record.key, partial(self._overwrite, record)) for record in records]

    def log_tasks(self, records: Sequence[Insert]) -> Sequence[WriteResult]:
        """Keep each Task once by its key, or do what `writes` scripts for each record."""
        return [self._written(record.key, partial(self._log, record)) for record in records]

    def _log(self, record: Insert) -> WriteResult:
        task_id, _ = self.tasks.setdefault(
            record.key, (f"00T{len(self.tasks) + 1:012d}AAA", dict(record.values))
        )
        return WriteResult(key=record.key, status=WriteStatus.DONE, id=task_id)

    def _written(self, key: str, do: Callable[[], WriteResult]) -> WriteResult:
        self.calls += 1
        scripted = self.writes.pop(0) if self.writes else None
        if isinstance(scripted, OutsideError):
            raise scripted
        if scripted is None:
            return do()
        if scripted is WriteStatus.UNKNOWN:
            do()
        return WriteResult(key=key, status=scripted, code="SCRIPTED", message="as the test said")

    def _insert(self, record: Insert) -> WriteResult:
        for row in self.records(Role.OPPORTUNITY):
            if row.values.get("renewal_key") == record.key and not row.deleted:
                return WriteResult(
                    key=record.key, status=WriteStatus.EXISTS, id=row.id, code="DUPLICATE_VALUE"
                )
        copied = record.copied or Copied()
        if self.refused_entries & {one.entry_id for one in copied.lines}:
            return WriteResult(key=record.key, status=WriteStatus.REJECTED, code="FIELD_INTEGRITY_EXCEPTION")
        total = {"has_line_items": True, "amount": float(_sum_of(copied))} if copied.lines else {}
        made = self.create(Role.OPPORTUNITY, {**record.values, **total}, by=INTEGRATION)
        self.lines += [
            SoldLine(deal_id=made, name=one.entry_id, price_book_id=str(copied.price_book_id), line=one)
            for one in copied.lines
        ]
        self.deal_roles[made] = list(copied.roles)
        return WriteResult(key=record.key, status=WriteStatus.DONE, id=made)

    def _patch(self, patch: Patch) -> WriteResult:
        row = self._rows[Role.OPPORTUNITY].get(patch.id)
        if row is None or row.deleted or row.stamp_ms > _ms(patch.unmodified_since):
            return WriteResult(key=patch.key, status=WriteStatus.CONFLICT, id=patch.id, code="CHANGED")
        self.edit(Role.OPPORTUNITY, patch.id, patch.values, by=INTEGRATION)
        return WriteResult(key=patch.key, status=WriteStatus.DONE, id=patch.id)

    def _overwrite(self, record: Overwrite) -> WriteResult:
        row = self._rows[Role.OPPORTUNITY].get(record.id)
        if row is None or row.deleted:
            return WriteResult(key=record.key, status=WriteStatus.CONFLICT, code="ENTITY_IS_DELETED")
        self.edit(Role.OPPORTUNITY, record.id, record.values, by=INTEGRATION)
        return WriteResult(key=record.key, status=WriteStatus.DONE, id=record.id)

    def _read(self) -> None:
        self.calls += 1
        if self.reads:
            raise self.reads.pop(0)

    def _keep_history(self, before: Row, values: Mapping[str, Json], by: str) -> None:
        for name in sorted(self.tracked & values.keys()):
            old, new = before.values.get(name), values[name]
            if old != new:
                change: dict[str, Json] = {"opportunity": before.id, "field": name, "old": old, "new": new}
                self.create(Role.FIELD_HISTORY, {**change, "by": by, "at": self.now_at.isoformat()})

    def _stamped(self, role: Role, by: str) -> Mapping[str, Json]:
        if role is not Role.OPPORTUNITY:
            return {}
        return {"last_modified_by": by, "last_modified_at": self.now_at.isoformat()}

    def _store(
        self, role: Role, record_id: str, values: Mapping[str, Json], *, deleted: bool = False
    ) -> None:
        parent = values.get(_PARENT_OF.get(role, "account"))
        self._rows[role][record_id] = Row(
            role, record_id, parent if isinstance(parent, str) else None, _ms(self.now_at), deleted, values
        )


def _created(role: Role, by: str) -> Mapping[str, Json]:
    return {"created_by": by} if role is Role.OPPORTUNITY else {}


def _sum_of(copied: Copied) -> Decimal:
    kept = (one.unit_price * one.quantity * (1 - (one.discount or Decimal(0)) / 100) for one in copied.lines)
    return sum(kept, start=Decimal(0))


def _ms(instant: datetime) -> int:
    return int(instant.timestamp() * 1000)
