"""What a failure means for a process that must go on: how long to wait, and whether a person is needed."""

from dataclasses import dataclass
from enum import StrEnum

from csops_sync.ports.errors import (
    AuthFailedError,
    BudgetExceededError,
    OutsideError,
    TransientError,
    WrongOrgError,
)

_AUTH_PAUSES = (300.0, 900.0, 3600.0)
PERSON_PAUSE = 300.0
"""Seconds until what a person must mend is tried again."""
_FIRST_PASSING_PAUSE = 2.0
_LONGEST_PASSING_PAUSE = 60.0

Foreseeable = OutsideError | WrongOrgError
"""What `judged` can judge; everything else is a bug and is told as one."""


class FailureKind(StrEnum):
    """`PASSING` and `BUDGET` end by themselves; all others need a person."""

    PASSING = "passing"
    BUDGET = "budget"
    AUTH = "auth"
    PERMANENT = "permanent"
    WRONG_ORG = "wrong_org"
    UNEXPECTED = "unexpected"

    @property
    def needs_person(self) -> bool:
        """Whether it stays until somebody changes something."""
        return self not in (FailureKind.PASSING, FailureKind.BUDGET)


@dataclass(frozen=True, slots=True, kw_only=True)
class Failure:
    """One failure in words. `retry_after` is what the other side asked for, in seconds."""

    kind: FailureKind
    text: str
    retry_after: float | None = None


def judged(error: Foreseeable) -> Failure:
    """This function will say what an error of the outside means for us."""
    if isinstance(error, TransientError):
        kind = FailureKind.BUDGET if isinstance(error, BudgetExceededError) else FailureKind.PASSING
        return Failure(kind=kind, text=str(error), retry_after=error.retry_after)
    if isinstance(error, AuthFailedError):
        return Failure(kind=FailureKind.AUTH, text=str(error))
    if isinstance(error, WrongOrgError):
        return Failure(kind=FailureKind.WRONG_ORG, text=str(error))
    return Failure(kind=FailureKind.PERMANENT, text=str(error))


def unexpected(error: BaseException) -> Failure:
    """This function will put a bug into words; its traceback is in the log."""
    return Failure(
        kind=FailureKind.UNEXPECTED,
        text=f"unexpected {type(error).__name__}: {error}; this is a bug, the log has its traceback",
    )


def start_pause(failure: Failure, tries: int) -> float:
    """This function will give the seconds until putting everything together is tried again; `tries` from 1 on.

    Refused credentials are tried after 5, 15, then every 60 minutes: a loop of logins locks the user out.
    """
    if failure.kind is FailureKind.AUTH:
        return _AUTH_PAUSES[min(tries, len(_AUTH_PAUSES)) - 1]
    if failure.kind.needs_person:
        return PERSON_PAUSE
    growing = min(_FIRST_PASSING_PAUSE * (1 << min(tries - 1, 8)), _LONGEST_PASSING_PAUSE)
    return failure.retry_after if failure.retry_after is not None else growing
