"""The table of worked open dates has teeth: each of these faults in the date code breaks at least one case.

A mutant is a fresh set of the domain's modules, run from their sources under names of its own, with one piece of text
replaced. Nothing of the real modules is touched.
"""

import importlib.util
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType

import pytest
from tests.unit.domain.open_date_case import Case, Expected, Given
from tests.unit.domain.open_date_table import TABLE

_DOMAIN = "csops_sync.domain"
_MUTANT = "mutant_of_domain"
_RUNNER = "tests.unit.domain.open_date_runner"
_MODULES = (  # in the order in which they import one another
    "cheap_values",
    "dates",
    "business_calendar",
    "facts",
    "conditions",
    "rules",
    "budget_season",
    "terms",
    "stored",
    "open_decision",
    "opening",
)


@dataclass(frozen=True)
class Mutant:
    """One fault: in `module`, the text `old` (found exactly once) becomes `new`."""

    name: str
    module: str
    old: str
    new: str


MUTANTS = (
    Mutant("renewal date a day early", "terms", "return self.end + _ONE_DAY", "return self.end"),
    Mutant(
        "notice deadline a day late",
        "terms",
        "deadline = earlier(term.end, notice)",
        "deadline = earlier(term.renewal_date, notice)",
    ),
    Mutant(
        "notice deadline of every contract",
        "terms",
        "if notice is None or not auto_renews:",
        "if notice is None:",
    ),
    Mutant(
        "notice deadline rolled unasked",
        "terms",
        "if roll is BusinessDayRoll.PRECEDING else deadline",
        "if roll is not BusinessDayRoll.PRECEDING else deadline",
    ),
    Mutant("current term a day late", "terms", "if term.end >= today:", "if term.end > today:"),
    Mutant(
        "renewal term not capped at a year",
        "terms",
        "return min(months, MONTHS_PER_YEAR) if",
        "return months if",
    ),
    Mutant(
        "terms anchored on the first renewal date only",
        "terms",
        "if add_months(first.start, months) == first.renewal_date:",
        "if False:",
    ),
    Mutant(
        "months counted down, not to the nearest",
        "terms",
        "int(term.exact_months() + _HALF)",
        "int(term.exact_months())",
    ),
    Mutant(
        "month arithmetic spills over instead of clipping",
        "dates",
        "return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))",
        "return date(year, month + 1, 1) + timedelta(days=day.day - 1)",
    ),
    Mutant(
        "every February has 28 days",
        "dates",
        "monthrange(year, month + 1)[1]",
        "monthrange(2023, month + 1)[1]",
    ),
    Mutant("floor ignored", "opening", "wanted = max(deciding.day, limits.low)", "wanted = deciding.day"),
    Mutant(
        "earliest floor wins", "opening", "key=lambda pair: pair[1]", "key=lambda pair: -pair[1].toordinal()"
    ),
    Mutant(
        "floor passes the ceiling",
        "opening",
        "low=max(term.start, min(floor_day, ceiling_day))",
        "low=floor_day",
    ),
    Mutant(
        "ceiling before the term's start",
        "opening",
        "low=max(term.start, min(floor_day, ceiling_day))",
        "low=min(floor_day, ceiling_day)",
    ),
    Mutant(
        "latest bound decides",
        "opening",
        "return min(binding or bounds, key=_order)",
        "return max(binding or bounds, key=_order)",
    ),
    Mutant("missed season binds", "opening", "if not bound.missed)", ")"),
    Mutant("season missed on its last day", "opening", "budget.last_day >= low:", "budget.last_day > low:"),
    Mutant(
        "calendar passes the floor", "opening", "passes_floor = before < limits.low", "passes_floor = False"
    ),
    Mutant(
        "calendar passes the ceiling",
        "opening",
        "passes_ceiling = day <=",
        "passes_ceiling = False and day <=",
    ),
    Mutant("calendar passes the term's start", "opening", "if before < limits.start or", "if"),
    Mutant(
        "calendar goes the other way",
        "business_calendar",
        "self._first(day, -_ONE_DAY)",
        "self._first(day, _ONE_DAY)",
    ),
    Mutant("holidays are business days", "business_calendar", "and day not in self.holidays", ""),
    Mutant(
        "Sunday is a business day",
        "business_calendar",
        "frozenset({_SATURDAY, _SUNDAY})",
        "frozenset({_SATURDAY})",
    ),
    Mutant(
        "fiscal year a month late", "budget_season", "day.month >= fiscal_month", "day.month > fiscal_month"
    ),
    Mutant("ties go to the later fiscal year", "budget_season", "-year.toordinal()", "year.toordinal()"),
    Mutant(
        "budget's last day is the lock",
        "budget_season",
        "return self.locks_on - _ONE_DAY",
        "return self.locks_on",
    ),
    Mutant(
        "invoice of the renewal date",
        "budget_season",
        "earlier(renewal_date, rule.invoice_before)",
        "renewal_date",
    ),
)


@pytest.mark.parametrize("mutant", MUTANTS, ids=[mutant.name for mutant in MUTANTS])
def test_a_fault_in_the_date_code_breaks_the_table(mutant: Mutant) -> None:
    """At least one case notices."""
    with _bred(mutant) as outcome:
        assert any(_breaks(case, outcome) for case in TABLE), f"no case notices: {mutant.name}"


def test_the_same_modules_without_a_fault_keep_the_table() -> None:
    """The mutants fail for their fault, not for the way they are loaded."""
    with _bred(None) as outcome:
        assert not any(_breaks(case, outcome) for case in TABLE)


def _breaks(case: Case, outcome: Callable[[Given], Expected]) -> bool:
    try:
        return outcome(case.given) != case.expected
    except (AssertionError, ValueError):
        return True


@contextmanager
def _bred(mutant: Mutant | None) -> Iterator[Callable[[Given], Expected]]:
    """Load the domain once more with the fault in it, and give its runner; forget the modules afterwards."""
    born = [_load(f"{_MUTANT}.{name}", _source(f"{_DOMAIN}.{name}", name, mutant)) for name in _MODULES]
    born.append(_load(f"{_MUTANT}.runner", _source(_RUNNER, "", mutant)))
    try:
        yield born[-1].outcome
    finally:
        for module in born:
            del sys.modules[module.__name__]


def _source(origin: str, name: str, mutant: Mutant | None) -> str:
    spec = importlib.util.find_spec(origin)
    assert spec is not None
    assert spec.origin is not None
    text = Path(spec.origin).read_text(encoding="utf-8")
    if mutant is not None and mutant.module == name:
        assert text.count(mutant.old) == 1, f"{origin} no longer holds {mutant.old!r} once: renew this mutant"
        text = text.replace(mutant.old, mutant.new)
    text = text.replace(_DOMAIN, _MUTANT)
    for beside in ("confidence", "forecast"):  # these rules stand beside the dates and decide none
        text = text.replace(f"{_MUTANT}.{beside}", f"{_DOMAIN}.{beside}")
    return text


def _load(name: str, source: str) -> ModuleType:
    module = ModuleType(name)
    sys.modules[name] = module
    exec(compile(source, name, "exec"), module.__dict__)  # noqa: S102 - our own source, with one fault in it
    return module
