"""How long a start waits after each kind of failure: never so short that it harms, never for ever."""

import pytest

from csops_sync.app.failures import FailureKind, Foreseeable, judged, start_pause
from csops_sync.ports.errors import (
    AuthFailedError,
    BudgetExceededError,
    PermanentError,
    TransientError,
    WrongOrgError,
)


@pytest.mark.parametrize(
    ("error", "pauses"),
    [
        (TransientError("down"), [2, 4, 8, 16, 32, 60, 60]),
        (TransientError("busy", retry_after=7.0), [7, 7, 7]),
        (BudgetExceededError("used up", retry_after=900.0), [900, 900]),
        (AuthFailedError("refused"), [300, 900, 3600, 3600]),
        (PermanentError("no such field"), [300, 300]),
        (WrongOrgError("another org"), [300, 300]),
    ],
    ids=["down", "asked to wait", "allowance", "login", "mapping", "org"],
)
def test_the_pauses_of_a_start_grow_as_the_failure_asks(error: Foreseeable, pauses: list[float]) -> None:
    failure = judged(error)

    assert [start_pause(failure, tries) for tries in range(1, len(pauses) + 1)] == pauses


@pytest.mark.parametrize(
    ("error", "kind", "needs_person"),
    [
        (TransientError("x"), FailureKind.PASSING, False),
        (BudgetExceededError("x"), FailureKind.BUDGET, False),
        (AuthFailedError("x"), FailureKind.AUTH, True),
        (PermanentError("x"), FailureKind.PERMANENT, True),
        (WrongOrgError("x"), FailureKind.WRONG_ORG, True),
    ],
    ids=["passing", "budget", "auth", "permanent", "org"],
)
def test_only_what_ends_by_itself_needs_no_person(
    error: Foreseeable, kind: FailureKind, *, needs_person: bool
) -> None:
    assert judged(error).kind is kind
    assert kind.needs_person is needs_person
