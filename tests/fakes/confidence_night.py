"""The night over which confidence is killed: what is held when people have gone home, and what they find at nine.

On Monday, 6 April, at 17:00 in Tokyo, somebody loads ranks of six renewals, one of them urgent: a summary for each of
two managers, and two cards. A renewal of an urgent customer falls again and is posted anew. Of two edits in a row only
the second one was seen and told, and now the first one's history shows itself. A lost renewal gets its reason by
button. In the night some of them move, and move again: what is urgent is told at once in one channel and rests in the
other one, everything else is held, another load too; one person answers from home. At nine all of it is told merged,
and before noon a question of the day before is escalated.
"""

from datetime import UTC, datetime, timedelta
from pathlib import Path

from tests.fakes.lived_hours import Hours, live, live_through, nothing
from tests.fakes.persevering import persevere
from tests.fakes.rated_deals import answer, deals, let_pass, move, open_rated, told
from tests.fakes.rig import Rig

from csops_sync.app.confidence.answering import inbox_item
from csops_sync.ports.cards import AnswerKind

RULES = Path(__file__).parents[1] / "acceptance" / "config" / "confidence_night.yaml"
OVERNIGHT, LOST, LATE, HELD, GOOD = (
    "夜をまたいで待つ",
    "失注した",
    "履歴が遅れた",
    "朝まで伏せた",
    "夜の良い知らせ",
)
ANEW, FRESH, CALMED = "大口で貼り直し", "大口で夜が初めて", "大口で夜のうちに回答"
LOADED, LOADED_ELSEWHERE = ("一括一", "一括二", "一括三"), ("一括四", "一括五")
URGENT = (ANEW, FRESH, CALMED)
PLAIN = (OVERNIGHT, LOST, LATE, HELD, GOOD)
CSM, CSM_ELSEWHERE, LOADER = "ken.tanaka", "hina.takahashi", "sakura.ito"
"""The first works for the second, who looks after renewals too; who loads ranks is another one."""
_SETTLED = timedelta(minutes=4)
_AFTERNOON = datetime(2026, 4, 6, 6, 0, tzinfo=UTC)
_TWICE = datetime(2026, 4, 6, 7, 50, tzinfo=UTC)
"""16:50 in Tokyo: the edit whose history is late, and a minute after it the one that is told."""
_BEFORE = datetime(2026, 4, 6, 7, 58, tzinfo=UTC)
_BEGIN = datetime(2026, 4, 6, 8, 0, tzinfo=UTC)
_AT_HOME = datetime(2026, 4, 6, 10, 30, tzinfo=UTC)
_NOON = datetime(2026, 4, 7, 3, 0, tzinfo=UTC)
_EVENING = datetime(2026, 4, 7, 8, 30, tzinfo=UTC)


def prepare(rig: Rig) -> None:
    """Let everything happen that comes before five o'clock."""
    team, other = _user(rig, CSM), _user(rig, CSM_ELSEWHERE)
    for name in (*PLAIN, *LOADED):
        open_rated(rig, name, "B", CSM__c=team)
    for name in LOADED_ELSEWHERE:
        open_rated(rig, name, "B", CSM__c=other)
    for name in URGENT:
        open_rated(rig, name, "B", CSM__c=team, Tier__c="Enterprise")
    persevere(rig)
    told(rig, _AFTERNOON, "C", OVERNIGHT, ANEW, settles=_SETTLED, by=team)
    _lose(rig, LOST)
    persevere(rig)
    let_pass(rig, _SETTLED)
    persevere(rig)
    _leave_out_the_first_of_two(rig)
    rig.sandbox.set_clock(_BEGIN)
    rig.sandbox.toggles(hide_rows={})
    move(rig, "D", ANEW, by=team)
    move(rig, "D", *LOADED, *LOADED_ELSEWHERE, CALMED, by=_user(rig, LOADER))


def work(rig: Rig) -> None:
    """Live through the night, from wherever the clock stands: what people do at an hour they do once."""
    live_through(rig, _HOURS, answer=_answer)


def go_on(rig: Rig) -> None:
    """On the next day most move once more; by the evening whatever nobody answered is escalated."""
    rig.sandbox.set_clock(_NOON)
    live(rig)
    move(rig, "A", HELD, FRESH, by=_user(rig, CSM))
    move(rig, "E", GOOD, LATE, CALMED, by=_user(rig, CSM_ELSEWHERE))
    move(rig, "A", *LOADED)
    for at in (_NOON + timedelta(minutes=20), _EVENING):
        rig.sandbox.set_clock(at)
        live(rig)


def _answer(rig: Rig) -> None:
    """Let Slack say, and say again, what the manager has done by now with buttons."""
    answers = [
        answer(rig, AnswerKind.REASONED, LOST, "Price", at=_BEFORE),
        answer(rig, AnswerKind.ACKNOWLEDGED, LOST, at=_BEFORE),
    ]
    if rig.sandbox.now() >= _AT_HOME:
        answers.append(answer(rig, AnswerKind.ACKNOWLEDGED, CALMED, at=_AT_HOME, card=1))
    for one in answers:
        rig.assembly.store.receive(inbox_item(one))


def _leave_out_the_first_of_two(rig: Rig) -> None:
    rig.sandbox.set_clock(_TWICE)
    persevere(rig)
    move(rig, "C", LATE, by=_user(rig, CSM))
    deal = deals(rig)[LATE]
    row = next(
        one["Id"]
        for one in rig.sandbox.records("OpportunityFieldHistory")
        if (one["OpportunityId"], one["NewValue"]) == (deal, "C")
    )
    rig.sandbox.toggles(hide_rows={"OpportunityFieldHistory": [row]})
    second = _TWICE + timedelta(minutes=1)
    told(rig, second, "D", LATE, settles=_SETTLED, by=_user(rig, CSM))


def _lose(rig: Rig, name: str) -> None:
    rig.sandbox.update("Opportunity", deals(rig)[name], {"StageName": "失注"}, by=_user(rig, CSM))


def _fall_at_night(rig: Rig) -> None:
    by = _user(rig, CSM)
    move(rig, "C", HELD, FRESH, by=by)
    move(rig, "E", ANEW, by=by)
    move(rig, "A", GOOD, by=by)
    move(rig, "E", *LOADED, *LOADED_ELSEWHERE, CALMED, by=_user(rig, LOADER))


def _fall_again(rig: Rig) -> None:
    move(rig, "D", HELD, FRESH, by=_user(rig, CSM))
    _lose(rig, ANEW)


_HOURS: Hours = (
    (datetime(2026, 4, 6, 8, 20, tzinfo=UTC), nothing),
    (datetime(2026, 4, 6, 10, 0, tzinfo=UTC), _fall_at_night),
    (datetime(2026, 4, 6, 10, 15, tzinfo=UTC), nothing),
    (_AT_HOME, _answer),
    (datetime(2026, 4, 6, 12, 0, tzinfo=UTC), _fall_again),
    (datetime(2026, 4, 6, 12, 30, tzinfo=UTC), nothing),
    (datetime(2026, 4, 7, 0, 1, tzinfo=UTC), nothing),
    (datetime(2026, 4, 7, 2, 30, tzinfo=UTC), nothing),
)
"""From 17:20 in Tokyo over 19:00 and 21:00, each with a look when windows are over, to nine and half past eleven."""


def _user(rig: Rig, name: str) -> str:
    users = rig.sandbox.records("User")
    return next(str(one["Id"]) for one in users if str(one["Username"]).startswith(name))
