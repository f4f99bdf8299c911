"""Targets that the org keeps itself, one record each, as the mapping names its fields."""

from collections.abc import Iterator, Mapping
from datetime import date, timedelta
from decimal import Decimal, InvalidOperation
from fractions import Fraction

from csops_sync.app.office import Office
from csops_sync.domain.dates import MONTHS_PER_YEAR, add_months
from csops_sync.domain.forecast.periods import Window
from csops_sync.domain.forecast.targets import EVERYTHING, ScopeKind, Target, TargetScope
from csops_sync.domain.money import Money
from csops_sync.domain.sentences import Sentence
from csops_sync.ports.crm import Json, Role, Row
from csops_sync.ports.store import Transaction

_DAY = timedelta(days=1)
_SCOPES = {"segment": ScopeKind.SEGMENT, "csm": ScopeKind.CSM, "manager": ScopeKind.MANAGER}
_HUNDRED = 100
Values = Mapping[str, Json]


def mirrored_targets(tx: Transaction, office: Office) -> Iterator[Target | str]:
    """This function will read the mirrored targets; a text says of one that makes no sense what is wrong with it."""
    after = ""
    while office.rules.reads_targets and (rows := tx.mirror.stream(Role.TARGET, after_id=after)):
        after = rows[-1].id
        for row in rows:
            if not row.deleted:
                yield _read(row, office.rules.default_currency)


def _read(row: Row, currency: str) -> Target | str:
    try:
        return _target(row, currency)
    except ValueError as error:
        return Sentence(
            "target.unread",
            "the target {id} counts for nothing: {why}; mend it in Salesforce",
            id=row.id,
            why=error.args[0],
        )


def _target(row: Row, currency: str) -> Target:
    values = row.values
    start, months = values.get("start"), _number(values, "months")
    if not isinstance(start, str) or months is None:
        raise ValueError(Sentence("target.empty", "its start or its months are empty"))
    if months != int(months) or not 1 <= months <= MONTHS_PER_YEAR:
        raise ValueError(
            Sentence(
                "target.months",
                "it is for {months} months, and a period has 1 to {most}",
                months=months,
                most=MONTHS_PER_YEAR,
            )
        )
    first = _day(start)
    window = Window(first, add_months(first, int(months)) - _DAY)
    amount, nrr, grr = (_number(values, name) for name in ("amount", "nrr", "grr"))
    if amount is None and nrr is None and grr is None:
        raise ValueError(Sentence("target.of-nothing", "it is a target of nothing"))
    if min(amount or 0, nrr or 0, grr or 0) < 0:
        raise ValueError(Sentence("target.below-zero", "it is below zero"))
    return Target(
        period=f"{window.first} to {window.last}",
        window=window,
        scope=_scope(values),
        landing=None if amount is None else Money(amount, str(values.get("currency") or currency)).rounded(),
        nrr=None if nrr is None else Fraction(nrr) / _HUNDRED,
        grr=None if grr is None else Fraction(grr) / _HUNDRED,
        origin=row.id,
    )


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise ValueError(Sentence("target.no-day", "its start {text!r} is no day", text=text)) from None


def _scope(values: Values) -> TargetScope:
    named = [(kind, str(values[name])) for name, kind in _SCOPES.items() if values.get(name)]
    if len(named) > 1:
        kinds = " and ".join(kind.value for kind, _ in named)
        raise ValueError(Sentence("target.several", "it is for {kinds} at once", kinds=kinds))
    return TargetScope(kind=named[0][0], name=named[0][1]) if named else EVERYTHING


def _number(values: Values, name: str) -> Decimal | None:
    """Read a number as Salesforce gives it; percentages are numbers of hundredths."""
    value = values.get(name)
    if value is None or value == "":
        return None
    try:
        return Decimal(str(value))
    except InvalidOperation:
        raise ValueError(
            Sentence("target.no-number", "its {name} is no number, but {value!r}", name=name, value=value)
        ) from None
