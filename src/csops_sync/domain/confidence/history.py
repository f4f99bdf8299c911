"""Rows of OpportunityHistory and OpportunityFieldHistory in their order: what a renewal stood at, one step at a time.

Salesforce stamps history to the second, and the ids of one second have no order. Rows of one second are put in order
where what each replaced allows exactly one; else they are one step with a known beginning and end.
"""

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from itertools import pairwise
from types import MappingProxyType
from typing import Generic, TypeAlias, TypeVar

from csops_sync.domain.cheap_values import cheaply_made
from csops_sync.domain.facts import FieldEdit, Scalar

_MOST_TRIES = 2_000
"""Sixteen rows of one second were seen in real orgs; what takes longer to put in order has more than one."""


@cheaply_made
@dataclass(frozen=True, slots=True, kw_only=True)
class StageEntry:
    """One row of OpportunityHistory: the values after a change (UTC), and the amount and close date before it.

    `replaced_amount` and `replaced_close_date` are PrevAmount and PrevCloseDate; `knows_replaced` is False for rows
    that do not have them (before Winter '21, or not read).
    """

    id: str
    at: datetime
    by_id: str
    stage: str
    probability: Scalar
    forecast_category: str | None
    amount: Decimal | None
    close_date: date | None
    replaced_amount: Decimal | None = None
    replaced_close_date: date | None = None
    knows_replaced: bool = False


Face: TypeAlias = tuple[object, ...]
"""All that tells a row from others, but for its id."""
Entry = TypeVar("Entry", bound=StageEntry | FieldEdit)


@dataclass(frozen=True, slots=True)
class Ordered(Generic[Entry]):
    """The rows of one second. `known` is False where they give more than one order, or none.

    `began` and `ended` are what can be said of where rows without an order led from and to, at most one value each.
    """

    rows: tuple[Entry, ...]
    known: bool
    began: tuple[Scalar, ...] = ()
    ended: tuple[Scalar, ...] = ()


def order_edits(
    edits: Sequence[FieldEdit],
    *,
    begins: Sequence[Scalar] = (),
    ends: Sequence[Scalar] = (),
    seats: Mapping[str, int] = MappingProxyType({}),
) -> Ordered[FieldEdit]:
    """This function will chain edits of one field within one second: each replaces what the one before it left.

    It stood at one of `begins` before them and at one of `ends` after them, where anything is known of that. Where no
    order fits, an edit is not to be seen yet: then it is the one that leaves out the fewest. `seats` are places, by id,
    that edits keep among those that are alike.
    """
    if len(edits) <= 1:
        return Ordered(tuple(edits), known=True)
    found: dict[tuple[Face, ...], tuple[FieldEdit, ...]] = {}
    faces = {one.id: _edit_face(one) for one in edits}
    tries = 0
    for missing in range(_least_missing(edits, begins, ends), len(edits) + 2):
        for way in _ways(tuple(edits), begins, ends, missing, faces):
            tries += 1
            if way:
                found.setdefault(tuple(faces[one.id] for one in way), way)
            if tries > _MOST_TRIES or (len(found) > 1 and way and not _gap(way[-1].new, ends)):
                return _unordered(edits, list(found.values()), ends)
        if found:
            break
    if len(found) == 1:
        (way,) = found.values()
        return Ordered(_seated(way, edits, faces, seats), known=True)
    return _unordered(edits, list(found.values()), ends)


def _unordered(
    edits: Sequence[FieldEdit], ways: Sequence[tuple[FieldEdit, ...]], ends: Sequence[Scalar]
) -> Ordered[FieldEdit]:
    """Say of several orders where they end: as the second did if one of them does, else where all do."""
    fitting = [one for one in ways if not _gap(one[-1].new, ends)] or ways
    ended = {_plain(one[-1].new): one[-1].new for one in fitting}
    is_agreed = len(ended) == 1 or (ended and not _gap(fitting[0][-1].new, ends))
    return Ordered(
        tuple(sorted(edits, key=_id)),
        known=False,
        began=tuple(one[0].old for one in fitting[:1]),
        ended=tuple(ended.values())[:1] if is_agreed else tuple(ends[:1]),
    )


def _least_missing(edits: Sequence[FieldEdit], begins: Sequence[Scalar], ends: Sequence[Scalar]) -> int:
    """Count what is reached more often than left: no fewer edits are missing, but for an end that nobody knows."""
    reached = Counter(
        _plain(one) for one in (*(one.new for one in edits), *(begins if len(begins) == 1 else ()))
    )
    left = Counter(_plain(one) for one in (*(one.old for one in edits), *(ends if len(ends) == 1 else ())))
    return max(0, (reached - left).total() - (len(ends) != 1))


def _ways(
    edits: tuple[FieldEdit, ...],
    begins: Sequence[Scalar],
    ends: Sequence[Scalar],
    missing: int,
    faces: Mapping[str, Face],
) -> Iterator[tuple[FieldEdit, ...]]:
    """Walk every order in which no more edits than these are missing; an empty one for each step on the way."""
    waiting: list[tuple[tuple[FieldEdit, ...], tuple[FieldEdit, ...], int]] = [((), edits, missing)]
    while waiting:
        chosen, left, spare = waiting.pop()
        if not left:
            yield chosen if spare >= _gap(chosen[-1].new, ends) else ()
            continue
        before = (chosen[-1].new,) if chosen else begins
        waiting.extend(
            ((*chosen, one), _but(left, at), spare - gap)
            for at, one in _unlike(left, faces)
            if (gap := _gap(one.old, before)) <= spare
            and (not missing or _least_missing(_but(left, at), (one.new,), ends) <= spare - gap)
        )
        yield ()


def _but(rows: tuple[Entry, ...], at: int) -> tuple[Entry, ...]:
    return rows[:at] + rows[at + 1 :]


def _unlike(rows: tuple[Entry, ...], faces: Mapping[str, Face]) -> Iterable[tuple[int, Entry]]:
    """Give one of the rows that are alike but for their ids, and where it is: each of them would lead the same way."""
    return {faces[one.id]: (at, one) for at, one in enumerate(rows)}.values()


def _gap(value: Scalar, wanted: Sequence[Scalar]) -> int:
    return int(bool(wanted) and not any(is_same(value, one) for one in wanted))


def _edit_face(edit: FieldEdit) -> Face:
    return _plain(edit.old), _plain(edit.new), edit.by_id


def begins_of(edits: Sequence[FieldEdit], *, otherwise: Sequence[Scalar]) -> tuple[Scalar, ...]:
    """This function will give where it may have stood before edits of one second: what they leave more than they reach.

    Those are several values where an edit between them is not to be seen yet. Where they lead back to where they began
    it is `otherwise`.
    """
    ordered = sorted(edits, key=_id)
    return tuple(_once_more([one.old for one in ordered], [one.new for one in ordered])) or tuple(otherwise)


def left_by(edits: Sequence[FieldEdit], *, now: Sequence[Scalar]) -> tuple[Scalar, ...]:
    """This function will give where the last edits of all may have led, where it stands at one of `now`.

    If they lead round it is a value on their way: a row that is not to be seen yet led to another one.
    """
    ways = tuple(one.old for one in sorted(edits, key=_id))
    leads_round = not begins_of(edits, otherwise=())
    return ways if leads_round and all(_gap(one, ways) for one in now) else tuple(now)


def left_for_good(edits: Sequence[FieldEdit]) -> Sequence[Scalar]:
    """This function will give what edits of one second leave and do not replace: it ended with one of these.

    There are none where they lead back to where they began, several where one between them is not to be seen yet.
    """
    ordered = sorted(edits, key=_id)
    return _once_more([one.new for one in ordered], [one.old for one in ordered])


def ended_with(edits: Sequence[FieldEdit], *, otherwise: Scalar, likely: Sequence[Scalar] = ()) -> Scalar:
    """This function will give what stood there after edits of one second: what they leave for good.

    Where that is several values it is the first that is `likely`. Where they lead back to where they began it is
    `otherwise`, unless that is no value on their way.
    """
    found = left_for_good(edits)
    if found:
        return _likeliest(found, likely)
    left = [one.new for one in sorted(edits, key=_id)]
    is_on_the_way = any(is_same(one, otherwise) for one in left)
    return next(
        (one for one in likely if not is_on_the_way and any(is_same(one, other) for other in left)), otherwise
    )


def _once_more(values: Sequence[Scalar], others: Sequence[Scalar]) -> Sequence[Scalar]:
    """Give the values that are there more often than among the others."""
    if len(values) == 1:
        return [] if is_same(values[0], others[0]) else values
    left = Counter(map(_plain, others))
    found: list[Scalar] = []
    for value in values:
        if left[_plain(value)] == 0:
            found.append(value)
        left[_plain(value)] -= min(1, left[_plain(value)])
    return found


def _likeliest(found: Sequence[Scalar], likely: Sequence[Scalar]) -> Scalar:
    return next((one for wanted in likely for one in found if is_same(one, wanted)), found[0])


def order_entries(
    entries: Sequence[StageEntry], *, last: StageEntry | None, stage_edits: Sequence[FieldEdit] = ()
) -> Ordered[StageEntry]:
    """This function will chain snapshots of one second by the amount and close date that each replaced.

    `stage_edits` are the tracked ones of that second, where the org tracks the stage: an order must lead through them.
    Where none replaced what `last` left, the row before them is not to be seen yet: then what they replaced of each
    other says it.
    """
    entries = sorted(entries, key=_id)
    if len(entries) > 1 and not all(one.knows_replaced for one in entries):
        return Ordered(tuple(entries), known=False)
    began = last if any(_replaces(one, last) for one in entries) else None
    return _order(
        entries,
        follows=lambda one, before: _replaces(one, before or began),
        face=_face,
        fits=lambda chain: (
            not stage_edits or last is None or _moves(last, chain) == Counter(map(_move, stage_edits))
        ),
    )


def _order(
    rows: Sequence[Entry],
    *,
    follows: Callable[[Entry, Entry | None], bool],
    face: Callable[[Entry], Face],
    fits: Callable[[tuple[Entry, ...]], bool] = lambda _chain: True,
) -> Ordered[Entry]:
    if len(rows) <= 1:
        return Ordered(tuple(rows), known=True)
    found: dict[tuple[Face, ...], tuple[Entry, ...]] = {}
    faces = {one.id: face(one) for one in rows}
    for tries, chain in enumerate(_chains(tuple(rows), follows, faces)):
        if chain and fits(chain):
            found.setdefault(tuple(faces[one.id] for one in chain), chain)
        if len(found) > 1 or tries > _MOST_TRIES:
            return Ordered(tuple(rows), known=False)
    chains = tuple(found.values())
    return (
        Ordered(_seated(chains[0], rows, faces), known=True) if chains else Ordered(tuple(rows), known=False)
    )


def _seated(
    chain: Sequence[Entry],
    rows: Sequence[Entry],
    faces: Mapping[str, Face],
    seats: Mapping[str, int] = MappingProxyType({}),
) -> tuple[Entry, ...]:
    """Give rows that are alike but for their ids their seats, and the others places as they were handed over."""
    kept = {seats[one.id]: one for one in rows if one.id in seats}
    seated = {
        number: kept[number]
        for number, one in enumerate(chain)
        if number in kept and faces[one.id] == faces[kept[number].id]
    }
    taken = {one.id for one in seated.values()}
    waiting: dict[Face, list[Entry]] = defaultdict(list)
    for row in rows:
        if row.id not in taken:
            waiting[faces[row.id]].append(row)
    return tuple(seated.get(number) or waiting[faces[one.id]].pop(0) for number, one in enumerate(chain))


def _chains(
    rows: tuple[Entry, ...],
    follows: Callable[[Entry, Entry | None], bool],
    faces: Mapping[str, Face],
) -> Iterator[tuple[Entry, ...]]:
    """Walk every order in which each row follows the one before it; an empty one for each dead end on the way."""
    waiting: list[tuple[tuple[Entry, ...], tuple[Entry, ...]]] = [((), rows)]
    while waiting:
        chosen, left = waiting.pop()
        if not left:
            yield chosen
            continue
        last = chosen[-1] if chosen else None
        waiting.extend(
            ((*chosen, one), _but(left, at)) for at, one in _unlike(left, faces) if follows(one, last)
        )
        yield ()


def _replaces(one: StageEntry, before: StageEntry | None) -> bool:
    return before is None or (
        one.replaced_amount == before.amount and one.replaced_close_date == before.close_date
    )


def _moves(last: StageEntry, chain: Sequence[StageEntry]) -> Counter[tuple[object, object]]:
    """Count from which stage to which the opportunity goes on the way through these snapshots."""
    stages = [last.stage, *(one.stage for one in chain)]
    return Counter((old, new) for old, new in pairwise(stages) if old != new)


def _id(row: StageEntry | FieldEdit) -> str:
    return row.id


def _move(edit: FieldEdit) -> tuple[object, object]:
    return _plain(edit.old), _plain(edit.new)


def _face(one: StageEntry) -> Face:
    left = (one.stage, _plain(one.probability), one.forecast_category, one.amount, one.close_date)
    return (*left, one.replaced_amount, one.replaced_close_date, one.by_id)


def is_same(one: Scalar, other: Scalar) -> bool:
    """This function will say whether two values of a field are the same; no text is none at all."""
    return _plain(one) == _plain(other)


def _plain(value: Scalar) -> object:
    if isinstance(value, int | float | Decimal) and not isinstance(value, bool):
        return Decimal(str(value)).normalize()
    return value or None
