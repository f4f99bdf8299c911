"""Several faults in force at once: each counts every request that it fits, whichever of them fires."""

from collections.abc import Mapping, Sequence

import pytest

from csops_sync.sandbox.faults import Fault, Faults, Json

PATH = "/services/data/v66.0/limits"
Spec = Mapping[str, Json]


def kinds(specs: Sequence[Spec], requests: int) -> list[str]:
    """The fault of each of so many requests to one path, by kind; a hyphen where there was none."""
    faults = Faults()
    faults.add(specs)
    return [fault.kind if fault else "-" for fault in (_asked(faults) for _ in range(requests))]


@pytest.mark.parametrize("way", ["transport", "answer"])
def test_the_second_rule_counts_the_request_that_the_first_took(way: str) -> None:
    first, second = ("drop_before", "drop_after") if way == "transport" else ("query_timeout", "lock_row")
    faults = Faults()
    faults.add([{"fault": first, "path": "limits"}, {"fault": second, "path": "limits", "nth": 2}])
    take = faults.transport if way == "transport" else faults.answer
    fired = [take("salesforce", "GET", PATH) for _ in range(3)]
    assert [one is not None for one in fired] == [True, True, False]
    assert [(one["matched"], one["fired"]) for one in faults.report()] == [(3, 1), (3, 1)]


def test_a_rule_whose_turn_another_took_fires_on_the_next_match() -> None:
    """Both are due on the first request: `nth` says from the how-manieth on."""
    assert kinds([{"fault": "query_timeout"}, {"fault": "unknown_exception"}], 3) == [
        "query_timeout",
        "unknown_exception",
        "-",
    ]


def test_the_first_that_is_due_fires_not_the_first_that_was_asked_for() -> None:
    specs: list[Spec] = [
        {"fault": "query_timeout", "nth": 3},
        {"fault": "unknown_exception", "nth": 1, "times": 0},
    ]
    assert kinds(specs, 4) == ["unknown_exception"] * 2 + ["query_timeout", "unknown_exception"]


def test_a_rate_draws_the_same_lots_whatever_else_is_in_force() -> None:
    """Where another rule fires instead, the lot of that request is lost."""
    rate: Spec = {"fault": "query_timeout", "rate": 0.5, "seed": 7}
    alone = kinds([rate], 40)
    beside = kinds([{"fault": "unknown_exception", "times": 10}, rate], 40)
    assert beside == ["unknown_exception"] * 10 + alone[10:]
    assert set(alone[10:]) == {"query_timeout", "-"}


def test_what_a_connection_keeps_from_the_service_is_not_counted_by_its_rules() -> None:
    faults = Faults()
    faults.add([{"fault": "drop_before"}, {"fault": "query_timeout", "nth": 2}])
    assert faults.transport("salesforce", "GET", PATH) is not None
    assert [one["matched"] for one in faults.report()] == [1, 0]


def test_a_rule_of_the_other_service_or_another_path_counts_nothing() -> None:
    faults = Faults()
    faults.add(
        [{"fault": "query_timeout", "path": "/query"}, {"fault": "internal_error", "service": "slack"}]
    )
    assert _asked(faults) is None
    assert [one["matched"] for one in faults.report()] == [0, 0]


@pytest.mark.parametrize(
    ("order", "seen"),
    [
        (
            ("drop_after", "unable_to_lock_row"),
            [("drop_after", None), (None, "unable_to_lock_row"), (None, None)],
        ),
        (
            ("unable_to_lock_row", "drop_after"),
            [(None, "unable_to_lock_row"), ("drop_after", None), (None, None)],
        ),
    ],
)
def test_a_connection_and_the_service_never_fail_on_the_same_request(
    order: Sequence[str], seen: list[tuple[str | None, str | None]]
) -> None:
    faults = Faults()
    faults.add([{"fault": name} for name in order])
    assert [_served(faults, PATH) for _ in seen] == seen
    assert [(one["matched"], one["fired"]) for one in faults.report()] == [(3, 1), (3, 1)]


def test_a_login_is_no_request_that_the_service_would_refuse() -> None:
    faults = Faults()
    faults.add([{"fault": "unable_to_lock_row"}, {"fault": "invalid_grant"}])
    fault = faults.transport("salesforce", "POST", "/services/oauth2/token")
    assert fault is not None
    assert fault.kind == "invalid_grant"


def test_a_spared_request_draws_its_lot_all_the_same() -> None:
    faults, alone = Faults(), Faults()
    for one in (faults, alone):
        one.add([{"fault": "query_timeout", "rate": 0.5, "seed": 7}])
    drawn = [_asked(alone) is not None for _ in range(20)]
    spared = [faults.answer("salesforce", "GET", PATH, spared=True) for _ in range(10)]
    assert spared == [None] * 10
    assert [_asked(faults) is not None for _ in range(10)] == drawn[10:]


def _served(faults: Faults, path: str) -> tuple[str | None, str | None]:
    """What a request meets on the wire, and in the service."""
    wire = faults.transport("salesforce", "GET", path)
    own = faults.answer("salesforce", "GET", path, spared=wire is not None)
    return None if wire is None else wire.kind, None if own is None else own.kind


def _asked(faults: Faults) -> Fault | None:
    return faults.answer("salesforce", "GET", PATH)
