"""Shelves of confidence: what is put comes back whole, and is found by key, owner, status and due time."""

from dataclasses import fields, replace
from datetime import timedelta
from decimal import Decimal

from tests.contract.samples import ACCOUNT, NOON
from tests.fakes.confidence import DEAL, change, face

from csops_sync.domain.confidence.card import Card, Seen
from csops_sync.domain.confidence.changes import Verdict
from csops_sync.domain.confidence.face import CardState
from csops_sync.domain.confidence.ranks import Outcome, Standing
from csops_sync.domain.confidence.silencing import Silence, Silenced
from csops_sync.domain.confidence.watch import Watch
from csops_sync.ports.shelves import InboxItem, LedgerRow
from csops_sync.ports.store import Store, Transaction

MINUTE = timedelta(minutes=1)
WATCH = Watch(
    opportunity_id=DEAL,
    renewal_key="800-1",
    account_id=ACCOUNT,
    watched_from=NOON,
    standing=Standing("B", Outcome.LOST),
    compared_at=NOON + MINUTE,
    differs_since=NOON + 2 * MINUTE,
)
CARD = Card(
    id=f"{DEAL}/#更新",
    opportunity_id=DEAL,
    renewal_key="800-1",
    account_id=ACCOUNT,
    key="card/800-1/1",
    channel="#更新",
    move_id="017001",
    moved_at=NOON,
    face=face(),
    state=CardState.ASKING,
    asked=("0055g000000AAAAAAV", "@cs-leads"),
    steps=("0055g000000BBBBAAV",),
    whys=("部長 stands above 佐藤, who made the change",),
    level=1,
    within=timedelta(hours=4),
    zone="Asia/Tokyo",
    asked_at=NOON,
    due_at=NOON + 240 * MINUTE,
    answered_by="佐藤",
    answered_from=NOON,
    answered_at=NOON + MINUTE,
    note="電話しました",
    rule="rules.yaml:61",
    question="move/800-1/2",
    calls=("move/800-1/1",),
    unread=True,
    seen=Seen(
        path=(Standing("A"), Standing("C", Outcome.LOST)),
        asked=("0055g000000AAAAAAV",),
        messages=("card/800-1", "move/800-1/0"),
    ),
    resting="move/800-1/3",
    urgent=True,
    calling=("call/1/move/800-1/2",),
)
SILENCE = Silence(
    id="s1",
    kind=Silenced.ACCOUNT,
    subject=ACCOUNT,
    since=NOON,
    until=NOON + 60 * MINUTE,
    by="ops",
    reason="移行中",
    ended_at=NOON + MINUTE,
    ended_by="佐藤",
)


def row(number: int, minutes: float, verdict: Verdict = Verdict.WAITING) -> LedgerRow:
    """A ledger row that counts some minutes after noon: it was found by comparing with what stood long before."""
    moved = change(
        number,
        0,
        "B",
        "C",
        at=NOON - minutes * MINUTE,
        until=NOON + minutes * MINUTE,
        amount_before=Decimal("1200000.50"),
        amount_after=Decimal(7),
        place=1,
        late=True,
    )
    return LedgerRow(
        change=moved,
        seen_at=NOON,
        verdict=verdict,
        move_id="017001",
        message_key="move/1",
        reason="夜間",
        held="営業時間外",
        held_until=NOON + MINUTE,
    )


def item(key: str = "Ev1") -> InboxItem:
    """An event as it came."""
    return InboxItem(key=key, kind="reaction_added", payload='{"user": "U1"}', received_at=NOON)


def test_every_field_survives(tx: Transaction) -> None:
    bare = [each.name for each in fields(Card) if getattr(CARD, each.name) in (None, (), "", 0)]
    assert bare == []
    tx.confidence.watches.put([WATCH])
    tx.confidence.ledger.put([row(1, 0)])
    tx.confidence.cards.put([CARD])
    tx.confidence.silences.put([SILENCE])
    tx.confidence.inbox.put([replace(item(), outcome="acknowledged")])

    assert list(tx.confidence.watches.get([DEAL])) == [WATCH]
    assert list(tx.confidence.ledger.get(["017001"])) == [row(1, 0)]
    assert list(tx.confidence.cards.get([CARD.id])) == [CARD]
    assert list(tx.confidence.silences.get(["s1"])) == [SILENCE]
    assert list(tx.confidence.inbox.get(["Ev1"])) == [replace(item(), outcome="acknowledged")]


def test_a_value_that_is_put_again_replaces_the_old_one(tx: Transaction) -> None:
    tx.confidence.cards.put([CARD, replace(CARD, level=2)])
    tx.confidence.cards.put([replace(CARD, level=3, state=CardState.ACKNOWLEDGED, due_at=None)])

    assert [one.level for one in tx.confidence.cards.of([DEAL])] == [3]
    assert list(tx.confidence.cards.with_status("asking")) == []
    assert list(tx.confidence.cards.due(NOON + 999 * MINUTE)) == []


def test_the_ledger_is_read_by_opportunity_in_order_and_by_verdict(tx: Transaction) -> None:
    rows = [row(3, 9), row(1, 5, Verdict.TOLD), row(2, 0)]
    tx.confidence.ledger.put(rows)

    assert [one.change.id for one in tx.confidence.ledger.of([DEAL])] == ["017002", "017001", "017003"]
    assert [one.change.id for one in tx.confidence.ledger.with_status("waiting")] == ["017002", "017003"]
    since = tx.confidence.ledger.with_status("waiting", "told", since=NOON + 5 * MINUTE)
    assert [one.change.id for one in since] == ["017001", "017003"]
    assert len(tx.confidence.ledger.with_status("waiting", "told", limit=2)) == 2
    assert list(tx.confidence.ledger.of(["006nobody"])) == []


def test_what_is_due_comes_in_the_order_of_its_time(tx: Transaction) -> None:
    late, soon = replace(CARD, id="b", due_at=NOON + 9 * MINUTE), replace(CARD, id="a", due_at=NOON + MINUTE)
    tx.confidence.cards.put([late, soon, replace(CARD, id="c", due_at=None)])

    assert [one.id for one in tx.confidence.cards.due(NOON + 8 * MINUTE)] == ["a"]
    assert [one.id for one in tx.confidence.cards.due(NOON + 9 * MINUTE)] == ["a", "b"]
    assert [one.id for one in tx.confidence.cards.due(NOON + 9 * MINUTE, limit=1)] == ["a"]


def test_what_is_removed_is_gone(tx: Transaction) -> None:
    tx.confidence.watches.put([WATCH])
    tx.confidence.watches.remove([DEAL, "006nobody"])

    assert list(tx.confidence.watches.get([DEAL])) == []


def test_a_rehearsal_sees_what_is_there_and_leaves_it_so(store: Store) -> None:
    with store.transaction() as tx:
        tx.confidence.cards.put([CARD])
        tx.confidence.watches.put([WATCH])
    with store.rehearsal() as tx:
        tx.confidence.cards.put([replace(CARD, state=CardState.SNOOZED, due_at=NOON)])
        tx.confidence.watches.remove([DEAL])
        assert [one.state for one in tx.confidence.cards.due(NOON + 999 * MINUTE)] == [CardState.SNOOZED]
        assert list(tx.confidence.cards.with_status("asking")) == []
        assert list(tx.confidence.watches.of([ACCOUNT])) == []
    with store.reading() as tx:
        assert list(tx.confidence.cards.of([DEAL])) == [CARD]
        assert list(tx.confidence.watches.get([DEAL])) == [WATCH]


def test_an_event_is_received_once_and_by_anybody(store: Store) -> None:
    assert store.receive(item())
    assert not store.receive(replace(item(), payload="{}"))
    with store.transaction() as tx:
        (found,) = tx.confidence.inbox.with_status("pending")
        tx.confidence.inbox.put([replace(found, outcome="nobody's card")])
    assert found == item()
    assert not store.receive(item())
    with store.reading() as tx:
        assert list(tx.confidence.inbox.with_status("pending")) == []


def test_a_watch_is_due_an_hour_after_its_value_began_to_differ_from_its_history(tx: Transaction) -> None:
    differs, agrees = WATCH, replace(WATCH, opportunity_id="006agrees", differs_since=None)
    tx.confidence.watches.put([differs, agrees])

    assert list(tx.confidence.watches.due(NOON + 61 * MINUTE)) == []
    assert list(tx.confidence.watches.due(NOON + 62 * MINUTE)) == [differs]
    tx.confidence.watches.put([replace(differs, differs_since=None)])
    assert list(tx.confidence.watches.due(NOON + 62 * MINUTE)) == []
