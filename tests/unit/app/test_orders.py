"""Orders about one renewal: they change what is kept, the next cycle follows, and each refusal says what to do."""

import json
from datetime import date

import pytest
from tests.fakes.memory_engine import Workshop

from csops_sync.app.engine import Desk
from csops_sync.app.orders import adopt, release, reopen, unadopt
from csops_sync.app.queries_plan import plan_view
from csops_sync.app.refusals import RefusedError
from csops_sync.ports.crm import Role
from csops_sync.ports.store import OutboxStatus

OPENS_IN = 6
"""Days from the workshop's first day, 1 April 2026, to the opening."""


@pytest.fixture
def shop() -> Workshop:
    return Workshop()


def opened(shop: Workshop) -> tuple[str, str, str]:
    """A customer with an opened renewal: ids of account, contract and opportunity."""
    account = shop.customer()
    contract = shop.sell(account)
    shop.sync()
    shop.day(OPENS_IN)
    deal = shop.renewals(account)[f"{contract}-1"].opportunity_id
    assert deal is not None
    return account, contract, deal


def ambiguous(shop: Workshop) -> tuple[str, str, list[str]]:
    """A customer with two candidates for one contract."""
    account = shop.customer()
    contract = shop.sell(account)
    deals = [shop.deal(account), shop.deal(account)]
    shop.sync()
    return account, contract, deals


def test_an_adopted_opportunity_is_stamped_by_the_next_cycle_and_nothing_is_created(shop: Workshop) -> None:
    account, contract, deals = ambiguous(shop)
    shop.day()
    adopt(shop.office(), contract="00000001", opportunity=deals[1])
    shop.day(OPENS_IN)

    assert shop.renewals(account)[f"{contract}-1"].opportunity_id == deals[1]
    stamped = {row.id: row.values.get("renewal_key") for row in shop.crm.records(Role.OPPORTUNITY)}
    assert stamped == {deals[0]: None, deals[1]: f"{contract}-1"}


def test_the_plan_after_an_adoption_lists_the_stamp(shop: Workshop) -> None:
    _, contract, deals = ambiguous(shop)
    adopt(shop.office(), contract=contract[:15], opportunity=deals[0][:15])

    assert [row.opportunity_id for row in plan_view(shop.engine()).adoptions] == [deals[0]]


def test_adopting_the_same_again_changes_nothing(shop: Workshop) -> None:
    _, contract, deals = ambiguous(shop)
    adopt(shop.office(), contract=contract, opportunity=deals[0])
    assert "already" in adopt(shop.office(), contract=contract, opportunity=deals[0])
    assert len(shop.ordered()) == 1


def test_an_order_is_journalled_with_the_person_who_gave_it(shop: Workshop) -> None:
    _, contract, deals = ambiguous(shop)
    adopt(shop.office(), contract=contract, opportunity=deals[0])

    (event,) = shop.ordered()
    assert json.loads(event.detail) == {"by": "sato", "order": "adopt"}
    assert (event.renewal_key, event.opportunity_id) == (f"{contract}-1", deals[0])


def test_a_renewal_that_has_its_opportunity_takes_no_other(shop: Workshop) -> None:
    account, contract, _ = opened(shop)
    other = shop.deal(account)
    shop.sync()
    with pytest.raises(RefusedError, match="has its renewal"):
        adopt(shop.office(), contract=contract, opportunity=other)


def test_an_opportunity_of_another_account_is_refused(shop: Workshop) -> None:
    _, contract, _ = ambiguous(shop)
    stranger = shop.deal(shop.customer("別の会社"))
    shop.sync()
    with pytest.raises(RefusedError, match="another account"):
        adopt(shop.office(), contract=contract, opportunity=stranger)


def test_a_deleted_opportunity_is_refused(shop: Workshop) -> None:
    _, contract, deals = ambiguous(shop)
    shop.crm.delete(Role.OPPORTUNITY, deals[0])
    shop.sync()
    with pytest.raises(RefusedError, match="recycle bin"):
        adopt(shop.office(), contract=contract, opportunity=deals[0])


def test_an_opportunity_that_is_another_renewal_is_refused(shop: Workshop) -> None:
    account, _, deal = opened(shop)
    second = shop.sell(account, number="00000002", start=date(2025, 10, 1), end=date(2026, 9, 30))
    shop.sync()
    with pytest.raises(RefusedError, match="unadopt that first"):
        adopt(shop.office(), contract=second, opportunity=deal)


def test_nothing_is_adopted_while_the_own_opportunity_is_being_created(shop: Workshop) -> None:
    account = shop.customer()
    contract = shop.sell(account)
    shop.sync()
    shop.desk = Desk(creation_blocked="a test")
    shop.day(OPENS_IN)
    shop.set_row(f"{contract}-1", OutboxStatus.SENDING)
    deal = shop.deal(account, contract="800000000000099AAA")
    with shop.store.transaction() as tx:
        tx.mirror.put(shop.crm.fetch(Role.OPPORTUNITY, [deal]))
    with pytest.raises(RefusedError, match="being created"):
        adopt(shop.office(), contract=contract, opportunity=deal)


def test_what_is_not_known_is_refused_in_words(shop: Workshop) -> None:
    _, contract, _ = ambiguous(shop)
    with pytest.raises(RefusedError, match="no contract 77"):
        adopt(shop.office(), contract="77", opportunity="x")
    with pytest.raises(RefusedError, match="no opportunity x"):
        adopt(shop.office(), contract=contract, opportunity="x")


def test_an_adoption_undone_before_its_stamp_leaves_the_key_and_opens_the_own_renewal(shop: Workshop) -> None:
    account = shop.customer()
    contract = shop.sell(account)
    deal = shop.deal(account)
    shop.sync()
    unadopt(shop.office(), contract=contract)
    shop.day(OPENS_IN)

    assert shop.opened() == [f"{contract}-1"]
    assert shop.renewals(account)[f"{contract}-1"].refused == (deal,)
    assert shop.renewals(account)[f"{contract}-1"].opportunity_id != deal


def test_an_adoption_undone_after_its_stamp_goes_on_under_the_next_revision(shop: Workshop) -> None:
    account = shop.customer()
    contract = shop.sell(account)
    deal = shop.deal(account)
    shop.sync()
    shop.day()
    assert shop.opened() == [f"{contract}-1"]
    unadopt(shop.office(), contract=contract)
    shop.day(OPENS_IN)

    assert shop.opened() == [f"{contract}-1r2"]
    assert shop.renewals(account)[f"{contract}-1r2"].opportunity_id != deal


def test_what_was_let_go_can_be_adopted_again(shop: Workshop) -> None:
    account = shop.customer()
    contract = shop.sell(account)
    deal = shop.deal(account)
    shop.sync()
    shop.day()
    unadopt(shop.office(), contract=contract)
    adopt(shop.office(), contract=contract, opportunity=deal)
    shop.day(OPENS_IN)

    assert shop.opened() == [f"{contract}-1"]
    assert shop.renewals(account)[f"{contract}-1r2"].opportunity_id == deal


def test_what_csops_sync_made_is_not_let_go(shop: Workshop) -> None:
    _, contract, _ = opened(shop)
    with pytest.raises(RefusedError, match="no adopted opportunity"):
        unadopt(shop.office(), contract=contract)


@pytest.mark.parametrize("how", ["lost", "won", "deleted"])
def test_a_settled_term_is_reopened_under_the_next_revision(shop: Workshop, how: str) -> None:
    _, contract, deal = opened(shop)
    if how == "deleted":
        shop.crm.delete(Role.OPPORTUNITY, deal)
    else:
        shop.crm.edit(Role.OPPORTUNITY, deal, {"closed": True, "won": how == "won"})
    shop.day()
    assert plan_view(shop.engine()).creates == ()
    reopen(shop.office(), contract=contract)
    shop.day()

    assert shop.opened() == [f"{contract}-1", f"{contract}-1r2"]
    assert shop.sync().settled == ()


def test_a_term_that_is_open_is_not_reopened(shop: Workshop) -> None:
    _, contract, _ = opened(shop)
    with pytest.raises(RefusedError, match="nothing to reopen"):
        reopen(shop.office(), contract=contract)


def test_a_released_field_is_written_by_the_next_cycle(shop: Workshop) -> None:
    _, _, deal = opened(shop)
    shop.crm.advance(seconds=60)
    shop.crm.edit(Role.OPPORTUNITY, deal, {"close_date": "2026-06-20"})
    shop.day()
    assert len(plan_view(shop.engine()).left_alone) == 1
    release(shop.office(), opportunity=deal, field="close_date")
    (update,) = plan_view(shop.engine()).updates
    assert [(one.before, one.after) for one in update.changes] == [("2026-06-20", "2026-07-05")]
    shop.day()

    (row,) = shop.crm.fetch(Role.OPPORTUNITY, [deal])
    assert row.values["close_date"] == "2026-07-05"
    assert plan_view(shop.engine()).left_alone == ()


def test_an_edit_after_the_release_wins_again(shop: Workshop) -> None:
    _, _, deal = opened(shop)
    shop.crm.advance(seconds=60)
    shop.crm.edit(Role.OPPORTUNITY, deal, {"close_date": "2026-06-20"})
    shop.day()
    release(shop.office(), opportunity=deal, field="close_date")
    shop.crm.advance(seconds=60)
    shop.crm.edit(Role.OPPORTUNITY, deal, {"close_date": "2026-06-25"})
    shop.day()

    (row,) = shop.crm.fetch(Role.OPPORTUNITY, [deal])
    assert row.values["close_date"] == "2026-06-25"


def test_only_fields_that_follow_the_contract_are_handed_back(shop: Workshop) -> None:
    _, _, deal = opened(shop)
    with pytest.raises(RefusedError, match="never changes stage"):
        release(shop.office(), opportunity=deal, field="stage")
    assert "already" in release(shop.office(), opportunity=deal, field="close_date")
    assert shop.ordered() == []


def test_an_opportunity_that_is_no_renewal_has_nothing_to_hand_back(shop: Workshop) -> None:
    opened(shop)
    stranger = shop.deal(shop.customer("別の会社"))
    shop.sync()
    with pytest.raises(RefusedError, match="no renewal of csops-sync"):
        release(shop.office(), opportunity=stranger, field="close_date")
