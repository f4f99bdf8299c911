"""What `explain` says in English, the dashboard says in Japanese: the same lines, days and marks."""

import json
from dataclasses import replace
from datetime import UTC, date, datetime

import pytest
from tests.fakes.builders import CSM
from tests.fakes.memory_engine import Workshop
from tests.unit.app.open_decisions import BOUNDS, DECISION, NOTICE, TERM_END

from csops_sync.app.decision_words import decision_steps
from csops_sync.app.decision_words_ja import span_ja
from csops_sync.app.event_words import ENGLISH_WORDS, event_row
from csops_sync.app.event_words_ja import JAPANESE_WORDS
from csops_sync.app.queries_explain import explain_view
from csops_sync.domain.dates import Duration
from csops_sync.domain.facts import Person
from csops_sync.domain.open_decision import (
    Bound,
    BoundKind,
    CalendarEffect,
    CeilingEffect,
    CeilingKind,
    FloorEffect,
    OpenDecision,
)
from csops_sync.domain.rules import BusinessDayRoll, FloorAnchor
from csops_sync.ports.store import Event

AT = datetime(2026, 8, 3, tzinfo=UTC)
PEOPLE = {CSM: Person(id=CSM, name="佐藤 美咲", email=None, is_active=True, manager_id=None)}
KANA = range(0x3041, 0x3100)


def said(decision: OpenDecision, name: str) -> str:
    steps = decision_steps(decision, term_end=TERM_END, notice=NOTICE, language="ja")
    return next(step.text for step in steps if step.name == name)


def happened(kind: str, **detail: object) -> str:
    event = Event(
        at=AT,
        kind=kind,
        account_id="001",
        opportunity_id="006A",
        renewal_key="8-1",
        detail=json.dumps(detail),
    )
    row = event_row(event, PEOPLE, language="ja")
    assert row.language == "ja"
    return row.text


WRITTEN = Event(
    at=AT,
    kind="updated",
    account_id="001",
    opportunity_id="006A",
    detail=json.dumps(
        {"values": {"amount": 883872.0, "delta_amount": -1500, "stage": None}, "reason": "moved"}
    ),
)


@pytest.mark.parametrize(
    ("currency", "said"),
    [
        ("JPY", "amount ¥883,872, delta amount -¥1,500, stage empty"),
        ("USD", "amount $883,872.00, delta amount -$1,500.00, stage empty"),
        (None, "amount 883,872, delta amount -1,500, stage empty"),
    ],
)
def test_amounts_that_were_written_into_fields_are_said_in_the_opportunitys_currency(
    currency: str | None, said: str
) -> None:
    assert event_row(WRITTEN, PEOPLE, currency=currency).text == f"Opportunity 006A: {said}; moved"


def test_they_are_in_japanese_too() -> None:
    said = event_row(WRITTEN, PEOPLE, language="ja", currency="JPY").text

    assert said == "商談 006A: 金額 ¥883,872、増減額 -¥1,500、フェーズ 空"


def test_the_same_lines_in_both_languages() -> None:
    english, japanese = (
        decision_steps(DECISION, term_end=TERM_END, notice=NOTICE, language=language)
        for language in ("en", "ja")
    )

    assert [(one.name, one.day, one.mark) for one in english] == [
        (one.name, one.day, one.mark) for one in japanese
    ]
    assert [one.text for one in japanese] == [
        "2026/04/01 からの会計年度の予算編成の開始日 2025/11/01 の 14 日前",
        "更新日 2026/10/01 の 180 日前",
        "解約通知期限 2026/08/01(2026/09/30 の 60 日前) の 90 日前",
        "契約開始日 2025/10/01 の 60 日後: 最も早い制約より後のため、この日とします",
        "2025/11/30 は日曜日で、前の営業日は下限を越えるため、次の営業日",
    ]


def test_a_missed_lock_and_a_bound_without_a_lead() -> None:
    lock = Bound(
        kind=BoundKind.BUDGET_LOCK,
        day=date(2026, 1, 31),
        anchor_day=date(2026, 1, 31),
        offset=Duration(),
        missed=True,
    )
    decision = replace(DECISION, bounds=(lock, *BOUNDS[1:]), decided_by=BoundKind.RENEWAL)

    assert said(decision, "budget lock") == (
        "2026/04/01 からの会計年度の予算に間に合う最終日 2026/01/31。下限の日には過ぎているため、対象外"
    )


def test_a_floor_that_does_not_count_and_a_ceiling_that_wins() -> None:
    floor = FloorEffect(
        anchor=FloorAnchor.RENEWAL_DATE,
        anchor_day=date(2026, 10, 1),
        offset=Duration(months=6),
        day=date(2026, 4, 1),
        counts=False,
    )
    ceiling = CeilingEffect(
        kind=CeilingKind.END_DATE,
        day=date(2026, 9, 30),
        anchor_day=date(2026, 9, 30),
        instead_of=date(2026, 10, 5),
    )
    decision = replace(DECISION, floor=floor, ceiling=ceiling)

    assert (
        said(decision, "floor") == "更新日 2026/10/01 の 6 か月前: 最も早い制約より後ではなく、影響しません"
    )
    assert (
        said(decision, "ceiling") == "下限 2026/10/05 では満了日 2026/09/30 を過ぎるため、満了日を優先します"
    )


def test_a_holiday_is_left_for_the_business_day_before() -> None:
    holiday = CalendarEffect(
        calendar="JP", from_day=date(2026, 4, 29), to_day=date(2026, 4, 28), roll=BusinessDayRoll.PRECEDING
    )

    assert (
        said(replace(DECISION, calendar=holiday), "calendar") == "2026/04/29 は JP の休業日のため、前の営業日"
    )


@pytest.mark.parametrize(
    ("span", "words"),
    [
        (Duration(days=180), "180 日"),
        (Duration(months=6), "6 か月"),
        (Duration(months=1, days=3), "1 か月と 3 日"),
    ],
)
def test_durations(span: Duration, words: str) -> None:
    assert span_ja(span) == words


@pytest.mark.parametrize(
    ("kind", "detail", "words"),
    [
        (
            "dated",
            {"decision": {"open_date": "2026-08-03"}, "rule": "standard"},
            "起票日 2026/08/03(ルール standard)",
        ),
        (
            "dated",
            {"decision": {"open_date": "2026-08-03"}, "before": "2026-08-10"},
            "起票日を 2026/08/10 から 2026/08/03 に変更",
        ),
        ("dated", {}, "起票日 なし"),
        ("created", {"key": "8-1"}, "商談 006A、キー 8-1"),
        (
            "updated",
            {"values": {"close_date": "2026-09-30"}, "reason": "moved"},
            "商談 006A: 完了予定日 2026/09/30",
        ),
        (
            "updated",
            {"values": {"amount": 883872.0, "prior_amount": 0.5}, "reason": "moved"},
            "商談 006A: 金額 883,872、前回金額 0.5",
        ),
        (
            "figures",
            {
                "values": {
                    "computed_type": "lost",
                    "delta_amount": -13999920,
                    "landing_amount": None,
                    "x_y": "z",
                }
            },
            "商談 006A: 種別 失注、増減額 -13,999,920、着地見込み 空、x y z",
        ),
        ("stamped", {}, "商談 006A に更新キーを記入"),
        ("adopted", {}, "人が作成した商談 006A を採用"),
        ("settled", {"as": "won"}, "受注として確定"),
        ("settled", {"as": "brand new"}, "brand newとして確定"),
        ("told", {"channel": "#renewals", "mentions": [CSM]}, "#renewals に投稿、佐藤 美咲 にメンション"),
        ("confidence_told", {"channel": "#r", "about": "escalation"}, "#r のスレッドに投稿"),
        (
            "escalated",
            {"level": 2, "mentioned": [CSM]},
            "期限までに返答がないため、段階 2 として 佐藤 美咲 にメンション",
        ),
        ("asked_again", {"mentioned": CSM}, "スヌーズが終わったため、佐藤 美咲 に再度メンション"),
        ("acknowledged", {"by": "高橋", "value": "eyes"}, "高橋 が確認(:eyes:)"),
        (
            "snoozed",
            {"by": "高橋", "until": "2026-08-04T00:00:00+00:00"},
            "高橋 が2026/08/04 00:00Z までスヌーズ",
        ),
        ("noted", {"by": "高橋", "value": "来週訪問"}, "高橋: 来週訪問"),
        ("task_logged", {"task": "00T1", "subject": "訪問"}, "ToDo 00T1: 訪問"),
        ("ordered", {"order": "drop", "by": "ops", "reason": "test"}, "ops の操作、理由 test"),
        (
            "ordered",
            {"order": "call", "by": "ops", "amount": "4000000 JPY", "note": "合意済", "person": "田中"},
            "ops の操作、金額 ¥4,000,000、メモ 合意済、コールした人 田中",
        ),
        ("ordered", {"order": "call", "by": "ops", "amount": "19.50 USD"}, "ops の操作、金額 $19.50"),
        ("ordered", {"order": "call", "by": "ops", "amount": "much JPY"}, "ops の操作、金額 much JPY"),
    ],
)
def test_what_happened(kind: str, detail: dict[str, object], words: str) -> None:
    assert happened(kind, **detail) == words


def test_both_languages_have_a_sentence_for_every_kind() -> None:
    assert ENGLISH_WORDS.kinds == JAPANESE_WORDS.kinds
    assert {"dated", "figures", "reasoned", "ordered"} <= JAPANESE_WORDS.kinds


def test_a_kind_that_this_version_does_not_know_is_shown_by_its_name() -> None:
    assert happened("brand_new") == ""


def test_a_renewal_explained_in_japanese_has_no_english_arithmetic() -> None:
    shop = Workshop()
    account = shop.customer()
    contract = shop.sell(account)
    shop.sync()

    view = explain_view(shop.office(), contract, language="ja")

    (renewal,) = view.renewals
    assert renewal.steps
    assert all("less" not in step.text for step in renewal.steps)
    assert view.contract.terms[0] == "自動更新"
    assert all(any(ord(letter) in KANA for letter in step.text) for step in renewal.steps)
    assert all(event.language == "ja" for event in renewal.events)
