"""`forecast --renewals`: every renewal behind the sums, with what was weighed and by what. Pure."""

from collections.abc import Mapping, Sequence

from csops_sync.app.forecast.report_values import Counted, RenewalLine
from csops_sync.domain.forecast.matrix import Weights
from csops_sync.domain.money import Money
from csops_sync.interfaces.cli.render_columns import Column, table
from csops_sync.interfaces.cli.render_forecast import plain_amount, rounded
from csops_sync.interfaces.cli.render_forecast_csv import RATIO_PLACES, Row, csv_text
from csops_sync.interfaces.cli.render_values import count_text, instant_text, money_text

_HEADS = (
    "last day",
    "account",
    "contract",
    "standing",
    "type",
    "rank",
    "prior",
    "new",
    "landing",
    "counted",
    "rate",
    "call",
    "csm",
)
_LEFT = 6
_AMOUNTS = 6
_COUNTED = ("counted_currency", "counted_due", "counted_landing", "rate", "rate_day")
_CURRENCIES = frozenset({"currency", "counted_currency"})
_COLUMNS = tuple(Column(gap=2, right=_LEFT <= place < _LEFT + _AMOUNTS) for place in range(len(_HEADS)))


def renewals_text(lines: Sequence[RenewalLine]) -> str:
    """This function will list renewals, ending in a newline."""
    rows = table([_HEADS, *map(_cells, lines)], _COLUMNS, indent=0)
    return "\n".join([*rows, "", count_text(len(lines), "renewal")]) + "\n"


def renewals_csv(lines: Sequence[RenewalLine]) -> str:
    """This function will write a row for each renewal, amounts in its own currency and as the sums count them."""
    return csv_text([_row(line) for line in lines])


def renewals_plain(lines: Sequence[RenewalLine]) -> Mapping[str, object]:
    """This function will give renewals as they go into JSON: the columns of the CSV, amounts with their currency."""
    return {
        "renewals": [
            {key: _exact(value) for key, value in _row(line).items() if key not in _CURRENCIES}
            for line in lines
        ]
    }


def _cells(line: RenewalLine) -> tuple[str, ...]:
    state, landing = line.state, line.landing
    return (
        str(state.end),
        line.account,
        line.contract,
        f"{state.standing.value}{', overdue' if line.overdue else ''}",
        landing.type.value if landing.type is not None else "",
        state.rank or "",
        money_text(state.prior),
        money_text(state.new) if state.new is not None else "",
        money_text(landing.amount) if landing.amount is not None else "in no sum",
        *_counted_cells(line),
        money_text(line.call.amount) if line.call is not None else "",
        line.csm or "",
    )


def _counted_cells(line: RenewalLine) -> tuple[str, str]:
    """Give the landing in the report's currency and the rate; nothing where it is in that currency itself."""
    own, counted = line.landing.amount, line.counted
    if own is None:
        return "", ""
    if counted is None:
        return "in no sum", "no rate"
    if counted.landing.currency == own.currency:
        return money_text(counted.landing), ""
    return money_text(counted.landing), rate_text(counted)


def rate_text(counted: Counted) -> str:
    """This function will write what one unit of a renewal's own currency is worth, to six places at most."""
    return f"{rounded(counted.rate, places=RATIO_PLACES).normalize():f}"


def _row(line: RenewalLine) -> Row:
    state, landing, weights = line.state, line.landing, line.landing.weights
    return {
        "key": state.key,
        "account": line.account,
        "account_id": state.account_id,
        "contract": line.contract,
        "contract_id": state.contract_id,
        "segment": state.grouping.segment,
        "csm": line.csm,
        "manager": line.manager,
        "first": state.start,
        "last": state.end,
        "standing": state.standing.value,
        "overdue": line.overdue,
        "type": landing.type.value if landing.type is not None else None,
        "rank": state.rank,
        "currency": state.prior.currency if state.prior is not None else None,
        "prior": state.prior,
        "new": state.new,
        "bookings": state.bookings,
        "kept": landing.kept,
        "base_weight": _weight(weights, "base"),
        "added": landing.added,
        "expansion_weight": _weight(weights, "expansion"),
        "landing": landing.amount,
        **_counted_row(line.counted),
        "call": line.call.amount if line.call is not None else None,
        "call_currency": line.call.amount.currency if line.call is not None else None,
        "call_by": line.call.by if line.call is not None else None,
        "call_at": instant_text(line.call.at) if line.call is not None else None,
        "call_note": line.call.note if line.call is not None else None,
        "weighed_as": landing.kind.value,
    }


def _counted_row(counted: Counted | None) -> Row:
    if counted is None:
        return dict.fromkeys(_COUNTED)
    values = (counted.due.currency, counted.due, counted.landing, rate_text(counted), counted.rate_day)
    return dict(zip(_COUNTED, values, strict=True))


def _weight(weights: Weights | None, part: str) -> str | None:
    return None if weights is None else f"{getattr(weights, part):f}"


def _exact(value: object) -> object:
    return {"amount": plain_amount(value), "currency": value.currency} if isinstance(value, Money) else value
