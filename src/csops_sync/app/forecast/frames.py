"""What a report is made with: the day, the rules that weigh, the definition, the currency, and the names of people."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from fractions import Fraction

from csops_sync.app.forecast.report_values import Basis
from csops_sync.app.refusals import RefusedError
from csops_sync.domain.forecast.matrix import Scenario
from csops_sync.domain.forecast.periods import FiscalCalendar
from csops_sync.domain.forecast.profile import DEFAULT_PROFILE, MetricProfile
from csops_sync.domain.forecast.rates import Exchange, RatePolicy, RateTable
from csops_sync.domain.forecast.rules import ForecastRules
from csops_sync.domain.rules import RuleSet


class NoForecastRulesError(RefusedError):
    """The rules say nothing about the forecast, so that nothing can be weighed."""

    def __init__(self) -> None:
        super().__init__(
            "the rules have no `forecast:` section, so nothing says what a renewal weighs; add one with `matrix:` to "
            "rules.yaml (docs/rules.md has an example), then `csops-sync validate`"
        )


class UnknownProfileError(RefusedError):
    """No definition profile of that name is in the rules."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Frame:
    """What the numbers of a report stand on.

    `as_of` is the business date that they are true on; windows that end after it are predicted. `known_at` is the
    instant up to which facts were known. `names` are those of people, by user id; an id without one stands for itself.
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
        )


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
    if rules.forecast is None:
        raise NoForecastRulesError
    return Frame(
        as_of=as_of,
        known_at=known_at,
        rules=rules.forecast,
        rules_hash=rules.hash,
        exchange=_exchange(rules.forecast, rules.default_currency),
        calendar=FiscalCalendar(starts=rules.calendar.fiscal_year_starts, named=rules.forecast.year_named),
        profile=_profile(rules.forecast, profile),
        scenario=scenario,
    )


def _exchange(rules: ForecastRules, into: str) -> Exchange:
    """Give constant currency at the pinned rates."""
    pinned = tuple((currency, Fraction(rate)) for currency, rate in rules.rates.items())
    return Exchange(into=into, policy=RatePolicy.PINNED, table=RateTable(home=into, pinned=pinned))


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
