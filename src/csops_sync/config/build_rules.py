"""From checked models to the domain's `RuleSet`."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, time
from decimal import Decimal

from csops_sync.config.asked import condition
from csops_sync.config.build_confidence import confidence_rules
from csops_sync.config.build_digest import digest_rules
from csops_sync.config.build_forecast import forecast_rules
from csops_sync.config.build_mapping import ownership
from csops_sync.config.calendars import HASHED_YEARS, calendar, is_country, years_around
from csops_sync.config.canonical import content_hash
from csops_sync.config.models_connections import ConnectionsFile
from csops_sync.config.models_rules import (
    AnnounceSection,
    BudgetSeasonSection,
    CalendarSection,
    OpenSection,
    OpportunitySection,
    RenewalSection,
    RulesFile,
)
from csops_sync.config.source import Document
from csops_sync.config.templates import CompiledTemplate
from csops_sync.domain.conditions import Condition
from csops_sync.domain.confidence.rules import ConfidenceRules
from csops_sync.domain.dates import Duration
from csops_sync.domain.forecast.digest_rules import DigestRules
from csops_sync.domain.forecast.rules import ForecastRules
from csops_sync.domain.rules import (
    Adoption,
    Announce,
    BudgetSeasonRule,
    BusinessDayRoll,
    CalendarRules,
    ContractLifecycle,
    Guards,
    OpenRule,
    OpportunityTemplate,
    RenewalRule,
    RuleSet,
    Segment,
)

_NINE, _SIX_PM = time(9), time(18)


@dataclass(frozen=True, slots=True, kw_only=True)
class RuleBuilder:
    """Both files as checked, and the rules' document, which knows the line of every rule."""

    rules: RulesFile
    connections: ConnectionsFile
    document: Document
    file_name: str

    def build(self, *, today: date) -> RuleSet:
        """This function will build the rules of one cycle; `today` says which years of holidays they carry."""
        rules, mapping = self.rules, self.connections.mapping
        built = RuleSet(
            hash="",
            calendar=self._calendar(HASHED_YEARS),
            csm=rules.people.csm,
            segments=tuple(Segment(name=name, when=condition(when)) for name, when in rules.segments.items()),
            budget_season=self._budget_season(rules.budget_season),
            renewals=tuple(self._renewal(index, rule) for index, rule in enumerate(rules.renewals)),
            guards=_guards(rules),
            lifecycle=self._lifecycle(),
            ownership=ownership(self.connections),
            opportunity_fields=frozenset(mapping.opportunity.fields),
            term_amounts=mapping.opportunity.amount_basis == "term",
            contract_term_amounts=mapping.contract.amount_basis == "term",
            locale=self.connections.locale,
            default_currency=self.connections.currency,
            confidence=self._confidence(),
            forecast=self._forecast(),
            digest=self._digest(),
        )
        # The hash covers a fixed span of years: it must not change when the years that are carried move on.
        return replace(built, hash=content_hash(built), calendar=self._calendar(years_around(today)))

    def _calendar(self, years: range) -> CalendarRules:
        section = self.rules.calendar
        opens, closes = section.business_hours or (_NINE, _SIX_PM)
        weekend = frozenset(section.weekend) if section.weekend is not None else None
        named = {
            text: calendar(name=code, days_off=(code,), years=years)
            for text, code in self._countries().items()
        }
        return CalendarRules(
            timezone=section.timezone,
            own=calendar(
                name=_calendar_name(section), days_off=section.holidays, years=years, weekend=weekend
            ),
            by_country=named,
            opens_at=opens,
            closes_at=closes,
            fiscal_year_starts=section.fiscal_year_starts,
        )

    def _countries(self) -> Mapping[str, str]:
        """The customers' countries as Salesforce writes them, and the ISO code of each."""
        listed = self.rules.calendar.countries
        named = dict(listed) if isinstance(listed, dict) else {code: code for code in listed}
        season = self.rules.budget_season
        if season is not None:
            named |= {code: code for code in season.fiscal_year_starts.by_country if is_country(code)}
        return named

    def _budget_season(self, section: BudgetSeasonSection | None) -> BudgetSeasonRule | None:
        if section is None:
            return None
        starts = section.fiscal_year_starts
        spelled = {
            text: starts.by_country[code]
            for text, code in self._countries().items()
            if code in starts.by_country
        }
        return BudgetSeasonRule(
            by_segment=starts.by_segment,
            by_country={**spelled, **starts.by_country},
            paid_from=section.paid_from,
            opens_before=section.opens,
            locks_before=section.locks,
            invoice_before=section.invoiced or Duration(),
        )

    def _renewal(self, index: int, section: RenewalSection) -> RenewalRule:
        line = self.document.place(("renewals", index)).line
        return RenewalRule(
            name=section.name,
            origin=f"{self.file_name}:{line}",
            when=condition(section.when),
            open=_open(section.open),
            opportunity=self._opportunity(section.opportunity),
            announce=self._announce(section.announce),
            co_term_within=section.co_term.within if section.co_term else None,
            cancelling=section.cancelling,
            adopt=Adoption(
                close_date_within=section.adopt.close_date_within,
                when=condition(section.adopt.when),
            ),
        )

    def _opportunity(self, section: OpportunitySection) -> OpportunityTemplate:
        return OpportunityTemplate(
            name=self._template(section.name),
            stage=section.stage,
            close_date=section.close_date,
            record_type=section.record_type,
            type=section.type,
            amount_from_prior=section.amount == "prior",
            uplift=section.uplift if section.amount == "prior" else Decimal(0),
            owner=section.owner,
            fields={name: self._template(source) for name, source in section.fields.items()},
            copy=section.copy_,
        )

    def _template(self, source: str) -> CompiledTemplate:
        return CompiledTemplate(source, self.connections.locale, self.connections.currency)

    def _announce(self, section: AnnounceSection | None) -> Announce | None:
        if section is None:
            return None
        channel = self.connections.slack.channels.get(section.channel, section.channel)
        return Announce(channel=channel, mention=section.mention, daily=section.group == "daily")

    def _confidence(self) -> ConfidenceRules | None:
        section = self.rules.confidence
        if section is None:
            return None
        fields = self.connections.mapping.opportunity.fields
        lines = [self.document.place(("confidence", "routes", at)).line for at in range(len(section.routes))]
        return confidence_rules(
            section,
            paths={name: spec if isinstance(spec, str) else spec.path for name, spec in fields.items()},
            channels=self.connections.slack.channels,
            origins=tuple(f"{self.file_name}:{line}" for line in lines),
            fallback=self.connections.slack.fallback,
        )

    def _forecast(self) -> ForecastRules | None:
        section, confidence = self.rules.forecast, self.rules.confidence
        if section is None:
            return None
        return forecast_rules(section, ranks=tuple(confidence.ranks) if confidence is not None else ())

    def _digest(self) -> DigestRules | None:
        section, slack = self.rules.digest, self.connections.slack
        if section is None:
            return None
        return digest_rules(section, channels=slack.channels, locale=self.connections.locale)

    def _lifecycle(self) -> ContractLifecycle:
        contract = self.connections.mapping.contract
        return ContractLifecycle(
            active=condition(contract.active),
            terminated=_maybe(contract.terminated),
            cancelling=_maybe(contract.cancelling),
        )


def _open(section: OpenSection) -> OpenRule:
    return OpenRule(
        before_renewal=section.before_renewal,
        before_notice_deadline=section.before_notice_deadline,
        before_budget_season=section.before_budget_season,
        before_budget_lock=section.before_budget_lock,
        not_before=section.not_before,
        business_day=section.business_day,
        calendar=section.calendar,
        notice_roll=BusinessDayRoll(section.notice_roll),
    )


def _guards(rules: RulesFile) -> Guards:
    section = rules.guards
    return Guards(
        creates=section.creates,
        updates=section.updates,
        messages=section.messages,
        max_overdue=section.max_overdue,
        paced=section.paced,
    )


def _maybe(when: Mapping[str, object] | None) -> Condition | None:
    return condition(when) if when is not None else None


def _calendar_name(section: CalendarSection) -> str:
    countries = [each for each in section.holidays if isinstance(each, str)]
    return (
        "+".join([*countries, *(["own days"] if len(countries) < len(section.holidays) else [])])
        or "no holidays"
    )
