"""Why a row of the outbox is not sent is said in Japanese on Japanese pages; the CLI's list stays English."""

from datetime import UTC, datetime

import pytest

from csops_sync.adapters.slack.verdicts import VERDICTS, Blame
from csops_sync.app.outbox_words import error_understood
from csops_sync.app.unsent_reasons import NO_CHARTS, RESTING, SILENCED, UNDRAWN, UNREADABLE
from csops_sync.app.waiting_for_slack import waiting_words
from csops_sync.domain.sentences import Sentence
from csops_sync.interfaces.web.formats import Formats
from csops_sync.interfaces.web.saying import Saying
from csops_sync.interfaces.web.words import Words
from csops_sync.ports import chat_words
from csops_sync.ports.store import OutboxRow, OutboxStatus, Target

JAPANESE = Saying(Words("ja"), Formats(language="ja", timezone="Asia/Tokyo"))
AT = datetime(2026, 11, 24, 0, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("kept", "said"),
    [
        (RESTING(until=AT), "メンション先の営業時間外のため、2026年11月24日 09:00 まで保留"),
        (SILENCED(by="佐藤", until=AT), "佐藤 が 2026年11月24日 09:00 まで通知を停止"),
        (SILENCED(by="somebody", until=AT), "誰か が 2026年11月24日 09:00 まで通知を停止"),
        (UNDRAWN(error=NO_CHARTS()), "図を描けません: この環境では図を描けません"),
    ],
)
def test_why_a_row_waits_is_said_in_japanese(kept: Sentence, said: str) -> None:
    understood = error_understood(str(kept))

    assert understood == str(kept)
    assert JAPANESE.plain(understood or "") == said


def test_a_row_whose_outcome_nobody_can_find_says_in_japanese_what_to_do() -> None:
    said = JAPANESE.plain(error_understood(str(UNREADABLE())) or "")

    assert "`csops-sync outbox drop`" in said
    assert said.startswith("送信の結果が分からず")


@pytest.mark.parametrize("word", [one[0] for one in VERDICTS])
def test_every_answer_of_slacks_that_a_row_keeps_is_said_in_japanese(word: str) -> None:
    _, blame, advice = next(one for one in VERDICTS if one[0] == word)
    message = f"Slack says {word} (needed: chat:write): {advice}"
    parked = Blame.CONFIG if blame is Blame.AUTH else blame

    for kept in (message, f"{word}: {message}", f"{word}: {parked}: {message}"):
        said = error_understood(kept) or ""
        assert said == kept
        assert f"Slack の応答は {word} (needed: chat:write) です。" in JAPANESE.plain(said)


@pytest.mark.parametrize(
    "message",
    [
        chat_words.UNREACHED(why="URLError: refused"),
        chat_words.NO_ANSWER(why="TimeoutError: 10 s"),
        chat_words.NO_WORD(status=502),
        chat_words.NO_CHANNEL(channel="#renewals"),
        chat_words.NO_CARD(),
        chat_words.NO_MESSAGE(),
        chat_words.NO_RENEWALS(),
        chat_words.TOO_SLOW(),
        chat_words.UNNAMED(),
        chat_words.NOT_UPLOADED(why="HTTP 500"),
        chat_words.NO_ADDRESS(host="files.slack.com"),
    ],
    ids=lambda one: one.code,
)
def test_what_became_of_a_message_without_an_answer_is_said_in_japanese(message: Sentence) -> None:
    said = error_understood(f"some_code: {message}")

    assert said == f"some_code: {message}"
    assert JAPANESE.plain(said or "") == f"some_code: {JAPANESE.plain(message)}"
    assert JAPANESE.knows(said or "")


def test_a_parked_message_says_in_japanese_whose_turn_it_is_and_what_to_do() -> None:
    kept = "not_in_channel: config: Slack says not_in_channel: invite the app there: /invite @csops-sync"

    assert JAPANESE.plain(error_understood(kept) or "") == (
        "not_in_channel(設定): Slack の応答は not_in_channel です。"
        "チャンネルにアプリを招待してください: /invite @csops-sync"
    )


@pytest.mark.parametrize("prefix", ["", "UNABLE_TO_LOCK_ROW: "])
@pytest.mark.parametrize(("verb", "said"), [("read", "読み取り"), ("written", "書き込み")])
def test_a_call_that_salesforce_refused_is_told_in_japanese_with_its_own_words(
    verb: str, said: str, prefix: str
) -> None:
    own = "UNABLE_TO_LOCK_ROW: unable to obtain exclusive access to this record"
    kept = f"{prefix}Salesforce refused to be {verb}. {own}"

    assert JAPANESE.plain(error_understood(kept) or "") == (
        f"{prefix}Salesforce が{said}を拒否しました。{own}"
    )


def test_what_waits_for_slack_says_in_japanese_why() -> None:
    row = OutboxRow(
        key="message/8-1",
        target=Target.SLACK,
        kind="message",
        account_id="",
        payload="",
        reason="renewal opened by rule all",
        rules_hash="x",
        body_hash="",
        status=OutboxStatus.PENDING,
        created_at=AT,
        attempts=2,
        error="ratelimited: wait: Slack says ratelimited: it is sent again when Slack allows",
    )

    said = waiting_words([row])

    assert JAPANESE.plain(said or "") == (
        "Slack に送れていないメッセージが 1 件あり、自動で再送します: "
        "ratelimited(再送待ち): Slack の応答は ratelimited です。Slack が受け付けるときに再送します"
    )


def test_what_salesforce_answered_stays_as_it_is() -> None:
    answer = "FIELD_CUSTOM_VALIDATION_EXCEPTION: Close date must be a business day"

    assert error_understood(answer) == answer
    assert not isinstance(error_understood(answer), Sentence)
    assert error_understood(None) is None
