"""Which segments and rules are ever taken: the first match wins, so an earlier one may leave nothing to a later one.

Only what can be told by the form of the conditions is said, so that nothing is refused that could still be reached.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from csops_sync.config.expressions import SEGMENT
from csops_sync.config.problems import Problem
from csops_sync.config.raw import at, items, listed
from csops_sync.config.source import Document, Plain

_NO_SEGMENT = ""
When = Mapping[str, Plain]


@dataclass(frozen=True, slots=True)
class _Rule:
    """One rule: which segments it takes, and what else it asks for."""

    index: int
    segments: frozenset[str]
    rest: When
    has_when: bool


def check_reached(document: Document) -> Iterator[Problem]:
    """This function will find segments and rules behind others that take all that they ask for."""
    segments = at(document.value, "segments")
    named = (
        {name: when for name, when in segments.items() if isinstance(when, dict)}
        if isinstance(segments, dict)
        else {}
    )
    yield from _segments(document, named)
    yield from _rules(document, _possible(named))


def _segments(document: Document, named: Mapping[str, When]) -> Iterator[Problem]:
    before: dict[str, When] = {}
    for name, when in named.items():
        taker = _first_taker(before, when)
        before[name] = when
        if taker is None:
            continue
        line = document.place(("segments", taker), at_key=True).line
        whom = "all of it" if named[taker] else "everybody"
        message = f"is never reached: segment {taker} in line {line} takes {whom} before; move that one down"
        yield document.problem(path=("segments", name), message=message, at_key=True)
        if not named[taker]:
            return  # all that follow have the same cause


def _first_taker(before: Mapping[str, When], when: When) -> str | None:
    return next((name for name, wide in before.items() if _takes(wide, when)), None)


def _possible(named: Mapping[str, When]) -> frozenset[str]:
    """Name the segments that a customer may be in, and the lack of one where no segment takes everybody."""
    reached: dict[str, When] = {}
    for name, when in named.items():
        if _first_taker(reached, when) is None:
            reached[name] = when
    ends = any(not when for when in reached.values())
    return frozenset(reached) if ends else frozenset((*reached, _NO_SEGMENT))


def _rules(document: Document, possible: frozenset[str]) -> Iterator[Problem]:
    before: list[_Rule] = []
    for index, raw in items(at(document.value, "renewals")):
        rule = _rule_of(index, raw, possible)
        if rule is None or not rule.segments:
            continue
        if takers := _takers(before, rule):
            yield document.problem(path=("renewals", index), message=_never(document, takers))
            if not takers[0].has_when:
                return  # all that follow have the same cause
        before.append(rule)


def _rule_of(index: int, raw: Plain, possible: frozenset[str]) -> _Rule | None:
    when = raw.get("when") if isinstance(raw, dict) else False
    when = {} if when is None else when
    if not isinstance(when, dict):
        return None
    rest = {path: asked for path, asked in when.items() if path != SEGMENT}
    return _Rule(index, _asked_segments(when, possible), rest, has_when=bool(when))


def _asked_segments(when: When, possible: frozenset[str]) -> frozenset[str]:
    asked = when.get(SEGMENT)
    if asked is None:
        return possible
    if isinstance(asked, dict):
        none = frozenset({_NO_SEGMENT})
        wanted = {True: possible - none, False: possible & none}
        present = asked.get("present")
        return wanted[present] if isinstance(present, bool) else frozenset()
    return possible & frozenset(str(one) for one in listed(asked))


def _takers(before: list[_Rule], rule: _Rule) -> list[_Rule]:
    """Give the one rule, or the rules together, that leave nothing to this one."""
    for one in before:
        if rule.segments <= one.segments and _takes(one.rest, rule.rest):
            return [one]
    whole = [one for one in before if not one.rest and one.segments & rule.segments]
    taken = frozenset[str]().union(*(one.segments for one in whole))
    return whole if rule.segments <= taken else []


def _takes(wide: When, narrow: When) -> bool:
    """Whether all that meets the narrow block meets the wide one too, as far as their form tells."""
    return all(path in narrow and _accepts(asked, narrow[path]) for path, asked in wide.items())


def _accepts(wide: Plain, narrow: Plain) -> bool:
    if isinstance(wide, dict) or isinstance(narrow, dict):
        return wide == narrow
    return all(one in listed(wide) for one in listed(narrow))


def _never(document: Document, takers: list[_Rule]) -> str:
    lines = [str(document.place(("renewals", one.index)).line) for one in takers]
    if not takers[0].has_when:
        who = f"the rule in line {lines[0]} has no `when` and takes everything"
        return f"is never reached: {who}; move that one to the end"
    some = (
        f"the rule in line {lines[0]} takes"
        if len(lines) == 1
        else f"the rules in lines {' and '.join(lines)} take"
    )
    return f"is never reached: {some} all that it asks for; the first match wins, so move it up, or remove it"
