"""One renewal through its life: its history shows itself in any order, and is told while it is still coming."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import timedelta

from tests.fakes.confidence import SCALE, at, past, sight, watch

from csops_sync.domain.confidence.changes import ConfidenceChange
from csops_sync.domain.confidence.detection import Detected, detect
from csops_sync.domain.confidence.history import StageEntry
from csops_sync.domain.confidence.ranks import RankScale, Standing
from csops_sync.domain.confidence.settling import Move, settled_moves
from csops_sync.domain.confidence.watch import Watch
from csops_sync.domain.facts import FieldEdit, Scalar

SETTLE = timedelta(minutes=5)
POLL_EVERY = 2
A_MOMENT = 0.5 / 60
"""History is stamped by the second that had begun, readings are not."""
QUIET = 80
"""So many minutes it is read after the last row: for longer than an hour, after which values are compared."""


@dataclass(frozen=True)
class Row:
    """A row of history, when it was saved, and from which minute on it can be read."""

    row: FieldEdit | StageEntry
    minutes: float
    seen_from: float


@dataclass(frozen=True)
class Record:
    """Where Salesforce's record stands from a minute on: by the scale, and the rank's own field."""

    minutes: float
    standing: Standing
    value: Scalar = None


@dataclass
class Life:
    """What the ledger holds, what was told of it, and where the card stands after that.

    `records` begins with where the renewal stands at first; it is watched from a minute on, and anew from another one,
    of a reading, where the rules had another scale by then. Each reading is made twice:
    the second one must find nothing new, and put nothing right where all rows are to be seen. While some are not, what
    the ledger has by then may say in which order they stand.
    """

    rows: Sequence[Row]
    records: Sequence[Record]
    scale: RankScale = SCALE
    watched_from: float = 0
    is_tracked: bool = True
    anew_from: int | None = None
    ledger: dict[str, ConfidenceChange] = field(default_factory=dict)
    verdicts: dict[str, str] = field(default_factory=dict)
    moves: list[tuple[float, Move]] = field(default_factory=list)
    _watch: Watch = field(init=False)
    _card: Standing = field(init=False)

    def __post_init__(self) -> None:
        """Begin the watch."""
        self._watch = watch(self.began, minutes=self.watched_from)
        self._card = self.began

    @property
    def began(self) -> Standing:
        """Where it stood when the watch began."""
        return self.stands(self.watched_from).standing

    def live(self) -> None:
        """Poll until everything has shown itself and is told, and for more than an hour of quiet."""
        over = max((one.seen_from for one in self.rows), default=0) + QUIET
        for minutes in range(POLL_EVERY, int(over), POLL_EVERY):
            if minutes == self.anew_from:
                self._watch = watch(self.stands(minutes).standing, minutes=minutes + A_MOMENT)
            if minutes > self.watched_from:
                self._poll(minutes)

    @property
    def card(self) -> Standing:
        """Where the card stands."""
        return self._card

    @property
    def in_order(self) -> Sequence[ConfidenceChange]:
        """The ledger, oldest first."""
        return sorted(self.ledger.values(), key=lambda one: (one.at, one.place))

    def stands(self, minutes: float = 100_000) -> Record:
        """Where Salesforce's record stands by then."""
        return [one for one in self.records if one.minutes <= minutes][-1]

    def _poll(self, minutes: int) -> None:
        found = self._read(minutes)
        self._watch = found.watch
        assert not {one.id for one in found.new} & self.ledger.keys(), "two changes share an id"
        self.verdicts |= {one.id: "correction" for one in found.new if one.late}
        self.ledger |= {one.id: one for one in (*found.new, *found.corrected)}
        again = self._read(minutes)
        assert again.new == ()
        if all(one.seen_from <= minutes for one in self.rows):
            changed = [one for one in again.corrected if one != replace(self.ledger[one.id], place=one.place)]
            assert changed == []
        if found.turned:
            self._card = found.turned.after
        waiting = [one for one in self.ledger.values() if one.id not in self.verdicts]
        for move in settled_moves(waiting, window=SETTLE, now=at(minutes), scale=self.scale):
            self.moves.append((minutes, move))
            self._card = move.after
            self.verdicts |= dict.fromkeys((one.id for one in move.changes), "told")

    def _read(self, minutes: int) -> Detected:
        record = self.stands(minutes)
        visible = [one.row for one in self.rows if one.seen_from <= minutes]
        return detect(
            self._watch,
            past=past(*visible, value=record.value),
            sight=sight(record.standing, minutes=minutes + A_MOMENT, tracked=self.is_tracked),
            known=tuple(self.ledger.values()),
            settled=set(self.verdicts),
            scale=self.scale,
        )
