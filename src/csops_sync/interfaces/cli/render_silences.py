"""`csops-sync silence`: what nobody hears of, until when, by whose order and why. Pure."""

from csops_sync.app.confidence_views import SilenceRow, SilencesView
from csops_sync.interfaces.cli.render_columns import Column, clean, table
from csops_sync.interfaces.cli.render_values import local_text

_COLUMNS = (Column(gap=2), Column(gap=2), Column(gap=2), Column(gap=2), Column(gap=2), Column())


def silences_text(view: SilencesView) -> str:
    """This function will list silences, ending in a newline."""
    if not view.items:
        return "Nothing is silenced.\n"
    cells = [_cells(one, view.timezone) for one in view.items]
    return "\n".join(table(cells, _COLUMNS, indent=0)) + "\n"


def silenced_text(row: SilenceRow, timezone: str) -> str:
    """This function will say what was silenced just now, ending in a newline."""
    about = row.about if row.kind == "rule" else f"{row.kind} {row.about}"
    end = local_text(row.until, timezone)
    return f"{row.id}: changes of {clean(about)} are told to nobody until {end} ({timezone}).\n"


def unsilenced_text(row: SilenceRow) -> str:
    """This function will say whose silence was ended, ending in a newline."""
    about = row.about if row.kind == "rule" else f"{row.kind} {row.about}"
    return f"Changes of {clean(about)} are told again.\n"


def _cells(row: SilenceRow, timezone: str) -> tuple[str, ...]:
    if row.ended_at is not None:
        end = f"ended {local_text(row.ended_at, timezone)} by {row.ended_by or 'somebody'}"
    else:
        end = f"{'was until' if row.state == 'over' else 'until'} {local_text(row.until, timezone)}"
    about = row.about.removeprefix("rule ") if row.kind == "rule" else f"{row.about} ({row.subject})"
    return row.id, row.kind, about, end, f"by {row.by or 'somebody'}", row.reason
