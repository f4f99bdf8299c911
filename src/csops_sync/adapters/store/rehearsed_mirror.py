"""The mirror of a rehearsal: a row that was put hides the one below it, a cleared role hides all below it."""

from collections.abc import Sequence
from dataclasses import replace

from csops_sync.adapters.store.mirror import SqlMirror, latest
from csops_sync.adapters.store.scope import Scope, chunks
from csops_sync.ports.crm import Role, Row

Key = tuple[Role, str]


class RehearsedMirror:
    """Implements `ports.store.Mirror`; each method answers as that of `SqlMirror` would."""

    def __init__(self, below: Scope, above: Scope) -> None:
        self._below = SqlMirror(below)
        self._above = SqlMirror(above)
        self._cleared: set[Role] = set()

    def changed(self, rows: Sequence[Row]) -> Sequence[Row]:
        """Keep the rows that differ from what is seen, or that are not there."""
        rows = latest(rows)
        ours = {key for role in {row.role for row in rows} for key in self._put_here(role, rows)}
        unseen = [row for row in rows if _key(row) not in ours]
        news = {_key(row) for row in self._above.changed([row for row in rows if _key(row) in ours])}
        news |= {_key(row) for row in unseen if row.role in self._cleared}
        news |= {
            _key(row) for row in self._below.changed([row for row in unseen if row.role not in self._cleared])
        }
        return [row for row in rows if _key(row) in news]

    def put(self, rows: Sequence[Row]) -> None:
        """Insert or replace rows."""
        self._above.put(rows)

    def get(self, role: Role, ids: Sequence[str]) -> Sequence[Row]:
        """Read rows by id."""
        below = [] if role in self._cleared else self._below.get(role, ids)
        return self._together(role, self._above.get(role, ids), below)

    def children(self, role: Role, parent_ids: Sequence[str]) -> Sequence[Row]:
        """Read all rows of a role below these parents."""
        below = [] if role in self._cleared else self._below.children(role, parent_ids)
        return self._together(role, self._above.children(role, parent_ids), below)

    def stream(self, role: Role, *, after_id: str = "", limit: int = 2000) -> Sequence[Row]:
        """Read the next rows in order of id; a page of either side together hold the first page of both."""
        below = [] if role in self._cleared else self._below.stream(role, after_id=after_id, limit=limit)
        return self._together(role, self._above.stream(role, after_id=after_id, limit=limit), below)[:limit]

    def stamps(self, role: Role, *, after_id: str = "", limit: int = 10000) -> Sequence[tuple[str, int]]:
        """Read the next (id, stamp) of rows not deleted, in order of id."""
        above = self._above.stamps(role, after_id=after_id, limit=limit)
        below: list[tuple[str, int]] = []
        while len(below) < limit and role not in self._cleared:
            page = self._below.stamps(role, after_id=after_id, limit=limit)
            hidden = {row.id for row in self._above.get(role, [row_id for row_id, _ in page])}
            below.extend(found for found in page if found[0] not in hidden)
            if len(page) < limit:
                break
            after_id = page[-1][0]
        return sorted([*above, *below])[:limit]

    def count(self, role: Role) -> int:
        """Count a role's rows that are not deleted."""
        above = self._above.count(role)
        return above if role in self._cleared else above + self._below.count(role) - self._hidden(role)

    def mark_deleted(self, role: Role, ids: Sequence[str]) -> None:
        """Mark rows as deleted."""
        for part in chunks(ids):
            self.put([replace(row, deleted=True) for row in self.get(role, part) if not row.deleted])

    def clear(self, role: Role) -> None:
        """Forget a role's rows."""
        self._above.clear(role)
        self._cleared.add(role)

    def _put_here(self, role: Role, rows: Sequence[Row]) -> set[Key]:
        return {_key(row) for row in self._above.get(role, [row.id for row in rows if row.role is role])}

    def _together(self, role: Role, above: Sequence[Row], below: Sequence[Row]) -> list[Row]:
        hidden = self._put_here(role, below)
        return sorted([*above, *(row for row in below if _key(row) not in hidden)], key=lambda row: row.id)

    def _hidden(self, role: Role) -> int:
        hidden, after_id = 0, ""
        while page := self._above.stream(role, after_id=after_id):
            after_id = page[-1].id
            hidden += sum(not row.deleted for row in self._below.get(role, [row.id for row in page]))
        return hidden


def _key(row: Row) -> Key:
    return row.role, row.id
