"""What became of a renewal's confidence, in sentences: who changed it, what was told of it, how its card stands. Pure.

Instants are given on the org's wall clock; people by name.
"""

from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal

from csops_sync.app.unsent_reasons import UNSENT_REASONS
from csops_sync.domain.confidence.changes import Verdict
from csops_sync.domain.confidence.silencing import Silence, Silenced
from csops_sync.domain.facts import without_empty_places
from csops_sync.domain.sentences import Sentence, Wording, understood
from csops_sync.ports.store import OutboxRow, OutboxStatus

SOMEBODY = Sentence("somebody", "somebody")
ASKS_NOTHING = Sentence("card.asks-nothing", "asks nothing")
_NOBODY = Sentence("nobody", "nobody")
_RATED = Sentence("made.rated", "rated")
_CHANGED = Sentence("made.changed", "changed")
_AMOUNT = Wording("seen.amount", "amount {before} -> {after}")
_UNORDERED = Wording("seen.unordered", "{n} edits of one second, in an order that nobody knows")
_LATE = Wording("seen.late", "seen late, at {at:%Y-%m-%d %H:%M}")
VERDICTS: Mapping[Verdict, Sentence] = {
    Verdict.WAITING: Sentence("verdict.waiting", "its window is still open"),
    Verdict.MERGED: Sentence("verdict.merged", "merged into the move that was told"),
    Verdict.NET_ZERO: Sentence("verdict.net-zero", "net zero"),
    Verdict.UNROUTED: Sentence("verdict.unrouted", "told to nobody"),
    Verdict.CORRECTION: Sentence("verdict.correction", "corrects the thread without a mention"),
    Verdict.HELD: Sentence("verdict.held", "held"),
}
"""What each verdict is called; of the others the reason says it all."""
_WITH_REASON = frozenset({OutboxStatus.PENDING, OutboxStatus.PARKED})
_UNSENT: Mapping[OutboxStatus, Sentence] = {
    OutboxStatus.PENDING: Sentence("unsent.pending", "its message waits to be sent"),
    OutboxStatus.SENDING: Sentence("unsent.sending", "its message is being sent"),
    OutboxStatus.UNKNOWN: Sentence(
        "unsent.unknown", "its message was not answered, and is looked for before it is sent again"
    ),
    OutboxStatus.SHADOW: Sentence("unsent.shadow", "its message is not sent, because mode is shadow"),
    OutboxStatus.PARKED: Sentence("unsent.parked", "its message could not be sent"),
    OutboxStatus.DROPPED: Sentence("unsent.dropped", "its message was given up by a person"),
    OutboxStatus.CANCELLED: Sentence("unsent.cancelled", "its message was never sent"),
}


def made(name: str | None, *, rated: bool, compared_at: datetime | None) -> Sentence:
    """This function will say who changed it; `compared_at` is until when, where only comparing values found it."""
    verb = _RATED if rated else _CHANGED
    if compared_at is None:
        if name is None:
            return Sentence("made.unsaid", "{verb} in Salesforce", verb=verb)
        return Sentence("made.by", "{verb} in Salesforce by {name}", verb=verb, name=name)
    found = "{verb} in Salesforce before {until:%Y-%m-%d %H:%M}, found by comparing values"
    if name is None:
        return Sentence("made.compared", found, verb=verb, until=compared_at)
    return Sentence(
        "made.compared-by", f"{found}, last modified by {{name}}", verb=verb, until=compared_at, name=name
    )


def amount_moved(before: Decimal | None, after: Decimal | None) -> Sentence:
    """This function will say that the amount changed as well."""
    return _AMOUNT(before=_amount(before), after=_amount(after))


def without_order(edits: int) -> Sentence:
    """This function will say that several edits share one second."""
    return _UNORDERED(n=edits)


def seen_late(at: datetime) -> Sentence:
    """This function will say when a late change was seen."""
    return _LATE(at=at)


def with_reason(said: Sentence | None, reason: str) -> str:
    """This function will put a reason behind a verdict; either alone where the other is missing."""
    if said is not None and reason:
        return Sentence("verdict.why", "{verdict}: {why}", verdict=said, why=reason)
    return said or reason


def held_before(reason: str) -> Sentence:
    """This function will say why it was held first."""
    return Sentence("verdict.held-before", "held before: {why}", why=reason)


def in_message(result: str) -> Sentence:
    """This function will name the message that told it."""
    return Sentence("verdict.message", "message {result}", result=result)


def silenced(kept: Silence, *, until: datetime, owner: str) -> Sentence:
    """This function will say who silenced what, until when, and why."""
    by = kept.by or SOMEBODY
    if kept.kind is Silenced.OPPORTUNITY:
        text = "by {by} until {until:%Y-%m-%d %H:%M}: {why}"
        return Sentence("silence.renewal", text, by=by, until=until, why=kept.reason)
    text = "by {by} until {until:%Y-%m-%d %H:%M} ({about}): {why}"
    about = _about(kept, owner)
    return Sentence("silence.wider", text, by=by, until=until, about=about, why=kept.reason)


def unsilenced(kept: Silence, *, owner: str) -> Sentence:
    """This function will say who ended a silence."""
    by = kept.ended_by or SOMEBODY
    if kept.kind is Silenced.OPPORTUNITY:
        return Sentence("silence.ended", "by {by}", by=by)
    return Sentence("silence.ended-wider", "by {by} ({about})", by=by, about=_about(kept, owner))


def unsent(row: OutboxRow | None) -> Sentence | None:
    """This function will say why a message is not there; None where it is, or where there is none."""
    if row is None or row.status not in _UNSENT:
        return None
    said = _UNSENT[row.status]
    if row.status not in _WITH_REASON or not row.error:
        return said
    return Sentence("unsent.why", "{what}: {error}", what=said, error=understood(row.error, UNSENT_REASONS))


def asks(names: tuple[str, ...], due: datetime | None) -> Sentence:
    """This function will say whom a card asks, and when the next is asked."""
    asked = names or _NOBODY
    if due is None:
        return Sentence("card.asks-last", "asks {names}, and nobody after them", names=asked)
    return Sentence("card.asks", "asks {names}, next step {due:%Y-%m-%d %H:%M}", names=asked, due=due)


def rests(name: str, names: tuple[str, ...], until: datetime | None) -> Sentence:
    """This function will say who snoozed a card, and who is asked again then."""
    asked = names or _NOBODY
    if until is None:
        text = "rests until further notice by {name}, then asks {names} again"
        return Sentence("card.rests-on", text, name=name, names=asked)
    text = "rests until {until:%Y-%m-%d %H:%M} by {name}, then asks {names} again"
    return Sentence("card.rests", text, until=until, name=name, names=asked)


def acknowledged(name: str, since: datetime | None, at: datetime | None) -> Sentence:
    """This function will say who acknowledged a card and when; `since` where it is only known to lie between."""
    if at is None:
        return Sentence("card.acknowledged", "acknowledged by {name}", name=name)
    if since is None or since == at:
        return Sentence(
            "card.acknowledged-at", "acknowledged by {name} at {at:%Y-%m-%d %H:%M}", name=name, at=at
        )
    text = "acknowledged by {name} between {since:%Y-%m-%d %H:%M} and {at:%Y-%m-%d %H:%M}"
    return Sentence("card.acknowledged-between", text, name=name, since=since, at=at)


def _about(kept: Silence, owner: str) -> Sentence:
    if kept.kind is Silenced.OWNER:
        return Sentence("silence.owner", "all of {name}", name=owner)
    if kept.kind is Silenced.ACCOUNT:
        return Sentence("silence.account", "the whole account")
    return Sentence("silence.rule", "rule {rule}", rule=kept.shown or kept.subject)


def _amount(amount: Decimal | None) -> str:
    return Sentence("nothing", "nothing") if amount is None else f"{without_empty_places(amount):,}"
