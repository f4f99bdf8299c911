"""What the calls of people come to, beside the landing: a team's call first, else each renewal's own, else its landing.

Each renewal counts once. A team's call counts where the team has renewals and none of them counts under another team's
call already. Amounts are minor units of the report's currency. A call on a renewal that is over counts no more: its end
is known.
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import count
from typing import NamedTuple

from csops_sync.app.forecast.conversion import DueConversion
from csops_sync.app.forecast.frames import Frame
from csops_sync.app.forecast.groups import KINDS
from csops_sync.app.forecast.plan import named_below
from csops_sync.app.forecast.report_values import GroupBy
from csops_sync.domain.forecast.calls import Call
from csops_sync.domain.forecast.landing import WEIGHED, Landed
from csops_sync.domain.forecast.periods import Window
from csops_sync.domain.forecast.term_state import TermState
from csops_sync.domain.sentences import Sentence


class Called(NamedTuple):
    """What calls come to: the amount, and how many renewals stand under a call, their own or a team's."""

    amount: int
    renewals: int


class _Piece(NamedTuple):
    place: int
    csm_id: str | None
    manager_id: str | None
    landing: int
    call: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class _Over:
    """The report that calls stand beside."""

    by: GroupBy
    window: Window
    windows: Mapping[str, Window]


class CallSums:
    """Sums calls beside one report. `windows` are those of its lines, by key, where its lines are periods."""

    def __init__(
        self,
        frame: Frame,
        *,
        by: GroupBy,
        window: Window,
        windows: Mapping[str, Window],
        conversion: DueConversion,
    ) -> None:
        self._plan = plan = frame.plan
        self._due_day = frame.profile.due_day
        self._over = _Over(by=by, window=window, windows=windows)
        self._conversion = conversion
        self._pieces: defaultdict[str, list[_Piece]] = defaultdict(list)
        self._places = count()
        self._unconverted: dict[str, None] = {}
        self._is_wanted = bool(plan.calls.renewals or plan.calls.teams)

    def add(self, key: str, state: TermState, landed: Landed) -> None:
        """This method will count a term that lands under the line of a key."""
        if not self._is_wanted or state.prior is None:
            return
        due = self._due_day(state)
        landing = self._conversion.on(due).minor(landed.base + landed.expansion, state.prior.currency)
        call = self._plan.calls.renewal(state.key) if landed.kind in WEIGHED else None
        grouping = state.grouping
        own = self._minor(call, due) if call is not None else None
        piece = _Piece(next(self._places), grouping.csm_id, grouping.manager_id, landing, own)
        self._pieces[key].append(piece)

    def line(self, key: str) -> Called | None:
        """This function will give what the calls of one line come to; None where nobody called anything of it."""
        pieces = self._pieces.get(key, ())
        counted = _Counted(self._plan.below)
        counted.add(pieces, self._teams(self._of_line(key), self._days_of(key)))
        return counted.with_own(pieces)

    def total(self) -> Called | None:
        """This function will give what all calls come to; None where nobody called anything.

        Teams' calls for exactly the report's window come first. Where its lines are periods, those for exactly a line's
        period follow, as far as none of the team's renewals in it counts already.
        """
        every = [one for pieces in self._pieces.values() for one in pieces]
        counted = _Counted(self._plan.below)
        counted.add(every, self._teams(self._plan.calls.of_window(self._over.window), self._over.window))
        if self._over.by in KINDS:
            for key, pieces in self._pieces.items():
                counted.add(pieces, self._teams(self._of_line(key), self._days_of(key)))
        return counted.with_own(every)

    @property
    def remarks(self) -> tuple[str, ...]:
        """Which calls count for nothing, and why; asked for once all lines are there."""
        return tuple(self._unconverted)

    def _of_line(self, key: str) -> Mapping[str, Call]:
        """Choose the teams' calls that are about a line: those for its period, or of teams that are all on it."""
        calls, by = self._plan.calls, self._over.by
        if by in KINDS:
            return calls.of_window(self._days_of(key))
        return {
            user: call
            for user, call in calls.of_window(self._over.window).items()
            if self._lines_of(user) == {key}
        }

    def _lines_of(self, user: str) -> set[str]:
        """Name the lines that a team's renewals stand on."""
        team = self._plan.below.get(user, frozenset({user}))
        return {key for key, pieces in self._pieces.items() if any(_is_of(one, team) for one in pieces)}

    def _days_of(self, key: str) -> Window:
        """Give the days that a line is about."""
        return self._over.windows.get(key, self._over.window)

    def _teams(self, calls: Mapping[str, Call], window: Window) -> Mapping[str, int]:
        """Give the teams' calls that this reader may see, in the report's currency, the largest teams first."""
        people, below = self._plan.people, self._plan.below
        seen = [user for user in calls if people is None or below.get(user, frozenset({user})) <= people]
        amounts = {user: self._minor(calls[user], window.first) for user in named_below(seen, below)}
        return {user: amount for user, amount in amounts.items() if amount is not None}

    def _minor(self, call: Call, due: date) -> int | None:
        """Convert a call at the rates of a due day; without a rate its renewal counts as it lands."""
        money, rates = call.amount, self._conversion.on(due)
        if money is None:
            return None
        if not rates.knows(money.currency):
            self._unconverted[_without_rate(money.currency, self._conversion.into)] = None
            return None
        return rates.minor(money.to_minor(), money.currency)


def _without_rate(currency: str, into: str) -> Sentence:
    return Sentence(
        "call.unconverted",
        "calls in {currency} count for nothing: no rate to {into} on the day of what they are about; pin one in "
        "rules.yaml, `forecast: rates:`",
        currency=currency,
        into=into,
    )


class _Counted:
    """Renewals while they are counted, each once. `below` are the users of each team, by the one who leads it."""

    def __init__(self, below: Mapping[str, frozenset[str]]) -> None:
        self._below = below
        self._amount = 0
        self._taken: set[int] = set()

    def add(self, pieces: Sequence[_Piece], teams: Mapping[str, int]) -> None:
        """This method will count teams' calls for these renewals, in order, as far as none of a team's counts yet."""
        for user, amount in teams.items():
            team = self._below.get(user, frozenset({user}))
            mine = {one.place for one in pieces if _is_of(one, team)}
            if mine and self._taken.isdisjoint(mine):
                self._taken |= mine
                self._amount += amount

    def with_own(self, pieces: Sequence[_Piece]) -> Called | None:
        """This function will add the renewals under no team's call, at their own call or landing; None without any."""
        rest = [one for one in pieces if one.place not in self._taken]
        own = sum(one.call is not None for one in rest)
        if not self._taken and not own:
            return None
        amount = sum(one.landing if one.call is None else one.call for one in rest)
        return Called(self._amount + amount, len(self._taken) + own)


def _is_of(piece: _Piece, team: frozenset[str]) -> bool:
    return piece.csm_id in team or piece.manager_id in team
