"""Whatever is edited, whenever it is polled, however late rows show themselves: each history row counts once."""

from collections import Counter
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st
from tests.fakes.confidence import BORN, SCALE, at, past, rank, sight, watch

from csops_sync.domain.confidence.changes import ConfidenceChange
from csops_sync.domain.confidence.detection import detect
from csops_sync.domain.confidence.ranks import Standing
from csops_sync.domain.confidence.settling import settled_moves
from csops_sync.domain.confidence.watch import Watch
from csops_sync.domain.facts import FieldEdit

POLL_EVERY = 2.0
LATEST = 45.0


@dataclass(frozen=True)
class Edit:
    """A person's edit: so long after the last one, to this rank, visible so much later (minutes)."""

    after: float
    to: str | None
    by: str
    late: float


EDITS = st.lists(
    st.builds(
        Edit,
        after=st.sampled_from([0, 0.5, 1, 3, 7, 30]),
        to=st.sampled_from([*SCALE.ranks, None]),
        by=st.sampled_from(["sato", "mori"]),
        late=st.sampled_from([0, 0, 0, 8, LATEST]),
    ),
    max_size=12,
)


def history(edits: list[Edit], start: str | None) -> list[tuple[FieldEdit, datetime]]:
    """Give the history rows with the instant at which each can be read."""
    minutes, standing, rows = 1.0, start, []
    for number, edit in enumerate(edits):
        minutes += edit.after
        if edit.to != standing:
            # Ids of one second have no order: those of later rows may be smaller.
            row = rank(999 - number * 7 % 500, minutes, standing, edit.to, edit.by)
            rows.append((replace(row, id=f"{row.id}-{number}"), at(minutes + edit.late)))
            standing = edit.to
    return rows


def polled(rows: list[tuple[FieldEdit, datetime]], start: str | None) -> tuple[Watch, list[ConfidenceChange]]:
    """Poll every two minutes until everything is visible; the ledger keeps what each poll found."""
    under, ledger = watch(Standing(start)), dict[str, ConfidenceChange]()
    end = max((seen for _, seen in rows), default=BORN) + timedelta(minutes=2 * POLL_EVERY)
    now = at(POLL_EVERY)
    while now <= end:
        visible = [row for row, seen in rows if seen <= now]
        current = max((row for row, _ in rows if row.at <= now), key=lambda one: one.at, default=None)
        value = Standing(SCALE.rank_of(start if current is None else _last(rows, now)))
        seen = sight(value, minutes=(now - BORN) / timedelta(minutes=1))
        known = tuple(ledger.values())
        detected = detect(under, past=past(*visible, value=value.rank), sight=seen, known=known, scale=SCALE)
        under = detected.watch
        for one in (*detected.new, *detected.corrected):
            assert one.id not in ledger or one in detected.corrected
            ledger[one.id] = one
        now += timedelta(minutes=POLL_EVERY)
    return under, list(ledger.values())


def _last(rows: list[tuple[FieldEdit, datetime]], now: datetime) -> str | None:
    return str(new) if (new := [row for row, _ in rows if row.at <= now][-1].new) is not None else None


@given(edits=EDITS, start=st.sampled_from([*SCALE.ranks, None]))
def test_every_row_stands_in_exactly_one_change(edits: list[Edit], start: str | None) -> None:
    rows = history(edits, start)
    _, ledger = polled(rows, start)

    told = Counter(row for one in ledger for row in one.rows)
    by_second = Counter(row.at for row, _ in rows)
    lonely = {row.id for row, _ in rows if by_second[row.at] == 1}
    assert all(count == 1 for count in told.values())
    assert lonely <= set(told)
    assert set(told) <= {row.id for row, _ in rows}


@given(edits=EDITS, start=st.sampled_from([*SCALE.ranks, None]))
def test_moves_lead_from_the_first_standing_to_the_last(edits: list[Edit], start: str | None) -> None:
    rows = [(row, row.at) for row, _ in history(edits, start)]
    under, ledger = polled(rows, start)

    end = at(10_000)
    moves = settled_moves(ledger, window=timedelta(minutes=5), now=end, scale=SCALE)
    path = [start, *(one.after.rank for one in moves)]
    assert [one.before.rank for one in moves] == path[:-1]
    assert path[-1] == under.standing.rank
    assert {one.id for move in moves for one in move.changes} == {one.id for one in ledger}
