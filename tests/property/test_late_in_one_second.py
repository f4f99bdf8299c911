"""One renewal whose edits share seconds and whose history shows itself in any order, told while it is still coming.

Ranks come twice, and rows that are alike: as long as some are not to be seen, others can stand in several orders.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from hypothesis import given, settings
from hypothesis import strategies as st
from tests.fakes.confidence import SCALE, past, rank
from tests.fakes.late_life import Life, Record, Row

from csops_sync.domain.confidence.changes import Source
from csops_sync.domain.confidence.ranks import Standing
from csops_sync.domain.confidence.steps import steps_of

START = "B"


@dataclass(frozen=True)
class Saved:
    """An edit: so many minutes after the last one, to this rank, in history so much later (minutes)."""

    after: float
    to: str | None
    late: float
    by: str


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


def rows_of(saved: Sequence[Saved], numbers: Sequence[int]) -> tuple[list[Row], list[Record]]:
    """Give the rows in the order in which they were saved; their ids have another."""
    minutes, rows, records = 1.0, list[Row](), [Record(0, Standing(START), START)]
    stands: str | None = START
    for number, one in zip(numbers, saved, strict=False):
        minutes += one.after
        if one.to != stands:
            rows.append(Row(rank(number, minutes, stands, one.to, one.by), minutes, minutes + one.late))
            records.append(Record(minutes, Standing(one.to), one.to))
            stands = one.to
    return rows, records


LIVES = given(saved=SAVED, numbers=st.permutations(range(1, 7)))


def lived(saved: Sequence[Saved], numbers: Sequence[int]) -> Life:
    rows, records = rows_of(saved, numbers)
    life = Life(rows, records)
    life.live()
    return life


@LIVES
@settings(deadline=None)
def test_every_row_is_in_one_change_and_nothing_is_compared(saved: list[Saved], numbers: list[int]) -> None:
    life = lived(saved, numbers)

    counted = Counter(row for one in life.ledger.values() for row in one.rows)
    assert counted == Counter(one.row.id for one in life.rows)
    assert {one.source for one in life.ledger.values()} <= {Source.HISTORY}


@LIVES
@settings(deadline=None)
def test_the_card_ends_where_salesforce_stands(saved: list[Saved], numbers: list[int]) -> None:
    life = lived(saved, numbers)

    assert life.card == life.stands().standing


@LIVES
@settings(deadline=None)
def test_the_ledger_leads_without_a_gap_to_where_salesforce_stands(
    saved: list[Saved], numbers: list[int]
) -> None:
    life = lived(saved, numbers)

    path = [START, *(one.after.rank for one in life.in_order)]
    assert [one.before.rank for one in life.in_order] == path[:-1]
    assert path[-1] == life.stands().standing.rank


@LIVES
@settings(deadline=None)
def test_a_second_of_which_each_row_is_a_change_has_the_only_order_that_there_is(
    saved: list[Saved], numbers: list[int]
) -> None:
    life = lived(saved, numbers)

    steps = steps_of(past(*(one.row for one in life.rows), value=life.stands().value), scale=SCALE)
    for second in {one.at for one in life.in_order}:
        here = [one for one in life.in_order if one.at == second]
        if all(one.order_known for one in here) and all(one.order_known for one in steps):
            wanted = [(one.before, one.after, one.by_id, one.place) for one in steps if one.at == second]
            assert [(one.before, one.after, one.by_id, one.place) for one in here] == wanted
