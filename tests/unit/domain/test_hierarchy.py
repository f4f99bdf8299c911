"""Who stands on top of whom, whatever accounts say of one another."""

import pytest

from csops_sync.domain.hierarchy import MOST_LEVELS, top_parent


def test_an_account_without_a_parent_is_its_own_top() -> None:
    assert top_parent("a", parents={}) == "a"


def test_the_top_is_the_last_parent_of_parents() -> None:
    """C belongs to B, B to A: A is on top of all three."""
    parents = {"c": "b", "b": "a"}
    assert [top_parent(one, parents=parents) for one in "abc"] == ["a", "a", "a"]


@pytest.mark.parametrize(
    "parents",
    [
        {"a": "a"},
        {"a": "b", "b": "a"},
        {"c": "a", "a": "b", "b": "c"},
        {"d": "c", "c": "b", "b": "a", "a": "c"},
    ],
    ids=["its own parent", "two of each other", "three in a ring", "one below a ring"],
)
def test_accounts_that_are_each_others_parents_are_one_customer(parents: dict[str, str]) -> None:
    """None is on top, so the lowest id speaks for all of them, whichever is asked."""
    assert {top_parent(one, parents=parents) for one in parents} == {"a"}


def test_a_chain_without_an_end_in_sight_is_followed_so_far_and_no_further() -> None:
    parents = {f"{number:04d}": f"{number + 1:04d}" for number in range(1000)}
    assert top_parent("0000", parents=parents) == f"{MOST_LEVELS:04d}"
    assert top_parent("0990", parents=parents) == "1000"
