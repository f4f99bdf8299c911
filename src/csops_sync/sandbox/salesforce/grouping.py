"""GROUP BY: which groups there are, what is selected of each, HAVING and ORDER BY among them.

A group is a row of its own: the values it is grouped by, then a mark for each that is a subtotal, then the aggregates.
Source: SOQL reference, "GROUP BY", "GROUP BY ROLLUP", "GROUP BY CUBE", "HAVING", "GROUPING(fieldName)".
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from itertools import product

from csops_sync.sandbox.salesforce.aggregates import Measure, measure_of
from csops_sync.sandbox.salesforce.conditions import Test, compile_condition
from csops_sync.sandbox.salesforce.errors import ApiError
from csops_sync.sandbox.salesforce.expansion import expanded
from csops_sync.sandbox.salesforce.functions import (
    AGGREGATES,
    DATE_FUNCTIONS,
    applied,
    argument_of,
    column_of,
)
from csops_sync.sandbox.salesforce.misuse import invalid_field, malformed
from csops_sync.sandbox.salesforce.ordering import in_order
from csops_sync.sandbox.salesforce.paths import Column, Getter, Scope
from csops_sync.sandbox.salesforce.schema import Field, Json, Row
from csops_sync.sandbox.salesforce.soql_tree import Call, Order, Path, Subject
from csops_sync.sandbox.salesforce.table import index_key

MOST_SUBTOTALLED = 3
_UNGROUPABLE = frozenset(
    {"datetime", "double", "currency", "percent", "multipicklist", "anyType", "location"}
)


def groupable(field: Field) -> bool:
    """This function will say whether a field may stand in GROUP BY."""
    return (
        field.sortable and field.type not in _UNGROUPABLE and not field.auto_number and not field.calculated
    )


def is_grouped(scope: Scope) -> bool:
    """This function will say whether a query gives groups and not rows: GROUP BY, or an aggregate selected."""
    return bool(scope.query.groups) or any(_has_aggregate(item.subject) for item in scope.query.fields)


def _has_aggregate(subject: Subject) -> bool:
    if isinstance(subject, Path):
        return False
    return subject.name in AGGREGATES or any(_has_aggregate(argument) for argument in subject.arguments)


class _Group:
    def __init__(self, values: Sequence[Json], measures: Sequence[Measure]) -> None:
        self._values = values
        self._tallies = [measure.tally() for measure in measures]

    def add(self, taken: Sequence[Json]) -> None:
        for tally, value in zip(self._tallies, taken, strict=True):
            if value is not None:
                tally.add(value)

    def row(self, subtotal: Sequence[int]) -> Row:
        return (*self._values, *subtotal, *(tally.result() for tally in self._tallies))


class Grouping:
    """The groups of a query. Resolving a subject may add an aggregate: resolve all, then `prepare`, then `groups`."""

    def __init__(self, scope: Scope) -> None:
        self._scope = scope
        self._sets = [*_grouping_sets(scope)]
        self._keys = [self._key(subject) for subject in _grouped_by(scope)]
        self._names = [_canonical(scope, subject) for subject in _grouped_by(scope)]
        self._check_repeated()
        self._measures: dict[str, tuple[int, Measure]] = {}
        self._test: Test | None = None
        self._terms: list[tuple[Order, Column]] = []

    def resolve(self, subject: Subject) -> Column:
        """This function will say where in a group's row a subject's value is; ApiError where it is in none."""
        name = _canonical(self._scope, subject)
        if name in self._names:
            place = self._names.index(name)
            return _at(self._keys[place], place)
        if isinstance(subject, Call):
            return self._computed(subject)
        raise self._ungrouped(subject)

    def sorted_by(self, subject: Subject) -> Column:
        """This function will resolve what an ORDER BY names."""
        if isinstance(subject, Path) and _canonical(self._scope, subject) not in self._names:
            message = f"Ordered field must be grouped or aggregated: {subject.text}"
            raise malformed(self._scope.text, subject.at, message)
        return self.resolve(subject)

    def prepare(self) -> None:
        """This function will resolve HAVING and ORDER BY; ApiError for what is neither grouped nor aggregated."""
        query = self._scope.query
        if query.having is not None:
            having = expanded(self._scope, query.having, self.resolve, None)
            self._test = compile_condition(self._scope, having, self.resolve, of_groups=True)
        self._terms = [(order, self.sorted_by(order.subject)) for order in query.orders]

    def groups(self, rows: Iterable[Row]) -> list[Row]:
        """This function will group rows, keep the groups that HAVING keeps, and put them in order."""
        found: Iterable[Row] = self._grouped(rows)
        return in_order(self._scope, self._terms, filter(self._test, found) if self._test else found)

    def _grouped(self, rows: Iterable[Row]) -> Iterator[Row]:
        """Read the rows once, and give the groups of every level, the plain ones first."""
        measures = [measure for _, measure in self._measures.values()]
        gets = [measure.get for measure in measures]
        levels: list[dict[tuple[Json, ...], _Group]] = [{} for _ in self._sets]
        if not self._keys:
            levels[0][()] = _Group([], measures)  # without GROUP BY there is one group, also of no rows
        for row in rows:
            values = [key.get(row) for key in self._keys]
            taken = [get(row) for get in gets]
            for subtotal, groups in zip(self._sets, levels, strict=True):
                name = self._name(values, subtotal)
                group = groups.get(name)
                if group is None:
                    shown = [
                        None if marked else value for value, marked in zip(values, subtotal, strict=True)
                    ]
                    group = groups[name] = _Group(shown, measures)
                group.add(taken)
        for subtotal, groups in zip(self._sets, levels, strict=True):
            yield from (group.row(subtotal) for group in groups.values())

    def _name(self, values: Sequence[Json], subtotal: Sequence[int]) -> tuple[Json, ...]:
        """Give the form in which values are the same group's; what is subtotalled has no part in it."""
        return tuple(
            None if marked else index_key(key.field, value)
            for key, value, marked in zip(self._keys, values, subtotal, strict=True)
        )

    def _key(self, subject: Subject) -> Column:
        column = column_of(self._scope, subject)
        if isinstance(subject, Call) and subject.name not in DATE_FUNCTIONS:
            raise malformed(self._scope.text, subject.at, f"cannot group by {subject.text}")
        if not groupable(column.field):
            message = f"field '{column.field.name}' can not be grouped in a query call"
            raise invalid_field(self._scope.text, subject.at, message)
        return column

    def _check_repeated(self) -> None:
        for place, name in enumerate(self._names):
            if name in self._names[:place]:
                subject = _grouped_by(self._scope)[place]
                message = f"duplicate grouping expression: {subject.text}"
                raise malformed(self._scope.text, subject.at, message)

    def _computed(self, call: Call) -> Column:
        if call.name == "GROUPING":
            return self._marked(call)
        if call.name in AGGREGATES:
            return self._measured(call)
        if call.name == "FORMAT":
            return applied(self._scope, call, self.resolve(argument_of(self._scope, call)))
        if call.name in DATE_FUNCTIONS and self._groups_date(call):
            return applied(self._scope, call, self.resolve(call.arguments[0]))
        raise self._ungrouped(call)

    def _groups_date(self, call: Call) -> bool:
        """Say whether the function is of a date field that is grouped by, which stands for the function too."""
        argument = argument_of(self._scope, call)
        if not isinstance(argument, Path) or _canonical(self._scope, argument) not in self._names:
            return False
        return self._scope.column(argument).field.type == "date"

    def _marked(self, call: Call) -> Column:
        name = _canonical(self._scope, argument_of(self._scope, call))
        if name not in self._names or not _is_subtotalled(self._scope):
            message = f"GROUPING() takes a field of GROUP BY ROLLUP or CUBE, not {call.arguments[0].text}"
            raise malformed(self._scope.text, call.at, message)
        field = Field(name=call.text, label=call.text, type="int")
        return self._column(field, len(self._keys) + self._names.index(name))

    def _measured(self, call: Call) -> Column:
        name = _canonical(self._scope, call)
        argument = argument_of(self._scope, call)
        if _canonical(self._scope, argument) in self._names and not _is_subtotalled(self._scope):
            message = f"Grouped field should not be aggregated: {argument.text}"
            raise malformed(self._scope.text, call.at, message)
        if name not in self._measures:
            self._measures[name] = len(self._measures), measure_of(self._scope, call)
        place, measure = self._measures[name]
        return self._column(measure.field, 2 * len(self._keys) + place)

    def _column(self, field: Field, place: int) -> Column:
        return Column(field, self._scope.kind, (), _place(place))

    def _ungrouped(self, subject: Subject) -> ApiError:
        message = f"Field must be grouped or aggregated: {subject.text}"
        return malformed(self._scope.text, subject.at, message)


def _at(key: Column, place: int) -> Column:
    return replace(key, get=_place(place))


def _place(place: int) -> Getter:
    return lambda row: row[place]


def _is_subtotalled(scope: Scope) -> bool:
    match scope.query.groups:
        case (Call(name="ROLLUP" | "CUBE"), *_):
            return True
        case _:
            return False


def _grouped_by(scope: Scope) -> Sequence[Subject]:
    groups = scope.query.groups
    if not _is_subtotalled(scope):
        return groups
    call = groups[0]
    if not isinstance(call, Call) or len(groups) > 1:
        message = "GROUP BY and GROUP BY ROLLUP or CUBE cannot be combined"
        raise malformed(scope.text, groups[1].at, message)
    if not 1 <= len(call.arguments) <= MOST_SUBTOTALLED:
        message = f"GROUP BY {call.name} takes one to {MOST_SUBTOTALLED} fields"
        raise malformed(scope.text, call.at, message)
    return call.arguments


def _grouping_sets(scope: Scope) -> Iterator[tuple[int, ...]]:
    """Give the marks of every level of groups: 1 where a value is subtotalled, the plain groups first."""
    fields = len(_grouped_by(scope))
    if not _is_subtotalled(scope):
        yield (0,) * fields
    elif isinstance(scope.query.groups[0], Call) and scope.query.groups[0].name == "CUBE":
        yield from product((0, 1), repeat=fields)
    else:
        for kept in range(fields, -1, -1):
            yield (*(0,) * kept, *(1,) * (fields - kept))


def _canonical(scope: Scope, subject: Subject) -> str:
    """Give one spelling for all ways to name the same thing."""
    if isinstance(subject, Path):
        return scope.column(subject).name
    return f"{subject.name}({','.join(_canonical(scope, argument) for argument in subject.arguments)})"
