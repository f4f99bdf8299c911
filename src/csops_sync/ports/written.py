"""What we last wrote to fields of opportunities: the base of every three-way comparison."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from csops_sync.domain.cheap_values import cheaply_made
from csops_sync.ports.crm import Json


@cheaply_made
@dataclass(frozen=True, slots=True, kw_only=True)
class WrittenField:
    """What we sent to a field of an opportunity, and what it held when read back: the base of the comparison.

    The two differ where the org normalises. `replaced` is what we had read there when we decided.
    """

    opportunity_id: str
    field: str
    sent: Json
    value: Json
    written_at: datetime
    reasserted: int = 0
    replaced: Json = None


class WrittenFields(Protocol):
    """What we last wrote, as it was read back."""

    def of_opportunities(self, ids: Sequence[str]) -> Sequence[WrittenField]:
        """This function will read the written fields of these opportunities."""
        ...

    def put(self, fields: Sequence[WrittenField]) -> None:
        """This function will insert or replace written fields."""
        ...

    def forget(self, *, opportunity_id: str, field: str) -> bool:
        """This function will drop one written field; False where there was none."""
        ...
