"""The calls of the fake dashboard: two of every renewal, one of which counts, and who may make the next one."""

from datetime import UTC, datetime

from tests.fakes.landings import yen

from csops_sync.app.forecast.call_rows import CallRow
from csops_sync.app.forecast.callers import Caller, RenewalCalls

NOTE = "<b>値上げ</b>に合意 & signed soon"
"""What a person may write."""


def calls_of(key: str, *, names: dict[str, str]) -> RenewalCalls:
    """What was called of a renewal, the newest first; `names` are people by id, and each may call."""
    by_id, by = next(iter(names.items()))
    made = [
        CallRow(
            id=number,
            kind="renewal",
            subject=key,
            about="",
            period="",
            amount=yen(1_000_000 * number),
            by=by,
            by_id=by_id,
            at=datetime(2026, 11, number, tzinfo=UTC),
            note=NOTE,
            counts=number == 2,
        )
        for number in (2, 1)
    ]
    return RenewalCalls(made=tuple(made), callers=teams(names), currency="JPY")


def teams(names: dict[str, str]) -> tuple[Caller, ...]:
    """Everybody."""
    return tuple(Caller(id=user_id, name=name) for user_id, name in names.items())
