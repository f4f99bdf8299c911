"""What both benchmarks of the forecast stand on: the sample rules with a rate for the currency abroad, and a day."""

from dataclasses import replace
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path

from csops_sync.app.forecast.frames import Frame, frame_of
from csops_sync.bootstrap import ConfigPaths, load_configuration
from csops_sync.config.loader import Loaded
from csops_sync.domain.rules import RuleSet

CONFIG = Path(__file__).parents[1] / "config"
TODAY = date(2026, 11, 24)
NOW = datetime(2026, 11, 24, 3, tzinfo=UTC)
ORG_ID = "00D000000000001EAA"
_YEN_A_DOLLAR = Decimal(150)


def sample() -> Loaded:
    """This function will load the sample configuration; no credentials are needed for what is measured here."""
    return load_configuration(
        ConfigPaths(rules=CONFIG / "rules.yaml", connections=CONFIG / "sandbox.yaml"), {}
    )


def with_rate(rules: RuleSet) -> RuleSet:
    """This function will pin what a dollar is worth: one contract in fifty is in dollars.

    Raises:
        ValueError: the rules have no `forecast:` section any more.
    """
    if rules.forecast is None:
        raise ValueError("config/rules.yaml has no `forecast:` section; the benchmark weighs by it")
    return replace(rules, forecast=replace(rules.forecast, rates={"USD": _YEN_A_DOLLAR}))


def frame() -> Frame:
    """This function will frame reports by the sample rules, on the benchmark's day."""
    return frame_of(with_rate(sample().rules), as_of=TODAY, known_at=NOW)
