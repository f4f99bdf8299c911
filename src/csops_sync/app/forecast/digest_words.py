"""The words of the digest in Japanese and English. Plain text: whoever writes it down for Slack escapes it."""

from collections.abc import Mapping
from dataclasses import dataclass

from csops_sync.domain.forecast.bridge import Cause
from csops_sync.domain.sentences import Wording

WEEKLY = Wording("digest.weekly", "the weekly digest")
"""Why its messages are sent."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DigestWords:
    """One language. Patterns take named values; `causes` name the bars of the bridge."""

    locale: str
    day: str
    headline: str
    landing: str
    landing_beside: str
    ratio: str
    within: str
    was: str
    no_before: str
    other_year: str
    unchanged: str
    points: str
    moved: str
    not_moved: str
    movers: str
    mover: str
    risks: str
    risk: str
    more: str
    unjudged: str
    teams_left: str
    basis: str
    weights_changed: str
    picture: str
    spoken: str
    spoken_line: str
    team: str
    nobody: str
    team_landing: str
    team_count: str
    team_due: str
    team_risk: str
    team_page: str
    line: str
    due: str
    overdue: str
    next_step: str
    no_next_step: str
    unrated: str
    unopened: str
    rank: str
    unknown: str
    target: str
    call: str
    call_by: str
    team_call: str
    causes: Mapping[Cause, str]


JAPANESE = DigestWords(
    locale="ja",
    day="y年M月d日",
    headline="今週の更新見込み（{day}）",
    landing="着地見込み {period}",
    landing_beside="{change} · 更新対象 {due} · 80% の範囲 {low} 〜 {high}",
    ratio="{name} {period}",
    within="{value}（{low} 〜 {high}）",
    was="前回（{day}）比 {change}",
    no_before="先週の記録はまだありません",
    other_year="年度が替わったため、前回とは比べられません",
    unchanged="前回（{day}）から変わりません",
    points="{points} ポイント",
    moved="着地見込みの動き（{first} 〜 {last} に期限の更新）: {start} → {end}",
    not_moved="着地見込みの動き（{first} 〜 {last} に期限の更新）: 動きはありません（{end}）",
    movers="動きの大きかった更新",
    mover="{amount}（{cause}）",
    risks="リスクの大きい更新",
    risk="リスク額 {at_risk} · 年額 {prior} → 見込み {landing} · {state} · {due}",
    more="ほか {n} 件",
    unjudged="金額などが分からず、計算に入れていない更新が {n} 件あります",
    teams_left="ほか {n} 人のマネージャーの更新は、ここには載せていません（csops-sync forecast --by manager）",
    basis="{as_of} 時点 · {currency} · {profile}",
    weights_changed="前回から見込みの重みが変わったため、前回の数字も今の重みで計算しています",
    picture="更新の着地見込み（{day}）",
    spoken="{first} から {last} までの四半期ごとの更新対象と着地見込み。{lines}",
    spoken_line="{period}: 更新対象 {due}、着地見込み {landing}。",
    team="{manager} さんのチームの更新",
    nobody="マネージャーの決まっていない更新",
    team_count="件数",
    team_due="更新対象",
    team_landing="着地見込み",
    team_risk="リスク額",
    team_page="{until} までに期限を迎える更新（{number}/{pages}）",
    line="{due} · {state} · 年額 {prior} → 見込み {landing} · {step}",
    due="期限 {day}",
    overdue="期限超過（{day}）",
    next_step="次のステップ: {step}",
    no_next_step="次のステップは未記入",
    unrated="確度は未評価",
    unopened="商談は未作成",
    rank="確度 {rank}",
    unknown="不明",
    target="目標 {target}（差 {gap}）",
    call="コール {amount}",
    call_by="コール {amount}（{by}）",
    team_call="コール",
    causes={
        Cause.CONTRACT: "契約",
        Cause.TERM_MOVED: "期間の変更",
        Cause.OPENED: "商談の作成",
        Cause.AMOUNT: "金額",
        Cause.TYPE: "種別",
        Cause.RANK: "確度",
        Cause.SETTLED: "受注・失注",
        Cause.WEIGHTS: "重み",
        Cause.FX: "為替",
    },
)
ENGLISH = DigestWords(
    locale="en",
    day="d MMM y",
    headline="Renewals this week ({day})",
    landing="Landing {period}",
    landing_beside="{change} · due {due} · 80% interval {low} – {high}",
    ratio="{name} {period}",
    within="{value} ({low} – {high})",
    was="{change} since {day}",
    no_before="nothing on record from last week yet",
    other_year="a new fiscal year: not comparable with last week",
    unchanged="unchanged since {day}",
    points="{points} points",
    moved="What moved the landing of renewals due {first} – {last}: {start} → {end}",
    not_moved="What moved the landing of renewals due {first} – {last}: nothing ({end})",
    movers="Biggest movements",
    mover="{amount} ({cause})",
    risks="Most at risk",
    risk="{at_risk} at risk · {prior} a year → {landing} expected · {state} · {due}",
    more="and {n} more",
    unjudged="{n} renewals are in no number, because their amounts are not known",
    teams_left="{n} more managers are not shown here (csops-sync forecast --by manager)",
    basis="as of {as_of} · {currency} · {profile}",
    weights_changed="The weights have changed since; both sides are weighed by today's",
    picture="Where renewals will land ({day})",
    spoken="What falls due and where it lands, by quarter, from {first} to {last}. {lines}",
    spoken_line="{period}: due {due}, landing {landing}. ",
    team="Renewals of {manager}'s team",
    nobody="Renewals without a manager",
    team_count="Renewals",
    team_due="Due",
    team_landing="Landing",
    team_risk="At risk",
    team_page="Due by {until} ({number}/{pages})",
    line="{due} · {state} · {prior} a year → {landing} expected · {step}",
    due="due {day}",
    overdue="overdue since {day}",
    next_step="next: {step}",
    no_next_step="no next step",
    unrated="not rated",
    unopened="not opened",
    rank="rank {rank}",
    unknown="not known",
    target="target {target} ({gap})",
    call="called at {amount}",
    call_by="called at {amount} by {by}",
    team_call="Called",
    causes={
        Cause.CONTRACT: "contract",
        Cause.TERM_MOVED: "dates moved",
        Cause.OPENED: "opened",
        Cause.AMOUNT: "amount",
        Cause.TYPE: "type",
        Cause.RANK: "confidence",
        Cause.SETTLED: "won or lost",
        Cause.WEIGHTS: "weights",
        Cause.FX: "exchange rates",
    },
)
_LANGUAGES = {"ja": JAPANESE, "en": ENGLISH}


def digest_words(locale: str) -> DigestWords:
    """This function will give the words of a locale such as `ja`, `ja_JP` or `en-GB`.

    Raises:
        ValueError: there are no words in that language; the message lists those there are.
    """
    language = locale.replace("-", "_").partition("_")[0].lower()
    if language not in _LANGUAGES:
        raise ValueError(f"there is no digest in locale {locale!r}; use one of {', '.join(_LANGUAGES)}")
    return _LANGUAGES[language]
