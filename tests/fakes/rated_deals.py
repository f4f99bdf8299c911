"""Renewals that people opened and rated, by the names of their customers: what people do with them and their cards."""

import re
from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta

from tests.fakes.persevering import persevere
from tests.fakes.rig import Rig
from tests.fakes.sandbox import Record

from csops_sync.ports.cards import Answer, AnswerKind, Place

RISK = "#renewals-risk"
_OPENED = " 更新"
_MENTIONED = re.compile(r"<@(\w+)>")


def open_rated(rig: Rig, name: str, rank: str, **account: object) -> None:
    """This function will sell to a customer and let a person open its renewal and rate it."""
    sold = rig.sell(name, start=date(2025, 10, 2), account=account)
    plain = {"Name": f"{name}{_OPENED}", "AccountId": sold.account, "ContractId": sold.contract}
    values = {**plain, "StageName": "提案", "CloseDate": "2026-09-30", "Amount": 1_200_000}
    rig.sandbox.create("Opportunity", {**values, "Confidence__c": rank}, by=rig.csm())


def deals(rig: Rig) -> Mapping[str, str]:
    """This function will give the ids of opportunities by the name that their customer had at first."""
    return {
        str(one["Name"]).removesuffix(_OPENED): str(one["Id"]) for one in rig.sandbox.records("Opportunity")
    }


def move(rig: Rig, rank: str, *names: str, by: str | None = None) -> None:
    """This function will let a person (`by`: username or id, the CSM by default) set the rank of renewals."""
    ids = deals(rig)
    for name in names:
        rig.sandbox.update("Opportunity", ids[name], {"Confidence__c": rank}, by=by or rig.csm())


def let_pass(rig: Rig, span: timedelta) -> None:
    """This function will let time pass, on the rig's own clock too where it has one."""
    if rig.stopper is None:
        rig.sandbox.advance(seconds=span.total_seconds())
    else:
        rig.stopper.wait(span.total_seconds())


def told(rig: Rig, at: datetime, rank: str, *names: str, settles: timedelta, by: str | None = None) -> None:
    """This function will let renewals move at an instant, and everybody hear of it."""
    rig.sandbox.set_clock(at)
    persevere(rig)
    move(rig, rank, *names, by=by)
    persevere(rig)
    let_pass(rig, settles)
    persevere(rig)


def posted_cards(rig: Rig, name: str, channel: str = RISK) -> Sequence[Record]:
    """This function will give the posts of a renewal's cards in a channel, as the sandbox's ledger has them."""
    begin = f"card/{deals(rig)[name]}/{channel}/"
    posts = (one for one in rig.sandbox.ledger()["writes"] if one["operation"] == "chat.postMessage")
    return [one for one in posts if str(one["values"]["metadata"]["event_payload"]["key"]).startswith(begin)]


def answer(rig: Rig, kind: AnswerKind, name: str, value: str = "", *, at: datetime, card: int = 0) -> Answer:
    """This function will say how whom a card asks answers it (`card`: the first is 0), with the same key each time."""
    post = posted_cards(rig, name)[card]
    return Answer(
        key=f"{kind.value}/{name}",
        kind=kind,
        place=Place(channel_id=str(post["target"]), ts=str(post["id"])),
        slack_user=_MENTIONED.findall(post["values"]["text"])[0],
        at=at,
        value=value,
        card_id=f"{deals(rig)[name]}/{RISK}",
    )
