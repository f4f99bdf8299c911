"""Journal events in Japanese; `event_words` says when each is said. Pure."""

from collections.abc import Mapping
from datetime import UTC, date, datetime
from typing import Any

from csops_sync.app.copied_words import copied_words
from csops_sync.app.decision_words_ja import day_ja
from csops_sync.app.event_people import People, mentioned_in, names_of
from csops_sync.app.event_tables import EventTable
from csops_sync.app.event_values import said_value
from csops_sync.app.order_events import ORDERED
from csops_sync.app.step_words import JAPANESE
from csops_sync.ports.store import Event

_FIELDS = {
    "close_date": "完了予定日",
    "amount": "金額",
    "name": "商談名",
    "stage": "フェーズ",
    "confidence": "ヨミ",
    "renewal_key": "更新キー",
    "computed_type": "種別",
    "prior_amount": "前回金額",
    "delta_amount": "増減額",
    "landing_amount": "着地見込み",
}
_SETTLED = {
    "won": "受注",
    "lost": "失注",
    "deleted": "削除",
    "auto-renewed": "自動更新",
    "superseded": "切替",
    "terminated": "解約",
    "expired": "満了",
}
_ABOUT = {
    "reason": "理由",
    "until": "期限",
    "approval": "承認",
    "key": "キー",
    "field": "項目",
    "hash": "ハッシュ",
    "amount": "金額",
    "note": "メモ",
    "person": "コールした人",
}
_NOT_SAID = frozenset({"order", "by", "row"})
_TYPES = {"upsell": "増額", "flat": "同額", "downsell": "減額", "lost": "失注"}
_Detail = Mapping[str, Any]
JAPANESE_WORDS = EventTable()
"""What is said of each kind of event."""


@JAPANESE_WORDS.says("dated")
def _dated(_event: Event, detail: _Detail, _people: People) -> str:
    decision = detail.get("decision") or {}
    day = _day(decision["open_date"]) if decision.get("open_date") else "なし"
    rule = f"(ルール {detail['rule']})" if detail.get("rule") else ""
    before = detail.get("before")
    return f"起票日を {_day(before)} から {day} に変更{rule}" if before else f"起票日 {day}{rule}"


@JAPANESE_WORDS.says("created")
def _created(event: Event, detail: _Detail, _people: People) -> str:
    said = copied_words(detail.get("copied"), language=JAPANESE)
    return f"商談 {event.opportunity_id}、キー {detail.get('key')}{said}"


@JAPANESE_WORDS.says("updated", "figures")
def _updated(event: Event, detail: _Detail, _people: People) -> str:
    values = "、".join(
        f"{_FIELDS.get(name, name.replace('_', ' '))} {_shown(name, value)}"
        for name, value in detail.get("values", {}).items()
    )
    return f"商談 {event.opportunity_id}: {values}"


@JAPANESE_WORDS.says("stamped")
def _stamped(event: Event, _detail: _Detail, _people: People) -> str:
    return f"商談 {event.opportunity_id} に更新キーを記入"


@JAPANESE_WORDS.says("adopted")
def _adopted(event: Event, detail: _Detail, _people: People) -> str:
    return f"人が作成した商談 {detail.get('opportunity') or event.opportunity_id} を採用"


@JAPANESE_WORDS.says("settled")
def _settled(_event: Event, detail: _Detail, _people: People) -> str:
    end = str(detail.get("as"))
    return f"{_SETTLED.get(end, end)}として確定"


@JAPANESE_WORDS.says("told")
def _told(_event: Event, detail: _Detail, people: People) -> str:
    return f"{detail.get('channel')} に投稿{_to(detail, people)}"


@JAPANESE_WORDS.says("confidence_told")
def _told_of_confidence(_event: Event, detail: _Detail, people: People) -> str:
    where = "に投稿" if detail.get("about", "card") == "card" else "のスレッドに投稿"
    return f"{detail.get('channel')} {where}{_to(detail, people)}"


def _to(detail: _Detail, people: People) -> str:
    names = names_of(detail.get("mentions", ()), people)
    return f"、{'、'.join(names)} にメンション" if names else ""


@JAPANESE_WORDS.says("escalated")
def _escalated(_event: Event, detail: _Detail, people: People) -> str:
    named = mentioned_in(detail, people)
    return f"期限までに返答がないため、段階 {detail.get('level')} として {named} にメンション"


@JAPANESE_WORDS.says("asked_again")
def _asked_again(_event: Event, detail: _Detail, people: People) -> str:
    return f"スヌーズが終わったため、{mentioned_in(detail, people)} に再度メンション"


@JAPANESE_WORDS.says("called_later")
def _called_later(_event: Event, detail: _Detail, people: People) -> str:
    begins = f"({_instant(detail['from'])} 以降)" if detail.get("from") else ""
    return (
        f"{mentioned_in(detail, people)} は営業時間外のため、営業時間になってからスレッドでメンション{begins}"
    )


@JAPANESE_WORDS.says("acknowledged")
def _acknowledged(_event: Event, detail: _Detail, _people: People) -> str:
    emoji = f"(:{detail['value']}:)" if detail.get("value") else ""
    since = "。再読み込みで見つかりました" if detail.get("since") else ""
    return f"{detail.get('by')} が確認{emoji}{since}"


@JAPANESE_WORDS.says("snoozed")
def _snoozed(_event: Event, detail: _Detail, _people: People) -> str:
    until = f"{_instant(detail['until'])} まで" if detail.get("until") else ""
    return f"{detail.get('by')} が{until}スヌーズ"


@JAPANESE_WORDS.says("noted", "reasoned")
def _written(_event: Event, detail: _Detail, _people: People) -> str:
    return f"{detail.get('by')}: {detail.get('value')}"


@JAPANESE_WORDS.says("task_logged")
def _task_logged(_event: Event, detail: _Detail, _people: People) -> str:
    return f"ToDo {detail.get('task')}: {detail.get('subject')}"


@JAPANESE_WORDS.says(ORDERED)
def _ordered(_event: Event, detail: _Detail, _people: People) -> str:
    about = "".join(
        f"、{_ABOUT.get(name, name.replace('_', ' '))} {said_value(name, value, language=JAPANESE)}"
        for name, value in sorted(detail.items())
        if name not in _NOT_SAID
    )
    return f"{detail.get('by') or '誰か'} の操作{about}"


def _shown(name: str, value: object) -> str:
    """Write a value that was written into a field: days, types and numbers as people do."""
    if value is None:
        return "空"
    if name == "close_date" and isinstance(value, str):
        return _day(value)
    written = said_value(name, value, language=JAPANESE)
    return _TYPES.get(written, written) if name == "computed_type" else written


def _day(text: str) -> str:
    return day_ja(date.fromisoformat(text))


def _instant(text: str) -> str:
    return f"{datetime.fromisoformat(text).astimezone(UTC):%Y/%m/%d %H:%M}Z"
