"""Calls as they are stored: appended, never changed and never removed. Instants are aware UTC."""

from collections.abc import Sequence
from datetime import datetime
from typing import Protocol

from csops_sync.domain.forecast.calls import Call, CallSubject
from csops_sync.domain.money import Money


class Calls(Protocol):
    """One row per call, numbered in the order in which they were made."""

    def add(
        self, *, subject: CallSubject, at: datetime, by_id: str, amount: Money | None, note: str = ""
    ) -> Call:
        """This function will append a call, or (amount None) the withdrawal of those before it."""
        ...

    def known(self, *, at: datetime, subjects: Sequence[CallSubject] | None = None) -> Sequence[Call]:
        """This function will give the last call on each subject up to an instant, in order of id.

        Of these subjects, or (None) of all. A subject whose last call withdraws is left out.
        """
        ...

    def history(self, *, subject: CallSubject | None = None, limit: int = 500) -> Sequence[Call]:
        """This function will list the newest calls, withdrawals too, on one subject or on all, oldest first."""
        ...
