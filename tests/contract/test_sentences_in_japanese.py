"""Whatever `app` says by a code is said in Japanese on Japanese pages, and stays as it is on English ones."""

import re
from collections.abc import Iterator
from datetime import UTC, date, datetime
from decimal import Decimal
from fractions import Fraction

import pytest
from tests.fakes.confidence_shop import watched
from tests.fakes.dashboard_book import FRAME
from tests.fakes.landings import term
from tests.fakes.memory_engine import Workshop
from tests.fakes.spoken import spoken

from csops_sync.app.forecast.calling import CallOrder, call_renewal
from csops_sync.app.forecast.conversion import Conversion
from csops_sync.app.forecast.forecasting import judge
from csops_sync.app.forecast.weighing import Weigher
from csops_sync.app.orders_outbox import approve, retry
from csops_sync.app.queries_explain import explain_view
from csops_sync.app.refusals import RefusedError
from csops_sync.domain.dates import Duration
from csops_sync.domain.forecast.periods import Window
from csops_sync.domain.forecast.targets import ScopeKind, Target, TargetScope, target_conflicts
from csops_sync.domain.forecast.term_state import TermStanding
from csops_sync.domain.sentences import ABOUT, JOINED, Sentence
from csops_sync.interfaces.web.formats import Formats
from csops_sync.interfaces.web.saying import Saying
from csops_sync.interfaces.web.words import Words
from csops_sync.interfaces.web.words_of_sentences import SENTENCES

JAPANESE, ENGLISH = (
    Saying(Words(language), Formats(language=language, timezone="Asia/Tokyo")) for language in ("ja", "en")
)
KANA_AND_KANJI = re.compile(r"[\u3041-\u30ff\u4e00-\u9fff]")
NAMED = re.compile(r"\{(\w+)\}")


def is_japanese(text: str) -> bool:
    return bool(KANA_AND_KANJI.search(JAPANESE.plain(text))) and JAPANESE.knows(text)


def test_what_holds_nothing_or_is_a_tick_has_its_word() -> None:
    emptied = Sentence(
        "note.left", "{field} {value} {written} {name}", field="x", value=None, written=1, name="y"
    )
    ticked = Sentence("target.no-number", "{name} {value}", name="amount", value=True)

    assert "x は 空 です" in JAPANESE.plain(emptied)
    assert "true" in JAPANESE.plain(ticked)


def test_every_sentence_that_the_sources_say_has_japanese_words_with_the_same_values() -> None:
    said = {code: values for code, values in spoken().items() if code != JOINED}

    assert len(said) > 100
    assert {code: frozenset(NAMED.findall(SENTENCES.get(code, ""))) for code in said} == said


def test_no_japanese_sentence_is_left_over_from_one_that_nothing_says_any_more() -> None:
    assert set(SENTENCES) - set(spoken()) == {ABOUT}


def test_a_sentence_is_said_in_the_readers_language_and_a_plain_text_is_marked_as_english() -> None:
    said = Sentence("verdict.merged", "merged into the move that was told")

    assert JAPANESE(said) == "通知した変更に統合"
    assert ENGLISH(said) == "merged into the move that was told"
    assert JAPANESE("<b>other</b>") == '<span lang="en">&lt;b&gt;other&lt;/b&gt;</span>'
    assert ENGLISH("<b>other</b>") == "&lt;b&gt;other&lt;/b&gt;"


def test_values_are_written_as_japanese_pages_write_them() -> None:
    at = datetime(2026, 11, 20, 1, 30, tzinfo=UTC)
    text = "; ".join(f"{{v{number}}}" for number in range(7))
    values = (
        at,
        date(2026, 4, 1),
        Duration(days=30),
        1200,
        Decimal("1500.50"),
        TermStanding.WON,
        ("甲", "乙"),
    )
    said = Sentence(JOINED, text, **{f"v{number}": one for number, one in enumerate(values)})

    assert JAPANESE.plain(said) == "2026年11月20日 10:30。2026/04/01。30 日。1,200。1,500.50。受注。甲、乙"


def test_markup_in_what_a_sentence_names_is_text() -> None:
    said = Sentence(ABOUT, "{name}: {text}", name="<b>", text=Sentence("note.no-day", "on no day"))

    assert JAPANESE(said) == "&lt;b&gt;: なし"


def refused() -> Iterator[str]:
    shop = Workshop()
    office = shop.office()
    for order in (
        lambda: approve(office, "4f1c2e9"),
        lambda: retry(office, ["8-1"]),
        lambda: call_renewal(office, "8-1", CallOrder(amount=Decimal(1), by="佐藤")),
    ):
        with pytest.raises(RefusedError) as caught:
            order()
        yield caught.value.args[0]


def test_what_is_refused_is_refused_in_japanese() -> None:
    assert [JAPANESE.plain(one) for one in refused()] == [
        "保留されているものがないため、承認するものはありません",
        "送信箱に 8-1 はありません。`csops-sync outbox list --all` でキーを確認できます",
        (
            "契約 8-1 はありません。csops-sync は稼働中、変更を 1 分以内に読み込みます。"
            "`csops-sync sync` ですぐに読み込めます"
        ),
    ]
    assert next(iter(refused())) == "nothing is held, so there is nothing to approve"


def test_targets_that_clash_are_told_in_japanese() -> None:
    scope = TargetScope(kind=ScopeKind.SEGMENT, name="SMB")
    window = Window(date(2026, 4, 1), date(2026, 6, 30))
    targets = [
        Target(period="FY2026 Q1", window=window, scope=scope, nrr=Fraction(1), origin=origin)
        for origin in ("rules.yaml:3", "targets.csv:9")
    ]

    (clash,) = target_conflicts(targets)

    assert JAPANESE.plain(clash.words) == (
        "セグメント SMB の FY2026 Q1 にはNRRの目標がすでに rules.yaml:3 にあります。どちらか 1 つにしてください"
    )
    assert clash.words == (
        "FY2026 Q1 for segment SMB has a target of nrr already, at rules.yaml:3; keep one of them"
    )


def test_the_story_of_a_confidence_has_no_english_left() -> None:
    shop, (deal,) = watched()
    shop.move(deal, "D")
    shop.settle()
    shop.sync()

    view = explain_view(shop.office(), deal, language="ja")

    (renewal,) = (one for one in view.renewals if one.opportunity_id == deal)
    changes = [one.text for one in renewal.events if "->" in one.name]
    assert [JAPANESE.plain(one) for one in changes] == [
        "佐藤 が Salesforce で変更。#risk に通知(ルール rules.yaml:60)",
    ]
    (card,) = renewal.cards
    assert JAPANESE.plain(card.text) == "課長 に確認中。次の段階は 2026年4月13日 14:06"
    assert ENGLISH.plain(card.text) == "asks 課長, next step 2026-04-13 14:06"


def test_state_and_remarks_of_a_renewal_have_no_english_left() -> None:
    shop = Workshop()
    contract = shop.sell(shop.customer())
    shop.sync()

    view = explain_view(shop.office(), contract, language="ja")

    (renewal,) = view.renewals
    assert renewal.remarks
    assert all(is_japanese(one) for one in (renewal.state, *renewal.remarks, *view.remarks))


def test_why_a_term_is_not_judged_is_said_in_japanese() -> None:
    state = term(prior=None)
    landed = Weigher(FRAME).landed(state)

    why = judge(state, landed, Conversion(FRAME.exchange.opening(Window(state.start, state.end))))

    assert why is not None
    assert JAPANESE.plain(why.why) == "年額が分かりません。Salesforce で契約の金額を入力してください"
    assert why.cause == "no-prior"


def test_a_gap_between_contracts_is_told_in_japanese() -> None:
    shop = Workshop()
    account = shop.customer()
    first = shop.sell(account, number="00000001", start=date(2025, 1, 1), end=date(2025, 12, 31))
    later = shop.sell(
        account, number="00000002", start=date(2026, 2, 1), end=date(2027, 1, 31), predecessor=first
    )
    shop.sync()

    (remark,) = explain_view(shop.office(), later).remarks

    assert remark == "a gap between 00000001 (ends 2025-12-31) and 00000002 (starts 2026-02-01)"
    assert JAPANESE.plain(remark) == (
        "00000001(終了 2025/12/31)と 00000002(開始 2026/02/01)の間に空白があります"
    )
