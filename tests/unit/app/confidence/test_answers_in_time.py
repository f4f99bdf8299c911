"""When an answer came decides which question it answers; the newest counts, and one bad one holds up no other."""

from dataclasses import dataclass, field, replace

import pytest
from tests.fakes.confidence_shop import RULES, ConfidenceShop, watched

from csops_sync.app.confidence.answering import inbox_item, process_answers
from csops_sync.app.confidence.outgoing_cards import place_of
from csops_sync.app.confidence.rereading import newest_question, read_again
from csops_sync.domain.confidence.face import CardState
from csops_sync.domain.confidence.rules import AnswerRules, ConfidenceRules
from csops_sync.domain.confidence.telling import LogTask
from csops_sync.ports.cards import Answer, AnswerKind, Place
from csops_sync.ports.crm import Role
from csops_sync.ports.errors import AuthFailedError, OutsideError, PermanentError, TransientError
from csops_sync.ports.shelves import InboxItem
from csops_sync.ports.store import OutboxRow, OutboxStatus

BOSS, SATO, LEAD = "U2BOSS", "U3SATO", "U4LEAD"


@dataclass
class Asking:
    """A shop with one card on which the manager was asked once."""

    rules: ConfidenceRules = RULES
    shop: ConfidenceShop = field(init=False)
    deal: str = field(init=False)

    def __post_init__(self) -> None:
        """The renewal went from B to C."""
        self.shop, (self.deal,) = watched(self.rules)
        self.move("C")

    def move(self, rank: str) -> None:
        """Move the rank, tell it and send it."""
        self.shop.move(self.deal, rank)
        self.shop.settle()
        self.shop.deliver()

    @property
    def place(self) -> Place:
        """Where the card stands."""
        channel_id, _, ts = str(self.shop.row(self.shop.cards()[0].key).result).partition("/")
        return Place(channel_id=channel_id, ts=ts)

    @property
    def state(self) -> CardState:
        """How the card stands."""
        return self.shop.cards()[0].state

    def read(self) -> int:
        """Read again and take what was found."""
        new = read_again(self.shop.engine())
        process_answers(self.shop.engine())
        return new

    def receive(self, kind: AnswerKind, *, by: str, key: str, value: str = "") -> None:
        """Put an answer of this moment into the inbox."""
        card = self.shop.cards()[0]
        answer = Answer(
            key=key,
            kind=kind,
            place=self.place,
            slack_user=by,
            at=self.shop.crm.now(),
            value=value,
            card_id=card.id,
        )
        self.shop.store.receive(inbox_item(answer))

    def outcome(self, key: str) -> str:
        """What came of an answer."""
        with self.shop.store.reading() as tx:
            return tx.confidence.inbox.get([key])[0].outcome

    def write(self) -> None:
        """Write to Salesforce all that waits; who comes second tries again later."""
        for _ in range(4):
            self.shop.sync()
            self.shop.crm.advance(seconds=60)

    def updates(self) -> list[OutboxRow]:
        """The fields that answers write, oldest first."""
        with self.shop.store.reading() as tx:
            return [row for row in tx.outbox.with_status(*OutboxStatus) if row.key.startswith("answer/")]


@pytest.fixture
def asking() -> Asking:
    return Asking()


def test_a_reaction_to_the_old_news_does_not_answer_the_new(asking: Asking) -> None:
    asking.shop.slack.react(asking.place, BOSS, "eyes")
    assert "acknowledged" in asking.shop.answer(AnswerKind.REACTED, by=BOSS, value="eyes")
    asking.move("E")
    assert asking.state is CardState.ASKING

    assert asking.read() == 0
    asking.shop.crm.advance(seconds=900)
    assert asking.read() == 0
    assert asking.state is CardState.ASKING


def test_a_reaction_whose_event_was_lost_answers_no_later_question(asking: Asking) -> None:
    asking.shop.answer(AnswerKind.ACKNOWLEDGED, by=BOSS)
    asking.shop.slack.react(asking.place, BOSS, "white_check_mark")
    asking.move("E")

    assert asking.read() == 0
    assert asking.state is CardState.ASKING


def test_a_lost_reaction_to_the_new_question_counts_when_it_is_read_again(asking: Asking) -> None:
    asking.shop.answer(AnswerKind.ACKNOWLEDGED, by=BOSS)
    asking.move("E")
    assert newest_question(asking.shop.engine()) == asking.shop.cards()[0].asked_at
    assert asking.read() == 0
    read_at = asking.shop.crm.now()
    asking.shop.slack.react(asking.place, BOSS, "eyes")
    asking.shop.crm.advance(seconds=900)

    assert asking.read() == 1
    card = asking.shop.cards()[0]
    assert (card.state, card.answered_from) == (CardState.ACKNOWLEDGED, read_at)


def test_a_card_that_asks_with_its_post_is_no_new_question_on_an_old_message(asking: Asking) -> None:
    assert newest_question(asking.shop.engine()) is None


def test_a_click_that_came_before_the_question_does_not_answer_it(asking: Asking) -> None:
    asking.receive(AnswerKind.ACKNOWLEDGED, by=BOSS, key="Ev1")
    asking.receive(AnswerKind.SNOOZED, by=BOSS, key="Ev2", value="3")
    asking.move("E")
    process_answers(asking.shop.engine())

    assert "before the card asked" in asking.outcome("Ev1")
    assert "before the card asked" in asking.outcome("Ev2")
    assert asking.state is CardState.ASKING
    assert asking.shop.answer(AnswerKind.ACKNOWLEDGED, by=BOSS, key="Ev3") == "acknowledged by 課長"


@pytest.mark.parametrize(
    "refusal",
    [PermanentError("gone", code="no_such_subteam"), AuthFailedError("groups", code="missing_scope")],
    ids=str,
)
def test_a_group_that_slack_does_not_show_holds_up_nobody_else(refusal: OutsideError) -> None:
    asking = group_asked()
    asking.shop.slack.refusals["@cs-leads"] = refusal
    asking.receive(AnswerKind.ACKNOWLEDGED, by=LEAD, key="Ev1")
    asking.receive(AnswerKind.ACKNOWLEDGED, by=BOSS, key="Ev2")
    process_answers(asking.shop.engine())

    assert "asks somebody else" in asking.outcome("Ev1")
    assert asking.outcome("Ev2") == "acknowledged by 課長"


@pytest.mark.parametrize(
    "refusal", [TransientError("later"), AuthFailedError("revoked", code="token_revoked")], ids=str
)
def test_answers_wait_while_slack_says_nothing_at_all(refusal: OutsideError) -> None:
    asking = group_asked()
    asking.shop.slack.refusals["@cs-leads"] = refusal
    asking.receive(AnswerKind.ACKNOWLEDGED, by=LEAD, key="Ev1")
    with pytest.raises(type(refusal)):
        process_answers(asking.shop.engine())
    del asking.shop.slack.refusals["@cs-leads"]
    process_answers(asking.shop.engine())

    assert asking.outcome("Ev1") == "acknowledged by lead"


def test_a_person_whom_slack_does_not_show_holds_up_nobody_else(asking: Asking) -> None:
    asking.shop.slack.refusals[asking.shop.head] = PermanentError("hidden", code="user_not_visible")

    assert asking.shop.answer(AnswerKind.ACKNOWLEDGED, by=BOSS) == "acknowledged by 課長"


def test_the_fallback_may_answer_in_the_place_of_who_was_asked() -> None:
    """Slack calls it where who was asked is not in the channel; the card goes on asking them."""
    asking = Asking(replace(RULES, fallback="@cs-leads"))

    assert "asks somebody else" in asking.shop.answer(AnswerKind.ACKNOWLEDGED, by=SATO, key="Ev1")
    assert asking.shop.answer(AnswerKind.ACKNOWLEDGED, by=LEAD, key="Ev2") == "acknowledged by lead"


def test_an_event_that_cannot_be_read_is_said_so_and_passed_over(asking: Asking) -> None:
    odd = InboxItem(key="Ev0", kind="reacted", payload="{}", received_at=asking.shop.crm.now())
    asking.shop.store.receive(odd)

    assert asking.shop.answer(AnswerKind.ACKNOWLEDGED, by=BOSS) == "acknowledged by 課長"
    assert "cannot be read" in asking.outcome("Ev0")


def test_a_channel_that_cannot_be_read_hides_no_other_one() -> None:
    first, second, good = RULES.routes
    both = (first, replace(second, also=True, acknowledge=first.acknowledge), good)
    asking = Asking(replace(RULES, routes=both))
    (card,) = (one for one in asking.shop.cards() if one.channel == "#renewals")
    place = place_of(asking.shop.row(card.key).result)
    assert place is not None
    asking.shop.slack.react(place, BOSS, "eyes")
    asking.shop.slack.refusals["C00000001"] = PermanentError("archived", code="is_archived")

    with pytest.raises(PermanentError, match="C00000001: archived"):
        read_again(asking.shop.engine())
    process_answers(asking.shop.engine())
    states = {one.channel: one.state for one in asking.shop.cards()}
    assert states == {"#risk": CardState.ACKNOWLEDGED, "#renewals": CardState.ACKNOWLEDGED}


def test_a_task_has_the_business_date_of_the_org(asking: Asking) -> None:
    """At 08:30 in Tokyo it is the day before in UTC."""
    asking.shop.crm.advance(seconds=22 * 3600 + 24 * 60)
    assert f"{asking.shop.crm.now():%Y-%m-%d %H:%M}" == "2026-04-13 23:30"
    asking.shop.answer(AnswerKind.ACKNOWLEDGED, by=BOSS)

    (task,) = [one for one in asking.shop.tellings() if isinstance(one, LogTask)]
    assert task.values["date"] == "2026-04-14"


def test_a_stranger_gives_no_reason_and_the_first_reason_stays() -> None:
    asking = Asking(replace(RULES, answer=AnswerRules(reason_field="loss_reason", reasons=("価格", "機能"))))
    asked = asking.shop.answer

    assert "only active users" in asked(AnswerKind.REASONED, by=LEAD, value="価格", key="Ev1")
    assert asked(AnswerKind.REASONED, by=SATO, value="機能", key="Ev2") == "the reason 機能, by 佐藤"
    assert "given before" in asked(AnswerKind.REASONED, by=BOSS, value="価格", key="Ev3")
    (update,) = asking.updates()
    assert '"after": "機能"' in update.payload


def test_who_left_gives_no_reason() -> None:
    asking = Asking(replace(RULES, answer=AnswerRules(reason_field="loss_reason", reasons=("価格",))))
    asking.shop.crm.edit(Role.USER, asking.shop.csm, {"active": False})
    asking.shop.cycle()

    said = asking.shop.answer(AnswerKind.REASONED, by=SATO, value="価格")
    assert "only active users" in said


def test_of_two_notes_that_wait_to_be_written_the_newer_is() -> None:
    kept = AnswerRules(fields={"note": "cs_note", "acknowledged_by": "taken_by"}, task=False)
    asking = Asking(replace(RULES, answer=kept))
    asking.shop.answer(AnswerKind.NOTED, by=SATO, value="一", key="Ev1")
    asking.shop.answer(AnswerKind.ACKNOWLEDGED, by=BOSS, key="Ev2")
    asking.shop.answer(AnswerKind.NOTED, by=BOSS, value="二", key="Ev3")

    wanted = {row.reason: row for row in asking.updates() if row.status is OutboxStatus.PENDING}
    assert set(wanted) == {"the answer of 課長"}
    (cancelled,) = (row for row in asking.updates() if row.status is OutboxStatus.CANCELLED)
    assert "佐藤: 一" in cancelled.payload
    asking.write()
    values = asking.shop.crm.records(Role.OPPORTUNITY)[0].values
    assert (values["cs_note"], values["taken_by"]) == ("課長: 二", "課長")


def test_a_newer_answer_leaves_the_other_fields_of_an_older_one() -> None:
    kept = AnswerRules(fields={"note": "cs_note", "acknowledged_by": "cs_note", "acknowledged_at": "at"})
    asking = Asking(replace(RULES, answer=kept))
    asking.shop.answer(AnswerKind.ACKNOWLEDGED, by=BOSS, key="Ev1")
    asking.shop.answer(AnswerKind.NOTED, by=SATO, value="二", key="Ev2")
    asking.write()

    values = asking.shop.crm.records(Role.OPPORTUNITY)[0].values
    assert values["cs_note"] == "佐藤: 二"
    assert str(values["at"]).startswith("2026-04-13")


def group_asked() -> Asking:
    """A card that asks the manager, then the head, then a group."""
    asking = Asking()
    asking.shop.cycle(minutes=4 * 60)
    asking.shop.deliver()
    asking.shop.cycle(minutes=20 * 60)
    assert "@cs-leads" in asking.shop.cards()[0].asked
    return asking
