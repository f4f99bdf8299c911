"""The org's own currency rates, as they were read from Salesforce.

Salesforce quotes both the rates of today (CurrencyType) and the dated ones (DatedConversionRate) in units of a currency
for one unit of the corporate currency. The corporate currency has a rate here too, one for ever, so that any two can be
held against each other. A currency without dated rates has none: what today's rate was on another day, nobody knows.
"""

from collections.abc import Iterator
from datetime import date
from decimal import Decimal

from csops_sync.domain.forecast.rates import DatedRate
from csops_sync.ports.crm import Role, Row
from csops_sync.ports.store import Transaction

_EVER = date(1900, 1, 1)


def org_rates(tx: Transaction) -> tuple[DatedRate, ...]:
    """This function will read the dated rates, in order of currency and day; none where the mapping reads none.

    A row without a currency, a day, or a rate above zero is no rate.
    """
    found = {(one.currency, one.effective): one for one in (*_corporate(tx), *_dated(tx))}
    return tuple(found[key] for key in sorted(found))


def _corporate(tx: Transaction) -> Iterator[DatedRate]:
    for row in _rows(tx, Role.CURRENCY):
        if row.values.get("corporate") is True:
            yield DatedRate.quoted(currency=str(row.values["currency"]), effective=_EVER, units=Decimal(1))


def _dated(tx: Transaction) -> Iterator[DatedRate]:
    for row in _rows(tx, Role.DATED_RATE):
        currency, start, units = (row.values.get(name) for name in ("currency", "start", "units"))
        if (
            isinstance(currency, str)
            and isinstance(start, str)
            and isinstance(units, int | float)
            and units > 0
        ):
            day = max(date.fromisoformat(start[:10]), _EVER)
            yield DatedRate.quoted(currency=currency, effective=day, units=Decimal(repr(units)))


def _rows(tx: Transaction, role: Role) -> Iterator[Row]:
    after = ""
    while rows := tx.mirror.stream(role, after_id=after):
        after = rows[-1].id
        yield from (row for row in rows if not row.deleted)
