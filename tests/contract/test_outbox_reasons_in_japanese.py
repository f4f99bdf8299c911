"""Why a row is in the outbox is said in Japanese on Japanese pages; the CLI's list stays English."""

import re
from datetime import date

import pytest
from tests.fakes.confidence_shop import ConfidenceShop, watched
from tests.fakes.figures_shop import FiguresShop
from tests.fakes.memory_engine import Workshop

from csops_sync.app.confidence import telling_reasons
from csops_sync.app.office import Office
from csops_sync.app.outbox_words import error_understood, reason_understood
from csops_sync.app.queries_state import outbox_view
from csops_sync.app.views import OutboxItem
from csops_sync.domain.confidence.ranks import Outcome, Standing
from csops_sync.interfaces.web.formats import Formats
from csops_sync.interfaces.web.saying import Saying
from csops_sync.interfaces.web.words import Words
from csops_sync.ports.cards import AnswerKind
from csops_sync.ports.crm import Role
from csops_sync.ports.store import OutboxStatus

JAPANESE, ENGLISH = (
    Saying(Words(language), Formats(language=language, timezone="Asia/Tokyo")) for language in ("ja", "en")
)
LATIN_WORD = re.compile(r"[a-z]{3,}")


def items(office: Office) -> tuple[OutboxItem, ...]:
    return outbox_view(office, statuses=tuple(OutboxStatus), limit=1000).items


def japanese_reasons(office: Office) -> dict[str, str]:
    """What the page says of each row, by key; a row whose reason stays English fails."""
    found = items(office)
    assert all(JAPANESE.knows(one.reason) for one in found), [one.reason for one in found]
    return {one.key: str(JAPANESE(one.reason)) for one in found}


def test_the_update_after_a_contracts_end_moved_says_in_japanese_why() -> None:
    shop = Workshop()
    account = shop.customer()
    contract = shop.sell(account)
    shop.sync()
    shop.crm.advance(days=7)
    shop.sync()
    shop.crm.edit(Role.CONTRACT, contract, {"end": date(2026, 8, 5).isoformat()}, by="005000000000009AAA")
    shop.crm.advance(seconds=60)
    shop.sync()

    said = japanese_reasons(shop.office())

    assert [why for key, why in said.items() if key.startswith("update/")] == ["契約の終了日が変わりました"]
    assert [one.reason for one in items(shop.office()) if one.kind == "update"] == [
        "the contract's end moved"
    ]


def test_a_stamp_and_a_notice_of_an_adopted_deal_are_said_in_japanese() -> None:
    shop = Workshop()
    shop.sell(shop.customer(), number="00000002")
    shop.sync()
    account = shop.customer("株式会社やまと")
    contract = shop.sell(account)
    shop.deal(account, contract=contract)
    shop.crm.advance(seconds=60)
    shop.sync()

    said = japanese_reasons(shop.office()).values()

    assert "手作りの更新 は契約 00000001 の更新です" in said


def test_what_a_card_tells_asks_and_logs_is_said_in_japanese() -> None:
    shop, (deal,) = watched()
    shop.move(deal, "D")
    shop.settle()
    shop.deliver()
    shop.answer(AnswerKind.SNOOZED, by="U2BOSS", value="1")
    _later(shop, days=2)
    shop.answer(AnswerKind.NOTED, by="U3SATO", value="予算を確認中", key="Ev2")
    _later(shop, days=2)
    shop.move(deal, "A")
    shop.settle()
    shop.deliver()

    said = set(japanese_reasons(shop.office()).values())

    assert {
        "みなと商事00000001 のヨミ: B → D",
        "スヌーズが終わりました",
        "期限までに返答がありません。ルールで csm.manager.manager が指定されています",
        "佐藤 のメモ",
        "よい知らせを祝うリアクション",
    } - said == set()


def _later(shop: ConfidenceShop, *, days: int) -> None:
    shop.crm.advance(days=days)
    shop.cycle()
    shop.deliver()


def test_figures_say_in_japanese_what_they_are_made_of() -> None:
    shop = FiguresShop()
    deal = shop.sold(confidence="C")
    shop.sync()
    shop.cycle()

    (row,) = [one for one in items(shop.office()) if one.key == f"figures/{deal}"]

    assert JAPANESE.plain(row.reason) == "減額(前回金額より少ない)。ヨミ C: 既存分の 85 %"


@pytest.mark.parametrize(
    ("kept", "said"),
    [
        (
            "flat, within 0.5 % of the prior amount; rank C: 90 % of the base",
            "同額(前回金額との差が 0.5 % 以内)。ヨミ C: 既存分の 90 %",
        ),
        (
            (
                "upsell, above the prior amount; a person chose flat, which its landing follows; "
                "rank D: 70 % of the base and 10 % of the expansion; "
                "not all of it is in the opportunity's currency, or can be judged"
            ),
            (
                "増額(前回金額より多い)。人が「同額」を選んでおり、着地見込みはそれに従います。"
                "ヨミ D: 既存分の 70 % と増額分の 10 %。商談の通貨と異なるか判定できないものが含まれています"
            ),
        ),
        (
            (
                "the sum of 2 terms: lost, closed lost; lands at nothing; and flat, no new amount, so the prior one; "
                "unrated: 90 % of the base"
            ),
            (
                "契約期間 2 件の合計(1 件目): 失注(失注で終了)。着地は 0。"
                "別の契約期間: 同額(今回の金額がないため前回金額を使用)。未評価: 既存分の 90 %"
            ),
        ),
        ("it renews no term any more", "更新する契約期間がなくなりました"),
        ("3 changes by one person in a short time", "短時間に 1 人が 3 件を変更"),
        (
            (
                "nobody has answered in time; Salesforce names nobody who made the change or looks after the renewal: "
                "the fallback is asked"
            ),
            (
                "期限までに返答がありません。変更した人も更新の担当者も Salesforce では分かりません。"
                "代わりの宛先に確認します"
            ),
        ),
        (
            "nobody has answered in time; 山田 stands above 佐藤, who is not active any more",
            "期限までに返答がありません。山田 は、無効なユーザーになった 佐藤 の上長です",
        ),
        (
            "a person's edit of the same second is put back",
            "同じ 1 秒のうちに上書きした、人の編集を復元します",
        ),
        ("the customer has announced to cancel", "顧客が解約を予告しています"),
        ("the weekly digest", "毎週のお知らせ"),
    ],
)
def test_a_reason_that_was_kept_as_text_is_said_in_japanese(kept: str, said: str) -> None:
    understood = reason_understood(kept)

    assert (understood, JAPANESE.plain(understood), ENGLISH.plain(understood)) == (kept, said, kept)
    assert not LATIN_WORD.search(said.replace("Salesforce", ""))


@pytest.mark.parametrize(
    "kept",
    [
        f"confidence of x: {'A > ' * 1000}B",
        "confidence of " + "x: y > " * 400,
        "No successful cycle: " + "cycle: read; (again) " * 120,
        "a: config: Slack says b: " * 100,
    ],
    ids=["steps", "colons", "notice", "codes"],
)
@pytest.mark.timeout(30)
def test_a_very_long_text_does_not_keep_a_page_waiting(kept: str) -> None:
    assert reason_understood(kept) == error_understood(kept) == kept
    assert JAPANESE.plain(reason_understood(kept))


def test_a_path_names_its_ranks_and_how_it_ended() -> None:
    path = (Standing("A (80 %)"), Standing(None), Standing("B", Outcome.LOST))

    kept = str(telling_reasons.confidence_of("Acme: <East>", path))

    assert kept == "confidence of Acme: <East>: A (80 %) > unrated > B (lost)"
    assert JAPANESE.plain(reason_understood(kept)) == "Acme: <East> のヨミ: A (80 %) → 未評価 → B(失注)"


@pytest.mark.parametrize(
    "kept",
    [
        "opens some day, as an earlier version said",
        "flat, within 0.5 % of the prior amount; as nobody says any more",
        "confidence B -> D",
        "nobody has answered in time; because the moon is full",
    ],
)
def test_a_reason_in_words_of_an_earlier_version_stays_and_is_marked_as_english(kept: str) -> None:
    assert reason_understood(kept) == kept
    assert str(JAPANESE(reason_understood(kept))).startswith('<span lang="en">')
