"""Cards from a move in Salesforce to Slack and back, where a test can refuse any call.

The org is in memory; the daemon's jobs and the adapter are the real ones, the Slack is the sandbox's over HTTP.
"""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace

from tests.fakes.confidence_shop import RULES, watched
from tests.fakes.daemon import OPERATOR, Bench
from tests.fakes.slack_workspace import TOKEN, Workspace, running_workspace

from csops_sync.adapters.slack.cards import SlackCards
from csops_sync.adapters.slack.client import SlackChat
from csops_sync.adapters.slack.connection import SlackOptions
from csops_sync.app.answers_job import AnswersJob
from csops_sync.app.confidence.answering import inbox_item
from csops_sync.app.confidence.telling_form import decode_telling
from csops_sync.app.cycle_job import Hands
from csops_sync.app.engine import Engine
from csops_sync.domain.confidence.card import Card
from csops_sync.domain.confidence.rules import ConfidenceRules
from csops_sync.domain.rules import RuleSet
from csops_sync.ports.cards import Answer, AnswerKind, Place
from csops_sync.ports.crm import Role
from csops_sync.ports.shelves import InboxItem
from csops_sync.ports.store import LeaseGrant, OutboxRow, OutboxStatus, Target
from csops_sync.sandbox.faults import names
from csops_sync.sandbox.slack.acts import Place as Spot
from csops_sync.sandbox.slack.model import Message

CHANNELS = ("risk", "renewals", OPERATOR.removeprefix("#"))
PEOPLE = {"lead@example.com": "lead"} | {f"{one}@example.com": one for one in ("head", "boss", "sato")}
BOSS = "U0000000003"
MENTIONS = ("csm.manager", "@cs-leads", "@sato")
"""A user by e-mail, a user group, and a member by handle: every way to look somebody up."""
PAUSE = 301.0
"""Seconds after which what a person had to mend is tried again."""


def mentioning(rules: ConfidenceRules = RULES, *, anew: bool = False) -> ConfidenceRules:
    """Rules whose routes mention people in every way, and fold what one person changes a lot.

    `anew` posts worsened moves anew.
    """
    routes = (replace(one, mention=MENTIONS, prior_at_least=None, anew=anew) for one in rules.routes)
    return replace(rules, routes=tuple(routes))


@dataclass(frozen=True)
class Building:
    """A running workspace, and how it was before anybody came: each office in it begins there."""

    slack: Workspace
    empty: object

    def office(self, *, deals: int = 1, anew: bool = False) -> "SlackOffice":
        """Open an office that has told its baseline, and remembers nothing of the workspace."""
        self.slack.state.restore(self.empty)
        self.slack.faults.clear()
        made = SlackOffice(self.slack, deals=deals, anew=anew)
        made.work()
        made.begin_anew()
        return made


@contextmanager
def office_building() -> Iterator[Building]:
    """The workspace in which these people work; who begins again in the past is not held up by its pace."""
    with running_workspace(channels=CHANNELS, people=PEOPLE) as workspace:
        workspace.limits.on = False
        yield Building(workspace, workspace.state.snapshot())


class SlackOffice(Bench):
    """One process on a fresh org with renewals under watch, at 10:00 in Tokyo on a Monday."""

    def __init__(self, slack: Workspace, *, deals: int = 1, anew: bool = False) -> None:
        self.shop, self.deals = watched(mentioning(anew=anew), deals=deals)
        self.slack = slack
        self.begin_anew()
        super().__init__(crm=self.shop.crm, database=self.shop.database)
        hands = Hands(keeper=self.keeper, current=lambda: self.installation, replace=self.replace)
        self.answers = AnswersJob(hands, self.cycle, self.instruments)
        self.pass_time(0)
        self.cycle.run()

    def begin_anew(self) -> None:
        """Forget what was remembered of the workspace, as a new process has."""
        options = SlackOptions(token=TOKEN, base_url=f"{self.slack.base}api/", timeout_seconds=5)
        self._slack_chat = SlackChat(options, clock=self.shop.crm)
        self._cards = SlackCards(self._slack_chat.workspace)

    def _engine_of(
        self, rules: RuleSet, creation_blocked: str | None
    ) -> Callable[[LeaseGrant | None], Engine]:
        desk = replace(self.shop.desk, creation_blocked=creation_blocked)
        return lambda grant: replace(
            self.shop.engine(),
            chat=self._slack_chat,
            slack_cards=self._cards,
            desk=desk,
            rules=replace(rules, confidence=self.shop.rules.confidence),
            grant=grant,
            still_ours=(lambda: self.holding.holds(grant)) if grant else (lambda: True),
            stopping=self.stop.is_set,
        )

    def pass_time(self, seconds: float) -> None:
        """Let all clocks go on, Slack's too."""
        super().pass_time(seconds)
        self.slack.clock.set(self.crm.now())

    def decide(self) -> None:
        """Let a poll see what changed, its window pass, and the next poll decide about it."""
        self.cycle.run()
        self.pass_time(360)
        self.cycle.run()

    def move(self, rank: str, *, by: str | None = None) -> None:
        """Move the first renewal, and have it decided."""
        self.shop.move(self.deals[0], rank, by=by)
        self.decide()

    def plan(self, text: str) -> None:
        """Give the first renewal a next step."""
        self.crm.edit(Role.OPPORTUNITY, self.deals[0], {"next_step": text}, by=self.shop.csm)

    def tell(self) -> None:
        """Move the first renewal down and deliver all that there is to tell."""
        self.move("D")
        self.work()

    def work(self, *, seconds: float = 61, times: int = 6) -> None:
        """Deliver until nothing is left that waits for a little time only."""
        for _ in range(times):
            self.delivery.run()
            if not self.rows(OutboxStatus.PENDING, OutboxStatus.SENDING, OutboxStatus.UNKNOWN):
                return
            self.pass_time(seconds)

    def rows(self, *statuses: OutboxStatus) -> list[OutboxRow]:
        """The outbox rows of cards in these states, all unless some are named."""
        return [one for one in self.outbox(*statuses) if one.target is Target.CARDS]

    def row(self, kind: type[object]) -> OutboxRow:
        """The newest row that holds a telling of this kind."""
        return [one for one in self.rows() if isinstance(decode_telling(one.payload), kind)][-1]

    def card(self) -> Card:
        """The one card."""
        (card,) = self.shop.cards()
        return card

    def spot(self, telling: type[object] | None = None) -> Spot:
        """Where the one card stands, or the newest telling of a kind."""
        row = self.row(telling) if telling else self.shop.row(self.card().key)
        channel_id, _, ts = str(row.result).partition("/")
        return Spot(channel=channel_id, ts=ts)

    def answer(self, user: str = BOSS) -> InboxItem:
        """Let somebody press the button, as the listener would put it into the inbox."""
        spot = self.spot()
        given = Answer(
            key="click/1",
            kind=AnswerKind.ACKNOWLEDGED,
            place=Place(channel_id=spot.channel, ts=spot.ts),
            slack_user=user,
            at=self.crm.now(),
            card_id=self.card().id,
        )
        item = inbox_item(given)
        assert self.shop.store.receive(item)
        return item

    def standing(self, key: str) -> list[Message]:
        """The messages in Slack that carry a key."""
        with self.slack.state.lock:
            every = [
                one for channel in self.slack.state.channels.values() for one in channel.messages.values()
            ]
        return [one for one in every if _key(one) == key]

    def refuse(self, method: str, word: str, *, times: int = 0, **how: object) -> None:
        """Let Slack refuse a method with a word, so many times, for ever by default."""
        self.slack.faults.add(
            [{"service": "slack", "path": f"/{method}(\\?|$)", "times": times, **named(word), **how}]  # type: ignore[dict-item]  # as the sandbox's control endpoint takes them
        )

    def refused(self) -> int:
        """How often it has refused since."""
        return sum(int(str(one["fired"])) for one in self.slack.faults.report())

    def mend(self) -> None:
        """Lift every fault, and let the time pass after which what failed is tried again."""
        self.slack.faults.clear()
        self.pass_time(PAUSE)
        self.cycle.run()

    def problems(self) -> Sequence[str]:
        """What `/readyz` says keeps the process from being ready."""
        return self.ready().problems


def named(word: str) -> dict[str, object]:
    """A fault by its own name where the sandbox has one, else an error with that code."""
    if word == "drop":
        return {"fault": "drop_before"}
    return {"fault": word} if word in names("slack") else {"fault": "error", "code": word}


def _key(message: Message) -> object:
    payload = (message.metadata or {}).get("event_payload")
    return payload.get("key") if isinstance(payload, dict) else None
