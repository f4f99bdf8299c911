"""A day lived hour by hour: what people do at an hour they do once, however often the day is begun anew."""

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta

from tests.fakes.persevering import has_due_work, persevere
from tests.fakes.rated_deals import let_pass
from tests.fakes.rig import Rig

from csops_sync.app.confidence.answering import process_answers
from csops_sync.app.confidence.rereading import read_again

Act = Callable[[Rig], None]
Hours = Sequence[tuple[datetime, Act]]
"""Instants (UTC), in order, and what people do then."""


def live_through(rig: Rig, hours: Hours, *, answer: Act) -> None:
    """This function will live through these hours from wherever the clock stands; `answer` is said again each time."""
    answer(rig)
    live(rig)
    for at, act in hours:
        left = at - rig.sandbox.now()
        if left > timedelta(0):
            let_pass(rig, left)
            act(rig)
        live(rig)


def live(rig: Rig) -> None:
    """This function will do all that can be done by now."""
    read_again(rig.engine())
    process_answers(rig.engine())
    persevere(rig, waits=has_due_work)


def nothing(_rig: Rig) -> None:
    """Let windows be over, or a morning come."""
