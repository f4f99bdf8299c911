"""Every kind of message, read as a whole, in Japanese."""

from dataclasses import replace

from tests.fakes.notices import AOBA, HANAKO, KITA, MINATO, TARO, TODAY, URL, about_counts, outgoing

from csops_sync.adapters.slack.blocks import render
from csops_sync.adapters.slack.mrkdwn import Mention
from csops_sync.adapters.slack.texts import texts_for
from csops_sync.domain.intents import NoticeKind
from csops_sync.ports.chat import Outgoing

EVERYONE = {HANAKO.id: Mention("<@U1>"), TARO.id: Mention("<@U2>")}


def written(sent: Outgoing, mentions: dict[str, Mention] = EVERYONE) -> list[str]:
    """The plain text of a message, line by line."""
    return render(sent, mentions=mentions, texts=texts_for("ja"), today=TODAY).text.split("\n")


def test_opened_names_the_csm_the_facts_and_the_bound_that_decided() -> None:
    """The season opened a month before today, so it is told as past."""
    assert written(outgoing()) == [
        "<@U1> さん",
        (
            "*株式会社みなと商事* の更新商談を作成しました。"
            "予算編成が2025年11月1日に始まったため、お客様とのご相談を始める時期です。"
        ),
        "更新日: 2026年10月1日（あと304日）",
        "年額: ¥6,000,000",
        "解約通知の期限: 2026年8月1日（あと243日）",
        "予算に間に合う最終日: 2026年1月31日（あと61日）",
        f"<{URL}|商談を開く>",
    ]


def test_a_bound_that_lies_ahead_is_told_as_ahead() -> None:
    """Tomorrow is ahead."""
    ahead = replace(MINATO, bound_day=TODAY.replace(day=2))

    assert "予算編成が2025年12月2日に始まるため" in written(outgoing(NoticeKind.OPENED, ahead))[1]


def test_each_bound_has_its_own_words() -> None:
    """An unknown bound gives no reason rather than a wrong one."""
    bounds = ("renewal", "notice", "budget_lock", "")
    told = [written(outgoing(NoticeKind.OPENED, replace(KITA, bound=bound)))[1] for bound in bounds]

    assert [text.partition("。")[2] for text in told] == [
        "更新日が2025年12月31日のため、お客様とのご相談を始める時期です。",
        "解約通知の期限が2025年12月31日のため、お客様とのご相談を始める時期です。",
        "予算に間に合うのが2025年12月31日までのため、お客様とのご相談を始める時期です。",
        "お客様とのご相談を始める時期です。",
    ]


def test_a_day_that_is_near_or_gone_carries_a_warning() -> None:
    """Two weeks and less are near."""
    line = replace(MINATO, notice_deadline=TODAY, budget_last_day=TODAY.replace(month=11, day=28))

    assert written(outgoing(NoticeKind.OPENED, line))[4:6] == [
        "解約通知の期限: :warning: 2025年12月1日（本日）",
        "予算に間に合う最終日: :warning: 2025年11月28日（3日経過）",
    ]


def test_someone_whom_slack_does_not_know_is_named_and_the_fallback_is_told_why() -> None:
    """Whoever is told instead learns for whom."""
    told = written(outgoing(), {HANAKO.id: Mention("<@UOPS>", missing=HANAKO.name)})

    assert told[0] == "<@UOPS> さん"
    assert told[-1] == "担当の 佐藤 花子 さんが Slack で見つからなかったため、代わりにお知らせしています。"


def test_contracts_that_share_a_renewal_are_named() -> None:
    """Co-termed contracts stand in `others`."""
    assert "一緒に更新する契約: 00000124、00000125" in written(
        outgoing(NoticeKind.OPENED, replace(MINATO, others=("00000124", "00000125")))
    )


def test_a_daily_group_lists_renewals_under_their_people_and_adds_them_up() -> None:
    """6,000,000 + 3,500,000 + 4,800,000 = 14,300,000."""
    assert written(outgoing(NoticeKind.OPENED_DAILY, MINATO, KITA, AOBA)) == [
        "更新商談を3件作成しました。年額の合計は ¥14,300,000 です。",
        "<@U1> 2件",
        (
            f"• *株式会社みなと商事* · 更新日 2026年10月1日 · ¥6,000,000 · "
            f"予算編成が2025年11月1日に始まったため · <{URL}|商談を開く>"
        ),
        "• *有限会社あおば製作所* · 更新日 2026年3月1日 · ¥4,800,000 · 更新日が2026年3月1日のため",
        "<@U2> 1件",
        "• *Kita Logistics* · 更新日 2026年4月1日 · ¥3,500,000 · 解約通知の期限が2025年12月31日のため",
    ]


def test_a_large_group_is_cut_counted_and_calls_the_rest_too() -> None:
    """20 x 6,000,000 + 12 x 3,500,000 = 162,000,000."""
    lines = [replace(MINATO, renewal_key=f"k{number}") for number in range(20)]
    told = written(outgoing(NoticeKind.OPENED_DAILY, *lines, *[KITA] * 12))

    assert told[0] == "更新商談を32件作成しました。年額の合計は ¥162,000,000 です。"
    assert told[-1] == "ほか12件（<@U2>）"
    assert sum(line.startswith("•") for line in told) == 20


def test_a_termination_leaves_the_decision_to_the_csm() -> None:
    """The opportunity is a person's to close."""
    assert written(outgoing(NoticeKind.TERMINATED))[1] == (
        "*株式会社みなと商事* の契約が解約されました。"
        "更新商談はそのまま残してあります。失注にするか、ご判断をお願いします。"
    )


def test_a_cancellation_without_an_opportunity_says_that_none_was_made() -> None:
    """`cancelling: notify` opens nothing."""
    sent = replace(outgoing(NoticeKind.CANCELLING, AOBA), links={})

    assert written(sent) == [
        "<@U1> さん",
        (
            "*有限会社あおば製作所* から、契約を更新しないとの申し出がありました。"
            "更新商談は作成していません。お客様の状況をご確認ください。"
        ),
        "更新日: 2026年3月1日（あと90日）",
        "年額: ¥4,800,000",
    ]


def test_parallel_opportunities_are_shown_with_both_links() -> None:
    """And with the command that settles it."""
    other = "0065g00000OTHERAAH"
    sent = outgoing(NoticeKind.PARALLEL, replace(MINATO, others=(other,)))
    told = written(replace(sent, links={**sent.links, other: "https://example.com/other"}))

    assert told[1] == (
        "*株式会社みなと商事* の同じ更新に、商談が2件あります。どちらを残すか、ご確認をお願いします。"
    )
    assert told[-3:] == [
        f"<{URL}|csops-sync の商談を開く>",
        "<https://example.com/other|もう一つの商談を開く>",
        "別の商談を使う場合: `csops-sync adopt 8005g00000ABCDeAAP 0065g00000OTHERAAH`",
    ]


def test_the_baseline_says_what_was_read_and_how_to_approve() -> None:
    """Zero is no news and is left out."""
    facts: dict[str, str | int] = {
        "contracts": 1300,
        "renewals": 1310,
        "held": 12,
        "ambiguous": 0,
        "plan_hash": "4f1c2e9",
    }

    assert written(about_counts(NoticeKind.BASELINE, **facts)) == [
        "Salesforce の読み込みが終わりました。まだ何も作成していません。",
        "読み込んだ契約: 1,300件",
        "見守る更新: 1,310件",
        "承認待ち: 12件",
        (
            "期日を過ぎたものと保留中のものは、承認があるまで作成しません。"
            "`csops-sync plan` で内容をご確認のうえ、よろしければ次のコマンドで承認してください。"
        ),
        "`csops-sync sync --approve 4f1c2e9`",
    ]


def test_a_baseline_that_holds_nothing_says_what_comes_next() -> None:
    """There is nothing to approve."""
    assert written(about_counts(NoticeKind.BASELINE, contracts=3))[-1] == (
        "次の回から、時期の来た更新を順に作成してお知らせします。"
    )


def test_what_the_guard_holds_is_told_with_its_approval() -> None:
    """The hash approves exactly what is held."""
    told = written(about_counts(NoticeKind.HELD, held=120, plan_hash="4f1c2e9"))

    assert told[:2] == [
        "想定を超える件数の変更があったため、その分は書き込まずに保留しています。",
        "承認待ち: 120件",
    ]
    assert told[-1] == "`csops-sync sync --approve 4f1c2e9`"


def test_the_operator_is_told_in_the_words_given() -> None:
    """Escaped like all other text."""
    assert written(about_counts(NoticeKind.OPERATOR, text="Slack: <!channel> & co")) == [
        "csops-sync の運用担当へのお知らせです。",
        "Slack: &lt;!channel&gt; &amp; co",
    ]
