"""Judges what people answered in busy days, and who was reminded of what they did not answer."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cached_property

from tests.fakes.busy_judge import Judge
from tests.fakes.expected_reminders import Reminder, Story, is_open
from tests.fakes.expected_tellings import FALLBACK, RISK, Said
from tests.fakes.sandbox import Record

_REMINDERS = ("escalated", "asked_again")
"""Nobody snoozes here, so nobody is asked again."""
_ON_TIME = timedelta(minutes=15)
"""So long a reminder may take to stand in Slack after its cycle, through faults and the pace that Slack asks for."""


@dataclass(frozen=True)
class AnswerJudge:
    """Reads what stands there once the days are over, beside the judge of what was told."""

    judge: Judge

    @cached_property
    def reminders(self) -> Mapping[str, Sequence[Record]]:
        """Every post that reminds of a question, by opportunity, oldest first."""
        found: dict[str, list[Record]] = {deal: [] for deal in self.judge.day.team}
        for key, lines in self.judge.posted.items():
            kind, _, rest = key.partition("/")
            if kind in _REMINDERS:
                found[rest.partition("/")[0]] += lines
        return {deal: sorted(lines, key=lambda one: str(one["id"])) for deal, lines in found.items()}

    @cached_property
    def stories(self) -> Mapping[str, Story]:
        """What must have become of the questions of each opportunity."""
        told = {key: _instant(lines[0]) for key, lines in self.judge.posted.items()}
        polls = [one.now for one in self.judge.day.polls]
        found: dict[str, Story] = {}
        for deal in self.judge.day.team:
            given = [one for one in self.judge.day.given if one.deal == deal]
            story = found[deal] = Story(
                happenings=[*self.judge.expected.asked.get(deal, ()), *given],
                polls=polls,
                told=told,
                reminded=[_instant(one) for one in self.reminders[deal]],
                counts=self._counts,
            )
            story.live()
        return found

    def problems(self) -> list[str]:
        """Whatever answer or reminder is not as it must be."""
        return [*self._answer_problems(), *self._reminder_problems()]

    def shape(self) -> Mapping[str, int]:
        """How much of everything that is hard the days held."""
        stories = self.stories.values()
        return {
            "answers": len(self.judge.day.given),
            "answers that count": sum(one.answered for one in stories),
            "reminded once": sum(len(one.reminders) == 1 for one in stories),
            "reminded again": sum(len(one.reminders) > 1 for one in stories),
        }

    def _reminder_problems(self) -> list[str]:
        """Whatever question was not brought to the next person when it had to be, or was so otherwise, or too often."""
        return [
            f"{deal}: {problem}"
            for deal, story in self.stories.items()
            for problem in self._reminded_otherwise(deal, story.reminders, self.reminders[deal])
        ]

    def _answer_problems(self) -> list[str]:
        """Whatever answer that counts is not one Task in Salesforce, and whatever other one is."""
        logged = Counter(one["WhatId"] for one in self.judge.day.rig.sandbox.records("Task"))
        return [
            f"{deal} has {logged[deal]} Tasks after {story.answered} answers that count"
            for deal, story in self.stories.items()
            if logged[deal] != story.answered
        ]

    def _reminded_otherwise(
        self, deal: str, wanted: Sequence[Reminder], lines: Sequence[Record]
    ) -> Iterator[str]:
        if len(wanted) != len(lines):
            yield f"{len(lines)} reminders, not {len(wanted)}: {wanted}"
        card = self.judge.expected.cards.get((deal, RISK), "")
        for reminder, line in zip(wanted, lines, strict=False):
            yield from self.judge.otherwise(Said(channel=RISK, mention=reminder.call, of=card), line)
            stands = _instant(line)
            if not (is_open(stands) and reminder.at <= stands < reminder.at + _ON_TIME):
                yield f"reminded at {stands}, not soon after {reminder.at}"

    def _counts(self, by: str, asked: Sequence[str]) -> bool:
        """Whether somebody was asked, or stands above who was, or is of a group that was; of the fallback always."""
        groups = (self.judge.names.members[one] for one in (*asked, FALLBACK) if one.startswith("@"))
        if any(self.judge.slack_id(by) in members for members in groups):
            return True
        chains = (self._chain(one) for one in asked if not one.startswith("@"))
        return any(by in chain for chain in chains)

    def _chain(self, user: str | None) -> Iterator[str]:
        while user:
            yield user
            user = self.judge.users[user]["ManagerId"]


def _instant(line: Record) -> datetime:
    """When a message came to stand in Slack: its stamp says so."""
    return datetime.fromtimestamp(float(line["id"]), UTC)
