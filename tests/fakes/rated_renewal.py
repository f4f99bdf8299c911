"""One renewal that was opened and rated B, and what a person does with it and with its card."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from tests.fakes.rig import Rig, running
from tests.fakes.sandbox import Record

RULES = Path(__file__).parents[1] / "acceptance" / "config" / "confidence.yaml"
TODAY = date(2026, 4, 1)
SETTLED = 301
RISK = "renewals-risk"


@dataclass(frozen=True)
class RatedRenewal:
    """The renewal of みなと商事, in business hours, watched and quiet; no process holds the org."""

    rig: Rig

    def move(self, rank: str) -> None:
        """Let the CSM change the rank, and its window pass."""
        (deal,) = self.rig.renewals()
        self.rig.sandbox.update("Opportunity", deal["Id"], {"Confidence__c": rank}, by=self.rig.csm())
        self.rig.sandbox.advance(seconds=SETTLED)

    def told(self, prefix: str) -> list[Record]:
        """Our messages whose key begins so."""
        return [one for one in self.rig.sandbox.messages() if _key(one).startswith(prefix)]

    def card(self) -> Record:
        """The one card."""
        (found,) = self.told("card/")
        return found

    def shows(self, text: str) -> bool:
        """Whether the card shows a text."""
        return text in str(self.card())

    def boss(self) -> str:
        """The e-mail of the CSM's manager, whom the card asks."""
        users = {str(one["Id"]): one for one in self.rig.sandbox.records("User")}
        return str(users[str(users[self.rig.csm()]["ManagerId"])]["Email"])

    def react(self, emoji: str = "eyes", *, to: Record | None = None) -> Record:
        """Let the manager react to a message, else to the card, and tell what became of the event."""
        return self._act(react=emoji, ts=(to or self.card())["ts"])

    def click(self, action: str) -> Record:
        """Let the manager press a button of the card."""
        return self._act(click=action, ts=self.card()["ts"])

    def tasks(self) -> list[Record]:
        """What was logged in Salesforce."""
        return self.rig.sandbox.records("Task")

    def events(self, kind: str) -> int:
        """How often the journal tells of something, read as another process would."""
        store = self.rig.assembly.store
        with store.reading() as tx:
            return sum(one.kind == kind for one in tx.journal.about())

    def _act(self, **act: object) -> Record:
        return self.rig.sandbox.slack(channel=RISK, user=self.boss(), **act)


@contextmanager
def rated_renewal(*, database: str | None = None) -> Iterator[RatedRenewal]:
    """Open a renewal on a sandbox of its own, rate it, and leave the org to whoever comes."""
    with running(today=TODAY, rules=RULES) as rig:
        rig.database = database or rig.database
        rig.sell("みなと商事", start=date(2025, 7, 2))
        rig.sync()
        rig.next_day(3)
        (deal,) = rig.renewals()
        rig.sandbox.update("Opportunity", deal["Id"], {"Confidence__c": "B"}, by=rig.csm())
        rig.sync()
        rig.sandbox.set_clock(rig.sandbox.now().replace(hour=1, minute=0))
        rig.sandbox.advance(days=4)
        rig.sync()
        rig.restart()
        yield RatedRenewal(rig)


def _key(message: Record) -> str:
    return str(((message.get("metadata") or {}).get("event_payload") or {}).get("key", ""))
