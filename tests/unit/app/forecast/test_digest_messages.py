"""What the digest says, in both languages: numbers beside last week's, movements that add up, threads of managers."""

from dataclasses import fields, replace
from datetime import date
from fractions import Fraction

import pytest
from tests.fakes.digest_facts import KEY, RULES, facts, moved, renewal, team
from tests.fakes.landings import yen

from csops_sync.app.forecast.digest import MOST_TEAMS, compose
from csops_sync.app.forecast.digest_form import decode_item, encode_item
from csops_sync.app.forecast.digest_teams import LINES_A_PAGE, MOST_PAGES
from csops_sync.app.forecast.digest_values import DigestFacts, RatioFigure
from csops_sync.app.forecast.digest_words import ENGLISH, JAPANESE, digest_words
from csops_sync.domain.forecast.bridge import Cause
from csops_sync.domain.forecast.digest_rules import DigestRules
from csops_sync.domain.forecast.ratio_band import RatioBand
from csops_sync.domain.forecast.term_state import TermStanding
from csops_sync.ports.digests import DigestItem, DigestPicture, DigestPost

ENGLISH_RULES = replace(RULES, locale="en")


def posts(told: DigestFacts, rules: DigestRules = RULES) -> list[DigestPost]:
    return [one for one in compose(told, key=KEY, rules=rules) if isinstance(one, DigestPost)]


def main(told: DigestFacts, rules: DigestRules = RULES) -> DigestPost:
    return posts(told, rules)[0]


def picture(told: DigestFacts) -> DigestPicture:
    (found,) = [one for one in compose(told, key=KEY, rules=RULES) if isinstance(one, DigestPicture)]
    return found


def lines(post: DigestPost, heading: str) -> list[str]:
    (section,) = [one for one in post.sections if heading in one.heading]
    return [f"{line.subject} {line.text}" for line in section.lines]


def test_the_landing_stands_beside_last_weeks() -> None:
    quarter, year, nrr, grr = main(facts()).figures

    assert (quarter.label, quarter.value) == ("着地見込み FY2026 Q3", "¥26,300,000")
    assert quarter.beside == (
        "前回（2026年11月9日）比 +¥300,000 · 更新対象 ¥28,000,000 · 80% の範囲 ¥24,000,000 〜 ¥27,000,000"
    )
    assert year.label == "着地見込み FY2026"
    assert (nrr.value, nrr.beside) == ("98.4%", "前回（2026年11月9日）比 -0.5 ポイント")
    assert (grr.value, grr.beside) == ("90.0%", "前回（2026年11月9日）から変わりません")


def test_what_is_predicted_stands_with_the_interval_that_it_lies_in() -> None:
    lies = RatioBand(Fraction(9516, 10_000), Fraction(1010, 1000))
    ratio = RatioFigure(now=Fraction(984, 1000), before=None, band=lies)

    japanese, english = (main(facts(nrr=ratio), *rules).figures[2] for rules in ((), (ENGLISH_RULES,)))
    assert japanese.value == "98.4%（95.2% 〜 101.0%）"
    assert english.value == "98.4% (95.2% – 101.0%)"


def test_english_says_the_same() -> None:
    post = main(facts(), ENGLISH_RULES)

    assert post.headline == "Renewals this week (16 Nov 2026)"
    assert post.figures[0].beside.startswith("+¥300,000 since 9 Nov 2026 · due ¥28,000,000")
    assert post.figures[2].beside == "-0.5 points since 9 Nov 2026"


def test_a_first_week_says_that_there_is_nothing_to_hold_it_against() -> None:
    figure = replace(facts().quarter, before=None)
    ratio = RatioFigure(now=Fraction(1), before=None)
    first = facts(before_on=None, quarter=figure, year=figure, nrr=ratio, grr=ratio, moved=None)

    post = main(first)

    assert [JAPANESE.no_before in one.beside for one in post.figures] == [True] * 4
    assert not any(JAPANESE.movers in one.heading or "動き" in one.heading for one in post.sections)


def test_in_the_first_week_of_a_fiscal_year_ratios_are_not_compared() -> None:
    new_year = RatioFigure(now=Fraction(1), before=None)

    assert main(facts(nrr=new_year)).figures[2].beside == JAPANESE.other_year


def test_what_nobody_can_divide_is_not_known_and_no_zero() -> None:
    unknown = RatioFigure(now=None, before=Fraction(1))

    assert main(facts(nrr=unknown)).figures[2].value == JAPANESE.unknown


def test_the_bars_lead_from_last_weeks_landing_to_todays() -> None:
    post = main(facts())

    (heading,) = [one.heading for one in post.sections if "¥82,000,000 → ¥82,300,000" in one.heading]
    assert lines(post, heading) == ["金額 +¥1,200,000", "確度 -¥900,000"]


def test_the_largest_movements_are_named_whatever_their_cause() -> None:
    post = main(facts())

    assert lines(post, JAPANESE.movers) == [
        "北野システム +¥1,200,000（金額）",
        "みなと商事 -¥900,000（確度）",
    ]


def test_of_many_movements_five_are_named() -> None:
    many = [(Cause.RANK, f"001{number}", 1000 + number) for number in range(9)]

    named = lines(main(facts(moved=moved(*many))), JAPANESE.movers)

    assert len(named) == 5
    assert named[0].startswith("0018 +¥1,008")


def test_a_week_without_movement_says_so() -> None:
    post = main(facts(moved=moved()))

    assert any("動きはありません（¥82,000,000）" in one.heading for one in post.sections)
    assert JAPANESE.movers not in [one.heading for one in post.sections]


def test_a_risk_says_what_may_be_lost_how_sure_it_is_and_when_it_is_due() -> None:
    assert lines(main(facts()), JAPANESE.risks) == [
        "株式会社みなと商事 リスク額 ¥100,000 · 年額 ¥1,000,000 → 見込み ¥900,000 · 確度 C · 期限 2026年12月31日"
    ]


def test_what_is_in_no_number_is_counted_and_changed_weights_are_said() -> None:
    report = replace(facts().forecast, unjudged=(object(),) * 3)  # type: ignore[arg-type]  # only counted here
    notes = main(facts(forecast=report, weights_changed=True)).footnotes

    assert notes[0] == "金額などが分からず、計算に入れていない更新が 3 件あります"
    assert notes[1] == JAPANESE.weights_changed
    assert notes[2] == "2026年11月16日 時点 · JPY · nrr_boundary: close"


def test_only_the_first_message_calls_anybody_and_only_whom_the_rules_name() -> None:
    told = posts(facts(), replace(RULES, mention=("@cs-leads",)))

    assert [one.mentions for one in told] == [("@cs-leads",), (), ()]


def test_a_manager_has_a_message_with_sums_and_a_thread_with_renewals() -> None:
    mine = [renewal(), renewal("北野システム", key="8000000000002-1", step="見積を送付", rank=None)]
    _, head, page = posts(facts(teams=(team(mine),)))

    assert head.headline == "高橋 陽菜 さんのチームの更新"
    assert [one.value for one in head.figures] == ["2", "¥2,000,000", "¥1,800,000", "¥200,000"]
    assert (page.of, page.key) == (head.key, f"{head.key}/1")
    worth = "年額 ¥1,000,000 → 見込み ¥900,000"
    assert lines(page, "") == [
        f"株式会社みなと商事 期限 2026年12月31日 · 確度 C · {worth} · 次のステップは未記入",
        f"北野システム 期限 2026年12月31日 · 確度は未評価 · {worth} · 次のステップ: 見積を送付",
    ]


def test_what_is_overdue_or_not_opened_is_said() -> None:
    late = renewal(end=date(2026, 11, 1), standing=TermStanding.UNOPENED, opportunity_id=None, rank=None)
    page = posts(facts(teams=(team([late]),)))[2]

    assert "期限超過（2026年11月1日） · 商談は未作成" in lines(page, "")[0]


def test_an_amount_that_nobody_knows_is_not_summed_as_zero() -> None:
    unknown = renewal(prior=None, new=None)
    head = posts(facts(teams=(team([unknown]),)))[1]

    assert [one.value for one in head.figures] == ["1", "不明", "不明", "不明"]


def test_renewals_without_a_manager_are_told_too() -> None:
    head = posts(facts(teams=(team([renewal()], manager=None, name=None),)))[1]

    assert (head.headline, head.key) == ("マネージャーの決まっていない更新", f"{KEY}/team/-")


def test_a_long_list_is_paged_and_what_does_not_fit_is_counted() -> None:
    many = [renewal(key=f"80000{number}-1") for number in range(LINES_A_PAGE * MOST_PAGES + 7)]

    _, _, *pages = posts(facts(teams=(team(many),)))

    assert len(pages) == MOST_PAGES
    assert {len(page.sections[0].lines) for page in pages} == {LINES_A_PAGE}
    assert [page.sections[0].more for page in pages] == [""] * (MOST_PAGES - 1) + ["ほか 7 件"]


def test_too_many_managers_are_counted() -> None:
    many = tuple(team([renewal()], manager=f"005{number}", name=None) for number in range(MOST_TEAMS + 2))
    told = posts(facts(teams=many))

    assert len(told) == 1 + 2 * MOST_TEAMS
    assert any("ほか 2 人のマネージャー" in note for note in told[0].footnotes)


def test_the_picture_shows_the_forecast_and_says_it_aloud() -> None:
    shown = picture(facts())

    assert (shown.of, shown.file_name) == (KEY, "csops-sync-digest-2026-W47.png")
    (point,) = shown.chart.points
    assert (point.name, point.landing) == ("FY2026 Q3", yen(26_300_000))
    assert "FY2026 Q3: 更新対象 ¥28,000,000、着地見込み ¥26,300,000。" in shown.spoken


@pytest.mark.parametrize("item", compose(facts(), key=KEY, rules=RULES), ids=lambda item: item.key)
def test_an_item_is_the_same_after_the_outbox_kept_it(item: DigestItem) -> None:
    assert decode_item(encode_item(item)) == item


def test_both_languages_have_every_word_and_the_same_places_for_values() -> None:
    for field in fields(JAPANESE):
        ours, theirs = getattr(JAPANESE, field.name), getattr(ENGLISH, field.name)
        assert ours
        assert theirs
        if isinstance(ours, str) and field.name not in ("locale", "day"):
            assert _places(ours) == _places(theirs), field.name
    assert JAPANESE.causes.keys() == ENGLISH.causes.keys() == set(Cause)


def _places(pattern: str) -> set[str]:
    return {part.partition("}")[0] for part in pattern.split("{")[1:]}


def test_a_locale_without_words_is_refused_with_those_there_are() -> None:
    with pytest.raises(ValueError, match="use one of ja, en"):
        digest_words("fr")
