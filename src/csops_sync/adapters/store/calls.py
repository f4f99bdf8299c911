"""Calls: one row each, appended and never changed."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import ColumnElement, func, insert, select, true
from sqlalchemy.engine import Row as Found

from csops_sync.adapters.store.scope import Scope, chunks, from_ms, to_ms
from csops_sync.adapters.store.tables import MANAGER_CALL
from csops_sync.domain.forecast.calls import Call, CallSubject, subject_of
from csops_sync.domain.money import Money

_C = MANAGER_CALL.c


class SqlCalls:
    """Implements `ports.call_store.Calls`."""

    def __init__(self, scope: Scope) -> None:
        self._scope = scope

    def add(
        self, *, subject: CallSubject, at: datetime, by_id: str, amount: Money | None, note: str = ""
    ) -> Call:
        """Append a call. Orders exclude one another (`Store.transaction` without a grant), so the number is free."""
        last = select(func.max(_C.id)).where(_C.org_id == self._scope.org_id)
        number = (self._scope.connection.execute(last).scalar_one() or 0) + 1
        values = {
            "org_id": self._scope.org_id,
            "id": number,
            "subject": subject.text,
            "at": to_ms(at),
            "by_id": by_id,
            "amount_minor": None if amount is None else amount.to_minor(),
            "currency": None if amount is None else amount.currency,
            "note": note,
        }
        self._scope.connection.execute(insert(MANAGER_CALL).values(**values))
        return self._read(_C.id == number)[0]

    def known(self, *, at: datetime, subjects: Sequence[CallSubject] | None = None) -> Sequence[Call]:
        """Give the last call on each subject up to an instant, in order of id."""
        if subjects is None:
            return self._last(at, true())
        asked = sorted({one.text for one in subjects})
        found = [one for part in chunks(asked) for one in self._last(at, self._scope.among(_C.subject, part))]
        return sorted(found, key=lambda one: one.id)

    def history(self, *, subject: CallSubject | None = None, limit: int = 500) -> Sequence[Call]:
        """List the newest calls, withdrawals too, oldest first."""
        which = true() if subject is None else _C.subject == subject.text
        mine = select(MANAGER_CALL).where(_C.org_id == self._scope.org_id, which)
        found = self._scope.connection.execute(mine.order_by(_C.id.desc()).limit(limit)).all()
        return [_call(row) for row in reversed(found)]

    def _last(self, at: datetime, which: ColumnElement[bool]) -> list[Call]:
        mine = (_C.org_id == self._scope.org_id, _C.at <= to_ms(at), which)
        newest = select(func.max(_C.id)).where(*mine).group_by(_C.subject)
        return [one for one in self._read(_C.id.in_(newest)) if one.amount is not None]

    def _read(self, which: ColumnElement[bool]) -> list[Call]:
        statement = select(MANAGER_CALL).where(_C.org_id == self._scope.org_id, which).order_by(_C.id)
        return [_call(row) for row in self._scope.connection.execute(statement)]


class RehearsedCalls:
    """Implements `ports.call_store.Calls` for a rehearsal, which makes none."""

    def __init__(self, below: Scope) -> None:
        self._below = SqlCalls(below)

    def add(self, **_asked: object) -> Call:
        """Raise TypeError: nothing that is rehearsed is kept, and a call is for ever."""
        raise TypeError("A rehearsal keeps nothing: make a call in a transaction.")

    def known(self, *, at: datetime, subjects: Sequence[CallSubject] | None = None) -> Sequence[Call]:
        """Give the last call on each subject up to an instant, in order of id."""
        return self._below.known(at=at, subjects=subjects)

    def history(self, *, subject: CallSubject | None = None, limit: int = 500) -> Sequence[Call]:
        """List the newest calls, withdrawals too, oldest first."""
        return self._below.history(subject=subject, limit=limit)


def _call(found: Found[*tuple[object, ...]]) -> Call:
    amount = None if found.amount_minor is None else Money.from_minor(found.amount_minor, found.currency)
    return Call(
        id=found.id,
        subject=subject_of(found.subject),
        at=from_ms(found.at),
        by_id=found.by_id,
        amount=amount,
        note=found.note,
    )
