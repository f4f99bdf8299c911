"""Retention in memory: the plainest reading of what `Store.tidy` promises."""

from collections.abc import Collection, Iterator

from tests.fakes.memory_shelves import Shelves
from tests.fakes.memory_tables import Tables

from csops_sync.adapters.store.outbox import OVER
from csops_sync.domain.confidence.changes import Verdict
from csops_sync.domain.renewal import Renewal
from csops_sync.ports.shelves import InboxItem
from csops_sync.ports.store import Cutoffs, OutboxRow, OutboxStatus, Target


def tidied(tables: Tables, cutoffs: Cutoffs) -> Iterator[tuple[str, int]]:
    """Remove what is over from these tables."""
    old = [row.key for row in tables.outbox.values() if _is_over(row) and row.created_at < cutoffs.outbox]
    for key in old:
        del tables.outbox[key]
    yield "outbox", len(old)
    kept = [event for event in tables.journal if event.at >= cutoffs.journal]
    yield "journal", len(tables.journal) - len(kept)
    tables.journal = kept
    yield from _past(tables, cutoffs)
    shelves = tables.shelves
    answers = [key for key, one in shelves.inbox.items() if _is_done(one, cutoffs)]
    for key in answers:
        del shelves.inbox[key]
    yield "inbox", len(answers)
    silences = [
        key for key, one in shelves.silences.items() if (one.ended_at or one.until) < cutoffs.silences
    ]
    for key in silences:
        del shelves.silences[key]
    yield "silence", len(silences)


def _is_over(row: OutboxRow) -> bool:
    unwanted = row.status is OutboxStatus.DROPPED and row.target is Target.SALESFORCE
    return row.status in OVER and not unwanted and not _posts_card(row)


def _prefixes(over: Collection[str]) -> tuple[str, ...]:
    return tuple(f"{prefix}card/{one}/" for prefix in ("", "more/") for one in over)


def _posts_card(row: OutboxRow) -> bool:
    overflows = row.kind in ("overflow", "overflow_update") and row.key.startswith("more/card/")
    return row.target is Target.CARDS and (row.kind == "card" or overflows)


def _is_done(item: InboxItem, cutoffs: Cutoffs) -> bool:
    before = cutoffs.journal if item.kind == "reacted" else cutoffs.inbox
    return bool(item.outcome) and item.received_at < before


def _past(tables: Tables, cutoffs: Cutoffs) -> Iterator[tuple[str, int]]:
    shelves = tables.shelves
    over = {
        one.opportunity_id
        for one in shelves.watches.values()
        if one.watched_from < cutoffs.journal
        and not any(_is_alive(renewal, cutoffs) for renewal in _of(tables, one.opportunity_id))
        and not _moves(shelves, one.opportunity_id, cutoffs)
    }
    cards = [key for key, one in shelves.cards.items() if one.opportunity_id in over]
    changes = [key for key, one in shelves.ledger.items() if one.change.opportunity_id in over]
    for key in [key for key in tables.outbox if key.startswith(_prefixes(over))]:
        del tables.outbox[key]
    for key in over:
        del shelves.watches[key]
    for key in cards:
        del shelves.cards[key]
    for key in changes:
        del shelves.ledger[key]
    yield from (("watch", len(over)), ("card", len(cards)), ("confidence_change", len(changes)))


def _of(tables: Tables, opportunity_id: str) -> Iterator[Renewal]:
    return (one for one in tables.renewals.values() if one.opportunity_id == opportunity_id)


def _is_alive(renewal: Renewal, cutoffs: Cutoffs) -> bool:
    return renewal.settled is None or renewal.term_end >= cutoffs.journal.date()


def _moves(shelves: Shelves, opportunity_id: str, cutoffs: Cutoffs) -> bool:
    changes = [one for one in shelves.ledger.values() if one.change.opportunity_id == opportunity_id]
    cards = [one for one in shelves.cards.values() if one.opportunity_id == opportunity_id]
    waits = any(one.verdict in (Verdict.WAITING, Verdict.HELD) for one in changes)
    waits |= any(one.waits for one in cards)
    instants = [*(one.change.at for one in changes), *(one.moved_at for one in cards)]
    return waits or any(one >= cutoffs.journal for one in instants)
