"""Watermarks, first loads, and small named values."""

from collections.abc import Mapping

from sqlalchemy import delete, select

from csops_sync.adapters.store.bulk import upsert
from csops_sync.adapters.store.scope import Scope
from csops_sync.adapters.store.tables import LOAD_STATE, SETTING, WATERMARK
from csops_sync.ports.crm import Role
from csops_sync.ports.store import LoadState


class SqlProgress:
    """Implements `ports.store.Progress`."""

    def __init__(self, scope: Scope) -> None:
        self._scope = scope

    def watermarks(self) -> Mapping[Role, int]:
        """Read every role's watermark, epoch milliseconds."""
        columns = WATERMARK.c
        statement = select(columns.role, columns.covered_ms).where(columns.org_id == self._scope.org_id)
        return {Role(role): covered for role, covered in self._scope.connection.execute(statement)}

    def set_watermarks(self, watermarks: Mapping[Role, int]) -> None:
        """Move watermarks forward; one that would go back, or stand still, is not written."""
        stored = self.watermarks()
        forward = [
            (self._scope.org_id, role.value, covered)
            for role, covered in watermarks.items()
            if role not in stored or covered > stored[role]
        ]
        upsert(self._scope, WATERMARK, forward)

    def loads(self) -> Mapping[Role, LoadState]:
        """Read the state of all first loads."""
        statement = select(LOAD_STATE).where(LOAD_STATE.c.org_id == self._scope.org_id)
        states = (
            LoadState(
                role=Role(found.role),
                mapping_hash=found.mapping_hash,
                delta_from_ms=found.delta_from_ms,
                last_id=found.last_id,
                done=found.done,
            )
            for found in self._scope.connection.execute(statement)
        )
        return {state.role: state for state in states}

    def set_load(self, state: LoadState) -> None:
        """Record how far a first load is."""
        org_id, role = self._scope.org_id, state.role.value
        record = (org_id, role, state.mapping_hash, state.delta_from_ms, state.last_id, state.done)
        upsert(self._scope, LOAD_STATE, [record])

    def setting(self, name: str) -> str | None:
        """Read a small named value."""
        columns = SETTING.c
        statement = select(columns.value).where(columns.org_id == self._scope.org_id, columns.name == name)
        return self._scope.connection.execute(statement).scalar_one_or_none()

    def set_setting(self, name: str, value: str | None) -> None:
        """Store or (None) remove a small named value."""
        if value is not None:
            upsert(self._scope, SETTING, [(self._scope.org_id, name, value)])
            return
        columns = SETTING.c
        self._scope.connection.execute(
            delete(SETTING).where(columns.org_id == self._scope.org_id, columns.name == name)
        )
