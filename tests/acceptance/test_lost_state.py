"""State that is lost, or comes back from a backup: no second opportunity, no second message, no edit undone."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.fakes.lives import back_up, let_lease_run_out, put_back
from tests.fakes.persevering import persevere
from tests.fakes.rig import Sold
from tests.fakes.world import OPENS_ON_FRIDAY, World, new_world

GROUPED = Path(__file__).parents[2] / "config" / "rules.yaml"
ALONE = Path(__file__).with_name("config") / "rules.yaml"


@pytest.fixture(params=[ALONE, GROUPED], ids=["told one by one", "told in groups"])
def world(request: pytest.FixtureRequest) -> Iterator[World]:
    with new_world(rules=request.param) as made:
        yield made


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    return tmp_path / "backup.db"


def two_days(world: World, copy: Path) -> dict[str, Sold]:
    """Live two days; the state is copied after the first. What is told without a create happens on the second."""
    first = dict(zip("ABC", world.sell_and_wait("A", "B", "C"), strict=True))
    second = {name: world.sell(name, start=OPENS_ON_FRIDAY) for name in "DEFG"}
    persevere(world)
    back_up(world, copy)
    sold = first | second
    world.sandbox.update("Contract", sold["A"].contract, {"Terminated_On__c": "2026-04-02"})
    world.sandbox.update("Contract", sold["F"].contract, {"Cancellation_Notice__c": "2026-04-02"})
    world.create_by_hand(sold["B"])
    world.create_by_hand(sold["G"])
    world.work_next_day()
    world.edit_by_hand(sold["C"], CloseDate="2026-05-15")
    world.edit_by_hand(sold["D"], CloseDate="2026-05-16")
    world.sandbox.delete("Opportunity", world.opened(sold["E"])["Id"], by=world.csm())
    return sold


@pytest.mark.parametrize("days_off", [0, 1, 4])
def test_a_backup_a_day_old_makes_and_tells_nothing_a_second_time(
    world: World, copy: Path, days_off: int
) -> None:
    sold = two_days(world, copy)
    persevere(world)
    before = world.outcome()

    put_back(world, copy)
    let_lease_run_out(world)
    if days_off:
        world.sandbox.advance_business_days(days_off)
    persevere(world)

    assert world.outcome().differences(before) == []
    assert before.told[f"terminated/{sold['A'].key}"] == 1
    assert before.told[f"cancelling/{sold['F'].key}"] == 1
    assert world.opened(sold["E"])["IsDeleted"] is True


def test_a_backup_a_day_old_undoes_no_edit_when_contracts_move_afterwards(world: World, copy: Path) -> None:
    sold = two_days(world, copy)
    put_back(world, copy)
    let_lease_run_out(world)
    persevere(world)

    for name in "CD":
        world.change(sold[name].contract, months=14)
    world.work_next_day()

    assert world.opened(sold["C"])["CloseDate"] == "2026-05-15"
    assert world.opened(sold["C"])["Renewal_Date__c"] == "2026-09-01"
    assert world.opened(sold["D"])["CloseDate"] == "2026-05-16"
    world.outcome()


def test_a_backup_of_the_moment_before_delivery_makes_and_tells_nothing_a_second_time(
    world: World, copy: Path
) -> None:
    sold = world.sell_and_wait("A", "B", "C")
    world.cycle()
    back_up(world, copy)
    persevere(world)
    before = world.outcome()

    put_back(world, copy)
    let_lease_run_out(world)
    world.sandbox.advance_business_days(1)
    persevere(world)

    assert world.outcome().differences(before) == []
    assert [before.told[f"opened/{one.key}"] for one in sold] == [1, 1, 1]


def test_a_lost_state_is_a_baseline_that_adopts_by_key_and_says_nothing_again(
    world: World, copy: Path
) -> None:
    sold = two_days(world, copy)
    persevere(world)
    before = world.outcome()

    put_back(world, None)
    persevere(world)
    world.work_next_day()

    assert world.outcome().differences(before) == []
    assert sum(times for event, times in before.told.items() if event.startswith("baseline/")) == 1
    assert world.opened(sold["E"])["IsDeleted"] is True


def test_a_lost_state_goes_on_with_what_falls_due_later(world: World) -> None:
    world.sell_and_wait("A")
    later = world.sell("B", start=OPENS_ON_FRIDAY)
    persevere(world)

    put_back(world, None)
    persevere(world)
    world.work_next_day()

    assert world.opened(later)["Name"] == "B 2026-07 更新"
    assert world.outcome().told[f"opened/{later.key}"] == 1
