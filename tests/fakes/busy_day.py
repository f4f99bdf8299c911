"""A day on which people change ranks all the time, while the product polls, tells, and meets faults."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta
from math import ceil
from pathlib import Path
from random import Random

from tests.fakes.busy_people import BusyPeople, Edit, State
from tests.fakes.edit_history import Sent
from tests.fakes.expected_reminders import Given
from tests.fakes.expected_tellings import RISK, Poll, Team
from tests.fakes.persevering import VirtualTime, persevere
from tests.fakes.rig import Rig
from tests.fakes.sandbox import Record
from tests.fakes.slack_names import SlackNames

from csops_sync.app.confidence.answering import inbox_item, process_answers
from csops_sync.app.delivery import has_work, run_delivery
from csops_sync.ports.cards import Answer, AnswerKind, Place
from csops_sync.ports.errors import OutsideError
from csops_sync.ports.shelves import InboxItem

RULES = Path(__file__).parents[1] / "acceptance" / "config" / "confidence_busy.yaml"
TODAY = date(2026, 4, 1)
MORNING = datetime(2026, 4, 1, 1, 0, tzinfo=UTC)
"""Ten o'clock in Tokyo."""
START = State("C", "提案", 1_200_000)
ABROAD = "sakura.ito@csops.example"
"""The CSM who lives in New York, whose night would hold back what mentions her."""
PEOPLE = 10
_GAPS = (20, 60, 120, 240, 300, 420, 600)
"""Seconds between two polls."""
_LOOK_BACK = timedelta(minutes=7)
_RANKS, _STAGES = "OpportunityFieldHistory", "OpportunityHistory"
_STAGES_BEGIN = "008"
"""With which characters ids of snapshots begin."""
_HEAD = ("OpportunityId", "CreatedDate", "CreatedById")
_FACES = {
    _RANKS: (*_HEAD, "Field", "OldValue", "NewValue"),
    _STAGES: (*_HEAD, "StageName", "PrevAmount", "Amount"),
}
"""What tells a row of a history from others."""
_A_MINUTE = timedelta(seconds=61)
_AFTERWARDS = tuple(
    datetime(2026, 4, day, hour, minute, tzinfo=UTC)
    for day, hour, minute in (
        *((1, 8, 15), (1, 8, 40), (1, 9, 20), (1, 12, 0)),
        *((2, 0, 5), (2, 1, 0), (2, 3, 0), (2, 6, 0), (2, 8, 45), (2, 10, 0)),
        *((3, 0, 5), (3, 2, 0), (3, 7, 0)),
    )
)
"""When the product looks again until Friday: in business hours, in the evenings, and right after nine in Tokyo."""
_ANSWERS = 4
"""So many cards people answer at a time at most."""
FAULTS: Sequence[Mapping[str, object]] = (
    *({"fault": kind} for kind in ("drop_before", "drop_after", "expired_session", "concurrent_limit")),
    {"fault": "server_unavailable_html"},
    {"fault": "server_unavailable_html", "times": 9},
    *({"service": "slack", "fault": kind} for kind in ("drop_before", "drop_after", "internal_error")),
    {"service": "slack", "fault": "internal_error", "after": True},
    {"service": "slack", "fault": "ratelimited", "retry_after": 30},
    {"service": "slack", "fault": "service_unavailable"},
)


class StoppedTime(VirtualTime):
    """Time passes by order only, in whole seconds: what is decided does not depend on how fast the machine is."""

    def wait(self, seconds: float) -> bool:
        """Let the time pass at once."""
        return super().wait(ceil(seconds))

    def monotonic(self) -> float:
        """Give the seconds that were waited so far."""
        return self._passed


@dataclass
class BusyDay:
    """One product and its people.

    `sent` are all edits in their order, `polls` the cycles that were committed, `shown` the history rows that were
    hidden at first, each with the number of the poll that could see it, `given` the answers.
    """

    rig: Rig
    chance: Random
    team: dict[str, Team] = field(default_factory=dict)
    editors: dict[str, str] = field(default_factory=dict)
    sent: list[Sent] = field(default_factory=list)
    polls: list[Poll] = field(default_factory=list)
    fired: int = 0
    shown: dict[str, int] = field(default_factory=dict)
    given: list[Given] = field(default_factory=list)
    _tried: int = 0
    _hidden: dict[str, tuple[int, datetime]] = field(default_factory=dict)

    def open(self, deals: int) -> None:
        """Make customers with renewals that people opened, put them under watch, and hire people."""
        stopped = StoppedTime(self.rig.sandbox)
        self.rig.stopper = stopped
        self.rig.transports = replace(self.rig.transports, monotonic=stopped.monotonic)
        self.rig.sandbox.set_clock(MORNING)
        users = self.rig.sandbox.records("User")
        above = {one["Id"]: one["ManagerId"] for one in users}
        csms = [one for one in users if one["ManagerId"] and one["IsActive"] and one["Username"] != ABROAD]
        for number in range(deals):
            csm = csms[number % len(csms)]
            boss = csm["ManagerId"]
            self.team[self._deal(number, csm)] = Team(csm=csm["Id"], manager=boss, above=above[boss])
        self.editors = {one["Username"]: one["Id"] for one in users if one["IsActive"]}
        self.editors.pop(self.rig.sandbox.urls.username)
        for number in range(PEOPLE):
            values = {"LastName": f"担当{number}", "Username": f"p{number}@csops.example", "IsActive": True}
            made = self.rig.sandbox.create("User", {**values, "Email": values["Username"]})
            self.editors[str(values["Username"])] = made
        self.people = BusyPeople(
            self.chance, deals=dict.fromkeys(self.team, START), people=sorted(self.editors)
        )
        persevere(self.rig)
        self.rig.sandbox.advance(seconds=60)
        self.rig.sync()

    def live(self, edits: int) -> None:
        """Let people make so many edits and answer cards, at random moments between polls; then wait till Friday."""
        left = edits - len(self.sent)
        since = self.rig.sandbox.now()
        pace = edits / (4 * 3600)
        while left > 0:
            until = since + timedelta(seconds=self.chance.choice(_GAPS))
            made = self._edits(since, until, pace)[:left]
            left -= len(made)
            since = self._round(made, until)
            if self.chance.random() < 0.5:
                self._answer()
        for _ in range(4):
            since = self._round([], since + timedelta(minutes=9))
        for at in (since, *_AFTERWARDS):
            self._round([], at)
            self._send_all()
            self._answer()
        self._send_all()

    def _send_all(self) -> None:
        """Go on until everything is sent, the Tasks of the last answers too."""
        while has_work(self.rig.engine()):
            self._round([], self.rig.sandbox.now() + _A_MINUTE)

    def _edits(self, since: datetime, until: datetime, pace: float) -> list[Edit]:
        count = round((until - since).total_seconds() * pace)
        if self.chance.random() > 0.08:
            return self.people.work(since, until, count)
        middle = since + (until - since) / 2
        loaded = self.people.load(since, middle.replace(microsecond=0))
        return [*loaded, *self.people.work(middle.replace(microsecond=0), until, count // 2)]

    def _round(self, edits: Sequence[Edit], until: datetime) -> datetime:
        """Let the time come, the edits with it, but for some of the last second; then poll, tell, and go on."""
        ready = len(edits)
        while ready and edits[ready - 1].at == until and self.chance.random() < 0.5:
            ready -= 1
        self.rig.sandbox.set_clock(until)
        self._send(edits[:ready])
        if self.chance.random() < 0.3:
            self.rig.sandbox.faults({**self.chance.choice(FAULTS), "nth": self.chance.randint(1, 4)})
        self._poll()
        self.fired += sum(int(one["fired"]) for one in self.rig.sandbox.fault_report())
        self.rig.sandbox.clear_faults()
        self._send(edits[ready:])
        return self.rig.sandbox.now()

    def _send(self, edits: Sequence[Edit]) -> None:
        if not edits:
            return
        self.rig.sandbox.edits([one.order() for one in edits])
        now = self.rig.sandbox.now()
        for edit in edits:
            visible_at = now + timedelta(seconds=edit.late)
            self.sent.append(Sent(edit=edit, poll=self._tried, visible_at=visible_at))
        hidden = [one for one in edits if one.hidden]
        if hidden:
            self._hide(hidden)

    def _hide(self, edits: Sequence[Edit]) -> None:
        rows = {name: self.rig.sandbox.records(name) for name in _FACES}
        for edit in edits:
            head = (edit.deal, edit.at.strftime("%Y-%m-%dT%H:%M:%S.000+0000"), self.editors[edit.by])
            name: str = _RANKS
            wanted: tuple[object, ...] = (*head, "Confidence__c", edit.before.rank, edit.after.rank)
            if edit.keeps_rank:
                name, wanted = _STAGES, (*head, edit.after.stage, edit.before.amount, edit.after.amount)
            found = (
                str(one["Id"]) for one in rows[name] if tuple(one[key] for key in _FACES[name]) == wanted
            )
            row = next(one for one in found if one not in self._hidden and one not in self.shown)
            self._hidden[row] = self._tried + edit.hidden, edit.at

    def _show(self) -> None:
        """Hide what is to be hidden from the next poll, and nothing else; nothing for longer than polls look back."""
        if not self._hidden:
            return
        oldest = self.rig.sandbox.now() - _LOOK_BACK
        for row, (until, at) in list(self._hidden.items()):
            if until <= self._tried or at < oldest:
                self.shown[row] = self._tried
                del self._hidden[row]
        hidden = sorted(self._hidden)
        stages = [one for one in hidden if one.startswith(_STAGES_BEGIN)]
        ranks = [one for one in hidden if one not in stages]
        self.rig.sandbox.toggles(hide_rows={_RANKS: ranks, _STAGES: stages})

    def _poll(self) -> None:
        self._show()
        number, self._tried = self._tried, self._tried + 1
        try:
            self.rig.cycle()
        except OutsideError:
            return
        self.polls.append(Poll(number, self.rig.sandbox.now()))
        try:
            run_delivery(self.rig.engine())
        except OutsideError:
            return

    def _answer(self) -> None:
        """Let people press the button of some cards, whoever they are, once everybody can see what was told."""
        if has_work(self.rig.engine()):
            return
        names = SlackNames(self.rig.sandbox)
        people = {one["Id"]: one["Email"] for one in self.rig.sandbox.records("User")}
        in_slack = sorted(one for one in self.editors.values() if people[one] in names.people)
        cards = [one for one in self.rig.sandbox.messages() if _key(one).partition("/")[0] == "card"]
        risky = [one for one in cards if f"/{RISK}/" in _key(one)]
        for card in self.chance.sample(risky, min(self.chance.randint(1, _ANSWERS), len(risky))):
            one = Given(
                at=self.rig.sandbox.now(), deal=_key(card).split("/")[1], by=self.chance.choice(in_slack)
            )
            place = Place(channel_id=names.channels[str(card["channel"])], ts=str(card["ts"]))
            self.rig.assembly.store.receive(
                _pressed(one, place, names.people[people[one.by]], len(self.given))
            )
            self.given.append(one)
        process_answers(self.rig.engine())

    def _deal(self, number: int, csm: Record) -> str:
        sold = self.rig.sell(f"顧客{number:03}", start=date(2025, 10, 2), account={"CSM__c": csm["Id"]})
        values = {
            "Name": f"更新{number:03}",
            "AccountId": sold.account,
            "ContractId": sold.contract,
            "StageName": START.stage,
            "CloseDate": "2026-09-30",
            "Amount": START.amount,
            "Confidence__c": START.rank,
        }
        return self.rig.sandbox.create("Opportunity", values, by=csm["Id"])


def _key(message: Record) -> str:
    return str(message["metadata"]["event_payload"]["key"]) if message["metadata"] else ""


def _pressed(given: Given, place: Place, slack_user: str, number: int) -> InboxItem:
    return inbox_item(
        Answer(
            key=f"pressed/{number}",
            kind=AnswerKind.ACKNOWLEDGED,
            place=place,
            slack_user=slack_user,
            at=given.at,
            card_id=f"{given.deal}/{RISK}",
        )
    )
