"""The top parent of an account is in its stored states as it is now, and follows every change above it."""

from dataclasses import replace

import pytest
from tests.fakes.builders import ruleset
from tests.fakes.memory_engine import Workshop
from tests.fakes.term_books import RATED

from csops_sync.app.cycle import run_cycle
from csops_sync.app.reconciling import reconcile
from csops_sync.ports.crm import Role

HIDDEN = "001000000000999AAA"


class Groups(Workshop):
    """Accounts that sign below one another."""

    def account(self, name: str, *, below: str | None = None) -> str:
        """An account with a contract, below another one."""
        made = self.crm.create(Role.ACCOUNT, {"name": name, "country": "JP", "parent": below})
        self.sell(made, number=name)
        return made

    def move(self, account: str, *, below: str | None) -> None:
        """Put an account below another one, and let the next cycle see it."""
        self.crm.edit(Role.ACCOUNT, account, {"parent": below})
        self.again()

    def again(self) -> None:
        """A minute later, another cycle."""
        self.crm.advance(seconds=60)
        self.sync()

    def tops(self) -> dict[str, str]:
        """The customer under which the terms of each account are stored."""
        with self.store.reading() as tx:
            found = {(one.account_id, one.customer_id) for one in tx.forecast.states.all()}
        assert len({account for account, _ in found}) == len(found)
        return dict(found)


@pytest.fixture
def shop() -> Groups:
    return Groups(rules=ruleset(confidence=RATED))


def test_each_account_counts_under_the_one_on_top_of_it(shop: Groups) -> None:
    holding = shop.account("holding")
    branch = shop.account("branch", below=holding)
    office = shop.account("office", below=branch)
    alone = shop.account("alone")
    shop.sync()
    assert shop.tops() == {holding: holding, branch: holding, office: holding, alone: alone}


def test_a_holding_that_signs_nothing_itself_is_the_customer_all_the_same(shop: Groups) -> None:
    holding = shop.crm.create(Role.ACCOUNT, {"name": "holding"})
    one, other = (shop.account(name, below=holding) for name in ("one", "other"))
    shop.sync()
    assert shop.tops() == {one: holding, other: holding}


def test_a_parent_that_a_formula_names_by_its_short_id_is_the_same_account(shop: Groups) -> None:
    """Fifteen characters without the three that tell capitals apart, as formulas give them."""
    holding = shop.account("holding")
    branch = shop.account("branch", below=holding[:15])
    shop.sync()
    assert shop.tops() == {holding: holding, branch: holding}


def test_a_new_parent_above_takes_everything_below_along_in_the_next_cycle(shop: Groups) -> None:
    """Only the branch is edited; the office below it has not changed, and counts elsewhere all the same."""
    old, new = shop.account("old"), shop.account("new")
    branch = shop.account("branch", below=old)
    office = shop.account("office", below=branch)
    shop.sync()
    shop.move(branch, below=new)
    assert shop.tops() == {old: old, new: new, branch: new, office: new}
    shop.move(branch, below=None)
    assert shop.tops() == {old: old, new: new, branch: branch, office: branch}


def test_a_parent_that_is_deleted_is_nobodys_parent(shop: Groups) -> None:
    """The bin does not touch the accounts below: we see the parent go, and them stay as they are."""
    holding = shop.crm.create(Role.ACCOUNT, {"name": "holding"})
    branch = shop.account("branch", below=holding)
    office = shop.account("office", below=branch)
    shop.sync()
    shop.crm.delete(Role.ACCOUNT, holding)
    shop.again()
    assert shop.tops() == {branch: branch, office: branch}


def test_who_is_below_a_parent_that_we_may_not_see_belongs_together(shop: Groups) -> None:
    one, other = (shop.account(name, below=HIDDEN) for name in ("one", "other"))
    shop.sync()
    assert shop.tops() == {one: HIDDEN, other: HIDDEN}


def test_accounts_that_are_each_others_parents_are_one_customer_and_stop_nothing(shop: Groups) -> None:
    one = shop.account("one")
    other = shop.account("other", below=one)
    below = shop.account("below", below=other)
    shop.sync()
    shop.move(one, below=other)
    assert shop.tops() == {one: one, other: one, below: one}


def test_a_parent_that_only_a_reconciliation_misses_is_nobodys_parent(shop: Groups) -> None:
    holding = shop.crm.create(Role.ACCOUNT, {"name": "holding"})
    branch = shop.account("branch", below=holding)
    shop.sync()
    with shop.store.transaction() as tx:  # a row that Salesforce shows no more, and never told of
        [row] = tx.mirror.get(Role.ACCOUNT, [holding])
        tx.mirror.put([replace(row, id=HIDDEN)])
        [row] = tx.mirror.get(Role.ACCOUNT, [branch])
        tx.mirror.put([replace(row, parent_id=HIDDEN, values={**row.values, "parent": HIDDEN})])
    reconcile(shop.engine())
    assert shop.tops() == {branch: branch}


def test_a_change_of_name_above_concerns_nobody_below(shop: Groups) -> None:
    holding = shop.account("holding")
    shop.account("branch", below=holding)
    shop.sync()
    shop.crm.edit(Role.ACCOUNT, holding, {"name": "another name"})
    shop.crm.advance(seconds=60)
    assert run_cycle(shop.engine()).evaluated_accounts == 1
