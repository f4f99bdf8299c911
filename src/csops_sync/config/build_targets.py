"""From the targets in `rules.yaml`, and in the file that it names, to the domain's; and what is wrong with them."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from fractions import Fraction
from pathlib import Path

from csops_sync.config.models_forecast import ForecastSection
from csops_sync.config.models_rules import RulesFile
from csops_sync.config.models_targets import TargetSection
from csops_sync.config.problems import Problem, YamlPath
from csops_sync.config.source import Document
from csops_sync.config.target_table import TargetTable
from csops_sync.config.vocabulary import Vocabulary
from csops_sync.domain.forecast.period_names import PERIOD_FORMS, read_period
from csops_sync.domain.forecast.periods import FiscalCalendar, Period, YearName
from csops_sync.domain.forecast.targets import EVERYTHING, ScopeKind, Target, TargetScope, target_conflicts
from csops_sync.domain.money import Money

Place = Callable[[str], Problem]
"""Places a message at a target."""
_SECTION = "forecast"
_SCOPES = {"segment": ScopeKind.SEGMENT, "csm": ScopeKind.CSM, "manager": ScopeKind.MANAGER}


@dataclass(slots=True)
class ReadTargets:
    """Targets of the rules and of their file, and every fault of them. Where there is a fault, nothing is taken."""

    targets: list[Target] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)


def read_targets(
    rules: RulesFile, document: Document, *, currency: str, vocabulary: Vocabulary
) -> ReadTargets:
    """This function will read all targets that the rules give; amounts without a currency are in `currency`."""
    found = ReadTargets()
    section = rules.forecast
    if section is None:
        return found
    calendar = FiscalCalendar(
        starts=rules.calendar.fiscal_year_starts, named=YearName(section.fiscal_year_named)
    )
    places: list[Place] = []
    for given, origin, place, in_period in _given(section, document, vocabulary, found.problems):
        period = read_period(given.period, calendar=calendar)
        if period is None:
            found.problems.append(in_period(f"{given.period!r} is no period; {PERIOD_FORMS}"))
        else:
            found.targets.append(_target(given, period, currency=currency, origin=origin))
            places.append(place)
    found.problems.extend(places[one.place](one.words) for one in target_conflicts(found.targets))
    return found


def _given(
    section: ForecastSection, document: Document, vocabulary: Vocabulary, problems: list[Problem]
) -> Iterator[tuple[TargetSection, str, Place, Place]]:
    """Give each target with its origin, and how a fault is placed at it and at its period."""
    for index, given in enumerate(section.targets):
        path: YamlPath = (_SECTION, "targets", index)
        at = document.place(path)
        origin = f"{Path(document.file).name}:{at.line}:{at.column}"
        yield given, origin, _in_yaml(document, path), _in_yaml(document, (*path, "period"))
    if section.targets_file is None:
        return
    table = TargetTable(Path(document.file).parent / section.targets_file, vocabulary)
    problems.extend(table.problems)
    for line, given in table.rows:
        origin = f"{section.targets_file}:{line}"
        yield given, origin, _in_table(table, line, ""), _in_table(table, line, "period")


def _in_yaml(document: Document, path: YamlPath) -> Place:
    return lambda message: document.problem(path=path, message=message)


def _in_table(table: TargetTable, line: int, column: str) -> Place:
    return lambda message: table.problem(line, message, column=column)


def _target(given: TargetSection, period: Period, *, currency: str, origin: str) -> Target:
    named = [
        (kind, getattr(given, name)) for name, kind in _SCOPES.items() if getattr(given, name) is not None
    ]
    scope = TargetScope(kind=named[0][0], name=named[0][1]) if named else EVERYTHING
    return Target(
        period=period.name,
        window=period.window,
        scope=scope,
        landing=None if given.landing is None else Money(given.landing, given.currency or currency),
        nrr=None if given.nrr is None else Fraction(given.nrr),
        grr=None if given.grr is None else Fraction(given.grr),
        origin=origin,
    )
