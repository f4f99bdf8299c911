"""Where renewals land that fall due in a window, by group: each term of each contract once.

Sums add amounts that were rounded once, term by term, in the report's currency, so the lines add up to the total.
"""

from collections import defaultdict
from collections.abc import Iterable

from csops_sync.app.forecast.beside import Beside
from csops_sync.app.forecast.conversion import Conversion, DueConversion
from csops_sync.app.forecast.frames import Frame
from csops_sync.app.forecast.groups import TOTAL, Groups
from csops_sync.app.forecast.report_values import ForecastLine, ForecastReport, GroupBy, Unjudged
from csops_sync.app.forecast.weighing import Weigher
from csops_sync.domain.forecast.band import Band, Stake, band
from csops_sync.domain.forecast.continuations import DuplicateTermError
from csops_sync.domain.forecast.landing import WEIGHED, Landed, LandingKind
from csops_sync.domain.forecast.periods import Window
from csops_sync.domain.forecast.term_state import TermState
from csops_sync.domain.money import Money
from csops_sync.domain.sentences import Sentence

NO_RATE = "no-rate"
_WHY = {
    LandingKind.NO_PRIOR: Sentence(
        "unjudged.no-prior",
        "nobody knows what it is worth a year: fill in the contract's amount in Salesforce",
    ),
    LandingKind.ASIDE: Sentence(
        "unjudged.aside",
        "it stands aside: its amount is not known, its opportunity was deleted, or its successor is a draft; "
        "`csops-sync explain` says which",
    ),
    LandingKind.OTHER_CURRENCY: Sentence(
        "unjudged.other-currency",
        "it is renewed in another currency than before: its two amounts cannot be compared",
    ),
}
_AT_AN_END = frozenset({LandingKind.LOST, LandingKind.ENDED})


def forecast_report(
    states: Iterable[TermState], *, frame: Frame, by: GroupBy, window: Window
) -> ForecastReport:
    """This function will sum what is due in a window and where it lands. Terms due outside of it are passed over.

    Each amount is converted at the rates of its own quarter (`due_rates`).

    Raises:
        DuplicateTermError: one term of one contract is given twice.
    """
    groups, weigher = Groups(frame, by, window), Weigher(frame)
    conversion = DueConversion(frame.due_rates)
    sums: defaultdict[str, _Sum] = defaultdict(_Sum)
    unjudged: list[Unjudged] = []
    beside = Beside(frame, by=by, window=window, conversion=conversion)
    due_day, customer_of = frame.profile.due_day, frame.profile.customer_of
    for state in _once(state for state in states if window.holds(due_day(state))):
        landed, at = weigher.landed(state), conversion.on(due_day(state))
        key = groups.key(state, landed)
        line = sums[key]
        why = judge(state, landed, at)
        if why is None:
            line.add(state, landed, at, customer_of(state))
            beside.add(key, state, landed)
        else:
            line.unjudged += 1
            unjudged.append(why)
    keys = groups.ordered(sums)
    whole = _Sum.of(sums.values())
    lines = [sums[key].line(key, groups.name(key), conversion.into) for key in keys]
    total = beside.total(whole.line(TOTAL, TOTAL, conversion.into))
    return ForecastReport(
        basis=frame.basis,
        window=window,
        by=by,
        lines=tuple(map(beside.line, lines)),
        total=total,
        unjudged=tuple(sorted(unjudged, key=lambda one: one.key)),
        band=band(stakes=()).method,
        remarks=beside.remarks,
    )


def judge(state: TermState, landed: Landed, conversion: Conversion) -> Unjudged | None:
    """This function will say why a term lands nowhere in the report's currency; None where it does."""
    why, cause = _WHY.get(landed.kind), landed.kind.value
    if why is None:
        if state.prior is None or conversion.knows(state.prior.currency):
            return None
        cause = NO_RATE
        why = Sentence(
            "unjudged.no-rate",
            "no rate from {currency} to {into}: pin one in rules.yaml, `forecast: rates:`",
            currency=state.prior.currency,
            into=conversion.into,
        )
    return Unjudged(
        key=state.key, contract_id=state.contract_id, account_id=state.account_id, why=why, cause=cause
    )


def _once(states: Iterable[TermState]) -> Iterable[TermState]:
    """Pass terms on, each once."""
    seen: set[tuple[str, int]] = set()
    for state in states:
        identity = (state.contract_id, state.ordinal)
        if identity in seen:
            raise DuplicateTermError(
                f"term {state.ordinal} of contract {state.contract_id} is there twice; give the states of one day only"
            )
        seen.add(identity)
        yield state


class _Sum:
    """One line while it is summed, in minor units of the report's currency."""

    def __init__(self) -> None:
        self.terms = self.due = self.won = self.lost = self.open = self.unjudged = 0
        self.stakes: list[Stake] = []

    @classmethod
    def of(cls, parts: Iterable["_Sum"]) -> "_Sum":
        """Add lines up."""
        whole = cls()
        for part in parts:
            whole.terms += part.terms
            whole.due += part.due
            whole.won += part.won
            whole.lost += part.lost
            whole.open += part.open
            whole.unjudged += part.unjudged
            whole.stakes.extend(part.stakes)
        return whole

    def add(self, state: TermState, landed: Landed, conversion: Conversion, customer_id: str) -> None:
        """Count a term that lands."""
        if state.prior is None or landed.weights is None:
            raise ValueError(f"{state.key} has no landing; count it as unjudged")
        currency = state.prior.currency
        prior = conversion.minor(state.prior.to_minor(), currency)
        amount = conversion.minor(landed.base + landed.expansion, currency)
        self.terms += 1
        self.due += prior
        if landed.kind in WEIGHED:
            self.open += amount
        else:
            self.won += amount
        if landed.kind in _AT_AN_END:
            self.lost += prior
        kept, added = conversion.minor(landed.kept, currency), conversion.minor(landed.added, currency)
        self.stakes.append(Stake(customer_id, kept, added, landed.weights))

    def line(self, key: str, name: str, currency: str) -> ForecastLine:
        """Give the finished line; the interval never leaves out the landing, which is rounded term by term."""
        landing = self.won + self.open
        interval: Band = band(stakes=self.stakes)

        def money(minor: int) -> Money:
            return Money.from_minor(minor, currency)

        return ForecastLine(
            key=key,
            name=name,
            terms=self.terms,
            due=money(self.due),
            landing=money(landing),
            low=money(min(interval.low, landing)),
            high=money(max(interval.high, landing)),
            won=money(self.won),
            lost=money(self.lost),
            open=money(self.open),
            unjudged=self.unjudged,
        )
