"""States of terms follow the facts, and a snapshot stays what it was: the same promise of each store."""

from collections.abc import Iterator
from dataclasses import fields, replace
from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction

import pytest
from tests.contract.conftest import OpenStore
from tests.contract.samples import ACCOUNT, NOON, OTHER_ACCOUNT, term_state

from csops_sync.domain.forecast.rates import DatedRate
from csops_sync.domain.forecast.term_state import Grouping, TermStanding, TermState
from csops_sync.domain.money import Money
from csops_sync.ports.forecast_store import Snapshot, SnapshotKind, Taking, Tally
from csops_sync.ports.store import Store, Transaction

DAY = timedelta(days=1)
MONDAY = date(2026, 3, 30)
BARE = TermState(
    key="K-9",
    contract_id="K",
    account_id=OTHER_ACCOUNT,
    customer_id=OTHER_ACCOUNT,
    ordinal=9,
    start=date(2025, 4, 1),
    end=date(2026, 3, 31),
    in_force_until=date(2026, 3, 31),
    standing=TermStanding.ASIDE,
    prior=None,
)


def ending(key: str, end: date, *, until: date | None = None, account_id: str = ACCOUNT) -> TermState:
    """A term that ends on a day, and earns until then or shorter."""
    return replace(term_state(key, account_id=account_id), end=end, in_force_until=until or end)


def take(
    tx: Transaction,
    as_of: date,
    kind: SnapshotKind = SnapshotKind.DAY,
    *,
    rules: str | None = None,
    rates: tuple[DatedRate, ...] = (),
) -> Snapshot:
    """A snapshot that has not been taken before."""
    asked = Taking(kind=kind, as_of=as_of, taken_at=NOON, rules_hash="h1", rules=rules, rates=rates)
    taken = tx.forecast.snapshots.take(asked)
    assert taken is not None
    return taken


def keys(states: Iterator[TermState]) -> list[str]:
    """The keys in the order in which they come."""
    return [one.key for one in states]


def test_every_field_survives_set_or_not(tx: Transaction) -> None:
    full = term_state()
    unset = [
        each.name for each in fields(TermState) if getattr(full, each.name) in (None, False, "", Grouping())
    ]
    assert unset == []
    tx.forecast.states.replace_of_accounts([ACCOUNT, OTHER_ACCOUNT], [full, BARE])
    assert list(tx.forecast.states.all()) == [full, BARE]
    assert list(tx.forecast.states.get([BARE.key, "nothing"])) == [BARE]


def test_the_states_of_an_account_are_replaced_as_a_whole_and_others_stay(tx: Transaction) -> None:
    states = tx.forecast.states
    mine = [term_state("A-1"), term_state("A-2")]
    states.replace_of_accounts([ACCOUNT, OTHER_ACCOUNT], [*mine, term_state("B-1", account_id=OTHER_ACCOUNT)])
    changed = replace(mine[1], standing=TermStanding.WON)
    states.replace_of_accounts([ACCOUNT], [changed])
    assert list(states.of_accounts([ACCOUNT])) == [changed]
    assert keys(states.all()) == ["A-2", "B-1"]
    states.replace_of_accounts([OTHER_ACCOUNT], [])
    assert keys(states.all()) == ["A-2"]


def test_a_term_whose_contract_moved_to_another_account_is_there_once(tx: Transaction) -> None:
    states = tx.forecast.states
    states.replace_of_accounts([ACCOUNT], [term_state("A-1")])
    states.replace_of_accounts([OTHER_ACCOUNT], [term_state("A-1", account_id=OTHER_ACCOUNT)])
    assert [one.account_id for one in states.all()] == [OTHER_ACCOUNT]
    assert list(states.of_accounts([ACCOUNT])) == []


def test_terms_due_between_two_days_come_by_their_end_both_days_included(tx: Transaction) -> None:
    ends = {"A-1": MONDAY, "A-2": MONDAY + 2 * DAY, "A-3": MONDAY - DAY, "A-4": MONDAY, "A-5": MONDAY + DAY}
    tx.forecast.states.replace_of_accounts([ACCOUNT], [ending(key, day) for key, day in ends.items()])
    assert keys(tx.forecast.states.due_between(MONDAY, MONDAY + DAY)) == ["A-1", "A-4", "A-5"]


def test_terms_in_force_on_a_day_have_begun_and_not_stopped(tx: Transaction) -> None:
    states = [
        ending("A-1", MONDAY),
        ending("A-2", MONDAY + 9 * DAY, until=MONDAY - DAY),
        replace(ending("A-3", MONDAY + 9 * DAY), start=MONDAY + DAY),
        replace(ending("A-4", MONDAY + 9 * DAY), start=MONDAY),
    ]
    tx.forecast.states.replace_of_accounts([ACCOUNT], states)
    assert keys(tx.forecast.states.in_force_on(MONDAY)) == ["A-1", "A-4"]
    assert all(one.in_force(MONDAY) for one in tx.forecast.states.in_force_on(MONDAY))


def test_terms_are_tallied_by_standing_and_currency(tx: Transaction) -> None:
    dollars = replace(term_state("A-2"), prior=Money(Decimal("10.25"), "USD"))
    tx.forecast.states.replace_of_accounts(
        [ACCOUNT, OTHER_ACCOUNT], [term_state("A-1"), dollars, term_state("A-3"), BARE]
    )
    assert list(tx.forecast.states.tallies()) == [
        Tally(standing=TermStanding.ASIDE, currency=None, terms=1, prior_minor=0),
        Tally(standing=TermStanding.OPEN, currency="JPY", terms=2, prior_minor=12_000_000),
        Tally(standing=TermStanding.OPEN, currency="USD", terms=1, prior_minor=1025),
    ]


def test_many_states_are_walked_whole_and_in_order(store: Store) -> None:
    """More than are read or written at once, many with the same end."""
    states = [ending(f"A-{number:05d}", MONDAY + (number % 3) * DAY) for number in range(11_000)]
    with store.transaction() as tx:
        tx.forecast.states.replace_of_accounts([ACCOUNT], states)
        taken = take(tx, MONDAY)
    with store.reading() as tx:
        assert list(tx.forecast.states.all()) == states
        by_end = sorted(states, key=lambda one: (one.end, one.key))
        assert list(tx.forecast.states.due_between(MONDAY, MONDAY + 2 * DAY)) == by_end
        assert list(tx.forecast.states.in_force_on(MONDAY)) == by_end
        assert list(tx.forecast.snapshots.read(taken.id)) == states


def test_a_snapshot_stays_what_it_was_whatever_comes_after(store: Store) -> None:
    first = [term_state("A-1"), term_state("A-2"), BARE]
    second = [replace(first[0], rank="A"), term_state("A-3")]
    with store.transaction() as tx:
        tx.forecast.states.replace_of_accounts([ACCOUNT, OTHER_ACCOUNT], first)
        monday = take(tx, MONDAY)
    with store.transaction() as tx:
        tx.forecast.states.replace_of_accounts([ACCOUNT], second)
        tuesday = take(tx, MONDAY + DAY)
    with store.transaction() as tx:
        tx.forecast.states.replace_of_accounts([ACCOUNT, OTHER_ACCOUNT], [first[1]])
        wednesday = take(tx, MONDAY + 2 * DAY)
        thursday = take(tx, MONDAY + 3 * DAY)
    with store.reading() as tx:
        found = [list(tx.forecast.snapshots.read(one.id)) for one in (monday, tuesday, wednesday, thursday)]
    assert found == [first, [*second, BARE], [first[1]], [first[1]]]


def test_what_snapshots_told_of_one_term_is_walked_by_what_changed(store: Store) -> None:
    first, other = term_state("A-1"), term_state("A-2")
    rated = replace(first, rank="A")
    days = ([first, other], [first], [rated, other], [other], [rated])
    taken = []
    for number, states in enumerate(days):
        with store.transaction() as tx:
            tx.forecast.states.replace_of_accounts([ACCOUNT], states)
            taken.append(take(tx, MONDAY + number * DAY).id)
    with store.reading() as tx:
        assert list(tx.forecast.snapshots.of_term("A-1")) == [
            (taken[0], first),
            (taken[2], rated),
            (taken[3], None),
            (taken[4], rated),
        ]
        assert list(tx.forecast.snapshots.of_term("A-9")) == []


def test_a_day_has_one_snapshot_of_a_kind(store: Store) -> None:
    with store.transaction() as tx:
        tx.forecast.states.replace_of_accounts([ACCOUNT], [term_state("A-1")])
        taken = take(tx, MONDAY)
        tx.forecast.states.replace_of_accounts([ACCOUNT], [])
        again = tx.forecast.snapshots.take(
            Taking(kind=SnapshotKind.DAY, as_of=MONDAY, taken_at=NOON + DAY, rules_hash="h2")
        )
        closed = take(tx, MONDAY, SnapshotKind.PERIOD_END)
    assert again is None
    with store.reading() as tx:
        assert keys(tx.forecast.snapshots.read(taken.id)) == ["A-1"]
        assert keys(tx.forecast.snapshots.read(closed.id)) == []
        assert list(tx.forecast.snapshots.list()) == [taken, closed]
        assert list(tx.forecast.snapshots.list(kind=SnapshotKind.PERIOD_END)) == [closed]
    assert (taken.taken_at, taken.rules_hash, taken.totals) == (NOON, "h1", "{}")


def test_the_latest_snapshot_until_a_day_is_found(store: Store) -> None:
    with store.transaction() as tx:
        days = [take(tx, MONDAY), take(tx, MONDAY + 3 * DAY)]
        take(tx, MONDAY + 2 * DAY, SnapshotKind.PERIOD_END)
        snapshots = tx.forecast.snapshots
        found = [
            snapshots.latest(kind=SnapshotKind.DAY, until=MONDAY + number * DAY) for number in (-1, 2, 3)
        ]
    assert found == [None, days[0], days[1]]


def test_what_was_known_at_an_instant_is_the_last_snapshot_taken_by_then(store: Store) -> None:
    """Of the two that are taken at once on the first of a month, it is that of the day."""
    with store.transaction() as tx:
        snapshots = tx.forecast.snapshots
        close, day = (
            snapshots.take(Taking(kind=kind, as_of=MONDAY, taken_at=NOON, rules_hash="h1"))
            for kind in (SnapshotKind.PERIOD_END, SnapshotKind.DAY)
        )
        later = snapshots.take(
            Taking(kind=SnapshotKind.DAY, as_of=MONDAY + DAY, taken_at=NOON + DAY, rules_hash="h1")
        )
        found = [snapshots.known_at(NOON + number * DAY) for number in (-1, 0, 1, 9)]
    assert close is not None
    assert found == [None, day, later, later]


def test_rules_are_kept_once_per_hash_and_never_change(store: Store) -> None:
    with store.transaction() as tx:
        for number, content in enumerate(("first", "second", None)):
            take(tx, MONDAY + number * DAY, rules=content)
    with store.reading() as tx:
        assert tx.forecast.snapshots.rules("h1") == "first"
        assert tx.forecast.snapshots.rules("h2") is None


def test_each_snapshot_knows_the_rates_of_its_own_day(store: Store) -> None:
    """One is added, one edited, one taken away: and each day stays what it was."""
    dollar, yen = (
        DatedRate(currency=name, effective=MONDAY, value=Fraction(1, 3)) for name in ("USD", "JPY")
    )
    later = replace(dollar, effective=MONDAY + DAY)
    days = [(dollar, yen), (later, dollar, yen), (replace(dollar, value=Fraction(2, 7)), later), ()]
    taken = []
    for number, rates in enumerate(days):
        with store.transaction() as tx:
            taken.append(take(tx, MONDAY + number * DAY, rates=rates).id)
    with store.reading() as tx:
        known = [list(tx.forecast.snapshots.rates(one)) for one in taken]
    assert known == [[yen, dollar], [yen, dollar, later], [days[2][0], later], []]


def test_orgs_do_not_see_each_others_states_and_snapshots(open_store: OpenStore) -> None:
    one, other = open_store("00D5g000001aBcDEAU"), open_store("00D5g000001aBcEEAU")
    with one.transaction() as tx:
        tx.forecast.states.replace_of_accounts([ACCOUNT], [term_state("A-1")])
        taken = take(tx, MONDAY)
    with other.transaction() as tx:
        tx.forecast.states.replace_of_accounts([ACCOUNT], [])
        assert list(tx.forecast.states.all()) == []
        assert list(tx.forecast.snapshots.list()) == []
        assert list(tx.forecast.snapshots.read(taken.id)) == []
        take(tx, MONDAY)
    with one.reading() as tx:
        assert keys(tx.forecast.states.all()) == ["A-1"]
        assert keys(tx.forecast.snapshots.read(taken.id)) == ["A-1"]


def test_a_rehearsal_sees_snapshots_and_takes_none(
    open_store: OpenStore, request: pytest.FixtureRequest
) -> None:
    if "memory" in request.node.name:
        return  # the memory store rehearses in a copy, which is thrown away
    store = open_store("00D5g000001aBcDEAU")
    with store.transaction() as tx:
        tx.forecast.states.replace_of_accounts([ACCOUNT], [term_state("A-1")])
        taken = take(tx, MONDAY)
    with store.rehearsal() as tx:
        tx.forecast.states.replace_of_accounts([ACCOUNT], [])
        assert list(tx.forecast.snapshots.list(kind=SnapshotKind.DAY)) == [taken]
        assert tx.forecast.snapshots.latest(kind=SnapshotKind.DAY, until=MONDAY) == taken
        assert keys(tx.forecast.snapshots.read(taken.id)) == ["A-1"]
        with pytest.raises(TypeError, match="in a transaction"):
            take(tx, MONDAY + DAY)
