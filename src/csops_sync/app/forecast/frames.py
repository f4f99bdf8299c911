"""What a report is made with: the day, the rules that weigh, the definition, the currency, and the names of people."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from fractions import Fraction

from csops_sync.app.forecast.calls import calls_known
from csops_sync.app.forecast.kept_rules import Weighing, weighing_from
from csops_sync.app.forecast.plan import NO_PLAN, Plan
from csops_sync.app.forecast.report_values import Basis
from csops_sync.app.refusals import RefusedError
from csops_sync.domain.forecast.due_rates import DueRates
from csops_sync.domain.forecast.matrix import Scenario
from csops_sync.domain.forecast.periods import FiscalCalendar, Window
from csops_sync.domain.forecast.profile import DEFAULT_PROFILE, MetricProfile
from csops_sync.domain.forecast.rates import DatedRate, Exchange, RatePolicy, RateTable
from csops_sync.domain.forecast.rules import ForecastRules
from csops_sync.domain.rules import RuleSet
from csops_sync.domain.sentences import Sentence
from csops_sync.ports.forecast_store import Snapshot
from csops_sync.ports.store import Transaction


class NoForecastRulesError(RefusedError):
    """The rules say nothing about the forecast, so that nothing can be weighed."""

    def __init__(self) -> None:
        super().__init__(
            Sentence(
                "forecast.no-rules",
                "the rules have no `forecast:` section, so nothing says what a renewal weighs; add one with `matrix:` "
                "to rules.yaml (docs/rules.md has an example), then `csops-sync validate`",
            )
        )


class UnknownProfileError(RefusedError):
    """No definition profile of that name is in the rules."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Frame:
    """What the numbers of a report stand on.

    `as_of` is the business date that they are true on; windows that end after it are predicted. `known_at` is the
    instant up to which facts were known. `names` are those of people, by user id; an id without one stands for itself.
    `plan` is what landings are held against. `asked_rates` are the rates that the reader asked for, None for those of
    the rules.
    """

    as_of: date
    known_at: datetime
    rules: ForecastRules
    rules_hash: str
    exchange: Exchange
    calendar: FiscalCalendar
    profile: MetricProfile = DEFAULT_PROFILE
    scenario: Scenario = Scenario.BASE
    names: Mapping[str, str] = field(default_factory=dict)
    plan: Plan = NO_PLAN
    asked_rates: RatePolicy | None = None

    @property
    def basis(self) -> Basis:
        """What is printed with every number."""
        return Basis(
            as_of=self.as_of,
            known_at=self.known_at,
            currency=self.exchange.into,
            profile=self.profile.words(),
            rules_hash=self.rules_hash,
            scenario=self.scenario.value,
            rates=self.exchange.policy.value,
        )

    def basis_of(self, window: Window) -> Basis:
        """This function will give what is printed with numbers that are all converted at the opening of a window."""
        return replace(self.basis, rate_day=self.exchange.opening(window).day)

    @property
    def due_rates(self) -> DueRates:
        """The rates of what falls due, each term at those of its own quarter."""
        return DueRates(exchange=self.exchange, calendar=self.calendar)

    def at_rates(self, dated: Sequence[DatedRate], *, asked: RatePolicy | None = None) -> "Frame":
        """This function will convert at these rates of the org, by the policy of the rules or the one asked for."""
        policy = asked or self.rules.rate_policy
        if policy is RatePolicy.PINNED:
            exchange = _pinned(self.rules, self.exchange.into)
        else:  # the org quotes against its corporate currency, which has a rate of its own, one
            table = RateTable(home="", dated=tuple(dated))
            exchange = Exchange(into=self.exchange.into, policy=policy, table=table)
        return replace(self, exchange=exchange, asked_rates=asked)


def frame_of(
    rules: RuleSet,
    *,
    as_of: date,
    known_at: datetime,
    profile: str | None = None,
    scenario: Scenario = Scenario.BASE,
) -> Frame:
    """This function will frame reports by the rules in force; `profile` names a definition, None the first.

    Raises:
        NoForecastRulesError: the rules have no `forecast:` section.
        UnknownProfileError: they have no profile of that name.
    """
    weighing = weighing_of(rules)
    return Frame(
        as_of=as_of,
        known_at=known_at,
        rules=weighing.rules,
        rules_hash=rules.hash,
        exchange=_pinned(weighing.rules, weighing.currency),
        calendar=_calendar(weighing),
        profile=_profile(weighing.rules, profile),
        scenario=scenario,
    )


def weighing_of(rules: RuleSet) -> Weighing:
    """This function will give what the rules make numbers with.

    Raises:
        NoForecastRulesError: the rules have no `forecast:` section.
    """
    if rules.forecast is None:
        raise NoForecastRulesError
    return Weighing(
        rules=rules.forecast,
        currency=rules.default_currency,
        fiscal_year_starts=rules.calendar.fiscal_year_starts,
    )


def frame_then(tx: Transaction, frame: Frame, snapshot: Snapshot) -> Frame:
    """This function will frame the reports of a snapshot: its day, and the rules, rates and calls of that day.

    A definition keeps its name, and says what it said then. Where the rules of then were not kept, or made reports in
    another currency, it is today's that weigh, and their hash is on the frame.
    """
    plan = replace(frame.plan, calls=calls_known(tx, at=snapshot.taken_at))
    then = replace(frame, as_of=snapshot.as_of, known_at=snapshot.taken_at, plan=plan)
    weighing = _weighing_then(tx, frame, snapshot)
    if weighing is None:
        return then
    named = (one for one in weighing.rules.profiles if one.name == frame.profile.name)
    weighed = replace(
        then,
        rules=weighing.rules,
        rules_hash=snapshot.rules_hash,
        calendar=_calendar(weighing),
        profile=next(named, frame.profile),
    )
    return weighed.at_rates(tx.forecast.snapshots.rates(snapshot.id), asked=frame.asked_rates)


def rules_then(tx: Transaction, frame: Frame, snapshot: Snapshot) -> ForecastRules:
    """This function will give the rules that `frame_then` weighs by, and read nothing else."""
    weighing = _weighing_then(tx, frame, snapshot)
    return frame.rules if weighing is None else weighing.rules


def _weighing_then(tx: Transaction, frame: Frame, snapshot: Snapshot) -> Weighing | None:
    text = tx.forecast.snapshots.rules(snapshot.rules_hash)
    weighing = weighing_from(text) if text is not None else None
    return weighing if weighing is not None and weighing.currency == frame.exchange.into else None


def _pinned(rules: ForecastRules, into: str) -> Exchange:
    """Give constant currency at the pinned rates."""
    pinned = tuple((currency, Fraction(rate)) for currency, rate in rules.rates.items())
    return Exchange(into=into, policy=RatePolicy.PINNED, table=RateTable(home=into, pinned=pinned))


def _calendar(weighing: Weighing) -> FiscalCalendar:
    return FiscalCalendar(starts=weighing.fiscal_year_starts, named=weighing.rules.year_named)


def _profile(rules: ForecastRules, name: str | None) -> MetricProfile:
    if name is None:
        return rules.profiles[0]
    for profile in rules.profiles:
        if profile.name == name:
            return profile
    known = ", ".join(profile.name for profile in rules.profiles)
    raise UnknownProfileError(
        f"there is no profile {name!r} under `forecast: profiles:` in the rules; there is {known}"
    )
