"""Every card, reply and summary, read as a whole, in English."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta

import pytest
from tests.fakes.card_faces import (
    CHEERED,
    MORNING,
    WON,
    WORSENED,
    B,
    post_card,
    reply,
    sent,
    summary,
    update_card,
)
from tests.fakes.notices import TARO, TODAY, URL

from csops_sync.adapters.slack.card_drafts import CardScene
from csops_sync.adapters.slack.card_render import Written, render_telling
from csops_sync.adapters.slack.card_texts import card_texts_for
from csops_sync.adapters.slack.mrkdwn import Mention
from csops_sync.domain.confidence.face import CardState, ReplyKind, Who
from csops_sync.domain.confidence.overflow import Page, card_overflow
from csops_sync.domain.confidence.ranks import Direction
from csops_sync.domain.confidence.telling import PostOverflow

KEN = Mention("<@U2>")
KITA = replace(
    WORSENED, account_name="Kita Logistics", currency="USD", prior="24000.50", next_step="Call them"
)


def written(telling: Written, *mentions: Mention, later: Sequence[str] = ()) -> Sequence[str]:
    """The plain text, line by line."""
    outgoing = sent(telling)
    scene = CardScene(
        texts=card_texts_for("en_GB", zone="Europe/London"),
        today=TODAY,
        mentions=mentions,
        people=outgoing.people,
        links=outgoing.links,
        later=later,
    )
    return render_telling(scene, telling).text.split("\n")


def test_bad_news_is_told_soberly_with_all_that_one_needs_and_asks_for_an_answer() -> None:
    """Five past nine in Tokyo is five past midnight in London."""
    assert written(post_card(KITA), KEN) == [
        "<@U2>: confidence in the renewal of *Kita Logistics* has gone down: B → C",
        "Confidence: B → D → C",
        "Renewal date: 1 Apr 2026 (in 121 days)",
        "Amount in force: $24,000.50",
        "Renewal amount: $5,000,000 (was $6,000,000)",
        "Notice deadline: 31 Dec 2025 (in 30 days)",
        "Tier: Enterprise",
        "Changed: 佐藤 花子 · 1 Dec 2025, 00:05",
        "*Next step* Call them",
        "Please look into it, and press “I'm on it” or add a reaction.",
        ":hourglass_flowing_sand: Waiting for an answer from 鈴木 太郎, @cs-leads",
        f"<{URL}|Open the opportunity>",
    ]


@pytest.mark.parametrize(
    ("direction", "headline"),
    [
        (Direction.RATED, "The renewal of *Kita* has been rated: B → won"),
        (Direction.IMPROVED, ":tada: The renewal of *Kita* is looking better! B → won"),
        (Direction.WON, ":trophy: The renewal of *Kita* is won! B → won"),
        (Direction.WORSENED, "Confidence in the renewal of *Kita* has gone down: B → won"),
        (Direction.LOST, "The renewal of *Kita* has been closed as lost: B → won"),
        (None, "Confidence in the renewal of *Kita* was changed and changed back: B → won"),
    ],
)
def test_without_anyone_to_call_the_sentence_begins_with_a_capital(
    direction: Direction | None, headline: str
) -> None:
    """After its emoji too."""
    face = replace(CHEERED, account_name="Kita", direction=direction, path=(B, WON))

    assert written(post_card(face))[0] == headline


@pytest.mark.parametrize(
    ("changes", "line"),
    [
        (
            {"state": CardState.ACKNOWLEDGED, "answered_at": MORNING},
            ":white_check_mark: Ken is on it (1 Dec 2025, 00:05)",
        ),
        (
            {
                "state": CardState.ACKNOWLEDGED,
                "answered_from": MORNING,
                "answered_at": MORNING + timedelta(hours=1),
            },
            ":white_check_mark: Ken is on it (between 1 Dec 2025, 00:05 and 01:05)",
        ),
        (
            {"state": CardState.ACKNOWLEDGED, "answered_at": MORNING, "answered_by": None},
            ":white_check_mark: Somebody is on it (1 Dec 2025, 00:05)",
        ),
        (
            {"state": CardState.SNOOZED, "snoozed_until": MORNING + timedelta(days=1)},
            ":zzz: Snoozed by Ken until 2 Dec 2025, 00:05",
        ),
        (
            {
                "state": CardState.SNOOZED,
                "snoozed_until": MORNING + timedelta(days=1),
                "answered_by": None,
            },
            ":zzz: Snoozed until 2 Dec 2025, 00:05",
        ),
        ({"asked": ()}, ":hourglass_flowing_sand: Waiting for an answer"),
    ],
)
def test_the_state_of_the_question_stands_on_the_card(changes: dict[str, object], line: str) -> None:
    """Whoever answered."""
    face = replace(KITA, answered_by=Who(id=None, name="Ken"))

    assert line in written(update_card(replace(face, **changes)))  # type: ignore[arg-type]  # fields of the face


@pytest.mark.parametrize(
    ("about", "line"),
    [
        (ReplyKind.MOVED, "Confidence has gone down: B → D → C (佐藤 花子 · 1 Dec 2025, 00:05)"),
        (ReplyKind.REVERSED, "That change has been undone: B → D → C (佐藤 花子 · 1 Dec 2025, 00:05)"),
        (
            ReplyKind.ESCALATED,
            "Nobody has answered for the renewal of *Kita Logistics* yet: B → C (佐藤 花子 · 1 Dec 2025, 00:05)",
        ),
        (ReplyKind.ASKED_AGAIN, "The snooze is over. The renewal of *Kita Logistics*: B → C"),
        (
            ReplyKind.CORRECTED,
            "History that came in late corrects this. What happened: B → D → C (佐藤 花子 · 1 Dec 2025, 00:05)",
        ),
        (ReplyKind.NOTED, ":memo: A note by 鈴木 太郎: they are keen"),
        (
            ReplyKind.CALLED,
            "Your business hours have begun. The renewal of *Kita Logistics*: B → C (佐藤 花子 · 1 Dec 2025, 00:05)",
        ),
    ],
)
def test_every_kind_of_reply_says_what_it_is_about(about: ReplyKind, line: str) -> None:
    """On its first line."""
    text = "they are keen" if about is ReplyKind.NOTED else ""

    assert written(reply(about, face=KITA, text=text))[0] == line


def test_who_is_called_later_is_named_as_text() -> None:
    """On the card and in its thread."""
    line = "鈴木 太郎, @cs-leads: outside business hours, mentioned here once they begin"

    for telling in (post_card(KITA), reply(face=KITA)):
        assert line in written(telling, KEN, later=(TARO.id, "@cs-leads"))
        assert line not in written(telling, KEN)


def test_a_call_of_who_was_asleep_says_how_to_answer_where_it_asks() -> None:
    """Good news ask nothing."""
    please = "Whoever takes it: press “I'm on it” on the card, or add a reaction there or to this reply."
    quiet = replace(KITA, state=CardState.QUIET)

    assert written(reply(ReplyKind.CALLED, mentions=(TARO.id,)), KEN)[-1] == please
    assert please not in written(reply(ReplyKind.CALLED, face=quiet, mentions=(TARO.id,)), KEN)


def test_a_reply_that_calls_somebody_for_an_answer_says_how_to_answer() -> None:
    """One that calls nobody does not."""
    please = "Whoever takes it: press “I'm on it” on the card, or add a reaction there or to this reply."

    assert written(reply(mentions=(TARO.id,)), KEN)[-1] == please
    assert please not in written(reply())
    assert please not in written(reply(ReplyKind.NOTED, mentions=(TARO.id,), text="x"), KEN)


def test_a_storm_is_one_message_with_a_table_and_counts_what_does_not_fit() -> None:
    """Twenty renewals stand in it."""
    told = written(summary(57), KEN)

    assert told[0] == "<@U2>: 佐藤 花子 changed the confidence of 57 renewals at once."
    assert told[1] == f"<{URL}|会社 1>: B → D · ¥1,200,000 · renews 1 Apr 2026"
    assert told[-2:] == ["and 37 more", "… continues in the thread"]


def test_a_storm_of_one_is_told_in_the_singular() -> None:
    """Rules may set the limit that low."""
    assert written(summary(1))[0] == "佐藤 花子 changed the confidence of 1 renewal."


def test_a_budget_that_locks_soon_is_shown() -> None:
    """With a warning where it is near."""
    face = replace(KITA, notice_deadline=None, budget_last_day=TODAY + timedelta(days=5))

    assert "Last day for the budget: :warning: 6 Dec 2025 (in 5 days)" in written(post_card(face))


def test_what_a_card_cuts_goes_on_in_its_thread() -> None:
    """With its line breaks, and every step of the way."""
    long = replace(WORSENED, next_step="a\n" * 601, path=(B, WON) * 5)
    (page,) = card_overflow(long)
    more = PostOverflow(key="more/1", channel="#renewals", of="card/1", page=page, reason="it is long")

    assert "… continues in the thread" in written(post_card(long))
    assert written(more)[:4] == [
        "Continued from the message above:",
        "*Confidence* " + " → ".join(["B", "won"] * 5),
        "*Next step* a",
        "a",
    ]
    assert written(replace(more, page=Page())) == ["What stood here fits on the card by now."]


def test_a_card_that_another_took_the_place_of_says_so() -> None:
    """Without an address here; Slack gives it when the card is closed."""
    assert ":arrow_right: This card is continued in a new card" in written(
        replace(update_card(CHEERED), continued_in="card/2")
    )
