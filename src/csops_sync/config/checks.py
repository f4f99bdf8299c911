"""What no single key can know: names that belong together, across blocks and across both files.

These checks read the raw values, so that they find their faults even where something else is broken.
"""

import re
from collections.abc import Iterator

from csops_sync.config.bounds import check_bounds
from csops_sync.config.expressions import SEGMENT
from csops_sync.config.problems import Problem, YamlPath, did_you_mean
from csops_sync.config.raw import at, items, listed
from csops_sync.config.reached import check_reached
from csops_sync.config.settings import (
    CLIENT_ID,
    CLIENT_SECRET,
    DATABASE_URL,
    PRIVATE_KEY,
    SLACK_APP_TOKEN,
    SLACK_TOKEN,
    USERNAME,
)
from csops_sync.config.source import Document, Plain
from csops_sync.config.vocabulary import ACCOUNT, CONTRACT, OPPORTUNITY, READ_ALWAYS, TARGET, Vocabulary
from csops_sync.domain.copying import LINE_ITEMS
from csops_sync.domain.forecast.figures import FIGURE_FIELDS

REQUIRED = {
    ACCOUNT: ("name",),
    CONTRACT: ("account", "start", "end"),
    OPPORTUNITY: ("account", "name", "stage", "closed", "won", "close_date", "renewal_key"),
    TARGET: ("start", "months"),
}
_WRITTEN_BY_US = frozenset(
    {"renewal_key", "renewal_date", "account", "contract", "co_term_contracts", *FIGURE_FIELDS}
)
_HAS_ITS_OWN_KEY = frozenset({"name", "stage", "close_date", "amount", "record_type", "type", "owner"})
_SET_BY_SALESFORCE = READ_ALWAYS[OPPORTUNITY] | {"closed", "won"}
_SUMMED = "Amount"
_SECRET_KEYS = (
    (re.compile(r"client_?secret|consumer_?secret", re.IGNORECASE), CLIENT_SECRET),
    (re.compile(r"private_?key(_file)?", re.IGNORECASE), PRIVATE_KEY),
    (re.compile(r"(slack_)?app_(level_)?token", re.IGNORECASE), SLACK_APP_TOKEN),
    (re.compile(r"(slack_|bot_|access_)?token", re.IGNORECASE), SLACK_TOKEN),
    (re.compile(r"password|passphrase|secret", re.IGNORECASE), DATABASE_URL),
    (re.compile(r"client_?id|consumer_?key", re.IGNORECASE), CLIENT_ID),
    (re.compile(r"user_?name", re.IGNORECASE), USERNAME),
)
_SECRET_VALUES = (
    (re.compile(r"\bxox[a-z]-"), SLACK_TOKEN),
    (re.compile(r"\bxapp-"), SLACK_APP_TOKEN),
    (re.compile(r"-----BEGIN [A-Z ]*PRIVATE KEY"), PRIVATE_KEY),
    (re.compile(r"://[^:/@\s]*:[^@\s]+@"), DATABASE_URL),
    (re.compile(r"[?&]\w*password=[^&\s]", re.IGNORECASE), DATABASE_URL),
)


def check_rules(document: Document, vocabulary: Vocabulary) -> Iterator[Problem]:
    """This function will find what does not fit together in the rules, and in what they ask of the mapping."""
    yield from _secrets(document, document.value, ())
    rules = items(at(document.value, "renewals"))
    yield from _names_once(document, rules)
    yield from check_reached(document)
    for index, rule in rules:
        path: YamlPath = ("renewals", index)
        yield from _segments_exist(document, rule, path, vocabulary)
        yield from _writable(document, at(rule, "opportunity"), (*path, "opportunity"), vocabulary)
        yield from _members_are_kept(document, rule, path, vocabulary)
        yield from _lines_make_the_amount(document, rule, path, vocabulary)
    yield from check_bounds(document, vocabulary)
    yield from _parents_are_known(document, vocabulary)


def check_connections(document: Document) -> Iterator[Problem]:
    """This function will find secrets in the connections file, and names that the mapping lacks."""
    yield from _secrets(document, document.value, ())
    mapping = at(document.value, "mapping")
    for role, names in REQUIRED.items():
        fields = at(mapping, role, "fields")
        if not isinstance(fields, dict):
            continue
        for name in names:
            if name not in fields:
                message = f"{name} is not mapped, and csops-sync needs it{did_you_mean(name, fields)}"
                yield document.problem(path=("mapping", role, "fields"), message=message, at_key=True)
    yield from _figures_are_ours(document, at(mapping, OPPORTUNITY, "fields"))


def check_blanks(document: Document, value: Plain = None, path: YamlPath = ()) -> Iterator[Problem]:
    """This function will find keys with nothing behind them; a `null` that is written out is meant so."""
    value = value if path else document.value
    marks = document.marks.get(path)
    if value is None and marks is not None and marks.key == marks.value:
        message = "is empty: write its value behind it, or remove the key"
        yield document.problem(path=path, message=message, at_key=True)
    for key, below in value.items() if isinstance(value, dict) else items(value):
        yield from check_blanks(document, below, (*path, key))


def _figures_are_ours(document: Document, fields: Plain) -> Iterator[Problem]:
    """What csops-sync writes without asking whose edit wins must be kept from people, and be the opportunity's own."""
    for name in FIGURE_FIELDS if isinstance(fields, dict) else ():
        spec = at(fields, name)
        path = at(spec, "path") if isinstance(spec, dict) else spec
        if not isinstance(path, str):
            continue
        place: YamlPath = ("mapping", OPPORTUNITY, "fields", name)
        if "." in path:
            message = (
                f"is written by csops-sync, and {path} is of another record; map a field of the opportunity"
            )
            yield document.problem(path=place, message=message, at_key=True)
        elif not isinstance(spec, dict) or at(spec, "owned") is None:
            message = (
                "is written by csops-sync over whatever stands there, so the field must be its alone: write "
                f"`{name}: {{path: {path}, owned: system}}` and keep people from it in their permission sets"
            )
            yield document.problem(path=place, message=message, at_key=True)


def _secrets(document: Document, value: Plain, path: YamlPath) -> Iterator[Problem]:
    if isinstance(value, dict):
        for key, below in value.items():
            name = _credential(key) if "fields" not in path and isinstance(below, str) else None
            if name:
                yield document.problem(path=(*path, key), message=_belongs(name), at_key=True)
            else:
                yield from _secrets(document, below, (*path, key))
    elif isinstance(value, list):
        for index, below in enumerate(value):
            yield from _secrets(document, below, (*path, index))
    elif isinstance(value, str):
        found = next((name for pattern, name in _SECRET_VALUES if pattern.search(value)), None)
        if found:
            yield document.problem(path=path, message=_belongs(found))


def _credential(key: str) -> str | None:
    return next((name for pattern, name in _SECRET_KEYS if pattern.fullmatch(key)), None)


def _belongs(name: str) -> str:
    files = "" if name in (CLIENT_ID, USERNAME) else f", or {name}_FILE with the path of a file that holds it"
    return f"credentials never stand in YAML; remove this and set {name} in the environment{files}"


def _names_once(document: Document, rules: list[tuple[int, Plain]]) -> Iterator[Problem]:
    seen: dict[str, int] = {}
    for index, rule in rules:
        name = at(rule, "name")
        if not isinstance(name, str):
            continue
        if name in seen:
            line = document.place(("renewals", seen[name])).line
            message = f"the rule in line {line} has the name {name!r} already; give each its own"
            yield document.problem(path=("renewals", index, "name"), message=message)
        seen.setdefault(name, index)


def _segments_exist(
    document: Document, rule: Plain, path: YamlPath, vocabulary: Vocabulary
) -> Iterator[Problem]:
    asked = at(rule, "when", SEGMENT)
    if asked is None:
        return
    asked_at: YamlPath = (*path, "when", SEGMENT)
    for place, name in (
        [((*asked_at, i), each) for i, each in items(asked)]
        if isinstance(asked, list)
        else [(asked_at, asked)]
    ):
        known = vocabulary.segments or ()
        if name not in known:
            message = f"segment {name!r} is not defined under `segments`{did_you_mean(name, known)}"
            yield document.problem(path=place, message=message)


def _writable(
    document: Document, opportunity: Plain, path: YamlPath, vocabulary: Vocabulary
) -> Iterator[Problem]:
    for name in ("record_type", "type", "owner"):
        if at(opportunity, name) is not None and not vocabulary.has(OPPORTUNITY, name):
            yield document.problem(path=(*path, name), message=_unmapped(name, vocabulary), at_key=True)
    fields = at(opportunity, "fields")
    for name in fields if isinstance(fields, dict) else ():
        place: YamlPath = (*path, "fields", name)
        if name in _HAS_ITS_OWN_KEY:
            yield document.problem(
                path=place, message=f"has a key of its own; write opportunity.{name}", at_key=True
            )
        elif name in _WRITTEN_BY_US:
            yield document.problem(
                path=place, message="is written by csops-sync itself; remove it", at_key=True
            )
        elif name in _SET_BY_SALESFORCE:
            message = "is set by Salesforce itself and can be written by nobody; remove it"
            yield document.problem(path=place, message=message, at_key=True)
        elif not vocabulary.has(OPPORTUNITY, name):
            yield document.problem(path=place, message=_unmapped(name, vocabulary), at_key=True)


def _parents_are_known(document: Document, vocabulary: Vocabulary) -> Iterator[Problem]:
    profiles = at(document.value, "forecast", "profiles")
    for name in profiles if isinstance(profiles, dict) else ():
        if at(profiles, name, "customer") == "top_parent" and not vocabulary.has(ACCOUNT, "parent"):
            message = (
                "`top_parent` needs the accounts' parents; map account.parent in csops-sync.yaml under "
                "mapping.account.fields, as in `parent: ParentId`"
            )
            yield document.problem(path=("forecast", "profiles", name, "customer"), message=message)


def _members_are_kept(
    document: Document, rule: Plain, path: YamlPath, vocabulary: Vocabulary
) -> Iterator[Problem]:
    """Salesforce must hold who shares an opportunity, or a lost state would open a second one for a member."""
    if at(rule, "co_term") is not None and not vocabulary.has(OPPORTUNITY, "co_term_contracts"):
        message = f"needs a field that keeps the members: {_unmapped('co_term_contracts', vocabulary)}"
        yield document.problem(path=(*path, "co_term"), message=message, at_key=True)


def _lines_make_the_amount(
    document: Document, rule: Plain, path: YamlPath, vocabulary: Vocabulary
) -> Iterator[Problem]:
    """Salesforce adds lines up in Amount and nowhere else; another field would stay empty."""
    copied = listed(at(rule, "opportunity", "copy"))
    if LINE_ITEMS in copied and vocabulary.amount not in (None, _SUMMED):
        message = (
            f"lines are added up in {_SUMMED}, and opportunity.amount is mapped to {vocabulary.amount}; map it to "
            f"{_SUMMED} in csops-sync.yaml (another field can be its recurring_amount), or copy no {LINE_ITEMS}"
        )
        yield document.problem(path=(*path, "opportunity", "copy"), message=message, at_key=True)


def _unmapped(name: str, vocabulary: Vocabulary) -> str:
    names = (vocabulary.mapped or {}).get(OPPORTUNITY, frozenset())
    advice = "name it in csops-sync.yaml under mapping.opportunity.fields"
    return f"opportunity.{name} is not mapped{did_you_mean(name, names)}; {advice}"
