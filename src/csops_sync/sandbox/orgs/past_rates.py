"""The two currencies of an org with a past, with a dated rate for each calendar quarter."""

from collections.abc import Mapping, Sequence
from datetime import date

from csops_sync.sandbox.orgs.dates import add_months
from csops_sync.sandbox.orgs.past_lives import FOREIGN, HOME, QUARTER
from csops_sync.sandbox.seed import SeedRecord, Value

_YEN_A_DOLLAR = (150, 145, 152, 158, 147, 142, 155, 149)
_PLACES = 9
_LONG_AGO = date(1900, 1, 1)
"""What an org's own first dated rate starts with."""


def currencies(*, today: date, quarters: int) -> Mapping[str, Sequence[SeedRecord]]:
    """This function will give CurrencyType and DatedConversionRate rows; rates are dollars a yen."""
    begins = date(today.year, today.month - (today.month - 1) % QUARTER, 1)
    starts = [_LONG_AGO, *(add_months(begins, -QUARTER * back) for back in range(quarters - 1, -1, -1))]
    yen = [_YEN_A_DOLLAR[place % len(_YEN_A_DOLLAR)] for place in range(len(starts))]
    dated = [
        _dated(number, FOREIGN, start, 1 / price)
        for number, (start, price) in enumerate(zip(starts, yen, strict=True), start=1)
    ]
    home: dict[str, Value] = {"IsoCode": HOME, "ConversionRate": 1, "DecimalPlaces": 0, "IsCorporate": True}
    foreign: dict[str, Value] = {
        "IsoCode": FOREIGN,
        "ConversionRate": round(1 / yen[-1], _PLACES),
        "DecimalPlaces": 2,
    }
    return {
        "CurrencyType": [
            SeedRecord(ref="currency-home", values=home),
            SeedRecord(ref="currency-foreign", values=foreign),
        ],
        "DatedConversionRate": [_dated(0, HOME, _LONG_AGO, 1.0), *dated],
    }


def _dated(number: int, iso: str, start: date, rate: float) -> SeedRecord:
    values: dict[str, Value] = {
        "IsoCode": iso,
        "StartDate": start,
        "ConversionRate": round(rate, _PLACES),
    }
    return SeedRecord(ref=f"rate-{number}", values=values)
