"""The sandbox's own account of what was asked: each query's text once, the newest, and as it was after a restore."""

from datetime import UTC, datetime

from csops_sync.sandbox.clock import VirtualClock
from csops_sync.sandbox.ledger import KEPT_QUERIES, Ledger


def ledger() -> Ledger:
    return Ledger(VirtualClock(datetime(2026, 4, 1, tzinfo=UTC), frozen=True))


def test_a_text_that_is_asked_for_twice_stands_there_once_where_it_was_asked_last() -> None:
    kept = ledger()
    for text in ("a", "b", "a"):
        kept.query(text)
    assert kept.as_json()["queries"] == ["b", "a"]


def test_the_oldest_texts_go_first() -> None:
    kept = ledger()
    for number in range(KEPT_QUERIES + 1):
        kept.query(str(number))
    queries = kept.as_json()["queries"]
    assert isinstance(queries, list)
    assert (len(queries), queries[0], queries[-1]) == (KEPT_QUERIES, "1", str(KEPT_QUERIES))


def test_what_was_asked_after_a_snapshot_is_forgotten_with_it() -> None:
    kept = ledger()
    kept.query("a")
    saved = kept.snapshot()
    kept.query("b")
    kept.restore(saved)
    assert kept.as_json()["queries"] == ["a"]
