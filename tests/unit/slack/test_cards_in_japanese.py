"""Every card, reply and summary, read as a whole, in Japanese."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta

import pytest
from tests.fakes.card_faces import (
    CHEERED,
    CLOSED_LOST,
    LOST,
    MORNING,
    WON,
    WORSENED,
    A,
    B,
    C,
    D,
    post_card,
    reply,
    sent,
    summary,
    update_card,
)
from tests.fakes.notices import TARO, TODAY, URL

from csops_sync.adapters.slack.blocks import Payload
from csops_sync.adapters.slack.card_drafts import CardScene
from csops_sync.adapters.slack.card_render import Written, render_telling
from csops_sync.adapters.slack.card_texts import card_texts_for
from csops_sync.adapters.slack.mrkdwn import Mention
from csops_sync.domain.confidence.face import CardState, ReplyKind, Who
from csops_sync.domain.confidence.overflow import Page, card_overflow
from csops_sync.domain.confidence.ranks import Direction, Outcome, Standing
from csops_sync.domain.confidence.telling import PostOverflow

KEN = Mention("<@U2>")
TARO_HIMSELF = Who(id=TARO.id, name=TARO.name)
ACKNOWLEDGED = replace(WORSENED, state=CardState.ACKNOWLEDGED, answered_by=TARO_HIMSELF, answered_at=MORNING)


def rendered(telling: Written, *mentions: Mention, locale: str = "ja") -> Payload:
    """A telling written down."""
    outgoing = sent(telling)
    scene = CardScene(
        texts=card_texts_for(locale, zone="Asia/Tokyo"),
        today=TODAY,
        mentions=mentions,
        people=outgoing.people,
        links=outgoing.links,
    )
    return render_telling(scene, telling)


def written(telling: Written, *mentions: Mention) -> Sequence[str]:
    """The plain text, line by line."""
    return rendered(telling, *mentions).text.split("\n")


def test_bad_news_is_told_soberly_with_all_that_one_needs_and_asks_for_an_answer() -> None:
    """Whoever is asked is named; only who is mentioned is called."""
    assert written(post_card(), KEN) == [
        "<@U2> さん",
        "*株式会社みなと商事* の更新の確度が下がりました: B → C",
        "確度: B → D → C",
        "更新日: 2026年4月1日（あと121日）",
        "現契約の年額: ¥6,000,000",
        "更新後の年額: ¥5,000,000（変更前 ¥6,000,000）",
        "解約通知の期限: 2025年12月31日（あと30日）",
        "ティア: Enterprise",
        "変更: 佐藤 花子 · 2025年12月1日 9:05",
        "*次のステップ* 来週、情報システム部長と面談",
        "状況をご確認のうえ、「対応します」またはリアクションでお知らせください。",
        ":hourglass_flowing_sand: 回答待ち: 鈴木 太郎、@cs-leads",
        f"<{URL}|商談を開く>",
    ]


def test_good_news_is_a_celebration_and_asks_for_nothing() -> None:
    """Everybody may cheer along."""
    told = written(post_card(CHEERED))

    assert told[0] == ":tada: *株式会社みなと商事* の更新の確度が上がりました！ B → A"
    assert "前進です。皆さんもリアクションで一緒に喜びましょう。" in told
    assert not [line for line in told if "回答待ち" in line or "対応します" in line]


@pytest.mark.parametrize(
    ("direction", "path", "headline"),
    [
        (Direction.RATED, (Standing(None), C), "の更新に確度が付きました: 未評価 → C"),
        (Direction.WON, (B, WON), "の更新を受注しました！ B → 受注"),
        (Direction.LOST, (B, LOST), "の更新が失注になりました: B → 失注"),
        (
            Direction.IMPROVED,
            (LOST, D),
            "の更新の確度が上がりました！ 失注 → D",
        ),
        (None, (B, C, B), "の更新の確度は、変更の後で元に戻りました: B → B"),
    ],
)
def test_every_direction_has_its_first_line(
    direction: Direction | None, path: tuple[Standing, ...], headline: str
) -> None:
    """With the rank, or how it was closed."""
    face = replace(CHEERED, direction=direction, path=path)

    assert written(post_card(face))[0].endswith(f"*株式会社みなと商事* {headline}")


def test_an_answer_stands_on_the_card() -> None:
    """By whom and when, and nobody is asked any more."""
    told = written(update_card(replace(ACKNOWLEDGED, note="電話済み")))

    assert ":white_check_mark: 鈴木 太郎 さんが対応します（2025年12月1日 9:05）" in told
    assert ":memo: 電話済み" in told
    assert not [line for line in told if "お知らせください" in line]


def test_an_answer_that_was_read_again_came_between_two_instants() -> None:
    """Of one day, or of two."""
    same = replace(ACKNOWLEDGED, answered_from=MORNING, answered_at=MORNING + timedelta(minutes=15))
    days = replace(same, answered_at=MORNING + timedelta(hours=15))

    assert ":white_check_mark: 鈴木 太郎 さんが対応します（2025年12月1日 9:05 から 9:20 の間）" in written(
        update_card(same)
    )
    assert (
        ":white_check_mark: 鈴木 太郎 さんが対応します（2025年12月1日 9:05 から 2025年12月2日 0:05 の間）"
        in written(update_card(days))
    )


def test_a_snooze_says_by_whom_and_until_when() -> None:
    """In the org's time zone."""
    face = replace(
        WORSENED,
        state=CardState.SNOOZED,
        answered_by=TARO_HIMSELF,
        snoozed_until=MORNING + timedelta(days=3),
    )

    assert ":zzz: 鈴木 太郎 さんがスヌーズ中（2025年12月4日 9:05 まで）" in written(update_card(face))


def test_what_is_not_known_exactly_is_said() -> None:
    """A move that was seen by comparing, by whom is unknown, and a second that gives no order."""
    face = replace(
        WORSENED, changed_by=(), changed_until=MORNING + timedelta(minutes=30), order_known=False, prior=None
    )
    told = written(post_card(face))

    assert "変更: 変更者不明 · 2025年12月1日 9:05 から 9:35 の間" in told
    assert "現契約の年額: 未登録" in told
    assert told[-1] == "同じ秒に複数の変更があり、その順序は分かりません。"


def test_a_reason_that_is_given_stands_on_the_card() -> None:
    """Among the facts."""
    assert "理由: 価格" in written(update_card(replace(CLOSED_LOST, reason="価格")))


def test_a_long_way_shows_its_beginning_and_its_end() -> None:
    """Thirty moves are more than anybody reads."""
    face = replace(WORSENED, path=(A, *(B, C) * 15, D))

    assert "確度: A → B → C → B → … → C → B → C → D" in written(post_card(face))


def test_many_who_changed_it_are_counted() -> None:
    """Five are named."""
    people = tuple(Who(id=None, name=f"社員{number}") for number in range(1, 9))
    told = written(post_card(replace(WORSENED, changed_by=people)))

    assert "変更: 社員1、社員2、社員3、社員4、社員5、ほか3名 · 2025年12月1日 9:05" in told


@pytest.mark.parametrize(
    ("about", "lines"),
    [
        (
            ReplyKind.MOVED,
            [
                "確度が下がりました: B → D → C（佐藤 花子 · 2025年12月1日 9:05）",
                "対応できる方は、カードの「対応します」、またはカードかこの返信へのリアクションでお知らせください。",
            ],
        ),
        (
            ReplyKind.REVERSED,
            ["先ほどの変更は元に戻されました: B → D → C（佐藤 花子 · 2025年12月1日 9:05）"],
        ),
        (
            ReplyKind.ESCALATED,
            [
                "*株式会社みなと商事* の更新について、まだ回答がありません: B → C（佐藤 花子 · 2025年12月1日 9:05）",
                "対応できる方は、カードの「対応します」、またはカードかこの返信へのリアクションでお知らせください。",
            ],
        ),
        (
            ReplyKind.ASKED_AGAIN,
            [
                "スヌーズの期間が終わりました。*株式会社みなと商事* の更新: B → C",
                "対応できる方は、カードの「対応します」、またはカードかこの返信へのリアクションでお知らせください。",
            ],
        ),
        (
            ReplyKind.CORRECTED,
            ["後から届いた履歴により訂正します。実際の経過: B → D → C（佐藤 花子 · 2025年12月1日 9:05）"],
        ),
        (ReplyKind.NOTED, [":memo: 鈴木 太郎 さんのメモ: 先方は前向き"]),
        (
            ReplyKind.CALLED,
            [
                (
                    "営業時間になりましたのでお知らせします。"
                    "*株式会社みなと商事* の更新: B → C（佐藤 花子 · 2025年12月1日 9:05）"
                ),
                "対応できる方は、カードの「対応します」、またはカードかこの返信へのリアクションでお知らせください。",
            ],
        ),
    ],
)
def test_every_kind_of_reply_says_what_it_is_about_to_whom_it_calls(
    about: ReplyKind, lines: list[str]
) -> None:
    """The mention stands in the thread, because an update of the card notifies nobody."""
    told = reply(about, mentions=(TARO.id,), text="先方は前向き" if about is ReplyKind.NOTED else "")

    assert written(told, KEN) == ["<@U2> さん", *lines]


def test_a_storm_is_one_message_with_a_table_and_counts_what_does_not_fit() -> None:
    """Twenty renewals stand in it."""
    told = written(summary(57), Mention("<!subteam^S1>"))

    assert told[:3] == [
        "<!subteam^S1> の皆さん",
        "佐藤 花子 さんが、57件の更新の確度をまとめて変更しました。",
        f"<{URL}|会社 1>: B → D · ¥1,200,000 · 更新日 2026年4月1日",
    ]
    assert told[-2:] == ["ほか37件", "…続きはスレッドにあります"]
    assert len(told) == 2 + 20 + 2


def test_whoever_slack_does_not_know_is_named_and_that_is_said() -> None:
    """Somebody stands in, where somebody is configured."""
    told = written(post_card(), Mention("<@U9>", missing="鈴木 太郎"))

    assert told[0] == "<@U9> さん"
    assert told[-1] == "担当の 鈴木 太郎 さんが Slack で見つからなかったため、代わりにお知らせしています。"


def test_a_closed_renewal_shows_how_it_was_closed_and_not_its_rank() -> None:
    """Though it has one."""
    assert "確度: 受注 → 失注" in written(
        post_card(replace(CHEERED, path=(WON, Standing("A", Outcome.LOST))))
    )


def test_what_a_card_cuts_goes_on_in_its_thread() -> None:
    """With its line breaks, and every step of the way."""
    long = replace(WORSENED, next_step="a\n" * 601, path=(B, WON) * 5)
    (page,) = card_overflow(long)
    more = PostOverflow(key="more/1", channel="#renewals", of="card/1", page=page, reason="it is long")

    assert "…続きはスレッドにあります" in written(post_card(long))
    assert written(more)[:4] == [
        "上のメッセージの続きです:",
        "*確度* " + " → ".join(["B", "受注"] * 5),
        "*次のステップ* a",
        "a",
    ]
    assert written(replace(more, page=Page())) == ["ここにあった内容は、現在はカードに収まっています。"]


def test_a_card_that_another_took_the_place_of_says_so() -> None:
    """Without an address here; Slack gives it when the card is closed."""
    assert ":arrow_right: このカードの続きは新しいカードにあります" in written(
        replace(update_card(CHEERED), continued_in="card/2")
    )
