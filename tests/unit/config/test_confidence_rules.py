"""The `confidence:` section becomes the domain's rules."""

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from pathlib import Path

import pytest
from tests.fakes.configuration import GOOD, load_text, small_connections

from csops_sync.config.build_confidence import as_handle, confidence_rules
from csops_sync.config.canonical import content_hash
from csops_sync.config.models_confidence import ConfidenceSection
from csops_sync.domain.confidence.ranks import Direction, RankKind
from csops_sync.domain.confidence.rules import AnswerWithin, ConfidenceRules, Route

EVERY = ["worsened", "improved", "lost", "won", "rated"]


def built(**section: object) -> ConfidenceRules:
    given = {"field": "opportunity.confidence", "ranks": ["A", "B"], "none": EVERY, **section}
    checked = ConfidenceSection.model_validate(given, strict=False)
    return confidence_rules(
        checked,
        paths={"confidence": "Confidence__c", "probability": "Probability"},
        channels={"#risk": "C0RISK"},
        origins=tuple(f"rules.yaml:{line}" for line, _ in enumerate(checked.routes, 60)),
    )


def test_what_is_not_given_has_its_usual_value() -> None:
    rules = built()

    assert (rules.settle, rules.storm, rules.tell_net_zero) == (timedelta(minutes=5), None, False)
    assert rules.scale.kind is RankKind.FIELD
    assert rules.none == frozenset(Direction)
    assert (rules.answer.task, rules.answer.reason_field) == (True, None)


def test_the_probability_is_cut_into_ranks_and_read_from_the_stage_history() -> None:
    scale = built(field="opportunity.probability", ranks={"A": 80, "B": 50, "C": 0}).scale

    assert (scale.field, scale.ranks, scale.kind) == ("probability", ("A", "B", "C"), RankKind.PROBABILITY)
    assert [scale.rank_of(Decimal(80)), scale.rank_of(Decimal(79)), scale.rank_of(None)] == ["A", "B", None]


def test_a_route_keeps_its_line_and_the_id_of_its_channel() -> None:
    (route,) = built(
        routes=[
            {
                "when": {
                    "change": "worsened",
                    "prior": {"at_least": "3000000"},
                    "of": {"segment": "enterprise"},
                },
                "channel": "#risk",
                "mention": "csm.manager",
                "acknowledge": {"within": "4 business hours", "then": ["csm.manager.manager", "@cs-leads"]},
                "urgent": True,
            }
        ]
    ).routes

    assert (route.origin, route.channel, route.mention) == ("rules.yaml:60", "C0RISK", ("csm.manager",))
    assert route.acknowledge == AnswerWithin(
        span=timedelta(hours=4), steps=("csm.manager.manager", "@cs-leads")
    )
    assert (route.prior_at_least, route.urgent, route.anew) == (Decimal(3_000_000), True, False)
    assert route.when.holds({"segment": "enterprise"}.get)
    assert not route.when.holds({"segment": "everyone"}.get)


@pytest.mark.parametrize(
    ("given", "above", "named"),
    [
        ({}, 2, ()),
        ({"steps": 1}, 1, ()),
        ({"then": "@cs-leads"}, 0, ("@cs-leads",)),
        ({"steps": 3, "then": ["csm.manager", "@cs-leads"]}, 3, ("csm.manager", "@cs-leads")),
    ],
)
def test_whoever_does_not_answer_is_followed_by_those_above_and_those_who_are_named(
    given: dict[str, object], above: int, named: tuple[str, ...]
) -> None:
    asked = {"within": "4 business hours", **given}
    (route,) = built(
        routes=[{"when": {"change": "lost"}, "channel": "#risk", "mention": "csm", "acknowledge": asked}]
    ).routes

    assert route.acknowledge == AnswerWithin(span=timedelta(hours=4), steps=named, above=above)


def test_answers_are_kept_in_mapped_fields() -> None:
    answer = built(
        answer={"note": "opportunity.next_step", "reason": "opportunity.loss_reason", "reasons": ["price"]}
    ).answer

    assert (answer.fields, answer.reason_field, answer.reasons) == (
        {"note": "next_step"},
        "loss_reason",
        ("price",),
    )


@pytest.mark.parametrize(
    ("fallback", "expected"),
    [
        ("@cs-ops", "@cs-ops"),
        ("U0FALLBACK", "@U0FALLBACK"),
        ("ops@example.com", "@ops@example.com"),
        (None, None),
    ],
)
def test_whom_slack_falls_back_to_is_mentioned_as_a_handle(
    fallback: str | None, expected: str | None
) -> None:
    assert as_handle(fallback) == expected


def test_another_window_is_another_hash() -> None:
    rules = built()
    assert content_hash(rules) != content_hash(replace(rules, settle=timedelta(minutes=6)))


@pytest.mark.parametrize(
    ("ranks", "warned"),
    [
        ("{A: 80, B: 50}", True),
        ("{A: 80, B: '0.5'}", True),
        ("{A: 80, B: 50, C: 0}", False),
        ("{A: 80, B: -10}", False),
        ("[A, B]", False),
    ],
)
def test_a_number_below_every_rank_is_warned_of_at_the_lowest_one(
    tmp_path: Path, ranks: str, *, warned: bool
) -> None:
    section = f"confidence:\n  field: opportunity.confidence\n  ranks: {ranks}\n  none: {EVERY}\n"
    base = (GOOD / "small-rules.yaml").read_text("utf-8").rstrip() + "\n"
    mapped = small_connections("stage: StageName", "stage: StageName\n      confidence: Score__c")
    warnings = load_text(tmp_path, rules=base + section, connections=mapped).warnings

    assert len(warnings) == warned
    for one in warnings:
        assert (one.path, one.line) == ("confidence.ranks.B", len(base.splitlines()) + 3)
        assert one.message.startswith("warning: a number below ")
        assert "counts as unrated" in one.message
        assert "(B: 0)" in one.message


def route(**section: object) -> Route:
    given = {"when": {"change": "worsened"}, "channel": "#risk", **section}
    return built(routes=[given]).routes[0]


def test_a_route_is_known_by_its_name_and_by_what_it_says_whatever_the_spelling() -> None:
    plain, named = route(), route(name="risk")

    assert (named.identity, named.shown, plain.shown) == ("risk", "risk", "rules.yaml:60")
    assert named.identities == {"risk", plain.identity}
    asked = {"change": ["worsened"], "prior": {"at_least": "3000000"}}
    grouped = {"change": "worsened", "prior": {"at_least": "3,000,000"}}
    assert route(when=asked).identity == route(when=grouped, also=False).identity
    assert route(when=asked).identity not in (plain.identity, route(when=asked, urgent=True).identity)


def test_naming_a_route_decides_nothing_anew() -> None:
    assert content_hash(route()) == content_hash(route(name="risk"))
