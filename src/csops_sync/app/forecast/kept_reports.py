"""Reports kept in memory for as long as nothing they stand on has changed, so that many readers cost one computation.

What reports stand on is the stored states and the snapshots (`REVISION` says which), the rows read from Salesforce
(their names), the rules, their targets and the day. Any process may have written them: each asking reads two small rows
to see whether what is kept still holds.

Where somebody makes reports anew in the background, who asks meanwhile is given the one from before the news, which
says of when it is, rather than kept waiting: for `PATIENCE_SECONDS` at the most. There the two rows are read every
`LOOK_SECONDS`, and for what is made; a reader's own news are seen at once (`hurry`).
"""

from collections import OrderedDict
from collections.abc import Callable, Hashable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from threading import Lock, local
from typing import TypeVar, cast

from csops_sync.app.forecast.standing import REVISION
from csops_sync.app.loading import READ_UP_TO
from csops_sync.app.office import Office
from csops_sync.domain.forecast.targets import Target

MOST = 600
"""How many reports are kept; those that were not asked for the longest go first. Some 25 are one scope's."""
FEW = 12
"""How many of the large ones are kept: the whole book at two moments is some 50 MB at 100,000 renewals."""
PATIENCE_SECONDS = 20.0
"""So long after news what held before them is shown while new reports are made; at 100,000 renewals that takes 6."""

LOOK_SECONDS = 0.2
"""So long nobody looks again whether there are news, where reports are made anew in the background."""

_T = TypeVar("_T")
Stamp = tuple[str | None, str | None, str, date, tuple[Target, ...]]
"""All that reports stand on: where two are equal, so are the reports."""
_Rows = tuple[str | None, str | None]


class KeptReports:
    """Keeps reports by what was asked. Threads may share it; two that ask for the same wait for one computation.

    `renewed_by` is the clock (seconds, monotonic) of whoever makes them anew in the background; None where nobody does.
    """

    def __init__(self, most: int = MOST, *, renewed_by: Callable[[], float] | None = None) -> None:
        self._most = most
        self._clock = renewed_by
        self._lock = Lock()
        self._news = _News(renewed_by)
        self._stamp: Stamp | None = None
        self._kept: OrderedDict[Hashable, _Slot] = OrderedDict()
        self._large: OrderedDict[Hashable, None] = OrderedDict()
        self._before: dict[Hashable, _Former] = {}
        self._hurries = False
        self._thread = local()

    def get(
        self,
        office: Office,
        asked: Hashable,
        make: Callable[[], _T],
        *,
        is_large: bool = False,
        may_be_former: bool = True,
    ) -> _T:
        """This function will give what is kept under `asked` if it still holds, else make it and keep it.

        Of what `is_large` only a few are kept. What decides who may see what must not be the one from before the news.
        Raises what `make` raises; nothing is kept then.
        """
        stamp = self._news.stamp(office, anew=self._is_fresh)
        slot, former = self._slots(stamp, asked, is_large=is_large)
        if may_be_former and former is not None and not slot.made:
            return cast("_T", former.report)
        with slot.lock, self.fresh():
            if not slot.made:
                slot.made.append(make())
            return cast("_T", slot.made[0])

    @contextmanager
    def fresh(self) -> Iterator[None]:
        """This function will give this thread nothing from before the news: what it makes is made of what holds now."""
        deep = getattr(self._thread, "deep", 0)
        self._thread.deep = deep + 1
        try:
            yield
        finally:
            self._thread.deep = deep

    def renewed(self, stamp: Stamp) -> None:
        """This function will show nothing from before these news any more: what was to be made anew is made.

        Unless there are other news by now.
        """
        with self._lock:
            if stamp == self._stamp:
                self._before.clear()

    def hurry(self) -> None:
        """This function will have who asks wait for the next news: they are a reader's own, who wants to see them."""
        self._news.forget()
        with self._lock:
            self._before.clear()
            self._hurries = True

    @property
    def _is_fresh(self) -> bool:
        return getattr(self._thread, "deep", 0) > 0

    def _slots(self, stamp: Stamp, asked: Hashable, *, is_large: bool) -> tuple["_Slot", "_Former | None"]:
        with self._lock:
            if stamp != self._stamp:
                self._turn(stamp)
            slot = self._kept.setdefault(asked, _Slot())
            self._kept.move_to_end(asked)
            if is_large:
                self._make_room(asked)
            while len(self._kept) > self._most:
                self._kept.popitem(last=False)
            return slot, self._former(asked)

    def _make_room(self, asked: Hashable) -> None:
        """Drop the large one that was not asked for the longest, if this one is one too many."""
        self._large[asked] = None
        self._large.move_to_end(asked)
        while len(self._large) > FEW:
            oldest, _ = self._large.popitem(last=False)
            self._kept.pop(oldest, None)

    def _turn(self, stamp: Stamp) -> None:
        """Begin anew after news; what was made before them is shown for a while, if somebody renews it."""
        if self._clock is not None and not self._hurries:
            until = self._clock() + PATIENCE_SECONDS
            kept = ((key, one) for key, one in self._kept.items() if key not in self._large)
            made = {key: _Former(one.made[0], until) for key, one in kept if one.made}
            self._before = {**self._before, **made}
        self._stamp, self._kept, self._hurries = stamp, OrderedDict(), False
        self._large.clear()

    def _former(self, asked: Hashable) -> "_Former | None":
        former = self._before.get(asked)
        if former is None or self._clock is None or self._is_fresh:
            return None
        return former if self._clock() < former.until else None


@dataclass(frozen=True, slots=True)
class _Former:
    """A report from before the news, and until when it may be shown."""

    report: object
    until: float


class _Slot:
    """One report, or the wait for it."""

    def __init__(self) -> None:
        self.lock = Lock()
        self.made: list[object] = []


class _News:
    """The two rows that tell of news, and until when nobody looks again; without a clock everybody does."""

    def __init__(self, clock: Callable[[], float] | None) -> None:
        self._clock = clock
        self._lock = Lock()
        self._rows: _Rows | None = None
        self._until = 0.0

    def stamp(self, office: Office, *, anew: bool) -> Stamp:
        """Give what reports stand on; threads look one after the other, so that none turns back what another saw."""
        with self._lock:
            now = self._clock() if self._clock is not None else self._until
            rows = self._rows
            if rows is None or anew or now >= self._until:
                rows = self._rows = _rows_of(office)
                self._until = now + LOOK_SECONDS if self._clock is not None else now
        return _stamped(rows, office)

    def forget(self) -> None:
        """Have the next one look, and whoever is looking now finish first."""
        with self._lock:
            self._rows = None


def stamp_of(office: Office) -> Stamp:
    """This function will read what reports stand on now: two small rows."""
    return _stamped(_rows_of(office), office)


def _rows_of(office: Office) -> _Rows:
    with office.store.reading() as tx:
        return tx.progress.setting(REVISION), tx.progress.setting(READ_UP_TO)


def _stamped(rows: _Rows, office: Office) -> Stamp:
    return *rows, office.rules.hash, office.today, office.rules.targets
