"""What the daemon does, in lines for a person who watches it. Pure."""

from collections.abc import Iterator
from datetime import datetime
from zoneinfo import ZoneInfo

from csops_sync.app.confidence.following import Followed
from csops_sync.app.confidence.telling_form import decode_telling
from csops_sync.app.confidence.telling_words import is_telling, place_words, telling_words
from csops_sync.app.cycle import CycleReport
from csops_sync.app.forecast.digest_form import decode_item, is_digest, item_words
from csops_sync.app.forecast.figure_words import changes_words
from csops_sync.app.loading import LoadReport
from csops_sync.app.payload import decode
from csops_sync.domain.intents import AdoptOpportunity, CreateOpportunity, Message, UpdateOpportunity
from csops_sync.ports.store import OutboxRow, OutboxStatus, Target


def stamped(line: str, now: datetime, timezone: str) -> str:
    """This function will put the org's time of day before a line."""
    return f"{now.astimezone(ZoneInfo(timezone)):%Y-%m-%d %H:%M}  {line}"


def load_line(report: LoadReport) -> str:
    """This function will say what a first load read."""
    rows = ", ".join(f"{count:,} {role.value.replace('_', ' ')}" for role, count in report.rows.items())
    return f"first load: {rows or 'nothing new'}"


def cycle_line(report: CycleReport, *, told_held: str | None = None) -> str | None:
    """This function will say what a cycle did; None where there was no news.

    `told_held` is the hash of what was held before, so that what waits for approval is said when it changes.
    """
    if not _has_news(report):
        return None
    parts = [
        f"read {_count(report.changed_rows, 'changed row')}",
        *_wanted(report),
        *_confidence(report.followed),
    ]
    line = "; ".join(parts)
    if report.baseline:
        line = "first cycle on this org: " + line
    if report.held and report.held != told_held:
        line += f"; held for approval: csops-sync sync --approve {report.held}"
    return line


def settled_line(row: OutboxRow) -> str | None:
    """This function will say what became of an outbox row; None where it merely waits."""
    match row.status:
        case OutboxStatus.SENT:
            return _sent(row)
        case OutboxStatus.PARKED:
            return f"parked   {row.key}: {row.error}"
        case OutboxStatus.UNKNOWN:
            return f"unknown  {row.key}: {row.error or 'no answer came'}; it is looked for before it is sent again"
        case OutboxStatus.PENDING if row.error:
            return f"later    {row.key}: {row.error}"
        case _:
            return None


def _has_news(report: CycleReport) -> bool:
    followed = report.followed
    is_about_renewals = report.changed_rows or report.baseline or (report.plan and report.plan.intents)
    return bool(is_about_renewals or followed.new or followed.settled or followed.escalated)


def _confidence(followed: Followed) -> Iterator[str]:
    if followed.new:
        yield f"{_count(followed.new, 'change')} of confidence"
    if followed.settled:
        yield f"{_count(followed.settled, 'move')} settled"
    if followed.escalated:
        yield f"{_count(followed.escalated, 'card')} escalated"


def _wanted(report: CycleReport) -> Iterator[str]:
    plan = report.plan
    if plan is None:
        return
    if plan.creates:
        yield f"{_count(len(plan.creates), 'renewal')} due"
    if plan.adoptions:
        yield f"{len(plan.adoptions)} to adopt"
    if plan.updates:
        yield f"{_count(len(plan.updates), 'field update')}"


def _sent(row: OutboxRow) -> str:
    if is_telling(row):
        telling = decode_telling(row.payload)
        return f"told     {place_words(telling)}: {telling_words(telling)}"
    if is_digest(row):
        item = decode_item(row.payload)
        return f"told     {item.channel}: {item_words(item)}"
    intent = decode(row.payload)
    match intent:
        case CreateOpportunity():
            return f"created  {intent.values.get('name') or intent.key}  ({row.result})"
        case UpdateOpportunity():
            return _updated(row, intent)
        case AdoptOpportunity():
            return f"adopted  {intent.opportunity_id} as {intent.renewal_key}"
        case Message():
            about = ", ".join(line.account_name for line in intent.lines) or intent.reason
            return f"told     {intent.channel}: {intent.notice.value.replace('_', ' ')}, {about}"


def _updated(row: OutboxRow, intent: UpdateOpportunity) -> str:
    if row.target is Target.FIGURES:
        return f"figures  {intent.opportunity_id}: {changes_words(intent.changes)}"
    return f"updated  {intent.opportunity_id}: {', '.join(change.field for change in intent.changes)}"


def _count(number: int, word: str) -> str:
    return f"{number:,} {word}{'' if number == 1 else 's'}"
