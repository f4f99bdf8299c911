"""How far back what is mirrored tells of a field: Salesforce tracks one from the day on which an admin says so."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime

from csops_sync.app.facts import instant_of
from csops_sync.domain.confidence.changes import Verdict
from csops_sync.domain.confidence.ranks import RankKind
from csops_sync.domain.rules import RuleSet
from csops_sync.ports.crm import Role, Row
from csops_sync.ports.store import Transaction


@dataclass(frozen=True, slots=True, kw_only=True)
class Reach:
    """The instants from which edits would have been seen, None where none ever was: of the rank, and of each field.

    The rank's is that of its tracked field, or of what this product saw itself, whichever is earlier.
    """

    rank: datetime | None = None
    fields: Mapping[str, datetime] = field(default_factory=dict)

    def of(self, name: str) -> datetime | None:
        """This function will give the instant of the first edit of a field."""
        return self.fields.get(name)


def reach_of(tx: Transaction, rules: RuleSet) -> Reach:
    """This function will find the first mirrored edit of each field, over all opportunities of the org."""
    first: dict[str, datetime] = {}
    for row in _edits(tx):
        name, at = row.values.get("field"), row.values.get("at")
        if not isinstance(name, str) or not isinstance(at, str):
            continue
        try:
            instant = instant_of(at)
        except ValueError:  # a row that makes no sense tells of nothing
            continue
        first[name] = min(instant, first.get(name, instant))
    return Reach(rank=_rank(tx, rules, first), fields=first)


def _rank(tx: Transaction, rules: RuleSet, first: Mapping[str, datetime]) -> datetime | None:
    if rules.confidence is None:
        return None
    scale = rules.confidence.scale
    tracked = first.get(scale.field) if scale.kind is RankKind.FIELD else None
    seen = [one.change.at for one in tx.confidence.ledger.with_status(*Verdict, limit=1)]
    return min((one for one in (tracked, *seen) if one is not None), default=None)


def _edits(tx: Transaction) -> Iterator[Row]:
    after = ""
    while rows := tx.mirror.stream(Role.FIELD_HISTORY, after_id=after):
        yield from (row for row in rows if not row.deleted)
        after = rows[-1].id
