"""One process holds an org at a time; whoever lost it commits nothing."""

from concurrent.futures import ThreadPoolExecutor

import pytest
from tests.contract.conftest import ORG, OpenStore

from csops_sync.ports.errors import LeaseLostError
from csops_sync.ports.store import LeaseGrant, Store

TTL = 30.0
OVER = 0.0
"""A lease of no length is over at once: expiry without waiting."""


def claimed(store: Store, owner: str, *, ttl: float = TTL) -> LeaseGrant:
    grant = store.leases.claim(org_id=ORG, owner=owner, ttl_seconds=ttl)
    assert grant is not None
    return grant


def test_the_first_claim_holds_the_org(store: Store) -> None:
    assert store.leases.holder(ORG) is None
    grant = claimed(store, "a")
    assert (grant.owner, grant.epoch) == ("a", 1)
    assert store.leases.holder(ORG) == grant


def test_another_owner_waits(store: Store) -> None:
    claimed(store, "a")
    assert store.leases.claim(org_id=ORG, owner="b", ttl_seconds=TTL) is None


def test_renewing_keeps_the_epoch_and_moves_the_end(store: Store) -> None:
    first = claimed(store, "a", ttl=TTL)
    again = claimed(store, "a", ttl=2 * TTL)
    assert again.epoch == first.epoch
    assert again.expires_at > first.expires_at


def test_an_owner_that_comes_late_still_renews_while_nobody_took_over(store: Store) -> None:
    first = claimed(store, "a", ttl=OVER)
    assert store.leases.holder(ORG) is None
    assert claimed(store, "a").epoch == first.epoch


def test_the_epoch_grows_with_every_change_of_owner(store: Store) -> None:
    epochs = [claimed(store, owner, ttl=OVER).epoch for owner in ("a", "b", "a", "a", "b")]
    assert epochs == [1, 2, 3, 3, 4]


def test_a_lease_given_back_is_free_at_once(store: Store) -> None:
    first = claimed(store, "a")
    store.leases.release(first)
    assert store.leases.holder(ORG) is None
    assert claimed(store, "b").epoch == first.epoch + 1


def test_giving_back_does_not_touch_the_lease_of_a_successor(store: Store) -> None:
    first = claimed(store, "a", ttl=OVER)
    second = claimed(store, "b")
    store.leases.release(first)
    assert store.leases.holder(ORG) == second


def test_orgs_have_leases_of_their_own(store: Store) -> None:
    claimed(store, "a")
    other = store.leases.claim(org_id=ORG.swapcase(), owner="b", ttl_seconds=TTL)
    assert other is not None
    assert other.epoch == 1


def test_an_owner_without_a_name_is_refused(store: Store) -> None:
    with pytest.raises(ValueError, match="named owner"):
        store.leases.claim(org_id=ORG, owner="", ttl_seconds=TTL)


def test_of_many_claims_at_once_one_wins(open_store: OpenStore) -> None:
    stores = [open_store(ORG) for _ in range(4)]
    with ThreadPoolExecutor(4) as pool:
        grants = list(
            pool.map(
                lambda numbered: numbered[1].leases.claim(
                    org_id=ORG, owner=f"p{numbered[0]}", ttl_seconds=TTL
                ),
                enumerate(stores),
            )
        )
    assert sum(grant is not None for grant in grants) == 1


def test_the_holder_commits(store: Store) -> None:
    grant = claimed(store, "a")
    claimed(store, "a")
    with store.transaction(grant) as tx:
        tx.progress.set_setting("rules_hash", "r1")
    with store.reading() as tx:
        assert tx.progress.setting("rules_hash") == "r1"


def test_whoever_lost_the_lease_commits_nothing(store: Store) -> None:
    lost = claimed(store, "a", ttl=OVER)
    claimed(store, "b")
    with pytest.raises(LeaseLostError, match=r"a.*no longer holds"), store.transaction(lost) as tx:
        tx.progress.set_setting("rules_hash", "r1")
    with store.reading() as tx:
        assert tx.progress.setting("rules_hash") is None


def test_a_lease_that_ran_out_commits_nothing_even_while_it_is_free(store: Store) -> None:
    over = claimed(store, "a", ttl=OVER)
    with pytest.raises(LeaseLostError), store.transaction(over) as tx:
        tx.progress.set_setting("rules_hash", "r1")
    with store.reading() as tx:
        assert tx.progress.setting("rules_hash") is None


def test_an_earlier_grant_of_the_same_owner_commits_nothing(store: Store) -> None:
    earlier = claimed(store, "a", ttl=OVER)
    claimed(store, "b", ttl=OVER)
    claimed(store, "a")
    with pytest.raises(LeaseLostError), store.transaction(earlier):
        pass
