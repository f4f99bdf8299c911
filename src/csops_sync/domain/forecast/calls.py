"""A call: what a manager or a CSM says a renewal, or a team's period, will come to. Never changed, only followed.

Amounts are annual and recurring, like a landing. The last call on a subject counts; one without an amount withdraws
those before it.
"""

from dataclasses import dataclass
from datetime import date, datetime

from csops_sync.domain.forecast.periods import Window
from csops_sync.domain.money import Money

_RENEWAL, _TEAM = "renewal", "team"


@dataclass(frozen=True, slots=True, kw_only=True)
class CalledRenewal:
    """A call is about one renewal, by its renewal key."""

    key: str

    @property
    def text(self) -> str:
        """How the subject is stored and found."""
        return f"{_RENEWAL}/{self.key}"


@dataclass(frozen=True, slots=True, kw_only=True)
class CalledTeam:
    """A call is about all that falls due in a window with a user and everybody below them."""

    user_id: str
    window: Window

    @property
    def text(self) -> str:
        """How the subject is stored and found."""
        return f"{_TEAM}/{self.user_id}/{self.window.first}/{self.window.last}"


CallSubject = CalledRenewal | CalledTeam


@dataclass(frozen=True, slots=True, kw_only=True)
class Call:
    """One call. `at` is an aware UTC instant, `by_id` the Salesforce user whose call it is; `id` grows with each.

    `amount` None withdraws the calls before it. `note` is the person's own words, or empty.
    """

    id: int
    subject: CallSubject
    at: datetime
    by_id: str
    amount: Money | None
    note: str = ""


def subject_of(text: str) -> CallSubject:
    """This function will read a subject from how it is stored.

    Raises:
        ValueError: the text is no subject.
    """
    kind, _, rest = text.partition("/")
    if kind == _RENEWAL and rest:
        return CalledRenewal(key=rest)
    parts = rest.split("/")
    if kind != _TEAM or len(parts) != 3:  # noqa: PLR2004 - who, and the two ends of the window
        raise ValueError(f"{text!r} is no subject of a call")
    user_id, first, last = parts
    return CalledTeam(user_id=user_id, window=Window(date.fromisoformat(first), date.fromisoformat(last)))
