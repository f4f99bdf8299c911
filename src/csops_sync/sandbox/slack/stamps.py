"""Slack's `ts`: seconds and six more digits, as text; compared here as whole microseconds."""

import re
from datetime import UTC, datetime, timedelta

_TS = re.compile(r"(\d{1,12})(?:\.(\d{1,6}))?", re.ASCII)
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MILLION = 1_000_000


def micros_of(text: str) -> int | None:
    """This function will read a `ts` as microseconds since 1970, or None where it is none."""
    match = _TS.fullmatch(text)
    if match is None:
        return None
    seconds, fraction = match.groups()
    return int(seconds) * _MILLION + int((fraction or "").ljust(6, "0"))


def ts_of(micros: int) -> str:
    """This function will write microseconds since 1970 as a `ts`."""
    return f"{micros // _MILLION}.{micros % _MILLION:06d}"


def micros_at(instant: datetime) -> int:
    """This function will give an aware instant as microseconds since 1970."""
    return (instant - _EPOCH) // timedelta(microseconds=1)


def instant_of(ts: str) -> datetime:
    """This function will give the aware UTC instant of a `ts`; ValueError where it is none."""
    micros = micros_of(ts)
    if micros is None:
        raise ValueError(f"{ts!r} is no message timestamp")
    return _EPOCH + timedelta(microseconds=micros)
