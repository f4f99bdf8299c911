"""Terms kept in memory are those that would be read, after every kind of news; what stayed is not read again."""

from collections.abc import Iterable
from dataclasses import replace

import pytest
from tests.fakes.builders import CSM, ruleset
from tests.fakes.landings import built
from tests.fakes.memory_engine import Workshop
from tests.fakes.term_books import RATED

from csops_sync.app.forecast.kept_terms import KeptTerms, terms_in, terms_then
from csops_sync.app.forecast.snapshots import take_snapshot
from csops_sync.app.office import Office
from csops_sync.domain.forecast.term_state import TermState
from csops_sync.ports.crm import Role
from csops_sync.ports.forecast_store import Snapshot

RULES = replace(ruleset(confidence=RATED), forecast=built())


@pytest.fixture
def shop() -> Workshop:
    """Two customers with a contract each, one of them opened."""
    shop = Workshop(rules=RULES)
    shop.sell(shop.customer(), auto_renews=False)
    shop.sell(shop.customer("株式会社たたら鋳造"), number="00000002", annual_amount=900_000)
    shop.sync()
    shop.day(7)
    return shop


def read(shop: Workshop, kept: KeptTerms) -> list[TermState]:
    """The kept terms, which are those of the store."""
    office = replace(shop.office(), held=kept)
    with office.store.reading() as tx:
        found = list(terms_in(tx, office))
        assert found == list(tx.forecast.states.all())
        return found


def rated(shop: Workshop, rank: str) -> None:
    """Somebody rates the renewal that is open."""
    deal = shop.crm.records(Role.OPPORTUNITY)[0]
    shop.crm.edit(Role.OPPORTUNITY, deal.id, {"confidence": rank}, by=CSM)
    shop.crm.advance(seconds=60)
    shop.sync()


def snapshot(shop: Workshop) -> Snapshot:
    """The snapshot of today."""
    [taken] = take_snapshot(shop.engine())
    return taken


def then(office: Office, of: Snapshot) -> Iterable[TermState]:
    with office.store.reading() as tx:
        return tuple(terms_then(tx, office, of))


def test_without_news_the_very_same_values_are_given(shop: Workshop) -> None:
    kept = KeptTerms()
    before = read(shop, kept)
    assert all(one is other for one, other in zip(before, read(shop, kept), strict=True))


def test_after_news_only_what_changed_is_another_value(shop: Workshop) -> None:
    kept = KeptTerms()
    before = {one.key: one for one in read(shop, kept)}
    rated(shop, "B")
    after = {one.key: one for one in read(shop, kept)}

    changed = [key for key, one in after.items() if one is not before[key]]
    assert [after[key].rank for key in changed] == ["B"]
    assert len(after) > len(changed)


def test_a_term_that_is_gone_is_gone(shop: Workshop) -> None:
    kept = KeptTerms()
    before = read(shop, kept)
    account = before[0].account_id
    with shop.store.transaction() as tx:
        tx.forecast.states.replace_of_accounts([account], [])
        tx.progress.set_setting("term_states_revision", "99")
    assert {one.account_id for one in read(shop, kept)} == {one.account_id for one in before} - {account}


def test_an_org_that_is_too_large_is_read_each_time(shop: Workshop) -> None:
    kept = KeptTerms(most=1)
    before = read(shop, kept)
    rated(shop, "B")
    assert [one.rank for one in read(shop, kept)] != [one.rank for one in before]
    taken = snapshot(shop)
    assert list(then(replace(shop.office(), held=kept), taken)) == read(shop, kept)


def test_a_snapshot_stays_what_it_was_and_shares_what_did_not_change(shop: Workshop) -> None:
    kept = KeptTerms()
    taken, before = snapshot(shop), read(shop, kept)
    rated(shop, "B")
    now = {one.key: one for one in read(shop, kept)}
    office = replace(shop.office(), held=kept)

    found = then(office, taken)
    assert list(found) == before == list(then(shop.office(), taken))
    assert all(one is now[one.key] for one in found if one == now[one.key])
    assert any(one != now[one.key] for one in found)
