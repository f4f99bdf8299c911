"""Calls are appended and never change what was known before: the same promise of each store."""

from datetime import date, timedelta
from decimal import Decimal

import pytest
from tests.contract.conftest import OpenStore
from tests.contract.samples import NOON

from csops_sync.domain.forecast.calls import Call, CalledRenewal, CalledTeam, CallSubject
from csops_sync.domain.forecast.periods import Window
from csops_sync.domain.money import Money
from csops_sync.ports.store import Store

HOUR = timedelta(hours=1)
ONE, OTHER = CalledRenewal(key="8005g000001aBcDEAU-1"), CalledRenewal(key="8005g000001abcdEAU-1")
"""Two keys that differ by their case alone."""
QUARTER = Window(date(2026, 4, 1), date(2026, 6, 30))
TEAM = CalledTeam(user_id="0055g000001aBcDEAU", window=QUARTER)
BY = "0055g000001xYzAEAU"


def add(
    store: Store, subject: CallSubject, yen: int | None, *, hours: int = 0, currency: str = "JPY"
) -> Call:
    """A call, some hours after noon; None withdraws."""
    amount = None if yen is None else Money(Decimal(yen), currency)
    with store.transaction() as tx:
        return tx.forecast.calls.add(
            subject=subject, at=NOON + hours * HOUR, by_id=BY, amount=amount, note="値上げに合意"
        )


def known(store: Store, *, hours: int, subjects: list[CallSubject] | None = None) -> list[Call]:
    """What was known some hours after noon."""
    with store.reading() as tx:
        return list(tx.forecast.calls.known(at=NOON + hours * HOUR, subjects=subjects))


def test_a_call_survives_as_it_was_made_in_its_own_currency(store: Store) -> None:
    made = [add(store, ONE, 1_200_000), add(store, TEAM, 99_000, currency="USD"), add(store, OTHER, 0)]
    assert [one.id for one in made] == [1, 2, 3]
    assert made[1] == Call(
        id=2, subject=TEAM, at=NOON, by_id=BY, amount=Money(Decimal(99_000), "USD"), note="値上げに合意"
    )
    assert known(store, hours=0) == made


def test_the_last_call_counts_and_what_was_known_before_stays_known_as_of_then(store: Store) -> None:
    first = add(store, ONE, 1_000_000)
    second = add(store, ONE, 800_000, hours=2)
    assert known(store, hours=-1) == []
    assert known(store, hours=1) == [first]
    assert known(store, hours=2) == [second]


def test_a_withdrawal_is_a_row_of_its_own_and_hides_the_calls_before_it(store: Store) -> None:
    first = add(store, ONE, 1_000_000)
    withdrawn = add(store, ONE, None, hours=1)
    assert known(store, hours=0) == [first]
    assert known(store, hours=1) == []
    again = add(store, ONE, 700_000, hours=2)
    assert known(store, hours=2) == [again]
    with store.reading() as tx:
        assert list(tx.forecast.calls.history(subject=ONE)) == [first, withdrawn, again]


def test_a_subject_is_the_whole_of_it(store: Store) -> None:
    """Neither the case of a key, nor another window of the same team, is the same subject."""
    mine = add(store, ONE, 1)
    month = CalledTeam(user_id=TEAM.user_id, window=Window(date(2026, 4, 1), date(2026, 4, 30)))
    team = add(store, TEAM, 2)
    add(store, month, 3)
    assert known(store, hours=0, subjects=[ONE, TEAM]) == [mine, team]
    assert known(store, hours=0, subjects=[OTHER]) == []
    assert known(store, hours=0, subjects=[]) == []


def test_the_newest_calls_are_listed_oldest_first_up_to_a_limit(store: Store) -> None:
    subjects: list[CallSubject] = [ONE, OTHER, ONE, TEAM]
    made = [add(store, one, amount) for amount, one in enumerate(subjects)]
    with store.reading() as tx:
        assert list(tx.forecast.calls.history()) == made
        assert list(tx.forecast.calls.history(limit=2)) == made[2:]
        assert list(tx.forecast.calls.history(subject=OTHER)) == [made[1]]


def test_orgs_do_not_see_each_others_calls_and_count_their_own(open_store: OpenStore) -> None:
    one, other = open_store("00D5g000001aBcDEAU"), open_store("00D5g000001aBcEEAU")
    mine, theirs = add(one, ONE, 1), add(other, ONE, 2)
    assert (mine.id, theirs.id) == (1, 1)
    assert known(one, hours=0) == [mine]
    assert known(other, hours=0) == [theirs]


def test_a_rehearsal_sees_calls_and_makes_none(open_store: OpenStore, request: pytest.FixtureRequest) -> None:
    if "memory" in request.node.name:
        return  # the memory store rehearses in a copy, which is thrown away
    store = open_store("00D5g000001aBcDEAU")
    made = add(store, ONE, 1)
    with store.rehearsal() as tx:
        assert list(tx.forecast.calls.known(at=NOON)) == [made]
        assert list(tx.forecast.calls.history()) == [made]
        with pytest.raises(TypeError, match="in a transaction"):
            tx.forecast.calls.add(subject=ONE, at=NOON, by_id=BY, amount=None)
