"""`csops-sync plan`: `+` what is opened, `~` what is changed, `=` what is left alone, `>` what is told. Pure."""

from collections.abc import Iterator, Sequence

from csops_sync.app.views import CreateRow, LimitsView, PlanView, RemarkRow, UpdateRow
from csops_sync.interfaces.cli.render_columns import Column, block_width, display_width, table
from csops_sync.interfaces.cli.render_values import (
    count_text,
    instant_text,
    money_text,
    scalar_text,
    short_hash,
    total_text,
)

_CREATES = (Column(minimum=24), Column(), Column(right=True), Column(minimum=31), Column(), Column())
_OPPORTUNITIES = (Column(minimum=30), Column(), Column(), Column())
_MESSAGES = (Column(minimum=17), Column(), Column())
_HELD = "held"


def plan_text(plan: PlanView) -> str:
    """This function will write a plan down for people, ending in a newline."""
    sections = [
        *_creates(plan),
        *_updates(plan.updates, "to update"),
        *_updates(plan.adoptions, "of a person to adopt"),
        *_remarks(plan.left_alone, "left alone: a person changed it"),
        *_remarks(plan.ambiguous, "ambiguous: say which with `csops-sync adopt <contract> <opportunity>`"),
        *_remarks(plan.notes, "to look at"),
        *_messages(plan),
        *_updates(plan.figures, "whose figures of the forecast are written"),
    ]
    body = sections or ["Nothing to do: Salesforce and Slack are as the rules want them."]
    return "\n".join([_heading(plan), "", *body, "", *_closing(plan)]) + "\n"


def _heading(plan: PlanView) -> str:
    read = f"Salesforce read up to {instant_text(plan.read_up_to)}"
    return f"as of {plan.as_of} ({plan.timezone}), {read}, rules {short_hash(plan.rules_hash)}"


def _creates(plan: PlanView) -> Iterator[str]:
    if not plan.creates:
        return
    rows = [
        (
            row.account_name,
            row.renewal_date.isoformat(),
            money_text(row.amount),
            row.bound,
            row.rule,
            ", ".join(_asides(row)),
        )
        for row in plan.creates
    ]
    lines = table(rows, _CREATES)
    yield _with_total(f"+ {count_text(len(rows), 'renewal')} to open", _yearly(plan), block_width(lines))
    yield from lines


def _asides(row: CreateRow) -> Iterator[str]:
    """Say what is copied into it, and whether it waits for a person."""
    if row.copies:
        yield f"copies {' and '.join(one.replace('_', ' ') for one in row.copies)}"
    if row.held:
        yield _HELD


def _yearly(plan: PlanView) -> str:
    total = total_text(row.amount for row in plan.creates)
    return f"{total} a year" if total else ""


def _with_total(title: str, total: str, width: int) -> str:
    """Put the sum at the right edge of the rows below it."""
    space = max(3, width - display_width(title) - display_width(total))
    return f"{title}{' ' * space}{total}" if total else title


def _updates(rows: Sequence[UpdateRow], what: str) -> Iterator[str]:
    if not rows:
        return
    yield f"~ {count_text(len(rows), 'opportunity')} {what}"
    cells = [(row.opportunity_name, _changes(row), row.why, _HELD if row.held else "") for row in rows]
    yield from table(cells, _OPPORTUNITIES)


def _changes(row: UpdateRow) -> str:
    return ", ".join(
        f"{change.label} {scalar_text(change.before)} -> {scalar_text(change.after)}"
        for change in row.changes
    )


def _remarks(rows: Sequence[RemarkRow], title: str) -> Iterator[str]:
    if not rows:
        return
    yield f"= {len(rows):,} {title}"
    yield from table([(row.subject, row.text) for row in rows], _OPPORTUNITIES)


def _messages(plan: PlanView) -> Iterator[str]:
    if not plan.messages:
        return
    yield f"> {count_text(len(plan.messages), 'message')}"
    cells = [(row.channel, row.text, _HELD if row.held else "") for row in plan.messages]
    yield from table(cells, _MESSAGES)


def _closing(plan: PlanView) -> Iterator[str]:
    yield from (f"Blocked: {reason}" for reason in plan.blocked)
    if plan.held_hash:
        yield (
            "What is marked `held` goes beyond what was foreseen and waits for a person: "
            f"`csops-sync sync --approve {plan.held_hash}` sends exactly that."
        )
    yield f"Nothing is written. `csops-sync sync` does exactly this. Limits: {_limits(plan.limits)} a cycle."


def _limits(limits: LimitsView) -> str:
    return ", ".join(
        (
            count_text(limits.creates, "create"),
            count_text(limits.updates, "update"),
            count_text(limits.messages, "message"),
        )
    )
