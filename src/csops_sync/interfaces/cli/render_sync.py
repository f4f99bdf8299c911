"""`sync` and `reconcile`, for people. Pure."""

from collections.abc import Iterator, Sequence

from csops_sync.app.reconciling import Reconciled
from csops_sync.app.syncing import SyncView
from csops_sync.app.views import OutboxItem
from csops_sync.interfaces.cli.render_columns import Column, clean, table
from csops_sync.interfaces.cli.render_values import count_text, instant_text

_ROWS = (Column(gap=2), Column(gap=2), Column(gap=2), Column())


def sync_text(view: SyncView) -> str:
    """This function will say what a `sync` read, sent and left, ending in a newline."""
    if not view.complete:
        return (
            "The first load was ended before it was whole; the next `csops-sync sync` goes on from there.\n"
        )
    return "\n".join([*_heading(view), *_rows(view.settled), *_waiting(view), *_closing(view)]) + "\n"


def reconciled_text(rows: Sequence[Reconciled]) -> str:
    """This function will say what a sweep found in each object, ending in a newline."""
    cells = [(row.role.value, f"{row.missed:,} read again", f"{row.gone:,} gone") for row in rows]
    stopped = [f"! {row.stopped}" for row in rows if row.stopped]
    return "\n".join([*table(cells, (Column(minimum=15), Column(), Column()), indent=0), *stopped]) + "\n"


def _heading(view: SyncView) -> Iterator[str]:
    first = "; the first cycle on this org, a baseline" if view.baseline else ""
    yield f"Salesforce read up to {instant_text(view.read_at)}, {count_text(view.changed_rows, 'changed row')}{first}"
    if view.approved:
        yield f"{count_text(view.approved, 'held row')} approved"
    if not (view.settled or view.waiting):
        yield "Nothing to send."


def _rows(items: Sequence[OutboxItem]) -> Iterator[str]:
    cells = [(item.status, f"{item.target} {item.kind}", item.key, _outcome(item)) for item in items]
    yield from table(cells, _ROWS, indent=2) if cells else ()


def _outcome(item: OutboxItem) -> str:
    return clean(item.error or item.result or item.reason)


def _waiting(view: SyncView) -> Iterator[str]:
    if not view.waiting:
        return
    yield f"{count_text(len(view.waiting), 'row')} not settled yet; the next `csops-sync sync` goes on with it:"
    yield from _rows(view.waiting)


def _closing(view: SyncView) -> Iterator[str]:
    if view.paused is not None:
        yield f"Paused ({view.paused}): `csops-sync resume` lets it go on."
    if view.shadow:
        yield "Mode is shadow: all is decided and recorded, nothing is sent."
    if view.held_hash is not None:
        yield (
            f"{count_text(view.held, 'row')} held beyond the guards: look at `csops-sync plan`, then "
            f"`csops-sync sync --approve {view.held_hash}`."
        )
