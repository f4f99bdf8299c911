"""What accounts, contracts and people are called, from the mirror."""

from collections.abc import Iterable, Mapping

from csops_sync.ports.crm import Role
from csops_sync.ports.store import Mirror


class MirrorNames:
    """Implements `app.forecast.listing.Directory`."""

    def __init__(self, mirror: Mirror) -> None:
        self._mirror = mirror

    def accounts(self, ids: Iterable[str]) -> Mapping[str, str]:
        """Give the names of accounts."""
        return self._read(Role.ACCOUNT, ids, "name")

    def contracts(self, ids: Iterable[str]) -> Mapping[str, str]:
        """Give the numbers of contracts."""
        return self._read(Role.CONTRACT, ids, "number")

    def people(self, ids: Iterable[str]) -> Mapping[str, str]:
        """Give the names of users."""
        return self._read(Role.USER, ids, "name")

    def _read(self, role: Role, ids: Iterable[str], field: str) -> Mapping[str, str]:
        wanted = sorted(set(ids))
        rows = self._mirror.get(role, wanted) if wanted else ()
        named = ((row.id, row.values.get(field)) for row in rows)
        return {row_id: str(name) for row_id, name in named if name not in (None, "")}
