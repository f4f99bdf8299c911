"""Money in an org of several currencies: what one currency's amount is in another.

Source: SOQL reference, "convertCurrency()": dated rates for opportunities, their products and their history by the
close date, else today's; aggregates are in the org's own currency; `USD5000` compares by value.
"""

import re
from bisect import bisect_right
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

from csops_sync.sandbox.salesforce.org import Org
from csops_sync.sandbox.salesforce.paths import Column, Getter, Scope
from csops_sync.sandbox.salesforce.schema import Json, ObjectType, Row
from csops_sync.sandbox.salesforce.soql_tree import Path

_LITERAL = re.compile(r"([A-Za-z]{3})(\d+(?:\.\d+)?)", re.ASCII)
_DATED: Mapping[str, tuple[str, ...]] = {
    "Opportunity": ("CloseDate",),
    "OpportunityHistory": ("CloseDate",),
    "OpportunityLineItem": ("Opportunity", "CloseDate"),
}
_ROUNDED = 2


@dataclass(frozen=True)
class Currencies:
    """The org's active currencies. An amount in the corporate currency is the amount divided by the rate."""

    org: Org

    @property
    def several(self) -> bool:
        """Whether the org has more than one currency."""
        return len(self.rates) > 1

    @cached_property
    def rates(self) -> dict[str, float]:
        """Today's rates by ISO code."""
        rows = self._records("CurrencyType")
        return {str(row["IsoCode"]): float(row["ConversionRate"] or 1) for row in rows if row["IsActive"]}

    @cached_property
    def corporate(self) -> str:
        """The corporate currency's ISO code."""
        found = (str(row["IsoCode"]) for row in self._records("CurrencyType") if row["IsCorporate"])
        return next(found, str(self.org.organization.get("DefaultCurrencyIsoCode") or ""))

    @cached_property
    def _dated(self) -> dict[str, tuple[list[str], list[float]]]:
        found: dict[str, tuple[list[str], list[float]]] = {}
        for row in sorted(self._records("DatedConversionRate"), key=lambda row: str(row["StartDate"])):
            days, rates = found.setdefault(str(row["IsoCode"]), ([], []))
            days.append(str(row["StartDate"]))
            rates.append(float(row["ConversionRate"] or 1))
        return found

    def rate(self, iso: str, day: Json) -> float:
        """This function will give a currency's rate on a day, today's where the org has no dated one."""
        days, rates = self._dated.get(iso, ([], []))
        place = 0 if day is None else bisect_right(days, str(day))
        return rates[place - 1] if place else self.rates.get(iso, 1.0)

    def amount(self, text: str) -> float | None:
        """This function will read `USD5000` in the corporate currency; None where it is no such literal."""
        found = _LITERAL.fullmatch(text)
        if found is None or found[1].upper() not in self.rates or not self.several:
            return None
        return float(found[2]) / self.rates[found[1].upper()]

    def converted(self, scope: Scope, column: Column, to: str) -> Getter:
        """This function will give how to get a currency field's value in another currency, to the cent."""
        if not self.several:
            return column.get
        iso, day = self._iso(scope, column), self._day(scope, column)
        get = column.get

        def value(row: Row) -> Json:
            found = get(row)
            if found is None or isinstance(found, (str, bool)):
                return found
            own, on = str(iso(row) or self.corporate), day(row)
            if own == to:
                return found
            return round(found / self.rate(own, on) * self.rate(to, on), _ROUNDED)

        return value

    def iso_of(self, scope: Scope, column: Column) -> Getter:
        """This function will give how to get the currency in which a field's value stands."""
        return self._iso(scope, column)

    def _iso(self, scope: Scope, column: Column) -> Getter:
        return _sibling(scope, column, ("CurrencyIsoCode",), self.corporate)

    def _day(self, scope: Scope, column: Column) -> Getter:
        return _sibling(scope, column, _DATED.get(column.kind.name, ()), None)

    def _records(self, name: str) -> list[dict[str, Json]]:
        kind: ObjectType | None = self.org.schema.find(name)
        return [] if kind is None else [kind.record(row) for row in self.org.tables[kind.name]]


def _sibling(scope: Scope, column: Column, names: tuple[str, ...], default: str | None) -> Getter:
    """Give how to get another value of the row in which a column's field stands."""
    if not names or (len(names) == 1 and not column.kind.has(names[0])):
        return lambda _row: default
    return scope.column(Path((*column.parents, *names), 0)).get
