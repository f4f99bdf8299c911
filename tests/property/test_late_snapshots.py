"""One renewal that is closed, opened again and edited, its stage history and its ranks each as late as they like.

Snapshots share seconds with each other and with edits of the rank. Who saved what in which order is kept beside the
rows that the product reads, and says what may be told, and how often.
"""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from decimal import Decimal
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.fakes.confidence import OUTCOMES, SCALE, entry, rank, stage
from tests.fakes.late_life import Life, Record, Row

from csops_sync.domain.confidence.changes import Source
from csops_sync.domain.confidence.history import StageEntry
from csops_sync.domain.confidence.ranks import Outcome, RankKind, RankScale, Standing
from csops_sync.domain.facts import Scalar

BY_PROBABILITY = RankScale(
    field="probability",
    ranks=("A", "B"),
    kind=RankKind.PROBABILITY,
    at_least=((Decimal(70), "A"), (Decimal(0), "B")),
)
BY_NUMBER = RankScale(
    field="confidence",
    ranks=("A", "B", "C"),
    at_least=((Decimal(70), "A"), (Decimal(40), "B"), (Decimal(0), "C")),
)
NUMBERS = {"A": (71, 75), "B": (45, 50), "C": (10, 30)}
CLOSE_DATE = date(2026, 6, 30)
LATE = st.sampled_from([0, 0, 3, 12, 30])


@dataclass(frozen=True)
class Save:
    """A save: so many minutes after the last one; what it changes; and how late each of its rows can be read."""

    after: float
    rank: str | None
    stage: str | None
    amount: int
    probability: int
    rank_late: float
    stage_late: float
    by: str


@dataclass(frozen=True)
class Org:
    """What the org keeps: what each snapshot replaced (since Winter '21), edits of the stage, edits of the rank."""

    keeps_replaced: bool
    tracks_stage: bool
    tracks_rank: bool = True


@dataclass(frozen=True)
class Stands:
    """The fields of a record that matter."""

    rank: str = "B"
    number: int = 45
    stage: str = "提案"
    amount: int = 100
    probability: int = 50

    def standing(self, scale: RankScale) -> Standing:
        """Where that is by a scale."""
        raw = self.value(scale) if scale.kind is RankKind.FIELD else Decimal(self.probability)
        return Standing(scale.rank_of(raw), OUTCOMES[self.stage])

    def value(self, scale: RankScale) -> Scalar:
        """What its own field holds."""
        return Decimal(self.number) if scale is BY_NUMBER else self.rank


SAVES = st.lists(
    st.builds(
        Save,
        after=st.sampled_from([0, 0, 1, 5]),
        rank=st.sampled_from(["A", "B", "C", None, None]),
        stage=st.sampled_from([*OUTCOMES, None, None]),
        amount=st.sampled_from([0, 0, 10]),
        probability=st.sampled_from([20, 50, 80]),
        rank_late=LATE,
        stage_late=LATE,
        by=st.sampled_from(["sato", "sato", "mori"]),
    ),
    min_size=1,
    max_size=5,
)


@dataclass
class Writing:
    """Writes down a life: rows in the order in which they were saved, with ids of another order."""

    org: Org
    scale: RankScale
    numbers: Iterator[int]
    rows: list[Row] = field(default_factory=list)
    stood: list[tuple[float, Stands]] = field(default_factory=lambda: [(0, Stands())])

    def save(self, save: Save, minutes: float) -> None:
        """Write the rows of one save."""
        before = self.stood[-1][1]
        after = replace(
            before,
            rank=save.rank or before.rank,
            number=NUMBERS[save.rank][save.amount > 0] if save.rank else before.number,
            stage=save.stage or before.stage,
            amount=before.amount + save.amount,
            probability=save.probability if save.stage else before.probability,
        )
        self.stood.append((minutes, after))
        old, new = before.value(self.scale), after.value(self.scale)
        if self.org.tracks_rank and old != new and self.scale.kind is RankKind.FIELD:
            edit = rank(next(self.numbers), minutes, old, new, save.by)
            self.rows.append(Row(edit, minutes, minutes + save.rank_late))
        if replace(after, rank=before.rank, number=before.number) != before:
            self._take_snapshot(save, minutes, before, after)

    def _take_snapshot(self, save: Save, minutes: float, before: Stands, after: Stands) -> None:
        taken = entry(
            next(self.numbers),
            minutes,
            after.stage,
            amount=after.amount,
            by_id=save.by,
            probability=Decimal(after.probability),
        )
        if self.org.keeps_replaced:
            replaced = Decimal(before.amount)
            taken = replace(
                taken, knows_replaced=True, replaced_amount=replaced, replaced_close_date=CLOSE_DATE
            )
        self.rows.append(Row(taken, minutes, minutes + save.stage_late))
        if self.org.tracks_stage and after.stage != before.stage:
            moved = stage(next(self.numbers), minutes, before.stage, after.stage, save.by)
            self.rows.append(Row(moved, minutes, minutes + save.stage_late))


def written(
    saves: Sequence[Save],
    numbers: Sequence[int],
    org: Org,
    scale: RankScale,
    watched_from: tuple[float, int | None],
) -> Life:
    writing = Writing(org, scale, iter([*numbers, *range(100, 200)]))
    minutes = 1.0
    for save in saves:
        minutes += save.after
        writing.save(save, minutes)
    records = [Record(at, one.standing(scale), one.value(scale)) for at, one in writing.stood]
    first, anew = watched_from
    life = Life(writing.rows, records, scale, first, org.tracks_rank, anew)
    life.live()
    return life


FROM_THE_BEGINNING = st.just((0.0, None))
FROM_AMID = st.sampled_from([(1.5, None), (3.5, None), (6.5, None)])
ANEW = st.sampled_from([(0.0, 14), (0.0, 20), (1.5, 26)])
APART = SAVES.map(lambda saves: [replace(one, after=one.after + 6) for one in saves])
ORGS = st.builds(Org, keeps_replaced=st.sampled_from([True, True, False]), tracks_stage=st.booleans())


def lives(
    scale: RankScale,
    *,
    saves: st.SearchStrategy[list[Save]] = SAVES,
    orgs: st.SearchStrategy[Org] = ORGS,
    watched_from: st.SearchStrategy[tuple[float, int | None]] = FROM_THE_BEGINNING,
) -> st.SearchStrategy[Life]:
    return st.builds(written, saves, st.permutations(range(1, 11)), orgs, st.just(scale), watched_from)


ALL = {"a field of its own": SCALE, "a number": BY_NUMBER, "probability": BY_PROBABILITY}
SCALES = pytest.mark.parametrize("scale", ALL.values(), ids=ALL)


@SCALES
@given(data=st.data())
@settings(deadline=None)
def test_no_row_is_in_two_changes_and_nothing_is_compared(data: st.DataObject, scale: RankScale) -> None:
    life = data.draw(lives(scale))

    counted = Counter(row for one in life.ledger.values() for row in one.rows)
    assert set(counted.values()) <= {1}
    assert {one.source for one in life.ledger.values()} <= {Source.HISTORY}


@SCALES
@given(data=st.data())
@settings(deadline=None)
def test_a_row_that_closes_or_opens_again_is_in_one_change(data: st.DataObject, scale: RankScale) -> None:
    life = data.draw(lives(scale))

    counted = Counter(row for one in life.ledger.values() for row in one.rows)
    missing = [one for one in closing_ids(life) if counted[one] != 1]
    assert missing == []


def closing_ids(life: Life) -> Iterator[str]:
    """Give the snapshots that leave another outcome than the one before, where each of the two is alone in its second.

    How a second with several ended nobody can say, if its rows do not: then nobody can say what the next one did.
    """
    taken = sorted((one.row for one in life.rows if isinstance(one.row, StageEntry)), key=lambda one: one.at)
    crowd = Counter(one.at for one in taken)
    alone, was = True, Outcome.OPEN
    for one in taken:
        now = OUTCOMES[one.stage]
        if alone and crowd[one.at] == 1 and now is not was:
            yield one.id
        alone, was = crowd[one.at] == 1, now


@SCALES
@given(data=st.data())
@settings(deadline=None)
def test_the_card_ends_where_salesforce_stands(data: st.DataObject, scale: RankScale) -> None:
    life = data.draw(lives(scale))

    assert scale.direction(life.card, life.stands().standing) is None


@SCALES
@given(data=st.data())
@settings(deadline=None)
def test_the_ledger_leads_without_a_gap_to_where_salesforce_stands(
    data: st.DataObject, scale: RankScale
) -> None:
    life = data.draw(lives(scale))

    assert gaps(life) == []


@SCALES
@given(data=st.data())
@settings(deadline=None)
def test_an_outcome_is_told_no_more_often_than_it_was_reached(data: st.DataObject, scale: RankScale) -> None:
    life = data.draw(lives(scale))

    assert told_too_often(life) == []


@SCALES
@given(data=st.data())
@settings(deadline=None)
def test_a_watch_may_begin_amid_a_history_that_is_still_coming(data: st.DataObject, scale: RankScale) -> None:
    life = data.draw(lives(scale, watched_from=FROM_AMID))

    assert {one.source for one in life.ledger.values()} <= {Source.HISTORY}
    assert scale.direction(life.card, life.stands().standing) is None
    assert gaps(life) == []
    assert told_too_often(life) == []


UNTRACKED = st.builds(
    Org, keeps_replaced=st.just(True), tracks_stage=st.booleans(), tracks_rank=st.just(False)
)
ON_TIME = SAVES.map(lambda saves: [replace(one, rank_late=0, stage_late=0) for one in saves])


@given(data=st.data())
@settings(deadline=None)
def test_a_rank_without_a_history_is_compared_beside_closes_that_have_one(data: st.DataObject) -> None:
    life = data.draw(lives(SCALE, saves=ON_TIME, orgs=UNTRACKED))

    ledger = life.in_order
    assert SCALE.direction(life.card, life.stands().standing) is None
    assert gaps(life) == []
    assert {one.before.rank == one.after.rank for one in ledger if one.source is Source.HISTORY} <= {True}


@given(data=st.data())
@settings(deadline=None)
def test_a_close_that_was_compared_before_its_row_was_to_be_seen_is_told_once(data: st.DataObject) -> None:
    life = data.draw(lives(SCALE, orgs=UNTRACKED, watched_from=FROM_THE_BEGINNING | FROM_AMID))

    assert SCALE.direction(life.card, life.stands().standing) is None
    assert told_too_often(life) == []


@pytest.mark.parametrize("orgs", [ORGS, UNTRACKED], ids=["tracked", "untracked"])
@SCALES
@given(data=st.data())
@settings(deadline=None)
def test_a_watch_that_begins_anew_over_an_older_ledger_tells_nothing_again(
    data: st.DataObject, scale: RankScale, orgs: st.SearchStrategy[Org]
) -> None:
    life = data.draw(lives(scale, saves=APART, orgs=orgs, watched_from=ANEW))

    assert told_too_often(life) == []


def gaps(life: Life) -> list[tuple[Standing, Standing]]:
    """Give the ways between changes, and from the last one to where it stands, that are told nowhere."""
    ledger = life.in_order
    ways = [
        (life.began, ledger[0].before if ledger else life.stands().standing),
        *((one.after, other.before) for one, other in pairwise(ledger)),
        *([(ledger[-1].after, life.stands().standing)] if ledger else []),
    ]
    return [way for way in ways if life.scale.direction(*way)]


def told_too_often(life: Life) -> list[Outcome]:
    """Give the outcomes that were told more often than they were reached while it was watched."""
    reached = Counter(
        now.standing.outcome
        for was, now in pairwise(life.records)
        if was.standing.outcome is not now.standing.outcome and now.minutes > life.watched_from
    )
    told = Counter(
        move.after.outcome
        for _, move in life.moves
        if move.direction and move.before.outcome is not move.after.outcome
    )
    return [outcome for outcome in told if told[outcome] > reached[outcome]]
