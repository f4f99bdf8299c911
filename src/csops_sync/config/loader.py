"""Both configuration files, together or not at all."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path

from csops_sync.config.addresses import read_listen
from csops_sync.config.build_mapping import org_mapping, settings
from csops_sync.config.build_rules import RuleBuilder
from csops_sync.config.build_targets import ReadTargets, read_targets
from csops_sync.config.canonical import fingerprint
from csops_sync.config.checks import check_blanks, check_connections, check_rules
from csops_sync.config.confidence_warnings import confidence_warnings
from csops_sync.config.environment import read_environment
from csops_sync.config.forecast_warnings import forecast_warnings
from csops_sync.config.models_connections import ConnectionsFile
from csops_sync.config.models_rules import RulesFile
from csops_sync.config.problems import ConfigRefusedError, Problem, shown_path
from csops_sync.config.raw import at
from csops_sync.config.settings import Settings
from csops_sync.config.source import Document, read
from csops_sync.config.vocabulary import read_vocabulary
from csops_sync.config.wording import validate
from csops_sync.domain.rules import RuleSet
from csops_sync.ports.mapping import OrgMapping

__all__ = ["ConfigRefusedError", "Loaded", "Problem", "fingerprint", "listen_address", "load"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Loaded:
    """A configuration that holds. `positions` are `file:line:column` by path, `renewals[0].open`, of both files.

    `warnings` are of what holds and is most likely not meant: nothing is refused for them.
    """

    rules: RuleSet
    settings: Settings
    mapping: OrgMapping
    positions: Mapping[str, str]
    warnings: tuple[Problem, ...] = ()


def load(rules_path: Path, connections_path: Path, *, environment: Mapping[str, str], today: date) -> Loaded:
    """This function will load rules and connections; `today` (business date) says which holidays are needed.

    Credentials may be missing: see `Settings.missing`.

    Raises:
        ConfigRefusedError: anything is wrong; it holds every fault of both files and of the environment.
    """
    rules_document, connections_document = read(rules_path), read(connections_path)
    surroundings, environment_problems = read_environment(environment)
    vocabulary = read_vocabulary(rules=rules_document.value, connections=connections_document.value)
    rules, rules_faults = validate(RulesFile, rules_document, vocabulary)
    connections, connections_faults = validate(ConnectionsFile, connections_document, vocabulary)
    first = [
        *environment_problems,
        *rules_document.problems,
        *connections_document.problems,
        *check_rules(rules_document, vocabulary),
        *check_connections(connections_document),
    ]
    blanks = [*check_blanks(rules_document), *check_blanks(connections_document)]
    targets = ReadTargets()
    if rules is not None and connections is not None:
        targets = read_targets(rules, rules_document, currency=connections.currency, vocabulary=vocabulary)
    problems = _told_once(first, [*rules_faults, *connections_faults, *targets.problems], blanks)
    if problems or rules is None or connections is None:
        raise ConfigRefusedError(problems)
    builder = RuleBuilder(
        rules=rules, connections=connections, document=rules_document, file_name=rules_path.name
    )
    built = replace(
        builder.build(today=today),
        targets=tuple(targets.targets),
        reads_targets=connections.mapping.target is not None,
    )
    return Loaded(
        rules=built,
        settings=settings(connections=connections, rules=rules, surroundings=surroundings),
        mapping=org_mapping(connections=connections, rules=rules, document=connections_document),
        positions=_positions(rules_document, connections_document),
        warnings=(
            *confidence_warnings(rules_document, built),
            *forecast_warnings(rules_document, built),
        ),
    )


def listen_address(connections_path: Path) -> tuple[str, int]:
    """This function will give host and port of health and metrics, whatever else may be wrong in either file.

    Where the connections say nothing, or nothing that can be read, it is the default.
    """
    default = str(ConnectionsFile.model_fields["listen"].default)
    given = at(read(connections_path).value, "listen")
    try:
        return read_listen(default if given is None else given)
    except ValueError:
        return read_listen(default)


def _told_once(*stages: Iterable[Problem]) -> tuple[Problem, ...]:
    """Leave out what a later stage says of the very value that an earlier one told of, and what an alias repeats."""
    told: dict[tuple[str, int, int, str, str], Problem] = {}
    for stage in stages:
        known = {(each.file, each.line, each.column, each.path) for each in told.values()}
        for each in stage:
            if (each.file, each.line, each.column, each.path) not in known:
                told.setdefault(_identity(each), each)
    return tuple(told.values())


def _identity(problem: Problem) -> tuple[str, int, int, str, str]:
    key = problem.path.rpartition(".")[2]
    return problem.file, problem.line, problem.column, key, problem.message


def _positions(*documents: Document) -> Mapping[str, str]:
    return {
        shown_path(path): f"{document.file}:{marks.value.line}:{marks.value.column}"
        for document in documents
        for path, marks in document.marks.items()
        if path
    }
