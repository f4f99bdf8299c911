"""What goes wrong by seed: faults of both services, a kill in the middle of the work, a restart between two days."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from random import Random

Fault = Mapping[str, object]

_INSERTS: Fault = {"path": "/composite/sobjects"}
_POSTS: Fault = {"service": "slack", "path": "chat.postMessage"}
_LOCKED: Fault = {"code": "UNABLE_TO_LOCK_ROW", "message": "unable to obtain exclusive access to this record"}

CERTAIN: Sequence[Fault] = (
    {"fault": "drop_before", **_INSERTS},
    {"fault": "drop_after", **_INSERTS},
    {"fault": "lock_row", **_INSERTS},
    {"fault": "row_error", "row": 1, **_LOCKED, **_INSERTS},
    {"fault": "server_unavailable_html", **_INSERTS},
    {"fault": "expired_session", **_INSERTS},
    {"fault": "concurrent_limit", **_INSERTS},
    {"fault": "total_requests_limit", **_INSERTS},
    {"fault": "status", "status": 500, "after": True, **_INSERTS},
    {"fault": "drop_before", **_POSTS},
    {"fault": "drop_after", **_POSTS},
    {"fault": "ratelimited", "retry_after": 30, **_POSTS},
    {"fault": "internal_error", **_POSTS},
    {"fault": "internal_error", "after": True, **_POSTS},
    {"fault": "service_unavailable", **_POSTS},
    {"fault": "status", "status": 503, "answer": "<html>", **_POSTS},
)
"""Faults that meet the first insert or post of a day that opens something."""

ANYWHERE: Sequence[Fault] = (
    *({"fault": kind} for kind in ("drop_before", "drop_after", "expired_session", "concurrent_limit")),
    {"fault": "total_requests_limit"},
    {"fault": "server_unavailable_html"},
    {"fault": "lock_row", "path": "/composite$", "contains": "PATCH"},
    {"fault": "drop_before", "path": "/composite$", "contains": "PATCH"},
    {"fault": "drop_after", "path": "/composite$", "contains": "PATCH"},
    *({"service": "slack", "fault": kind} for kind in ("drop_before", "drop_after")),
    {"service": "slack", "fault": "ratelimited", "retry_after": 30},
    {"service": "slack", "fault": "drop_before", "path": "conversations.history"},
)
"""Faults that meet whatever comes."""


@dataclass(frozen=True)
class Trouble:
    """What goes wrong on one day: faults, the crossing at which each life ends, a restart before the day.

    `meanwhile_at` is the crossing at which people do what they do in the middle of the work, `usurped_at` the one at
    which another process takes the org away for a moment.
    """

    faults: Sequence[Fault] = ()
    deaths: Sequence[int] = ()
    is_restarted: bool = False
    meanwhile_at: int = 0
    usurped_at: int | None = None


def plan(seed: int, *, days: int) -> Sequence[Trouble]:
    """This function will make the troubles of a seed: at least one fault that is met, and one kill."""
    chance = Random(seed)  # noqa: S311  # repeatable trouble
    fatal = chance.randrange(days)
    return [_day(chance, number, must_die=number == fatal) for number in range(days)]


def _day(chance: Random, number: int, *, must_die: bool) -> Trouble:
    certain = [chance.choice(CERTAIN)] if number == 0 else []
    more = [
        {**chance.choice((*ANYWHERE, *CERTAIN)), "nth": chance.randint(1, 4)}
        for _ in range(chance.randint(0, 2))
    ]
    deaths = chance.randint(1, 2) if must_die else chance.choice((0, 0, 1))
    return Trouble(
        faults=[*certain, *more],
        deaths=[chance.randint(1, 40) for _ in range(deaths)],
        is_restarted=must_die or chance.random() < 0.3,
        meanwhile_at=chance.randint(1, 40),
        usurped_at=chance.randint(1, 40) if chance.random() < 0.2 else None,
    )
