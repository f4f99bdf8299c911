"""What readers of the dashboard ask for: no two of them the same filter, order, page, text, scope or period."""

from calendar import monthrange
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from random import Random
from urllib.parse import quote, urlencode

from bench.terms_rules import TODAY
from bench.terms_store import email_of
from csops_sync.app.forecast.listing_values import PAGE_SIZE, SortBy
from csops_sync.app.forecast.overview_values import Span
from csops_sync.domain.forecast.term_state import TermState

HEAD = "head@bench.example"
"""Who sees every renewal; everybody else sees those of their own line."""
_RANKS, _SEGMENTS = ("A", "B", "C", "D", "E", "unrated", "unopened"), ("Enterprise", "Mid-Market", "SMB")
_STANDINGS = ("to-come", "open", "unopened", "won", "auto-renewed")
_PERIODS = ("2026-Q2", "2026-Q1", "2025-Q4", "2025-Q3")
"""Closed quarters of a fiscal year from April."""
_MONTHS = 12


@dataclass(frozen=True, slots=True)
class Asked:
    """One page that one person asks for."""

    path: str
    email: str = HEAD


Kind = Callable[[Random], Asked]


@dataclass(frozen=True, slots=True)
class Readers:
    """Draws what people ask for in a book of terms."""

    states: Sequence[TermState]

    def kinds(self) -> Mapping[str, Kind]:
        """This function will give each kind of page by its name."""
        return {
            "overview": lambda draw: Asked(f"/?span={draw.choice(list(Span))}"),
            "overview, a manager's": lambda draw: Asked("/", self._manager(draw)),
            "renewals": lambda draw: Asked(f"/renewals?page={draw.randint(1, 3)}"),
            "renewals, filtered": lambda draw: _list(self._filter(draw)),
            "renewals, sorted": lambda draw: _list({**self._filter(draw), **self._order(draw)}),
            "renewals, deep": lambda draw: _list({**self._order(draw), "page": str(self._page(draw))}),
            "renewals, typed text": lambda draw: _list({"text": self._text(draw)}),
            "renewals, a manager's": lambda draw: _list(
                {**self._filter(draw), **self._order(draw)}, self._manager(draw)
            ),
            "one renewal": lambda draw: Asked(f"/renewals/{quote(draw.choice(self.states).key)}"),
            "matrix": lambda draw: Asked("/matrix", self._anybody(draw)),
            "bridge": lambda draw: Asked(f"/bridge?{urlencode(self._bridge(draw))}", self._anybody(draw)),
            "accuracy": lambda draw: Asked(f"/accuracy?period={draw.choice(_PERIODS)}", self._anybody(draw)),
            "operations": lambda draw: Asked("/operations", self._anybody(draw)),
        }

    def csv(self, draw: Random) -> Asked:
        """This function will ask for one CSM's renewals of a month as a file: no page, and not judged as one."""
        return Asked(f"/renewals.csv?{urlencode({**self._month(draw), 'csm': self._csm(draw)})}")

    def _filter(self, draw: Random) -> dict[str, str]:
        """Give one to three filters."""
        every: Sequence[Callable[[], dict[str, str]]] = (
            lambda: {"rank": draw.choice(_RANKS)},
            lambda: {"segment": draw.choice(_SEGMENTS)},
            lambda: {"standing": draw.choice(_STANDINGS)},
            lambda: {"csm": self._csm(draw)},
            lambda: self._month(draw),
        )
        chosen: dict[str, str] = {}
        for one in draw.sample(every, draw.randint(1, 3)):
            chosen.update(one())
        return chosen

    def _month(self, draw: Random) -> dict[str, str]:
        """Give a window of one to six months, within two years around today."""
        first, months = TODAY.month - 1 + draw.randint(-_MONTHS, _MONTHS - 1), draw.randint(0, 5)
        begins, ends = divmod(first, _MONTHS), divmod(first + months, _MONTHS)
        year, month = TODAY.year + ends[0], ends[1] + 1
        last = monthrange(year, month)[1] - draw.randint(0, 9)
        return {
            "first": f"{TODAY.year + begins[0]}-{begins[1] + 1:02}-01",
            "last": f"{year}-{month:02}-{last}",
        }

    def _order(self, draw: Random) -> dict[str, str]:
        return {"sort": draw.choice(list(SortBy)), "order": draw.choice(("asc", "desc"))}

    def _page(self, draw: Random) -> int:
        return draw.randint(1, max(1, len(self.states) // PAGE_SIZE))

    def _text(self, draw: Random) -> str:
        """Give two to six letters of what a customer or a contract is called."""
        state = draw.choice(self.states)
        name = draw.choice((f"株式会社 {state.account_id[9:15]}", state.contract_id[7:15]))
        at = draw.randrange(len(name) - 2)
        return name[at : at + draw.randint(2, 6)]

    def _bridge(self, draw: Random) -> dict[str, str]:
        span = draw.choice(("", *Span))
        return {name: value for name, value in (("span", span), ("page", str(draw.randint(1, 2)))) if value}

    def _csm(self, draw: Random) -> str:
        return self._grouped(draw).grouping.csm_id or ""

    def _manager(self, draw: Random) -> str:
        return email_of(self._grouped(draw).grouping.manager_id or "")

    def _anybody(self, draw: Random) -> str:
        return draw.choice((HEAD, self._manager(draw)))

    def _grouped(self, draw: Random) -> TermState:
        return draw.choice(self.states)


def _list(asked: Mapping[str, str], email: str = HEAD) -> Asked:
    return Asked(f"/renewals?{urlencode(asked)}", email)
