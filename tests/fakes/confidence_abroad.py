"""The day over which confidence is killed where people live far apart: a CSM in New York, a manager in Tokyo.

On Tuesday, 7 April, at 10:00 in Tokyo, four renewals of the CSM move. The manager hears of each at once, the CSM is to
be called at nine in New York. Before that one of the four is answered, one moves again, and one is undone. In New
York's forenoon, which is night in Tokyo, another one falls: the CSM hears of it at once, and the manager at nine.
"""

from datetime import UTC, datetime, timedelta
from pathlib import Path

from tests.fakes.lived_hours import Hours, live, live_through, nothing
from tests.fakes.persevering import persevere
from tests.fakes.rated_deals import answer, let_pass, move, open_rated
from tests.fakes.rig import Rig

from csops_sync.app.confidence.answering import inbox_item
from csops_sync.ports.cards import AnswerKind
from csops_sync.ports.chat import Addressee

RULES = Path(__file__).parents[1] / "acceptance" / "config" / "confidence_abroad.yaml"
ABROAD = "America/New_York"
CALLED, ANSWERED, AGAIN, UNDONE, AT_NIGHT = (
    "後で知らせる",
    "先に回答あり",
    "もう一度下がる",
    "元に戻る",
    "こちらの夜に下がる",
)
_BEGIN = datetime(2026, 4, 7, 1, 0, tzinfo=UTC)
_ANSWER = datetime(2026, 4, 7, 2, 0, tzinfo=UTC)
_NOON = datetime(2026, 4, 8, 3, 0, tzinfo=UTC)
_SETTLED = timedelta(minutes=4)


def prepare(rig: Rig) -> None:
    """Let everything be there by ten, and four renewals move."""
    csm = who_lives(rig, ABROAD)
    for name in (CALLED, ANSWERED, AGAIN, UNDONE, AT_NIGHT):
        open_rated(rig, name, "B", CSM__c=csm)
    persevere(rig)
    rig.sandbox.set_clock(_BEGIN)
    persevere(rig)
    move(rig, "C", CALLED, ANSWERED, AGAIN, UNDONE, by=head(rig))


def work(rig: Rig) -> None:
    """Live through the day and the night, from wherever the clock stands."""
    live_through(rig, _HOURS, answer=_answer)


def go_on(rig: Rig) -> None:
    """On the next day all of them move once more, and everybody hears of it by the morning after."""
    rig.sandbox.set_clock(_NOON)
    live(rig)
    move(rig, "D", CALLED, ANSWERED, UNDONE, AT_NIGHT, by=head(rig))
    for hours in (1, 11, 22):
        rig.sandbox.set_clock(_NOON + timedelta(hours=hours))
        live(rig)
        let_pass(rig, _SETTLED)
        live(rig)


def who_lives(rig: Rig, zone: str) -> str:
    """This function will give the Salesforce id of the one who lives in this zone, as Slack says."""
    cards = rig.engine().cards
    users = [
        Addressee(id=str(one["Id"]), name=str(one["Name"]), email=str(one["Email"]))
        for one in rig.sandbox.records("User")
        if one["ManagerId"] and one["IsActive"]
    ]
    return next(one.id for one in users if cards.timezone_of(one) == zone)


def head(rig: Rig) -> str:
    """This function will give the Salesforce id of who stands above everybody."""
    users = rig.sandbox.records("User")
    managers = {str(one["ManagerId"]) for one in users if one["ManagerId"]}
    unmanaged = [str(one["Id"]) for one in users if not one["ManagerId"]]
    return next(one for one in unmanaged if one in managers)


def _answer(rig: Rig) -> None:
    """Let Slack say, and say again, what the manager has done by now."""
    if rig.sandbox.now() >= _ANSWER:
        one = answer(rig, AnswerKind.ACKNOWLEDGED, ANSWERED, at=_ANSWER)
        rig.assembly.store.receive(inbox_item(one))


def _move_on(rig: Rig) -> None:
    move(rig, "E", AGAIN, by=head(rig))
    move(rig, "A", UNDONE, by=head(rig))


def _fall_at_night(rig: Rig) -> None:
    move(rig, "D", AT_NIGHT, by=head(rig))


_HOURS: Hours = (
    (datetime(2026, 4, 7, 1, 10, tzinfo=UTC), nothing),
    (_ANSWER, _answer),
    (datetime(2026, 4, 7, 3, 0, tzinfo=UTC), _move_on),
    (datetime(2026, 4, 7, 3, 10, tzinfo=UTC), nothing),
    (datetime(2026, 4, 7, 13, 1, tzinfo=UTC), nothing),
    (datetime(2026, 4, 7, 14, 0, tzinfo=UTC), _fall_at_night),
    (datetime(2026, 4, 7, 14, 10, tzinfo=UTC), nothing),
    (datetime(2026, 4, 8, 0, 1, tzinfo=UTC), nothing),
)
"""Ten past ten, eleven and noon in Tokyo; a minute past nine in New York, and ten there; nine in Tokyo on Wednesday."""
