"""One renewal whose edits share seconds and whose history shows itself in any order, told while it is still coming.

Ranks come twice, and rows that are alike: as long as some are not to be seen, others can stand in several orders.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import timedelta

from hypothesis import given, settings
from hypothesis import strategies as st
from tests.fakes.confidence import SCALE, at, past, rank, sight, watch

from csops_sync.domain.confidence.changes import ConfidenceChange, Source
from csops_sync.domain.confidence.detection import Watch, detect
from csops_sync.domain.confidence.ranks import Standing
from csops_sync.domain.confidence.settling import Move, settled_moves
from csops_sync.domain.confidence.steps import steps_of
from csops_sync.domain.facts import FieldEdit

SETTLE = timedelta(minutes=5)
POLL_EVERY = 2
START = "B"


@dataclass(frozen=True)
class Saved:
    """An edit: so many minutes after the last one, to this rank, in history so much later (minutes)."""

    after: float
    to: str | None
    late: float
    by: str


@dataclass(frozen=True)
class Row:
    """A row of history, and from which minute on it can be read."""

    edit: FieldEdit
    minutes: float
    seen_from: float


SAVED = st.lists(
    st.builds(
        Saved,
        after=st.sampled_from([0, 0, 0, 1, 3, 5]),
        to=st.sampled_from([*SCALE.ranks, None]),
        late=st.sampled_from([0, 0, 3, 12, 30]),
        by=st.sampled_from(["sato", "sato", "mori"]),
    ),
    min_size=1,
    max_size=6,
)


def rows_of(saved: Sequence[Saved], numbers: Sequence[int]) -> list[Row]:
    """Give the rows in the order in which they were saved; their ids have another."""
    minutes, rows = 1.0, list[Row]()
    stands: str | None = START
    for number, one in zip(numbers, saved, strict=False):
        minutes += one.after
        if one.to != stands:
            rows.append(Row(rank(number, minutes, stands, one.to, one.by), minutes, minutes + one.late))
            stands = one.to
    return rows


@dataclass
class Told:
    """What the ledger holds, what was told of it, and where the card stands after that."""

    rows: Sequence[Row]
    watch: Watch = field(default_factory=lambda: watch(Standing(START)))
    ledger: dict[str, ConfidenceChange] = field(default_factory=dict)
    verdicts: dict[str, str] = field(default_factory=dict)
    moves: list[tuple[float, Move]] = field(default_factory=list)
    card: str | None = START

    def live(self) -> None:
        """Poll until everything has shown itself and is told, and for more than an hour of quiet."""
        over = max((one.seen_from for one in self.rows), default=0) + 80
        for minutes in range(POLL_EVERY, int(over), POLL_EVERY):
            self._poll(minutes)

    def stands(self, minutes: float) -> str | None:
        """Where Salesforce's record stands by then."""
        return str(new) if (new := self._value(minutes)) is not None else None

    def _value(self, minutes: float) -> object:
        return next((one.edit.new for one in reversed(self.rows) if one.minutes <= minutes), START)

    def _poll(self, minutes: int) -> None:
        value = self.stands(minutes)
        visible = [one.edit for one in self.rows if one.seen_from <= minutes]
        found = detect(
            self.watch,
            past=past(*visible, value=value),
            sight=sight(Standing(value), minutes=minutes),
            known=tuple(self.ledger.values()),
            settled=set(self.verdicts),
            scale=SCALE,
        )
        self.watch = found.watch
        for one in found.new:
            assert one.id not in self.ledger
            if one.late:
                self.verdicts[one.id] = "correction"
        self.ledger |= {one.id: one for one in (*found.new, *found.corrected)}
        if found.turned:
            self.card = found.turned.after.rank
        waiting = [one for one in self.ledger.values() if one.id not in self.verdicts]
        for move in settled_moves(waiting, window=SETTLE, now=at(minutes), scale=SCALE):
            self.moves.append((minutes, move))
            self.card = move.after.rank
            self.verdicts |= dict.fromkeys((one.id for one in move.changes), "told")


LIVES = given(saved=SAVED, numbers=st.permutations(range(1, 7)))


def lived(saved: Sequence[Saved], numbers: Sequence[int]) -> Told:
    told = Told(rows_of(saved, numbers))
    told.live()
    return told


@LIVES
@settings(deadline=None)
def test_every_row_is_in_one_change_and_nothing_is_compared(saved: list[Saved], numbers: list[int]) -> None:
    told = lived(saved, numbers)

    counted = Counter(row for one in told.ledger.values() for row in one.rows)
    assert counted == Counter(one.edit.id for one in told.rows)
    assert {one.source for one in told.ledger.values()} <= {Source.HISTORY}


@LIVES
@settings(deadline=None)
def test_the_card_ends_where_salesforce_stands(saved: list[Saved], numbers: list[int]) -> None:
    told = lived(saved, numbers)

    assert told.card == told.stands(1000)


@LIVES
@settings(deadline=None)
def test_the_ledger_leads_without_a_gap_to_where_salesforce_stands(
    saved: list[Saved], numbers: list[int]
) -> None:
    told = lived(saved, numbers)

    ledger = sorted(told.ledger.values(), key=lambda one: (one.at, one.place))
    path = [START, *(one.after.rank for one in ledger)]
    assert [one.before.rank for one in ledger] == path[:-1]
    assert path[-1] == told.stands(1000)


@LIVES
@settings(deadline=None)
def test_a_second_of_which_each_row_is_a_change_has_the_only_order_that_there_is(
    saved: list[Saved], numbers: list[int]
) -> None:
    told = lived(saved, numbers)

    steps = steps_of(past(*(one.edit for one in told.rows), value=told.stands(1000)), scale=SCALE)
    ledger = sorted(told.ledger.values(), key=lambda one: (one.at, one.place))
    for second in {one.at for one in ledger}:
        here = [one for one in ledger if one.at == second]
        if all(one.order_known for one in here) and all(one.order_known for one in steps):
            wanted = [(one.before, one.after, one.by_id, one.place) for one in steps if one.at == second]
            assert [(one.before, one.after, one.by_id, one.place) for one in here] == wanted
