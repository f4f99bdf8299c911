"""The afternoon on which confidence is killed: everything that it ever does waits to be done at once.

On Monday, 6 April, by 14:07 in Tokyo, one of nine renewals has just moved and nobody has seen it; of others a window
is over, for the first time and with a customer's name that goes on in the thread, again in the same channel, or with
good news; one card has waited for four business hours, one was answered by a button, one with a note too, one by a
reaction whose event was lost, and one was snoozed for a day. On Tuesday all of them move again, and the long name is
another one.
"""

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path

from tests.fakes.persevering import persevere
from tests.fakes.rated_deals import RISK, answer, deals, let_pass, move, open_rated, posted_cards, told
from tests.fakes.rig import Rig

from csops_sync.app.confidence.answering import inbox_item, process_answers
from csops_sync.app.confidence.rereading import read_again
from csops_sync.domain.confidence.changes import Verdict
from csops_sync.ports.cards import Answer, AnswerKind

RULES = Path(__file__).parents[1] / "acceptance" / "config" / "confidence.yaml"
UNSEEN, FIRST, AGAIN, GOOD, OVERDUE, CLICKED, NOTED, REACTED, SNOOZED = (
    "まだ見られていない",
    "初めての移動",
    "同じチャンネルでもう一度",
    "良い知らせ",
    "待たされている",
    "ボタンで回答",
    "メモで回答",
    "リアクションで回答",
    "一日休ませた",
)
NAMES = (UNSEEN, FIRST, AGAIN, GOOD, OVERDUE, CLICKED, NOTED, REACTED, SNOOZED)
_SETTLED = timedelta(minutes=6)
_MORNING = datetime(2026, 4, 6, 1, 0, tzinfo=UTC)
_NOON = datetime(2026, 4, 6, 3, 0, tzinfo=UTC)
_AFTERNOON = datetime(2026, 4, 6, 4, 58, tzinfo=UTC)
_ANSWERED = datetime(2026, 4, 6, 5, 1, tzinfo=UTC)
_DAY = datetime(2026, 4, 6, 5, 7, tzinfo=UTC)
"""07 minutes past two in Tokyo: a question of 10:06 is four business hours old."""
_TUESDAY = datetime(2026, 4, 7, 1, 0, tzinfo=UTC)


def prepare(rig: Rig) -> None:
    """Let everything happen that comes before the afternoon."""
    for name in NAMES:
        open_rated(rig, name, "C")
    persevere(rig)
    _told(rig, _MORNING, "D", OVERDUE)
    _told(rig, _NOON, "D", AGAIN, GOOD, CLICKED, NOTED, REACTED, SNOOZED)
    rig.sandbox.set_clock(_AFTERNOON)
    _rename(rig, FIRST, "長い名前の" * 40)
    move(rig, "E", FIRST, AGAIN)
    move(rig, "B", GOOD)
    persevere(rig)
    rig.sandbox.set_clock(_ANSWERED)
    place = {"channel": RISK.removeprefix("#"), "ts": posted_cards(rig, REACTED)[0]["id"]}
    rig.sandbox.slack(react="eyes", user=_boss(rig), **place)
    rig.sandbox.set_clock(_DAY)
    move(rig, "E", UNSEEN)


def work(rig: Rig) -> None:
    """Work until nothing waits: what Slack sends, and sends again, what stands there, cycles, deliveries, windows."""
    while True:
        for one in _answers(rig):
            rig.assembly.store.receive(inbox_item(one))
        read_again(rig.engine())
        process_answers(rig.engine())
        persevere(rig)
        if not _waits(rig):
            return
        let_pass(rig, _SETTLED)


def go_on(rig: Rig) -> None:
    """On the next day everybody moves once more; what nobody answered is escalated, what was answered is not."""
    rig.sandbox.set_clock(_TUESDAY)
    work(rig)
    _rename(rig, FIRST, "別の長い名前の" * 30)
    move(rig, "A", UNSEEN, AGAIN, OVERDUE, NOTED, SNOOZED)
    move(rig, "D", FIRST)
    move(rig, "E", GOOD, CLICKED, REACTED)
    work(rig)


_told = partial(told, settles=_SETTLED)


def _rename(rig: Rig, name: str, text: str) -> None:
    accounts = {str(one["Id"]): str(one["AccountId"]) for one in rig.sandbox.records("Opportunity")}
    rig.sandbox.update("Account", accounts[deals(rig)[name]], {"Name": text}, by=rig.csm())


def _answers(rig: Rig) -> Iterable[Answer]:
    """Give what people did with buttons, as Slack says it until it is heard: with the same key each time."""
    for kind, name, value in (
        (AnswerKind.ACKNOWLEDGED, CLICKED, ""),
        (AnswerKind.NOTED, NOTED, "先方の予算会議は来週"),
        (AnswerKind.ACKNOWLEDGED, NOTED, ""),
        (AnswerKind.SNOOZED, SNOOZED, "1"),
    ):
        yield answer(rig, kind, name, value, at=_ANSWERED)


def _waits(rig: Rig) -> bool:
    with rig.assembly.store.reading() as tx:
        return bool(tx.confidence.ledger.with_status(Verdict.WAITING.value, limit=1))


def _boss(rig: Rig) -> str:
    """Give the e-mail of the CSM's manager, whom the cards ask."""
    users = {one["Id"]: one for one in rig.sandbox.records("User")}
    return str(users[users[rig.csm()]["ManagerId"]]["Email"])
