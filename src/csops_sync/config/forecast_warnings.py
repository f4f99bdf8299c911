"""What in the `forecast:` section holds, and is most likely not meant: warnings with their place, for `validate`."""

from collections.abc import Iterator

from csops_sync.config.problems import Problem, YamlPath
from csops_sync.config.raw import at
from csops_sync.config.source import Document
from csops_sync.domain.forecast.lint import Finding, LintKind, lint
from csops_sync.domain.forecast.matrix import Scenario
from csops_sync.domain.rules import RuleSet

_SECTION = "forecast"


def forecast_warnings(document: Document, rules: RuleSet) -> Iterator[Problem]:
    """This function will warn of weights that rise, of openings that move the forecast, of scenarios upside down.

    Each message begins with `warning: `. What one place in the file does to several scenarios and segments is told
    once.
    """
    if rules.forecast is None:
        return
    if rules.confidence is None:
        message = "without the section `confidence` no renewal has a rank: all are weighed as `unrated`"
        yield document.problem(path=(_SECTION, "matrix"), message=f"warning: {message}", at_key=True)
    if (reports := rules.default_currency) in rules.forecast.rates:
        message = f"{reports} is the currency of reports, so its rate is never used; leave it out"
        yield document.problem(path=(_SECTION, "rates", reports), message=f"warning: {message}", at_key=True)
    told: set[tuple[YamlPath, LintKind, tuple[str, ...]]] = set()
    uplifts = [rule.opportunity.uplift for rule in rules.renewals]
    for finding in lint(rules=rules.forecast, uplifts=uplifts):
        path = _place(document, finding)
        if (path, finding.kind, finding.ranks) not in told:
            told.add((path, finding.kind, finding.ranks))
            yield document.problem(path=path, message=f"warning: {_words(finding)}")


def _place(document: Document, finding: Finding) -> YamlPath:
    """The nearest place in the file that gives the weight: as the layouts lie over one another."""
    for block in _blocks(finding):
        for inside in _inside(finding):
            if at(document.value, *block, *inside) is not None:
                return (*block, *inside)
    return (_SECTION, "matrix")


def _blocks(finding: Finding) -> Iterator[tuple[str, ...]]:
    scenario = (_SECTION, "scenarios", finding.scenario.value)
    beside = finding.scenario is not Scenario.BASE
    if finding.segment is not None and beside:
        yield (*scenario, "segments", finding.segment)
    if beside:
        yield scenario
    if finding.segment is not None:
        yield (_SECTION, "segments", finding.segment)
    yield (_SECTION, "matrix")


def _inside(finding: Finding) -> Iterator[tuple[str, ...]]:
    if finding.kind is LintKind.OPENING:
        yield ("unrated",)
    elif finding.row is None:
        yield ("unopened",)
    else:
        yield from ((finding.row.value, finding.part.value, rank) for rank in reversed(finding.ranks))
        yield (finding.row.value, finding.part.value)
        yield from (("every_type", rank) for rank in reversed(finding.ranks))
        yield ("every_type",)


def _words(finding: Finding) -> str:
    weight = f"{finding.found:f}"
    if finding.kind is LintKind.RISING:
        better, worse = finding.ranks
        return (
            f"rank {worse} weighs {weight} and the better rank {better} only {finding.expected:f}: a renewal that gets "
            "worse would land higher; let weights fall from rank to rank"
        )
    if finding.kind is LintKind.OPENING:
        return (
            f"opening a renewal that nobody has touched moves its landing: of 1,000,000 from {finding.expected:,f} to "
            f"{finding.found:,f}; let `unrated` weigh what `unopened` does, or leave it out"
        )
    side = "more" if finding.kind is LintKind.LOW_ABOVE_BASE else "less"
    return f"weighs {weight} in the scenario {finding.scenario.value}, {side} than in the base ({finding.expected:f})"
