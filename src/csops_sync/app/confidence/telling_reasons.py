"""Why something is told in Slack or logged: sentences that the outbox keeps as text, and its list understands again."""

from collections.abc import Iterable
from functools import reduce

from csops_sync.domain.confidence.ranks import Outcome, Standing
from csops_sync.domain.confidence.step_reasons import STEP_REASONS
from csops_sync.domain.renewal import Settled
from csops_sync.domain.sentences import Sentence, Wording, one_of, understood

_ARROW = " > "
_MOST_STEPS = 50
"""Longer paths stay text."""
_UNRATED = Wording("path.unrated", "unrated")
_THEN = Wording("path.then", "{before} > {after}")
_CLOSED = Wording(
    "path.closed",
    "{rank} ({settled})",
    {"rank": lambda text: understood(text, (_UNRATED,)), "settled": Settled},
)


def _steps(text: str) -> str:
    """Understand the steps of a path; a rank by itself is its name."""
    steps = text.split(_ARROW)
    if len(steps) > _MOST_STEPS:
        return text
    said = (understood(one, (_CLOSED, _UNRATED)) for one in steps)
    return reduce(lambda before, after: _THEN(before=before, after=after), said)


_CONFIDENCE = Wording("telling.confidence", "confidence of {account}: {steps}", {"steps": _steps})
CELEBRATED = Wording("telling.celebrated", "good news is celebrated")
LATE_MOVE = Wording("telling.late-move", "a change that became visible late")
LEFT_OVER = Wording("telling.left-over", "what does not fit")
NOTE = Wording("telling.note", "a note by {name}")
ANSWER = Wording("telling.answer", "the answer of {name}")
TASK_OF_NOTE = Wording("telling.task-note", "note by {name}")
TASK_OF_ANSWER = Wording("telling.task-acknowledged", "acknowledged by {name}")
STORM = Wording("telling.storm", "{n} changes by one person in a short time", {"n": int})
STORM_OF_NOBODY = Wording("telling.storm-unnamed", "{n} changes by Salesforce in a short time", {"n": int})
SNOOZE_OVER = Wording("telling.snooze-over", "the snooze is over")
UNANSWERED = Wording("telling.unanswered", "nobody has answered in time")
UNANSWERED_SO = Wording(
    "telling.unanswered-so", "nobody has answered in time; {why}", {"why": one_of(*STEP_REASONS)}
)
TELLING_REASONS = (
    _CONFIDENCE,
    CELEBRATED,
    LATE_MOVE,
    LEFT_OVER,
    NOTE,
    ANSWER,
    TASK_OF_NOTE,
    TASK_OF_ANSWER,
    STORM,
    STORM_OF_NOBODY,
    SNOOZE_OVER,
    UNANSWERED_SO,
    UNANSWERED,
)
"""In the order in which a text is tried."""


def confidence_of(account: str, path: Iterable[Standing]) -> Sentence:
    """This function will say how a renewal's confidence moved: `confidence of Acme: B > D > unrated (lost)`."""
    return _CONFIDENCE(account=account, steps=_ARROW.join(map(_step, path)))


def _step(one: Standing) -> str:
    rank = one.rank or _UNRATED()
    return rank if one.outcome is Outcome.OPEN else _CLOSED(rank=rank, settled=Settled(one.outcome.value))
