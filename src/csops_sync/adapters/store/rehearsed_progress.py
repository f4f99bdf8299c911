"""Watermarks, first loads and settings of a rehearsal."""

from collections.abc import Mapping

from csops_sync.adapters.store.progress import SqlProgress
from csops_sync.adapters.store.scope import Scope
from csops_sync.ports.crm import Role
from csops_sync.ports.store import LoadState


class RehearsedProgress:
    """Implements `ports.store.Progress`; each method answers as that of `SqlProgress` would."""

    def __init__(self, below: Scope, above: Scope) -> None:
        self._below = SqlProgress(below)
        self._above = SqlProgress(above)
        self._removed: set[str] = set()

    def watermarks(self) -> Mapping[Role, int]:
        """Read every role's watermark."""
        return {**self._below.watermarks(), **self._above.watermarks()}

    def set_watermarks(self, watermarks: Mapping[Role, int]) -> None:
        """Move watermarks forward; one that would go back stays."""
        seen = self.watermarks()
        self._above.set_watermarks({role: max(ms, seen.get(role, ms)) for role, ms in watermarks.items()})

    def loads(self) -> Mapping[Role, LoadState]:
        """Read the state of all first loads."""
        return {**self._below.loads(), **self._above.loads()}

    def set_load(self, state: LoadState) -> None:
        """Record how far a first load is."""
        self._above.set_load(state)

    def setting(self, name: str) -> str | None:
        """Read a small named value."""
        found = self._above.setting(name)
        return found if found is not None or name in self._removed else self._below.setting(name)

    def set_setting(self, name: str, value: str | None) -> None:
        """Store or (None) remove a small named value."""
        self._above.set_setting(name, value)
        self._removed.add(name)
