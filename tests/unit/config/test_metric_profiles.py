"""From `forecast: profiles:` and `rates:` in YAML to definitions of metrics and pinned rates."""

from decimal import Decimal
from fractions import Fraction
from pathlib import Path

import pytest
from tests.fakes.configuration import GOOD, load_good, load_text, small_connections, with_sections
from tests.fakes.reported import KNOWN_AT, TODAY

from csops_sync.app.forecast.frames import UnknownProfileError, frame_of
from csops_sync.config.canonical import content_hash
from csops_sync.config.source import Plain
from csops_sync.domain.forecast.periods import NrrBoundary, YearName
from csops_sync.domain.forecast.profile import (
    DEFAULT_PROFILE,
    CustomerIs,
    DueBy,
    EarlyRenewals,
    LatePolicy,
    MetricProfile,
)
from csops_sync.domain.rules import RuleSet
from csops_sync.ports.crm import Role

_MATRIX: Plain = {"every_type": 0.9, "unopened": 0.9}
_CONFIDENCE: Plain = {
    "field": "opportunity.stage",
    "ranks": ["A", "B"],
    "none": ["worsened", "improved", "lost", "won", "rated"],
}


def _rules(folder: Path, **forecast: Plain) -> RuleSet:
    sections: dict[str, Plain] = {"forecast": {"matrix": _MATRIX, **forecast}, "confidence": _CONFIDENCE}
    return load_text(folder, rules=with_sections(GOOD / "small-rules.yaml", sections)).rules


def test_a_profile_names_what_differs_from_the_plain_definition(tmp_path: Path) -> None:
    board: Plain = {
        "nrr_boundary": "next_open",
        "due_by": "renewal_date",
        "early": "signature",
        "late": "grace 45 days",
        "outside_expansion": False,
        "reactivation_gap": "90 days",
    }
    rules = _rules(tmp_path, profiles={"board": board, "plain": {}}).forecast

    assert rules is not None
    assert rules.profiles == (
        MetricProfile(
            name="board",
            nrr_boundary=NrrBoundary.NEXT_OPEN,
            due_by=DueBy.RENEWAL_DATE,
            early=EarlyRenewals.SIGNATURE,
            late=LatePolicy(45),
            outside_expansion=False,
            reactivation_gap_days=90,
        ),
        MetricProfile(name="plain"),
    )


def test_two_profiles_say_who_counts_as_a_customer(tmp_path: Path) -> None:
    sections: dict[str, Plain] = {
        "forecast": {"matrix": _MATRIX, "profiles": {"ours": {}, "groups": {"customer": "top_parent"}}},
        "confidence": _CONFIDENCE,
    }
    rules = load_text(
        tmp_path,
        rules=with_sections(GOOD / "small-rules.yaml", sections),
        connections=small_connections("owner: OwnerId", "owner: OwnerId, parent: ParentId"),
    ).rules.forecast

    assert rules is not None
    assert [one.customer for one in rules.profiles] == [CustomerIs.ACCOUNT, CustomerIs.TOP_PARENT]


def test_accounts_whose_parent_is_mapped_are_found_by_it_so_they_are_read_again(tmp_path: Path) -> None:
    """Where the field was mapped for its own sake before, rows without their place below a parent are in the mirror."""
    mapped = load_text(
        tmp_path, connections=small_connections("owner: OwnerId", "owner: OwnerId, parent: ParentId")
    )
    named_otherwise = load_text(
        tmp_path, connections=small_connections("owner: OwnerId", "owner: OwnerId, above: ParentId")
    )
    columns = {name: one.path for name, one in mapped.mapping.objects[Role.ACCOUNT].fields.items()}

    assert mapped.mapping.hashes[Role.ACCOUNT] != named_otherwise.mapping.hashes[Role.ACCOUNT]
    assert mapped.mapping.hashes[Role.ACCOUNT] != content_hash(("Account", columns))
    assert load_good().mapping.hashes[Role.ACCOUNT] == content_hash(
        ("Account", {"name": "Name", "owner": "OwnerId", "csm": "CSM__c", "tier": "Tier__c"})
    )


def test_the_first_profile_counts_where_nobody_names_one(tmp_path: Path) -> None:
    rules = _rules(tmp_path, profiles={"board": {"late": "churn_then_return"}, "plain": {}})

    def named(profile: str | None) -> str:
        return frame_of(rules, as_of=TODAY, known_at=KNOWN_AT, profile=profile).profile.name

    assert (named(None), named("plain")) == ("board", "plain")
    with pytest.raises(UnknownProfileError, match="there is board, plain"):
        named("default")


def test_without_profiles_the_plain_definition_counts(tmp_path: Path) -> None:
    rules = _rules(tmp_path).forecast

    assert rules is not None
    assert (rules.profiles, dict(rules.rates)) == ((DEFAULT_PROFILE,), {})


def test_rates_are_pinned_in_the_currency_of_reports(tmp_path: Path) -> None:
    rules = _rules(tmp_path, rates={"USD": "150.25", "EUR": 160})

    assert rules.forecast is not None
    assert rules.forecast.rates == {"USD": Decimal("150.25"), "EUR": Decimal(160)}
    exchange = frame_of(rules, as_of=TODAY, known_at=KNOWN_AT).exchange
    assert exchange.into == rules.default_currency
    assert exchange.table is not None
    assert exchange.table.at_pin(currency="USD", into="JPY") == Fraction(601, 4)


def test_the_fiscal_year_may_be_named_by_its_end(tmp_path: Path) -> None:
    rules = _rules(tmp_path, fiscal_year_named="ends")

    assert frame_of(rules, as_of=TODAY, known_at=KNOWN_AT).calendar.named is YearName.ENDS


def test_profiles_and_rates_are_in_the_hash_of_the_rules(tmp_path: Path) -> None:
    hashes = {
        _rules(tmp_path).hash,
        _rules(tmp_path, rates={"USD": 150}).hash,
        _rules(tmp_path, profiles={"board": {}}).hash,
        _rules(tmp_path, fiscal_year_named="ends").hash,
        _rules(tmp_path, rate_policy="reported").hash,
    }

    assert len(hashes) == 5


def test_a_rate_of_the_currency_of_reports_itself_is_warned_of(tmp_path: Path) -> None:
    sections: dict[str, Plain] = {
        "forecast": {"matrix": _MATRIX, "rates": {"JPY": 2}},
        "confidence": _CONFIDENCE,
    }
    loaded = load_text(tmp_path, rules=with_sections(GOOD / "small-rules.yaml", sections))

    assert [one.message for one in loaded.warnings] == [
        "warning: JPY is the currency of reports, so its rate is never used; leave it out"
    ]
