"""Which line of a report a term is counted under, what the line is called, and in which order lines stand.

A period's lines stand in the order of time, ranks and types in the order of the rules, everything else by name. What
Salesforce does not say is the line `-`, the last one.
"""

from collections.abc import Iterable
from datetime import date

from csops_sync.app.forecast.frames import Frame
from csops_sync.app.forecast.period_words import period_key, periods_in
from csops_sync.app.forecast.report_values import GroupBy
from csops_sync.domain.forecast.landing import Landed
from csops_sync.domain.forecast.periods import PeriodKind, Window
from csops_sync.domain.forecast.term_state import Grouping, RenewalType, TermStanding, TermState

NOT_SAID = "-"
"""The key and the name of what is counted under nothing."""
TOTAL = "total"
"""The key and the name of the line that holds everything."""
UNRATED, UNOPENED = "unrated", "unopened"
"""The columns of the matrix that are no ranks."""

KINDS = {GroupBy.MONTH: PeriodKind.MONTH, GroupBy.QUARTER: PeriodKind.QUARTER, GroupBy.YEAR: PeriodKind.YEAR}
"""The groupings that are periods."""
_PEOPLE = frozenset({GroupBy.CSM, GroupBy.MANAGER})


class Groups:
    """The lines of one report over one window."""

    def __init__(self, frame: Frame, by: GroupBy, window: Window) -> None:
        self._frame = frame
        self._by = by
        self._periods: dict[str, str] = {}
        self._months: dict[tuple[int, int], str] = {}
        if by in KINDS:
            for period in periods_in(window, kind=KINDS[by], calendar=frame.calendar):
                self._periods[period_key(period)] = period.name
                for month in periods_in(period.window, kind=PeriodKind.MONTH, calendar=frame.calendar):
                    self._months[month.first.year, month.first.month] = period_key(period)

    def key(self, state: TermState, landed: Landed) -> str:
        """This function will give the key of the line that a term, due in the window, is counted under."""
        if self._by in KINDS:
            return self._period(self._frame.profile.due_day(state))
        if self._by is GroupBy.TYPE:
            return landed.type.value if landed.type is not None else NOT_SAID
        if self._by is GroupBy.RANK:
            return rank_column(state, ranks=self._frame.rules.ranks)
        return grouped_under(state.grouping, self._by) or NOT_SAID

    def name(self, key: str) -> str:
        """This function will give what the line of a key is called."""
        if self._by in KINDS:
            return self._periods[key]
        return self._frame.names.get(key, key) if self._by in _PEOPLE else key

    def ordered(self, keys: Iterable[str]) -> tuple[str, ...]:
        """This function will put keys in the order of their lines; periods without a term have theirs too."""
        if self._by in KINDS:
            return tuple(self._periods)
        fixed = {key: place for place, key in enumerate(self._fixed())}
        last = len(fixed)
        return tuple(
            sorted(keys, key=lambda key: (fixed.get(key, last), key == NOT_SAID, self.name(key), key))
        )

    def _period(self, day: date) -> str:
        return self._months[day.year, day.month]

    def _fixed(self) -> tuple[str, ...]:
        if self._by is GroupBy.TYPE:
            return tuple(kind.value for kind in RenewalType)
        return (*self._frame.rules.ranks, UNRATED, UNOPENED) if self._by is GroupBy.RANK else ()


def grouped_under(grouping: Grouping, by: GroupBy) -> str | None:
    """This function will give what a term is counted under by segment, tier, CSM, manager or product."""
    found = {
        GroupBy.SEGMENT: grouping.segment,
        GroupBy.TIER: grouping.tier,
        GroupBy.CSM: grouping.csm_id,
        GroupBy.MANAGER: grouping.manager_id,
        GroupBy.PRODUCT: grouping.product,
    }
    return found[by]


def rank_column(state: TermState, *, ranks: tuple[str, ...]) -> str:
    """This function will give the column of the matrix that a term stands in: a rank, `unrated` or `unopened`."""
    if state.standing is TermStanding.UNOPENED:
        return UNOPENED
    return state.rank if state.rank in ranks else UNRATED
