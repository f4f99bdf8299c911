"""What confidence keeps is removed when its renewal is long over, all of it together; what waits is kept."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta

import pytest
from tests.contract.samples import ACCOUNT, NOON, outbox_row, renewal
from tests.fakes.confidence import change, face

from csops_sync.domain.confidence.card import Card
from csops_sync.domain.confidence.changes import Verdict
from csops_sync.domain.confidence.face import CardState
from csops_sync.domain.confidence.ranks import Standing
from csops_sync.domain.confidence.silencing import Silence, Silenced
from csops_sync.domain.confidence.watch import Watch
from csops_sync.ports.shelves import InboxItem, LedgerRow
from csops_sync.ports.store import Cutoffs, OutboxStatus, Store, Target, Transaction

DAY = timedelta(days=1)
CUTOFFS = Cutoffs(
    outbox=NOON - 400 * DAY, journal=NOON - 800 * DAY, inbox=NOON - 30 * DAY, silences=NOON - 400 * DAY
)
OLD, YOUNG = NOON - 900 * DAY, NOON - 10 * DAY
DEAL, OTHER = "0065g00000OpPtYAAV", "0065g00000OpPtZAAV"
NOTHING = {"watch": 0, "card": 0, "confidence_change": 0}


def card_of(deal: str) -> Card:
    """A quiet card whose last move is old."""
    return Card(
        id=f"{deal}/#risk",
        opportunity_id=deal,
        renewal_key="R-1",
        account_id=ACCOUNT,
        key=f"card/{deal}/#risk/017",
        channel="#risk",
        move_id="017",
        moved_at=OLD,
        face=face(),
    )


def row_of(deal: str, number: int = 1) -> LedgerRow:
    """A told change that is old."""
    moved = change(number, 0, "B", "C", id=f"{deal}.{number}", opportunity_id=deal, at=OLD)
    return LedgerRow(change=moved, seen_at=OLD, verdict=Verdict.TOLD)


def watch_of(deal: str) -> Watch:
    """A watch that is old."""
    return Watch(
        opportunity_id=deal,
        renewal_key="R-1",
        account_id=ACCOUNT,
        watched_from=OLD,
        standing=Standing("C"),
        compared_at=OLD,
    )


def keep(store: Store, deal: str = DEAL) -> None:
    """Put a renewal that was won long ago, with all that confidence keeps of it."""
    over = replace(
        renewal(f"{deal}-1"), opportunity_id=deal, term_end=date(2023, 3, 31), anchor_key=f"{deal}-1"
    )
    post = outbox_row(card_of(deal).key, status=OutboxStatus.SENT, target=Target.CARDS, created_at=OLD)
    with store.transaction() as tx:
        tx.renewals.put([over])
        tx.confidence.watches.put([watch_of(deal)])
        tx.confidence.cards.put([card_of(deal)])
        tx.confidence.ledger.put([row_of(deal, 1), row_of(deal, 2)])
        tx.outbox.put([replace(post, kind="card"), replace(post, kind="card", key=f"card/{deal}/#risk/016")])


def about_confidence(removed: dict[str, int]) -> dict[str, int]:
    return {name: removed[name] for name in NOTHING}


def test_a_renewal_that_is_long_over_goes_with_watch_ledger_cards_and_their_posts(store: Store) -> None:
    keep(store, DEAL)
    with store.transaction() as tx:
        tx.outbox.put([replace(outbox_row("face/1"), target=Target.CARDS, kind="card_update")])

    removed = dict(store.tidy(CUTOFFS))

    assert about_confidence(removed) == {"watch": 1, "card": 1, "confidence_change": 2}
    with store.reading() as tx:
        assert list(tx.confidence.watches.get([DEAL])) == []
        assert list(tx.confidence.ledger.of([DEAL])) == []
        assert list(tx.confidence.cards.of([DEAL])) == []
        assert [one.key for one in tx.outbox.with_status(*OutboxStatus)] == ["face/1"]
    assert about_confidence(dict(store.tidy(CUTOFFS))) == NOTHING


def test_the_rest_of_a_card_in_its_thread_is_kept_as_long_as_the_card_and_that_of_a_note_is_not(
    store: Store,
) -> None:
    sent = outbox_row("face/1", status=OutboxStatus.SENT, target=Target.CARDS, created_at=OLD)
    page, edit, note = (
        f"more/card/{DEAL}/#risk/017/001",
        f"more/card/{DEAL}/#risk/017/001/001",
        "more/note/1/001",
    )
    keep(store, DEAL)
    with store.transaction() as tx:
        tx.outbox.put([replace(sent, kind="overflow", key=one) for one in (page, note)])
        tx.outbox.put([replace(sent, kind="overflow_update", key=edit)])
        _moved_lately(tx)

    dict(store.tidy(CUTOFFS))
    with store.reading() as tx:
        assert {one.key for one in tx.outbox.get([page, edit, note])} == {page, edit}

    with store.transaction() as tx:
        tx.confidence.ledger.put([row_of(DEAL, 3)])
    dict(store.tidy(CUTOFFS))
    with store.reading() as tx:
        assert list(tx.outbox.get([page, edit])) == []


def _open(tx: Transaction) -> None:
    tx.renewals.put([replace(one, settled=None) for one in tx.renewals.by_opportunity(DEAL)])


def _shared_with_one_that_is_open(tx: Transaction) -> None:
    (one,) = tx.renewals.by_opportunity(DEAL)
    tx.renewals.put([replace(one, key="member-1", settled=None)])


def _of_a_young_term(tx: Transaction) -> None:
    tx.renewals.put([replace(one, term_end=YOUNG.date()) for one in tx.renewals.by_opportunity(DEAL)])


def _moved_lately(tx: Transaction) -> None:
    row = row_of(DEAL, 3)
    tx.confidence.ledger.put([replace(row, change=replace(row.change, at=YOUNG))])


def _with_a_change_that_waits(tx: Transaction) -> None:
    tx.confidence.ledger.put([replace(row_of(DEAL, 3), verdict=Verdict.HELD)])


def _with_a_card_that_asks(tx: Transaction) -> None:
    tx.confidence.cards.put([replace(card_of(DEAL), state=CardState.ASKING)])


def _watched_lately(tx: Transaction) -> None:
    tx.confidence.watches.put([replace(watch_of(DEAL), watched_from=YOUNG)])


@pytest.mark.parametrize(
    "make",
    [
        _open,
        _shared_with_one_that_is_open,
        _of_a_young_term,
        _moved_lately,
        _with_a_change_that_waits,
        _with_a_card_that_asks,
        _watched_lately,
    ],
)
def test_a_renewal_that_is_not_long_over_is_kept_whole_and_another_one_goes(
    store: Store, make: Callable[[Transaction], None]
) -> None:
    keep(store, DEAL)
    keep(store, OTHER)
    with store.transaction() as tx:
        make(tx)
        kept = [len(tx.confidence.ledger.of([DEAL])), len(tx.confidence.cards.of([DEAL]))]

    assert about_confidence(dict(store.tidy(CUTOFFS)))["watch"] == 1

    with store.reading() as tx:
        assert len(tx.confidence.watches.get([DEAL, OTHER])) == 1
        assert [len(tx.confidence.ledger.of([DEAL])), len(tx.confidence.cards.of([DEAL]))] == kept
        assert [one.key for one in tx.outbox.get([card_of(DEAL).key, card_of(OTHER).key])] == [
            card_of(DEAL).key
        ]


def test_a_living_cards_post_outlives_the_outbox(store: Store) -> None:
    """By it the card is found in Slack."""
    keep(store)
    with store.transaction() as tx:
        _open(tx)

    assert dict(store.tidy(CUTOFFS))["outbox"] == 0
    with store.reading() as tx:
        assert len(tx.outbox.get([card_of(DEAL).key])) == 1


def test_answers_go_when_they_are_done_with_and_reactions_later(store: Store) -> None:
    """A reaction that still stands on a card would be taken for a new answer."""
    old = NOON - 31 * DAY
    items = [
        InboxItem(key="done", kind="acknowledged", payload="{}", received_at=old, outcome="acknowledged"),
        InboxItem(key="pending", kind="acknowledged", payload="{}", received_at=old),
        InboxItem(key="young", kind="acknowledged", payload="{}", received_at=YOUNG, outcome="a note"),
        InboxItem(key="reaction", kind="reacted", payload="{}", received_at=old, outcome="welcome"),
        InboxItem(key="old reaction", kind="reacted", payload="{}", received_at=OLD, outcome="welcome"),
    ]
    with store.transaction() as tx:
        tx.confidence.inbox.put(items)
        tx.confidence.inbox.put([replace(items[0], key=f"done-{number}") for number in range(1100)])

    assert dict(store.tidy(CUTOFFS))["inbox"] == 1102

    with store.reading() as tx:
        left = tx.confidence.inbox.with_status("pending", "done")
        assert [one.key for one in left] == ["pending", "reaction", "young"]


def test_silences_go_when_they_have_been_over_for_long(store: Store) -> None:
    long_ago = NOON - 401 * DAY
    plain = Silence(
        id="running",
        kind=Silenced.RULE,
        subject="rules.yaml:61",
        since=OLD,
        until=NOON + DAY,
        by="sato",
        reason="x",
    )
    silences = [
        plain,
        replace(plain, id="over", until=long_ago),
        replace(plain, id="just over", until=NOON - 399 * DAY),
        replace(plain, id="ended", ended_at=long_ago),
        replace(plain, id="just ended", ended_at=YOUNG),
    ]
    with store.transaction() as tx:
        tx.confidence.silences.put(silences)

    assert dict(store.tidy(CUTOFFS))["silence"] == 2

    with store.reading() as tx:
        left = tx.confidence.silences.with_status("on", "ended")
        assert {one.id for one in left} == {"running", "just over", "just ended"}
