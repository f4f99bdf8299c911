"""`forecast --renewals`: every renewal behind the sums, with what was weighed and by what. Pure."""

from collections.abc import Mapping, Sequence

from csops_sync.app.forecast.report_values import RenewalLine
from csops_sync.domain.forecast.matrix import Weights
from csops_sync.domain.money import Money
from csops_sync.interfaces.cli.render_columns import Column, table
from csops_sync.interfaces.cli.render_forecast import plain_amount
from csops_sync.interfaces.cli.render_forecast_csv import Row, csv_text
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
    "call",
    "csm",
)
_LEFT = 6
_AMOUNTS = 4
_COLUMNS = tuple(Column(gap=2, right=_LEFT <= place < _LEFT + _AMOUNTS) for place in range(len(_HEADS)))


def renewals_text(lines: Sequence[RenewalLine]) -> str:
    """This function will list renewals, ending in a newline."""
    rows = table([_HEADS, *map(_cells, lines)], _COLUMNS, indent=0)
    return "\n".join([*rows, "", count_text(len(lines), "renewal")]) + "\n"


def renewals_csv(lines: Sequence[RenewalLine]) -> str:
    """This function will write a row for each renewal, amounts in its own currency."""
    return csv_text([_row(line) for line in lines])


def renewals_plain(lines: Sequence[RenewalLine]) -> Mapping[str, object]:
    """This function will give renewals as they go into JSON: the columns of the CSV, amounts with their currency."""
    return {
        "renewals": [
            {key: _exact(value) for key, value in _row(line).items() if key != "currency"} for line in lines
        ]
    }


def _cells(line: RenewalLine) -> tuple[str, ...]:
    state, landing = line.state, line.landing
    return (
        str(state.end),
        line.account,
        line.contract,
        state.standing.value,
        landing.type.value if landing.type is not None else "",
        state.rank or "",
        money_text(state.prior),
        money_text(state.new) if state.new is not None else "",
        money_text(landing.amount) if landing.amount is not None else "in no sum",
        money_text(line.call.amount) if line.call is not None else "",
        line.csm or "",
    )


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
        "type": landing.type.value if landing.type is not None else None,
        "rank": state.rank,
        "currency": state.prior.currency if state.prior is not None else None,
        "prior": state.prior,
        "new": state.new,
        "kept": landing.kept,
        "base_weight": _weight(weights, "base"),
        "added": landing.added,
        "expansion_weight": _weight(weights, "expansion"),
        "landing": landing.amount,
        "call": line.call.amount if line.call is not None else None,
        "call_currency": line.call.amount.currency if line.call is not None else None,
        "call_by": line.call.by if line.call is not None else None,
        "call_at": instant_text(line.call.at) if line.call is not None else None,
        "call_note": line.call.note if line.call is not None else None,
        "weighed_as": landing.kind.value,
    }


def _weight(weights: Weights | None, part: str) -> str | None:
    return None if weights is None else f"{getattr(weights, part):f}"


def _exact(value: object) -> object:
    return {"amount": plain_amount(value), "currency": value.currency} if isinstance(value, Money) else value
