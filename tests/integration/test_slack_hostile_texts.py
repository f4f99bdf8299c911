"""Org text that would call a channel, turn a line around or fill a screen: in Slack it is text, and calls nobody."""

import json
import re
from collections.abc import Iterator

import pytest
from tests.fakes.slack_office import BOSS, Building, SlackOffice, office_building

from csops_sync.app.confidence.answering import inbox_item
from csops_sync.app.confidence.telling_form import decode_telling
from csops_sync.domain.confidence.telling import LogTask, PostCard, PostOverflow, PostReply, PostSummary
from csops_sync.ports.cards import Answer, AnswerKind, Place
from csops_sync.ports.crm import Role
from csops_sync.ports.store import OutboxStatus, Target
from csops_sync.sandbox.pages.mrkdwn import Names, mrkdwn
from csops_sync.sandbox.slack.model import Message

HOSTILE = (
    "<!channel> <!here> <!everyone> <@U0000000002> <#C0000000001> <!subteam^S1> "
    "<https://x.example|click> A&B &lt; \u202etxet\u202c \u200f \u061c 🎉 *b* _i_ ~s~ `c`"
)
LONG = (HOSTILE + " 長い文です。\n") * 200
LONG_NAME = HOSTILE * 3
CALLS = re.compile(r"<[!@#][^>]*>")
LINKS = re.compile(r"<https?://x\.example[^>]*>")
TURNS = re.compile("[\u061c\u202a-\u202e\u200e\u200f\u2066-\u2069]")
FORMATTED = re.compile(r"<(strong|em|s|code|pre)>[bisc]</|<blockquote>")
SATO, GROUP = "<@U0000000004>", "<!subteam^S0000000002>"


@pytest.fixture(scope="module")
def building() -> Iterator[Building]:
    with office_building() as opened:
        yield opened


def hostile(building: Building, *, deals: int = 1, step: str = LONG) -> SlackOffice:
    """An office whose customers and next steps are hostile."""
    office = building.office(deals=deals)
    for deal in office.deals:
        office.crm.edit(Role.OPPORTUNITY, deal, {"next_step": step}, by=office.shop.csm)
    for row in office.crm.records(Role.ACCOUNT):
        office.crm.edit(Role.ACCOUNT, row.id, {"name": LONG_NAME, "tier": HOSTILE})
    return office


def note(office: SlackOffice, text: str) -> None:
    """Let the manager write a note, as the listener would put it into the inbox."""
    spot = office.spot()
    given = Answer(
        key="note/1",
        kind=AnswerKind.NOTED,
        place=Place(channel_id=spot.channel, ts=spot.ts),
        slack_user=BOSS,
        at=office.crm.now(),
        value=text,
        card_id=office.card().id,
    )
    assert office.shop.store.receive(inbox_item(given))
    office.answers.run()
    office.work()


def told(office: SlackOffice, kind: type[object]) -> list[Message]:
    """What stands in Slack of every telling of a kind."""
    rows = [row for row in office.rows() if isinstance(decode_telling(row.payload), kind)]
    assert rows
    assert {row.status for row in rows} == {OutboxStatus.SENT}
    return [message for row in rows for message in office.standing(row.key)]


def written(message: Message) -> str:
    return f"{message.text} {json.dumps(message.blocks, ensure_ascii=False)}"


def called(message: Message) -> set[str]:
    return set(CALLS.findall(written(message)))


def is_text(message: Message) -> bool:
    """Whether nothing in it became a link of the org's, is formatted, or turns the line around."""
    shown = " ".join(mrkdwn(text, Names()) for text in (message.text, *texts(message.blocks)))
    return not any(kind.search(text) for kind in (LINKS, TURNS) for text in [written(message)]) and not (
        FORMATTED.search(shown)
    )


def texts(blocks: object) -> Iterator[str]:
    """Walk all texts in Slack's text language that blocks hold."""
    if isinstance(blocks, dict):
        if blocks.get("type") == "mrkdwn":
            yield str(blocks["text"])
        blocks = list(blocks.values())
    for inside in blocks if isinstance(blocks, list | tuple) else ():
        yield from texts(inside)


def test_cards_replies_and_what_goes_on_in_threads_call_only_whom_the_rules_mention(
    building: Building,
) -> None:
    office = hostile(building)
    office.tell()
    office.move("E")
    office.work()

    everything = [*told(office, PostCard), *told(office, PostReply), *told(office, PostOverflow)]
    meant = {call for message in told(office, PostReply) for call in called(message)}
    assert all(map(is_text, everything))
    assert meant == {f"<@{BOSS}>", SATO, GROUP}
    assert not any(called(message) for message in told(office, PostOverflow))
    (card,) = told(office, PostCard)
    assert called(card) == set(), "an update mentions nobody"
    assert "&lt;!channel&gt;" in card.text
    assert "続きはスレッドにあります" in written(card)


def test_ten_thousand_characters_end_in_the_thread_as_text(building: Building) -> None:
    office = hostile(building)
    office.tell()

    pages = told(office, PostOverflow)
    shown = "".join(message.text for message in pages)
    assert len(LONG) > 10_000
    assert {message.thread_ts for message in pages} == {office.spot().ts}
    assert shown.count("長い文です。") == LONG.count("長い文です。")
    assert shown.count("&lt;!everyone&gt;") == (LONG + LONG_NAME + HOSTILE).count("<!everyone>")
    office.work()
    assert len(told(office, PostOverflow)) == len(pages)


def test_a_hostile_note_is_text_on_the_card_in_its_thread_and_in_its_task(building: Building) -> None:
    office = hostile(building, step="")
    office.tell()
    text = LONG[:3000]
    note(office, text)

    (noted,) = told(office, PostReply)
    (card,) = told(office, PostCard)
    pages = told(office, PostOverflow)
    assert [called(one) for one in (noted, card, *pages)] == [set()] * (2 + len(pages))
    assert all(map(is_text, (noted, card, *pages)))
    assert "".join(one.text for one in pages).count("長い文です。") >= text.count("長い文です。")
    (task,) = [one for one in map(decode_telling, payloads(office)) if isinstance(one, LogTask)]
    assert str(task.values["description"]).startswith(text.strip())
    assert task.values["owner"] == office.shop.boss


def test_a_summary_of_hostile_customers_is_text(building: Building) -> None:
    office = hostile(building, deals=5)
    for deal in office.deals:
        office.shop.move(deal, "D", by=office.shop.head)
    office.decide()
    office.work()

    (summary,) = told(office, PostSummary)
    assert called(summary) == {f"<@{BOSS}>"}
    assert all(map(is_text, (summary, *told(office, PostOverflow))))
    assert "".join(one.text for one in told(office, PostOverflow)).count("&lt;!here&gt;") == 3 * 5


def test_empty_fields_leave_a_card_that_slack_takes(building: Building) -> None:
    office = hostile(building, step="")
    for row in office.crm.records(Role.ACCOUNT):
        office.crm.edit(Role.ACCOUNT, row.id, {"name": "", "tier": ""})
    office.tell()

    (card,) = told(office, PostCard)
    assert "次のステップ" not in card.text
    assert "ティア" not in card.text
    assert [row for row in office.rows() if row.key.startswith("more/")] == []


def payloads(office: SlackOffice) -> list[str]:
    return [row.payload for row in office.outbox() if row.target is Target.TASKS]
