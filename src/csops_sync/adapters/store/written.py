"""What we last wrote to a field, as it was read back."""

from collections.abc import Sequence

import orjson
from sqlalchemy import delete, select

from csops_sync.adapters.store.bulk import Record, upsert
from csops_sync.adapters.store.scope import Scope, chunks, from_ms, to_ms
from csops_sync.adapters.store.tables import WRITTEN_FIELD
from csops_sync.ports.written import WrittenField

_C = WRITTEN_FIELD.c


class SqlWrittenFields:
    """Implements `ports.store.WrittenFields`."""

    def __init__(self, scope: Scope) -> None:
        self._scope = scope

    def of_opportunities(self, ids: Sequence[str]) -> Sequence[WrittenField]:
        """Read the written fields of these opportunities."""
        return [field for part in chunks(ids) for field in self._read(part)]

    def put(self, fields: Sequence[WrittenField]) -> None:
        """Insert or replace written fields."""
        upsert(self._scope, WRITTEN_FIELD, [_record(self._scope.org_id, item) for item in fields])

    def forget(self, *, opportunity_id: str, field: str) -> bool:
        """Drop one written field; False where there was none."""
        mine = (_C.org_id == self._scope.org_id) & (_C.opportunity_id == opportunity_id) & (_C.field == field)
        return self._scope.connection.execute(delete(WRITTEN_FIELD).where(mine)).rowcount > 0

    def _read(self, ids: Sequence[str]) -> list[WrittenField]:
        mine = (_C.org_id == self._scope.org_id) & self._scope.among(_C.opportunity_id, ids)
        statement = select(WRITTEN_FIELD).where(mine).order_by(_C.opportunity_id, _C.field)
        found = self._scope.connection.execute(statement).all()
        # unpacked by place, not by name, and read once where it came back as it was sent: thousands come at a time
        return [
            WrittenField(
                opportunity_id=opportunity_id,
                field=field,
                sent=(read := orjson.loads(sent)),
                value=read if value == sent else orjson.loads(value),
                written_at=from_ms(written_at),
                reasserted=reasserted,
                replaced=orjson.loads(replaced),
            )
            for _, opportunity_id, field, sent, value, written_at, reasserted, replaced in found
        ]


def _record(org_id: str, item: WrittenField) -> Record:
    return (
        org_id,
        item.opportunity_id,
        item.field,
        _json(item.sent),
        _json(item.value),
        to_ms(item.written_at),
        item.reasserted,
        _json(item.replaced),
    )


def _json(value: object) -> str:
    return orjson.dumps(value).decode()
