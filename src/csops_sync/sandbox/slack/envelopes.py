"""What goes to an app over Socket Mode, and how often it was tried.

Shapes as docs.slack.dev/apis/events-api/using-socket-mode shows them. Events are tried again at once, after a minute
and after five (docs.slack.dev/apis/events-api); interactions are tried once, and fail before the person's eyes.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from uuid import uuid4

from csops_sync.sandbox.slack.elapsed import Moment
from csops_sync.sandbox.slack.model import Json

ACK_SECONDS = 3.0
RETRY_AFTER = (0.0, 60.0, 300.0)
TIMED_OUT, NOT_CONNECTED = "timeout", "connection_failed"


class Kind(StrEnum):
    """The `type` of an envelope."""

    EVENT = "events_api"
    INTERACTION = "interactive"


class Fate(StrEnum):
    """What became of a delivery."""

    PENDING = "pending"
    ACKNOWLEDGED = "acknowledged"
    FAILED = "failed"
    LOST = "lost"


@dataclass(slots=True)
class Attempt:
    """One envelope on one connection: 0 where none was open. `reason` says why an earlier one failed."""

    envelope_id: str
    number: int
    reason: str
    connection: int
    at: Moment
    acknowledged: bool = False


@dataclass(slots=True, kw_only=True)
class Delivery:
    """One payload on its way to the app.

    `accepts` says whether the acknowledgement may carry an answer, which `answered` is then called with. `again` has
    it sent once more after it was acknowledged, as Slack does when an acknowledgement is lost on its way.
    """

    kind: Kind
    payload: Mapping[str, Json]
    accepts: bool = False
    answered: Callable[[Mapping[str, Json]], None] | None = None
    again: bool = False
    fate: Fate = Fate.PENDING
    attempts: list[Attempt] = field(default_factory=list)
    failed_at: Moment | None = None
    reason: str = ""

    @property
    def current(self) -> Attempt | None:
        """The attempt whose acknowledgement is awaited, None between attempts."""
        waiting = self.fate is Fate.PENDING and self.failed_at is None and self.attempts
        return self.attempts[-1] if waiting else None

    def attempt(self, connection: int, at: Moment) -> Attempt:
        """This method will note a new attempt."""
        made = Attempt(str(uuid4()), len(self.attempts), self.reason, connection, at)
        self.attempts.append(made)
        self.failed_at, self.reason = None, ""
        return made

    def fail(self, reason: str, at: Moment) -> None:
        """This method will note that the last attempt came to nothing; there may be others after it."""
        self.reason, self.failed_at = reason, at
        if self.kind is Kind.INTERACTION or len(self.attempts) > len(RETRY_AFTER):
            self.fate = Fate.FAILED

    def wait(self) -> float:
        """This method will give the seconds between the failure of the last attempt and the next."""
        return RETRY_AFTER[len(self.attempts) - 1]

    def envelope(self, attempt: Attempt) -> dict[str, Json]:
        """This method will give what goes over the wire; only events say how often they were tried."""
        shown: dict[str, Json] = {
            "envelope_id": attempt.envelope_id,
            "payload": dict(self.payload),
            "type": self.kind.value,
            "accepts_response_payload": self.accepts,
        }
        if self.kind is Kind.EVENT:
            shown |= {"retry_attempt": attempt.number, "retry_reason": attempt.reason}
        return shown

    def as_json(self) -> dict[str, object]:
        """This method will give the delivery as the control endpoint shows it."""
        event = self.payload.get("event")
        what = event.get("type") if isinstance(event, dict) else self.payload.get("type")
        return {
            "kind": self.kind.value,
            "type": what,
            "event_id": self.payload.get("event_id"),
            "fate": self.fate.value,
            "attempts": [
                {
                    "envelope_id": one.envelope_id,
                    "retry_attempt": one.number,
                    "retry_reason": one.reason,
                    "connection": one.connection,
                    "acknowledged": one.acknowledged,
                }
                for one in self.attempts
            ],
        }
