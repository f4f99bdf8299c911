"""From the checked `confidence:` section to the domain's `ConfidenceRules`."""

from collections.abc import Mapping
from decimal import Decimal

from csops_sync.config.asked import condition
from csops_sync.config.models_confidence import ConfidenceSection, RouteSection
from csops_sync.domain.confidence.ranks import Direction, RankKind, RankScale
from csops_sync.domain.confidence.rules import AnswerRules, AnswerWithin, ConfidenceRules, Route
from csops_sync.domain.confidence.storms import StormRule

KINDS = {
    "Probability": RankKind.PROBABILITY,
    "ForecastCategory": RankKind.FORECAST_CATEGORY,
}
"""Fields whose every value stands in OpportunityHistory; all others have a history of their own, if any."""


def confidence_rules(
    section: ConfidenceSection,
    *,
    paths: Mapping[str, str],
    channels: Mapping[str, str],
    origins: tuple[str, ...],
    fallback: str | None = None,
) -> ConfidenceRules:
    """This function will build the rules of confidence.

    `paths` are the opportunity's mapped names with their Salesforce fields, `channels` the ids of channels by name,
    `origins` the `file:line` of each route, `fallback` whom Slack's settings name where nobody is found.
    """
    return ConfidenceRules(
        scale=_scale(section, paths),
        routes=tuple(
            _route(route, channels=channels, origin=origin)
            for route, origin in zip(section.routes, origins, strict=True)
        ),
        none=frozenset(Direction(one) for one in section.none),
        settle=section.settle,
        compare_every=section.compare_every,
        storm=StormRule(changes=section.storm.same_person_changes, within=section.storm.within)
        if section.storm
        else None,
        tell_net_zero=section.net_zero == "tell",
        answer=_answer(section),
        near=section.near,
        fallback=as_handle(fallback),
    )


def as_handle(fallback: str | None) -> str | None:
    """This function will write a fallback (`@handle`, member id, e-mail) as a handle, as a mention of the rules is."""
    return f"@{fallback.removeprefix('@')}" if fallback else None


def _scale(section: ConfidenceSection, paths: Mapping[str, str]) -> RankScale:
    name = section.field.partition(".")[2]
    cuts: Mapping[str, Decimal] = section.ranks if isinstance(section.ranks, dict) else {}
    return RankScale(
        field=name,
        ranks=tuple(section.ranks),
        kind=KINDS.get(paths.get(name, ""), RankKind.FIELD),
        at_least=tuple((number, rank) for rank, number in cuts.items()),
    )


def _route(section: RouteSection, *, channels: Mapping[str, str], origin: str) -> Route:
    prior, asked = section.when.prior, section.acknowledge
    return Route(
        changes=frozenset(Direction(one) for one in section.when.change),
        channel=channels.get(section.channel, section.channel),
        origin=origin,
        when=condition(section.when.of),
        prior_at_least=prior.at_least if prior else None,
        prior_at_most=prior.at_most if prior else None,
        mention=section.mention,
        celebrate=section.celebrate,
        acknowledge=AnswerWithin(span=asked.within, steps=asked.then, above=asked.above) if asked else None,
        urgent=section.urgent,
        anew=section.new_card,
        also=section.also,
        called=section.name or "",
    )


def _answer(section: ConfidenceSection) -> AnswerRules:
    answer = section.answer
    fields = {
        "acknowledged_by": answer.acknowledged_by,
        "acknowledged_at": answer.acknowledged_at,
        "note": answer.note,
    }
    return AnswerRules(
        reactions=frozenset(answer.reactions),
        task=answer.task,
        fields={name: mapped for name, mapped in fields.items() if mapped is not None},
        reason_field=answer.reason,
        reasons=answer.reasons,
    )
