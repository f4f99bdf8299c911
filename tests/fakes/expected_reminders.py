"""Who must be reminded of a question that nobody answered, and when: from what was told and answered, plainly.

Written from the words of the issue: the next person is mentioned after so many business hours without an answer, for
at most the steps of the rules; an answer by who was asked, or by somebody above them, stops it, and so do good news.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, time, timedelta
from typing import TypeAlias
from zoneinfo import ZoneInfo

WITHIN = timedelta(hours=7)
"""Business hours, as `acceptance/config/confidence_busy.yaml` has it."""
_ZONE = ZoneInfo("Asia/Tokyo")
_OPENS, _CLOSES = time(9), time(18)
_SATURDAY = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """Bad news was told and asks `mention` for an answer; `key` is the message's, `steps` who hears of it next."""

    at: datetime
    key: str
    mention: str
    steps: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Calmed:
    """Good news, or a rank that is given again, leaves nothing to answer for."""

    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Given:
    """Somebody (`by`: user id) pressed the button of a card."""

    at: datetime
    deal: str
    by: str


Happening: TypeAlias = Asked | Calmed | Given


@dataclass(frozen=True, slots=True, kw_only=True)
class Reminder:
    """A person or a handle that the cycle at `at` must mention in the thread."""

    at: datetime
    call: str


@dataclass
class Question:
    """What a card asks at present: of whom by now, and when the next one hears of it."""

    asked: Asked
    calls: list[str]
    due: datetime
    level: int = 0


@dataclass
class Story:
    """One renewal. `told` are the instants at which messages stood in Slack, `reminded` those of its reminders.

    `counts` says whether somebody's answer counts where these were asked. `answered` counts those that did.
    """

    happenings: Sequence[Happening]
    polls: Sequence[datetime]
    told: Mapping[str, datetime]
    reminded: Sequence[datetime]
    counts: Callable[[str, Sequence[str]], bool]
    answered: int = 0
    reminders: list[Reminder] = field(default_factory=list)
    _question: Question | None = None

    def live(self) -> None:
        """Live through it all: what a cycle decides comes before what it reminds of, and answers come after both."""
        decided = [(one.at, 0, one) for one in self.happenings if not isinstance(one, Given)]
        given = [(one.at, 2, one) for one in self.happenings if isinstance(one, Given)]
        polls = [(at, 1, None) for at in self.polls]
        for at, _, one in sorted([*decided, *given, *polls], key=lambda found: found[:2]):
            if one is None:
                self._remind(at)
            else:
                self._happen(one)

    def _happen(self, one: Happening) -> None:
        if isinstance(one, Asked):
            due = after_hours(self.told.get(one.key, one.at), WITHIN)
            self._question = Question(one, [one.mention], due)
        elif isinstance(one, Calmed):
            self._question = None
        elif self._question is not None and self.counts(one.by, self._question.calls):
            self.answered += 1
            self._question = None

    def _remind(self, now: datetime) -> None:
        asks = self._question
        if asks is None or asks.level == len(asks.asked.steps) or asks.due > now or not is_open(now):
            return
        call = asks.asked.steps[asks.level]
        self.reminders.append(Reminder(at=now, call=call))
        asks.calls.append(call)
        asks.level += 1
        stood = self.reminded[len(self.reminders) - 1 : len(self.reminders)]
        asks.due = after_hours(stood[0] if stood else now, WITHIN)


def is_open(now: datetime) -> bool:
    """This function will say whether it is between nine and six in Tokyo, Monday to Friday."""
    local = now.astimezone(_ZONE)
    return local.weekday() < _SATURDAY and _OPENS <= local.time() < _CLOSES


def after_hours(since: datetime, span: timedelta) -> datetime:
    """This function will give the instant at which so much of business hours is over; at six it is the next nine."""
    for begins, ends in _days(since):
        begin = max(begins, since)
        if begin + span < ends:
            return begin + span
        span -= max(ends - begin, timedelta(0))
    raise AssertionError("days never end")


def _days(since: datetime) -> Iterator[tuple[datetime, datetime]]:
    day = since.astimezone(_ZONE).date()
    while True:
        if day.weekday() < _SATURDAY:
            yield datetime.combine(day, _OPENS, _ZONE), datetime.combine(day, _CLOSES, _ZONE)
        day += timedelta(days=1)
