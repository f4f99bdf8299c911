"""Whose renewals somebody sees: the manager hierarchy of Salesforce, walked down."""

from csops_sync.app.row_scope import longest_lines, reports_of
from csops_sync.domain.facts import Person


def person(name: str, manager: str | None = None, *, active: bool = True) -> Person:
    return Person(id=name, name=name, email=f"{name}@example.com", is_active=active, manager_id=manager)


TREE = [
    person("head"),
    person("boss", "head"),
    person("sato", "boss"),
    person("left", "boss", active=False),
    person("kim", "left"),
    person("other", "head"),
]


def test_somebody_without_reports_sees_their_own() -> None:
    assert reports_of("sato", TREE) == {"sato"}


def test_a_manager_sees_everybody_below_also_those_below_somebody_who_left() -> None:
    assert reports_of("boss", TREE) == {"boss", "sato", "left", "kim"}


def test_nobody_sees_upwards_or_sideways() -> None:
    assert "boss" not in reports_of("sato", TREE)
    assert "other" not in reports_of("boss", TREE)


def test_a_hierarchy_in_a_circle_ends() -> None:
    circle = [person("one", "two"), person("two", "one")]

    assert reports_of("one", circle) == {"one", "two"}


def test_the_longest_lines_are_those_of_active_users_to_whom_somebody_reports() -> None:
    lines = longest_lines({one.id: one for one in (*TREE, person("new", "nobody"))})

    assert lines == [frozenset(one.id for one in TREE), frozenset({"boss", "sato", "left", "kim"})]
