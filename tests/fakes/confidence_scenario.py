"""The afternoon on which confidence is killed: everything that it ever does waits to be done at once.

On Monday, 6 April, by 14:07 in Tokyo, one of nine renewals has just moved and nobody has seen it; of others a window
is over, for the first time and with a customer's name that goes on in the thread, again in the same channel, or with
good news; one card has waited for four business hours, one was answered by a button, one with a note too, one by a
reaction whose event was lost, and one was snoozed for a day. On Tuesday all of them move again, and the long name is
another one.
"""

import re
from collections.abc import Iterable, Mapping
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

from tests.fakes.persevering import persevere
from tests.fakes.rig import Rig
from tests.fakes.sandbox import Record

from csops_sync.app.confidence.answering import inbox_item, process_answers
from csops_sync.app.confidence.rereading import read_again
from csops_sync.domain.confidence.changes import Verdict
from csops_sync.ports.cards import Answer, AnswerKind, Place

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
_RISK = "#renewals-risk"
_MENTIONED = re.compile(r"<@(\w+)>")
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
        sold = rig.sell(name, start=date(2025, 10, 2))
        plain = {"Name": f"{name} 更新", "AccountId": sold.account, "ContractId": sold.contract}
        values = {**plain, "StageName": "提案", "CloseDate": "2026-09-30", "Amount": 1_200_000}
        rig.sandbox.create("Opportunity", {**values, "Confidence__c": "C"}, by=rig.csm())
    persevere(rig)
    _told(rig, _MORNING, "D", OVERDUE)
    _told(rig, _NOON, "D", AGAIN, GOOD, CLICKED, NOTED, REACTED, SNOOZED)
    rig.sandbox.set_clock(_AFTERNOON)
    _rename(rig, FIRST, "長い名前の" * 40)
    _move(rig, "E", FIRST, AGAIN)
    _move(rig, "B", GOOD)
    persevere(rig)
    rig.sandbox.set_clock(_ANSWERED)
    place = {"channel": _RISK.removeprefix("#"), "ts": _card(rig, REACTED)["id"]}
    rig.sandbox.slack(react="eyes", user=_boss(rig), **place)
    rig.sandbox.set_clock(_DAY)
    _move(rig, "E", UNSEEN)


def work(rig: Rig) -> None:
    """Work until nothing waits: what Slack sends, and sends again, what stands there, cycles, deliveries, windows."""
    while True:
        for answer in _answers(rig):
            rig.assembly.store.receive(inbox_item(answer))
        read_again(rig.engine())
        process_answers(rig.engine())
        persevere(rig)
        if not _waits(rig):
            return
        _let_pass(rig, _SETTLED)


def go_on(rig: Rig) -> None:
    """On the next day everybody moves once more; what nobody answered is escalated, what was answered is not."""
    rig.sandbox.set_clock(_TUESDAY)
    work(rig)
    _rename(rig, FIRST, "別の長い名前の" * 30)
    _move(rig, "A", UNSEEN, AGAIN, OVERDUE, NOTED, SNOOZED)
    _move(rig, "D", FIRST)
    _move(rig, "E", GOOD, CLICKED, REACTED)
    work(rig)


def _told(rig: Rig, at: datetime, rank: str, *names: str) -> None:
    rig.sandbox.set_clock(at)
    persevere(rig)
    _move(rig, rank, *names)
    persevere(rig)
    _let_pass(rig, _SETTLED)
    persevere(rig)


def _let_pass(rig: Rig, span: timedelta) -> None:
    if rig.stopper is None:
        rig.sandbox.advance(seconds=span.total_seconds())
    else:
        rig.stopper.wait(span.total_seconds())


def _move(rig: Rig, rank: str, *names: str) -> None:
    deals = _deals(rig)
    for name in names:
        rig.sandbox.update("Opportunity", deals[name], {"Confidence__c": rank}, by=rig.csm())


def _rename(rig: Rig, name: str, text: str) -> None:
    deals = {str(one["Id"]): str(one["AccountId"]) for one in rig.sandbox.records("Opportunity")}
    rig.sandbox.update("Account", deals[_deals(rig)[name]], {"Name": text}, by=rig.csm())


def _answers(rig: Rig) -> Iterable[Answer]:
    """Give what people did with buttons, as Slack says it until it is heard: with the same key each time."""
    for kind, name, value in (
        (AnswerKind.ACKNOWLEDGED, CLICKED, ""),
        (AnswerKind.NOTED, NOTED, "先方の予算会議は来週"),
        (AnswerKind.ACKNOWLEDGED, NOTED, ""),
        (AnswerKind.SNOOZED, SNOOZED, "1"),
    ):
        card = _card(rig, name)
        yield Answer(
            key=f"{kind.value}/{name}",
            kind=kind,
            place=Place(channel_id=str(card["target"]), ts=str(card["id"])),
            slack_user=_MENTIONED.findall(card["values"]["text"])[0],
            at=_ANSWERED,
            value=value,
            card_id=f"{_deals(rig)[name]}/{_RISK}",
        )


def _waits(rig: Rig) -> bool:
    with rig.assembly.store.reading() as tx:
        return bool(tx.confidence.ledger.with_status(Verdict.WAITING.value, limit=1))


def _deals(rig: Rig) -> Mapping[str, str]:
    return {
        str(one["Name"]).removesuffix(" 更新"): str(one["Id"]) for one in rig.sandbox.records("Opportunity")
    }


def _card(rig: Rig, name: str) -> Record:
    """Give the post of a renewal's first card, as the sandbox's ledger has it."""
    begin = f"card/{_deals(rig)[name]}/{_RISK}/"
    posts = (one for one in rig.sandbox.ledger()["writes"] if one["operation"] == "chat.postMessage")
    return next(
        one for one in posts if str(one["values"]["metadata"]["event_payload"]["key"]).startswith(begin)
    )


def _boss(rig: Rig) -> str:
    """Give the e-mail of the CSM's manager, whom the cards ask."""
    users = {one["Id"]: one for one in rig.sandbox.records("User")}
    return str(users[users[rig.csm()]["ManagerId"]]["Email"])
