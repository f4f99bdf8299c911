"""`csops-sync calls`: what people say that renewals will come to. Pure."""

from collections.abc import Sequence

from csops_sync.app.forecast.call_rows import CallRow
from csops_sync.interfaces.cli.render_columns import Column, clean, table
from csops_sync.interfaces.cli.render_forecast_csv import Row, csv_text
from csops_sync.interfaces.cli.render_values import instant_text, local_text, money_text

_HEADS = ("made", "about", "period", "call", "by", "note", "")
_AMOUNT = 3
_COLUMNS = tuple(Column(gap=2, right=place == _AMOUNT) for place in range(len(_HEADS)))


def calls_text(rows: Sequence[CallRow], timezone: str) -> str:
    """This function will list calls, ending in a newline; times on the org's wall clock."""
    if not rows:
        return "Nobody has called anything.\n"
    cells = [_cells(one, timezone) for one in rows]
    return "\n".join(table([_HEADS, *cells], _COLUMNS, indent=0)) + "\n"


def calls_csv(rows: Sequence[CallRow]) -> str:
    """This function will write a row for each call."""
    return csv_text([_row(one) for one in rows])


def called_text(row: CallRow) -> str:
    """This function will say what was called just now, ending in a newline."""
    about = f"{row.about} ({row.subject})" if row.kind == "renewal" else f"team {row.about}, {row.period},"
    if row.amount is None:
        return clean(f"Call {row.id}: {row.by} withdraws what was called of {about}.") + "\n"
    return clean(f"Call {row.id}: {row.by} calls {about} at {money_text(row.amount)} a year.") + "\n"


def _cells(row: CallRow, timezone: str) -> tuple[str, ...]:
    return (
        local_text(row.at, timezone),
        row.about if row.kind == "renewal" else f"team of {row.about}",
        row.period,
        money_text(row.amount) if row.amount is not None else "withdrawn",
        row.by,
        row.note,
        "" if row.counts else "counts no more",
    )


def _row(row: CallRow) -> Row:
    return {
        "id": row.id,
        "made_at": instant_text(row.at),
        "kind": row.kind,
        "subject": row.subject,
        "about": row.about,
        "period": row.period,
        "currency": row.amount.currency if row.amount is not None else None,
        "amount": row.amount,
        "by": row.by,
        "by_id": row.by_id,
        "note": row.note,
        "counts": row.counts,
    }
