"""A fault that is asked for wrongly is refused with what would be right; nothing is taken in silence."""

import pytest

from csops_sync.sandbox.faults import Fault, FaultError, Faults, Json

WRONG: list[tuple[dict[str, Json], str]] = [
    ({"path": "[bad"}, "path is a regular expression"),
    ({"path": 7}, "path is a regular expression"),
    ({"contains": "(bad"}, "contains is a regular expression"),
    ({"nth": 0}, "nth is a whole number, 1 or more, not 0"),
    ({"nth": -3}, "nth is a whole number, 1 or more, not -3"),
    ({"nth": 1.5}, "nth is a whole number"),
    ({"nth": "two"}, "nth is a whole number, 1 or more, not 'two'"),
    ({"times": -1}, "times is a whole number, 0 or more, not -1"),
    ({"times": True}, "times is a whole number"),
    ({"rate": 1.5}, "rate is a chance, 0 to 1, not 1.5"),
    ({"rate": -0.1}, "rate is a chance"),
    ({"rate": "often"}, "rate is a chance, 0 to 1, not 'often'"),
    ({"row": 0}, "row is a whole number, 1 or more, not 0"),
    ({"method": "FETCH"}, "method is one of GET, POST"),
    ({"after": "yes"}, "after is true or false"),
    ({"seconds": "long"}, "seconds are 0 to 60, not 'long'"),
    ({"seconds": 61}, "seconds are 0 to 60, not 61"),
    ({"retry_after": -1}, "retry_after is a whole number"),
    ({"message": 5}, "message is a text"),
    ({"fault": "status"}, "the fault status takes a status"),
    ({"fault": "status", "status": 9999}, "status is a whole number, 200 to 599, not 9999"),
    ({"fault": "error", "code": "X", "status": 99}, "status is a whole number, 200 to 599"),
]


@pytest.mark.parametrize(("spec", "words"), WRONG, ids=[str(spec) for spec, _ in WRONG])
def test_a_wrong_value_is_refused_and_no_rule_of_the_list_is_in_force(
    spec: dict[str, Json], words: str
) -> None:
    faults = Faults()
    with pytest.raises(FaultError, match=words.replace("(", r"\(")):
        faults.add([{"fault": "query_timeout"}, {"fault": "query_timeout", **spec}])
    assert faults.report() == []


@pytest.mark.parametrize(
    "spec", [{"nth": 1, "times": 0}, {"rate": 1}, {"rate": 0, "seed": "a"}, {"path": None, "row": 1}]
)
def test_the_last_value_that_fits_is_taken(spec: dict[str, Json]) -> None:
    faults = Faults()
    faults.add([{"fault": "query_timeout", **spec}])
    assert len(faults.report()) == 1


def test_a_status_from_outside_keeps_what_was_asked_for() -> None:
    faults = Faults()
    faults.add([{"fault": "status", "status": 599}])
    fault = faults.transport("salesforce", "GET", "/services/data/v66.0/limits")
    assert fault == Fault(kind="status", arguments={"status": 599})
