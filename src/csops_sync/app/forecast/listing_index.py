"""All renewals of an org laid out for lists: a filter is an intersection, an order is there, a page is cut out of both.

It gives what `listing.listed` gives; `tests/property/test_listing_index.py` holds both against each other. It is made
once for a state of the database (`renewal_lists.py`). Places are those in order of due date, then of key.
"""

from bisect import bisect_left, bisect_right
from collections import OrderedDict
from collections.abc import Callable, Iterable, Mapping, Sequence
from threading import Lock

from csops_sync.app.forecast.bitmaps import (
    Amounts,
    Order,
    between,
    by_value,
    everything,
    flags_of,
    of_flags,
    united,
)
from csops_sync.app.forecast.conversion import DueConversion
from csops_sync.app.forecast.frames import Frame
from csops_sync.app.forecast.groups import NOT_SAID
from csops_sync.app.forecast.listing import (
    Directory,
    Totals,
    amounts_of,
    choices_among,
    lines_of,
    page_with,
)
from csops_sync.app.forecast.listing_columns import CSM, MANAGER, SEGMENT, columns
from csops_sync.app.forecast.listing_order import Weighed, sorting
from csops_sync.app.forecast.listing_texts import Texts
from csops_sync.app.forecast.listing_values import Choices, Paging, RenewalFilter, RenewalsPage, SortBy
from csops_sync.app.forecast.report_values import RenewalLine
from csops_sync.domain.forecast.landing import Landed
from csops_sync.domain.forecast.term_state import TermState
from csops_sync.domain.money import Money

MOST_FILTERS = 64
"""Of so many filters it is kept what they let through; those that were not asked for the longest go first."""
Found = tuple[int, Totals]
"""The places that a filter lets through, and what stands above each page of them."""


class RenewalIndex:
    """Lists of one state of an org. Threads may share it; an order and the texts are made by who first asks."""

    def __init__(
        self, states: Iterable[TermState], *, frame: Frame, weigh: Callable[[TermState], Landed]
    ) -> None:
        due_day = frame.profile.due_day
        in_order = sorted(sorted(states, key=lambda one: one.key), key=due_day)
        self._frame = frame
        self._rows: Sequence[Weighed] = tuple((one, weigh(one)) for one in in_order)
        self._days = [due_day(one) for one in in_order]
        self._columns = columns(frame.rules.ranks)
        self._bitmaps = {
            name: by_value([one.value(state) for state in in_order]) for name, one in self._columns.items()
        }
        self._types = by_value([landed.type and landed.type.value for _, landed in self._rows])
        self._rated = by_value([one.rank for one in in_order])
        self._amounts = _Amounts(self._rows, frame)
        self._orders = _Orders(self._rows, frame)
        self._texts = Texts(in_order)
        self._lock = Lock()
        self._found: OrderedDict[RenewalFilter, Found] = OrderedDict()

    def page(self, wanted: RenewalFilter, paging: Paging, names: Directory) -> RenewalsPage:
        """This function will give one page of the renewals that a filter lets through."""
        places, totals = self._filtered(wanted, names)
        first = (paging.shown(totals.found) - 1) * paging.size
        shown = self._cut(places, paging, names, first=first, end=first + paging.size)
        return page_with(totals, shown, frame=self._frame, paging=paging, directory=names)

    def every(self, wanted: RenewalFilter, paging: Paging, names: Directory) -> tuple[RenewalLine, ...]:
        """This function will give all renewals that a filter lets through; of the paging only the order counts."""
        places, _ = self._filtered(wanted, names)
        return lines_of(self._cut(places, paging, names), frame=self._frame, directory=names)

    def prepare(self, names: Directory) -> None:
        """This function will make what else a reader would wait for: all orders, and the texts that are searched."""
        for by in SortBy:
            for descending in (False, True):
                self._orders.get(by, names, descending=descending)
        self._texts.prepare(names)

    def _cut(
        self, places: int, paging: Paging, names: Directory, *, first: int = 0, end: int | None = None
    ) -> Sequence[Weighed]:
        order = self._orders.get(paging.sort, names, descending=paging.descending)
        flags = flags_of(places, len(self._rows))
        return [self._rows[place] for place in order.of(flags, first=first, end=end)]

    def _filtered(self, wanted: RenewalFilter, names: Directory) -> Found:
        with self._lock:
            found = self._found.get(wanted)
            if found is not None:
                self._found.move_to_end(wanted)
                return found
        found = self._filter(wanted, names)
        with self._lock:
            self._found[wanted] = found
            while len(self._found) > MOST_FILTERS:
                self._found.popitem(last=False)
        return found

    def _filter(self, wanted: RenewalFilter, names: Directory) -> Found:
        within = self._within(wanted)
        places = within
        for name, column in self._columns.items():
            places &= self._allowed(self._bitmaps[name], column.chosen(wanted))
        places &= self._allowed(self._types, wanted.types)
        if wanted.text.strip():
            places &= self._texts.holding(wanted.text, names)
        due, landing, unjudged = self._amounts.sums(places)
        totals = Totals(
            found=places.bit_count(),
            due=due,
            landing=landing,
            unjudged=unjudged,
            choices=self._choices(within, names),
        )
        return places, totals

    def _within(self, wanted: RenewalFilter) -> int:
        """Give what the window and the reader's scope let through."""
        size = len(self._rows)
        window, people = wanted.window, wanted.people
        within = everything(size)
        if window is not None:
            within = between(bisect_left(self._days, window.first), bisect_right(self._days, window.last))
        if people is not None:
            within &= united(self._bitmaps[CSM], people) | united(self._bitmaps[MANAGER], people)
        return within

    def _allowed(self, bitmaps: Mapping[str | None, int], allowed: frozenset[str]) -> int:
        if not allowed:
            return everything(len(self._rows))
        unsaid = (None, "") if NOT_SAID in allowed else ()
        return united(bitmaps, (*(allowed - {""}), *unsaid))

    def _choices(self, within: int, names: Directory) -> Choices:
        return choices_among(
            _occurring(self._bitmaps[SEGMENT], within),
            _occurring(self._bitmaps[CSM], within),
            _occurring(self._rated, within),
            frame=self._frame,
            directory=names,
        )


class _Amounts:
    """What each renewal adds to the sums of a list, in minor units of the report's currency."""

    def __init__(self, rows: Iterable[Weighed], frame: Frame) -> None:
        rates = DueConversion(frame.due_rates)
        amounts = [amounts_of(one, frame, rates) for one in rows]
        self._into = rates.into
        self._due = Amounts([0 if one is None else one[0] for one in amounts])
        self._landing = Amounts([0 if one is None else one[1] for one in amounts])
        self._unjudged = of_flags(bytes(one is None for one in amounts))

    def sums(self, places: int) -> tuple[Money, Money, int]:
        """Give what is due, what lands, and how many are in neither sum."""
        due, landing = self._due.sum(places), self._landing.sum(places)
        unjudged = (places & self._unjudged).bit_count()
        return Money.from_minor(due, self._into), Money.from_minor(landing, self._into), unjudged


class _Orders:
    """Each order that was asked for, of all renewals. What has no value comes last in both directions, by key."""

    def __init__(self, rows: Sequence[Weighed], frame: Frame) -> None:
        self._rows = rows
        self._frame = frame
        self._by_key = sorted(range(len(rows)), key=lambda place: rows[place][0].key)
        self._lock = Lock()
        self._made: dict[tuple[SortBy, bool], Order] = {}

    def get(self, by: SortBy, names: Directory, *, descending: bool) -> Order:
        """Give an order; both directions are made at once."""
        with self._lock:
            if (by, descending) not in self._made:
                self._make(by, names)
            return self._made[by, descending]

    def _make(self, by: SortBy, names: Directory) -> None:
        key = sorting(
            self._rows,
            frame=self._frame,
            by=by,
            conversion=DueConversion(self._frame.due_rates),
            directory=names,
        )
        keys = [key(one) for one in self._rows]
        values = [value for _, value in keys]
        there = [place for place in self._by_key if not keys[place][0]]
        missing = [place for place in self._by_key if keys[place][0]]
        for descending in (False, True):
            ordered = sorted(there, key=values.__getitem__, reverse=descending)
            self._made[by, descending] = Order(ordered + missing)


def _occurring(bitmaps: Mapping[str | None, int], within: int) -> Sequence[str]:
    return [value for value, places in bitmaps.items() if value is not None and places & within]
