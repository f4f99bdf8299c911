"""`outbox list`, `status` and problems, for people. Pure."""

from collections.abc import Iterator, Sequence
from datetime import datetime

from csops_sync.app.confidence_views import ConfidenceCounts
from csops_sync.app.views import OutboxItem, OutboxView, StatusView
from csops_sync.config.problems import Problem
from csops_sync.interfaces.cli.render_columns import Column, clean, table
from csops_sync.interfaces.cli.render_values import count_text, instant_text, local_text, short_hash
from csops_sync.ports.store import OutboxStatus

_OUTBOX = (Column(gap=2), Column(gap=2), Column(gap=2), Column(gap=2), Column())
_PAIRS = (Column(minimum=15), Column(), Column())
_ADVICE = (
    (
        OutboxStatus.HELD,
        "`csops-sync plan` names the hash that approves what is held, `csops-sync outbox drop <key>` gives a row up.",
    ),
    (
        OutboxStatus.PARKED,
        "`csops-sync outbox retry <key>` sends a parked row again, `csops-sync outbox drop <key>` gives it up.",
    ),
    (
        OutboxStatus.UNKNOWN,
        "What is unknown is looked up by itself; `csops-sync outbox drop <key>` gives a message up, never a write.",
    ),
)


def outbox_text(view: OutboxView) -> str:
    """This function will list outbox rows, with what went wrong under each, ending in a newline."""
    if not view.items:
        return "The outbox is empty: all that was decided has been sent.\n"
    cells = [_item_cells(item, view.timezone) for item in view.items]
    lines = table(cells, _OUTBOX, indent=0)
    described = [
        text for item, line in zip(view.items, lines, strict=True) for text in (line, *_item_notes(item))
    ]
    return "\n".join([*described, *_outbox_closing(view)]) + "\n"


def status_text(view: StatusView) -> str:
    """This function will say how the product stands, ending in a newline."""
    pairs = table(list(_status_pairs(view)), _PAIRS, indent=0)
    sources = table(
        [_source_cells(view, position) for position in range(len(view.sources))], _PAIRS, indent=2
    )
    heading = ["", "read from Salesforce", *sources] if sources else []
    problems = ["", *(f"! {clean(problem)}" for problem in view.problems)] if view.problems else []
    return "\n".join([*pairs, *heading, *problems]) + "\n"


def problems_text(problems: Sequence[Problem]) -> str:
    """This function will list the faults of a configuration, each with its place and excerpt, and count them."""
    if not problems:
        return "No problems found.\n"
    return "\n".join([*(str(problem) for problem in problems), f"{count_text(len(problems), 'problem')}\n"])


def _item_cells(item: OutboxItem, timezone: str) -> tuple[str, ...]:
    when = local_text(item.created_at, timezone)
    return item.status, when, f"{item.target} {item.kind}", item.key, item.reason


def _item_notes(item: OutboxItem) -> Iterator[str]:
    if item.error:
        tries = count_text(item.attempts, "attempt")
        later = f", not before {instant_text(item.not_before)}" if item.not_before else ""
        yield f"    {clean(item.error)} ({tries}{later})"
    if item.result:
        yield f"    {clean(item.result)}"


def _outbox_closing(view: OutboxView) -> Iterator[str]:
    if view.left_out:
        yield f"and {view.left_out:,} more"
    statuses = {item.status for item in view.items}
    advice = [text for status, text in _ADVICE if status in statuses]
    yield from ["", *advice] if advice else ()


def _status_pairs(view: StatusView) -> Iterator[tuple[str, str]]:
    yield "org", f"{view.org_name} ({view.org_id})" if view.org_id else "not bound yet: run `csops-sync sync`"
    yield "as of", f"{local_text(view.as_of, view.timezone)} ({view.timezone})"
    yield "mode", f"{view.mode}, paused: {', '.join(view.paused)}" if view.paused else view.mode
    yield "rules", short_hash(view.rules_hash) if view.rules_hash else "none loaded yet"
    yield "last news", _when(view.last_cycle_at, view.timezone)
    yield "lease", _lease(view)
    yield "outbox", _outbox_counts(view)
    if view.confidence is not None:
        yield "confidence", _confidence(view.confidence)


def _lease(view: StatusView) -> str:
    if view.lease_owner is None:
        return "free: no daemon is running"
    return f"{view.lease_owner}, until {_when(view.lease_until, view.timezone)}"


def _outbox_counts(view: StatusView) -> str:
    counts = [f"{view.outbox[status]:,} {status}" for status in OutboxStatus if view.outbox.get(status)]
    return ", ".join(counts) or "empty"


def _confidence(counts: ConfidenceCounts) -> str:
    parts = (
        (counts.asking, "card", "asking"),
        (counts.snoozed, "card", "snoozed"),
        (counts.waiting, "change", "waiting"),
        (counts.held, "change", "held for business hours"),
    )
    return ", ".join(f"{count_text(count, noun)} {how}" for count, noun, how in parts if count) or "all told"


def _source_cells(view: StatusView, position: int) -> tuple[str, ...]:
    source = view.sources[position]
    read = f"read up to {_when(source.read_up_to, view.timezone)}"
    return source.role, f"{source.rows:,} rows", f"{read}  {source.note}"


def _when(instant: datetime | None, timezone: str) -> str:
    return local_text(instant, timezone) if instant else "never"
