"""Readings of one renewal, one after the other, and what is told of them."""

from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from decimal import Decimal

from tests.fakes.confidence import SCALE, at, entry, past, sight, watch

from csops_sync.domain.confidence.changes import ConfidenceChange
from csops_sync.domain.confidence.detection import Detected, detect
from csops_sync.domain.confidence.history import StageEntry
from csops_sync.domain.confidence.ranks import RankScale, Standing
from csops_sync.domain.confidence.settling import settled_moves
from csops_sync.domain.confidence.watch import Watch
from csops_sync.domain.facts import FieldEdit, Scalar


def snapshot(
    number: int, minutes: float, to: str = "提案", *, amount: int = 100, was: int = 100, **others: object
) -> StageEntry:
    """A snapshot of a save that left the close date as it was."""
    plain = entry(number, minutes, to, amount=amount, **others)
    return replace(
        plain, knows_replaced=True, replaced_amount=Decimal(was), replaced_close_date=plain.close_date
    )


@dataclass
class Readings:
    """Readings of one renewal, one after the other; a move settles at once, and is told."""

    scale: RankScale = SCALE
    is_tracked: bool = True
    watch: Watch = field(default_factory=lambda: watch(Standing("B")))
    made_at: datetime | None = None
    ledger: dict[str, ConfidenceChange] = field(default_factory=dict)
    told: list[tuple[Standing, Standing]] = field(default_factory=list)
    last: Detected | None = None
    _settled: set[str] = field(default_factory=set)

    def read(
        self, minutes: float, stands: Standing, *rows: FieldEdit | StageEntry, value: Scalar = None
    ) -> None:
        """Read these rows, and the record as it stands; `value` where its field holds more than a rank."""
        rows_by_now = past(*rows, value=value or stands.rank)
        found = detect(
            self.watch,
            past=replace(rows_by_now, made_at=self.made_at),
            sight=sight(stands, minutes=minutes, tracked=self.is_tracked),
            known=tuple(self.ledger.values()),
            settled=self._settled,
            scale=self.scale,
        )
        self.last, self.watch = found, found.watch
        self.ledger |= {one.id: one for one in (*found.new, *found.corrected)}
        waiting = [one for one in found.new if not one.late]
        for move in settled_moves(waiting, window=timedelta(0), now=at(minutes), scale=self.scale):
            if move.direction:
                self.told.append((move.before, move.after))
        self._settled |= {one.id for one in found.new}

    @property
    def moves(self) -> list[tuple[str, Standing, Standing]]:
        """The ledger in its order, by ids."""
        ordered = sorted(self.ledger.values(), key=lambda one: (one.at, one.place))
        return [(one.id, one.before, one.after) for one in ordered]
