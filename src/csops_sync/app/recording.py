"""Step 7 of a cycle: what was decided goes into the outbox, the renewals and the journal, in the open transaction."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

import orjson

from csops_sync.app.evaluation import Change, Evaluated, chunked
from csops_sync.app.payload import ANSWER, body_hash, decode, encode
from csops_sync.domain.intent_reasons import OPENED
from csops_sync.domain.intents import CreateOpportunity, Intent, Message
from csops_sync.domain.plan import plan_hash
from csops_sync.domain.renewal import Renewal
from csops_sync.ports.store import Event, OutboxRow, OutboxStatus, Target, Transaction

_FINAL = frozenset({OutboxStatus.SENDING, OutboxStatus.UNKNOWN, OutboxStatus.SENT, OutboxStatus.DROPPED})
_UNSENT = frozenset({OutboxStatus.PENDING, OutboxStatus.HELD, OutboxStatus.SHADOW, OutboxStatus.PARKED})
_EVERYTHING = 1_000_000
_ROWS_AT_ONCE = 5000
"""So few that the database hears of us every second: one that hears nothing for 15 s takes us for dead."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Recorder:
    """Writes one evaluation down. In `shadow` nothing gets beyond the status of that name."""

    tx: Transaction
    now: datetime
    shadow: bool = False
    baseline: bool = False

    def record(self, evaluated: Evaluated) -> bool:
        """This function will store changed renewals, merge the plan into the outbox, and append the journal.

        It says whether something is held from now on that was not before.
        """
        holds_more = False
        self.keep(evaluated.changes)
        known = self._known(evaluated)
        intents = [one for one in evaluated.plan.intents if self._may_record(one)]
        for part in chunked(intents, _ROWS_AT_ONCE):
            merged = (self._merge(intent, known.get(intent.key), evaluated) for intent in part)
            rows = [row for row in merged if row is not None]
            self.tx.outbox.put(rows)
            holds_more = holds_more or any(_is_newly_held(one, known.get(one.key)) for one in rows)
        wanted = {intent.key for intent in evaluated.plan.intents}
        gone = [
            row
            for row in known.values()
            if row.status in _UNSENT
            and row.target is Target.SALESFORCE
            and row.key not in wanted
            and not row.key.startswith(ANSWER)
        ]
        self.tx.outbox.put(list(self._withdrawn(gone)))
        return holds_more

    def keep(self, changes: Sequence[Change]) -> None:
        """This function will store changed renewals and what the journal says of them."""
        self.tx.renewals.put([after for _, after in changes])
        self.tx.journal.add(list(renewal_events(changes, self.now)))

    def _may_record(self, intent: Intent) -> bool:
        """On a baseline nothing of people's is touched: adoptions are decided again, and stamped, the next day."""
        return not self.baseline or isinstance(intent, CreateOpportunity | Message)

    def _known(self, evaluated: Evaluated) -> dict[str, OutboxRow]:
        keys = [intent.key for intent in evaluated.plan.intents]
        rows = (*self.tx.outbox.of_accounts(evaluated.account_ids), *self.tx.outbox.get(keys))
        return {row.key: row for row in rows}

    def _merge(self, intent: Intent, known: OutboxRow | None, evaluated: Evaluated) -> OutboxRow | None:
        """Give the row to store for an intent, or None where what is stored may stay."""
        if known is not None and known.status in _FINAL:
            return None
        if isinstance(intent, Message) and known is not None and known.status in _UNSENT:
            intent = _joined(intent, known)
        digest = body_hash(intent)
        same = known is not None and known.body_hash == digest
        status = self._status(intent, known, evaluated, same=same)
        if known is not None and same and known.status is status:
            return None
        return OutboxRow(
            key=intent.key,
            target=Target.SLACK if isinstance(intent, Message) else Target.SALESFORCE,
            kind=intent.kind.value,
            account_id=account_of(intent),
            payload=encode(intent),
            reason=intent.reason,
            rules_hash=evaluated.plan.rules_hash,
            status=status,
            created_at=known.created_at if known else self.now,
            body_hash=digest,
            after=intent.after if isinstance(intent, Message) else (),
            sending_at=_searched_from(intent, self.now),
        )

    def _status(
        self, intent: Intent, known: OutboxRow | None, evaluated: Evaluated, *, same: bool
    ) -> OutboxStatus:
        if self.shadow:
            return OutboxStatus.SHADOW
        if known is not None and known.status is OutboxStatus.PARKED and same:
            return OutboxStatus.PARKED
        if known is not None and known.status in (OutboxStatus.HELD, OutboxStatus.PENDING):
            return known.status
        return self._first_status(intent, evaluated)

    def _first_status(self, intent: Intent, evaluated: Evaluated) -> OutboxStatus:
        if intent.key in evaluated.plan.held:
            return OutboxStatus.HELD
        if isinstance(intent, Message) and self.baseline and not intent.after:
            return OutboxStatus.DROPPED
        if isinstance(intent, Message) and intent.verify_since is not None:
            return OutboxStatus.UNKNOWN
        return OutboxStatus.PENDING

    def _withdrawn(self, rows: Sequence[OutboxRow]) -> Iterator[OutboxRow]:
        """Cancel what has lost its reason; a create whose opportunity is there already counts as sent.

        A message that waited for such a create is looked for in the channel first: an earlier life may have told it.
        """
        there = self._created_before(rows)
        for row in rows:
            opportunity_id = there.get(row.key)
            if opportunity_id is None:
                yield replace(row, status=OutboxStatus.CANCELLED, error="its reason is gone; decided again")
            else:
                yield replace(row, status=OutboxStatus.SENT, result=opportunity_id)
        if there:
            yield from self._doubted(there)

    def _created_before(self, rows: Sequence[OutboxRow]) -> Mapping[str, str]:
        found: dict[str, str] = {}
        for row in rows:
            renewal = self.tx.renewals.get(row.key) if row.kind == "create" else None
            if renewal is not None and renewal.opportunity_id is not None and renewal.adopted_on is None:
                found[row.key] = renewal.opportunity_id
        return found

    def _doubted(self, created: Collection[str]) -> Iterator[OutboxRow]:
        for row in self.tx.outbox.with_status(*_UNSENT, limit=_EVERYTHING):
            if not frozenset(created).isdisjoint(row.after):
                yield replace(row, status=OutboxStatus.UNKNOWN, sending_at=row.created_at)


def _is_newly_held(row: OutboxRow, known: OutboxRow | None) -> bool:
    return row.status is OutboxStatus.HELD and (known is None or known.status is not OutboxStatus.HELD)


def account_of(intent: Intent) -> str:
    """This function will give the account that an intent is about; empty for a message about several."""
    if not isinstance(intent, Message):
        return intent.account_id
    accounts = {line.account_id for line in intent.lines}
    return accounts.pop() if len(accounts) == 1 else ""


def held_hash(rows: Sequence[OutboxRow]) -> str | None:
    """This function will give the hash that approves exactly these held rows; None where nothing is held."""
    held = [(row.key, row.body_hash) for row in rows if row.status is OutboxStatus.HELD]
    return plan_hash(held) if held else None


def renewal_events(changes: Sequence[Change], now: datetime) -> Iterator[Event]:
    """This function will tell what happened to renewals: dated, adopted, settled, opened again."""
    for before, after in changes:
        if after.open_date is not None and (before is None or before.open_date != after.open_date):
            yield _event(after, now, "dated", _dated(before, after))
        if after.adopted_on is not None and (before is None or before.adopted_on is None):
            yield _event(after, now, "adopted", {"opportunity": after.opportunity_id})
        if after.settled is not None and (before is None or before.settled is not after.settled):
            yield _event(after, now, "settled", {"as": after.settled.value})


def _dated(before: Renewal | None, after: Renewal) -> Mapping[str, object]:
    return {
        "before": before.open_date.isoformat() if before and before.open_date else None,
        "decision": after.decision.to_dict() if after.decision else None,
        "rule": after.rule,
        "rules_hash": after.rules_hash,
        "term_end": after.term_end.isoformat(),
    }


def _event(renewal: Renewal, now: datetime, kind: str, detail: Mapping[str, object]) -> Event:
    return Event(
        at=now,
        kind=kind,
        account_id=renewal.account_id,
        contract_id=renewal.contract_id,
        renewal_key=renewal.key,
        opportunity_id=renewal.opportunity_id,
        detail=orjson.dumps(detail, option=orjson.OPT_SORT_KEYS).decode(),
    )


def _joined(message: Message, known: OutboxRow) -> Message:
    """Add the lines that a waiting group message already has for customers not evaluated now."""
    waiting = decode(known.payload)
    if not isinstance(waiting, Message) or not message.key.startswith("daily/"):
        return message
    fresh = {line.renewal_key for line in message.lines}
    kept = [line for line in waiting.lines if line.renewal_key not in fresh]
    lines = (*message.lines, *kept)
    return replace(
        message,
        lines=tuple(sorted(lines, key=lambda line: (line.renewal_date, line.renewal_key))),
        after=tuple(dict.fromkeys((*message.after, *waiting.after))),
        covers=tuple(dict.fromkeys((*message.covers, *waiting.covers))),
        reason=OPENED(n=len(lines)),
    )


def _searched_from(intent: Intent, now: datetime) -> datetime | None:
    if not isinstance(intent, Message) or intent.verify_since is None:
        return None
    return datetime.combine(intent.verify_since, now.timetz())
