"""What accounts, contracts and people are called, from the mirror."""

from collections.abc import Iterable, Mapping

from csops_sync.ports.crm import Role
from csops_sync.ports.store import Mirror

Known = dict[Role, dict[str, str]]
"""Names that were read before, by role and id."""


class MirrorNames:
    """Implements `app.forecast.listing.Directory`. What is in `known` is not read again; what is read goes there."""

    def __init__(self, mirror: Mirror, known: Known | None = None) -> None:
        self._mirror = mirror
        self._known = known if known is not None else {}

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
        known = self._known.setdefault(role, {})
        wanted = set(ids)
        missing = sorted(one for one in wanted if one not in known)
        rows = self._mirror.get(role, missing) if missing else ()
        known.update((row.id, str(row.values.get(field) or "")) for row in rows)
        return {one: known[one] for one in wanted if known.get(one)}
