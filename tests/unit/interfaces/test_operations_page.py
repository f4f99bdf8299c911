"""The page of who runs it says each thing once."""

from dataclasses import replace

from tests.fakes.dashboard_standing import operations_of, outbox_items

from csops_sync.interfaces.web.dashboard_data import Operations
from csops_sync.interfaces.web.pages_operations import warnings_beside
from csops_sync.ports.store import OutboxStatus

HELD = "2 outbox rows held: see `csops-sync outbox list`"
OTHER = "standing by: another process acts for this org"


def standing(*problems: str) -> Operations:
    found = operations_of(outbox_items(), held_hash="4f1c2e9ab")
    facts = replace(found.health.facts, outbox={OutboxStatus.HELD: 2})
    health = replace(found.health, facts=facts, warnings=(OTHER, HELD))
    return replace(found, health=health, status=replace(found.status, problems=problems))


def test_held_rows_that_are_a_problem_are_not_a_warning_too() -> None:
    assert warnings_beside(standing("2 rows are held: look at `csops-sync plan`")) == (OTHER,)


def test_where_no_problem_says_so_the_warning_stays() -> None:
    assert warnings_beside(standing()) == (OTHER, HELD)


def test_where_the_rows_are_gone_by_now_the_warning_of_before_stays() -> None:
    found = standing("the first cycle is not done yet")
    found = replace(found, status=replace(found.status, outbox={}))

    assert warnings_beside(found) == (OTHER, HELD)


def test_what_is_a_problem_in_the_same_words_is_not_a_warning_too() -> None:
    assert warnings_beside(standing(OTHER)) == ()
