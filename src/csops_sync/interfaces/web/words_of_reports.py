"""The words of the bridge, of accuracy, and of a renewal's landing over time, in both languages."""

from collections.abc import Mapping

REPORTS: Mapping[str, tuple[str, str]] = {
    "page.bridge": ("増減要因", "Bridge"),
    "page.accuracy": ("予実精度", "Accuracy"),
    "png": ("画像を保存", "Save picture"),
    "overview.all_changes": ("要因と更新を見る", "What moved, renewal by renewal"),
    "bridge.lead": (
        "着地見込みが {before} の {start} から {after} の {end} へ動いた理由。",
        "Why the landing went from {start} on {before} to {end} on {after}.",
    ),
    "bridge.lead.none": ("着地見込みが動いた理由。", "Why the landing moved."),
    "bridge.choose": ("比較する日", "Days to compare"),
    "bridge.since": ("起点", "From"),
    "bridge.until": ("終点(空欄は現在)", "To (empty: now)"),
    "bridge.span": ("対象の満了日", "Due in"),
    "bridge.span.usual": ("今四半期と今後 4 四半期", "This quarter and the four after it"),
    "bridge.show": ("表示", "Show"),
    "bridge.week": ("先週から現在まで", "Last week to now"),
    "bridge.chart": ("着地見込みの増減", "What moved the landing"),
    "bridge.chart.note": (
        "満了日が {first} から {last} までの更新。棒を選ぶと、その更新を下に表示します。",
        "Renewals ending {first} – {last}. A bar opens its renewals below.",
    ),
    "bridge.landing": ("{day} の着地見込み", "Landing on {day}"),
    "bridge.opened": ("{cause}: {n}", "{cause}: {n}"),
    "bridge.moved.none": ("この間に動いた更新はありません。", "Nothing moved between these days."),
    "bridge.none": (
        "{day} 以前のスナップショットはまだありません。",
        "There is no snapshot as old as {day} yet.",
    ),
    "bridge.none.first": ("最も古いスナップショット: {day}", "The first one is of {day}"),
    "bridge.none.how": (
        "csops-sync run が 1 日 1 回、その日の最初の同期の後に取得します。",
        "csops-sync run takes one a day, after that day's first cycle.",
    ),
    "bridge.earlier": (
        "{asked} のスナップショットはないため、それ以前で最も新しい {day} のものと比較しています。",
        "There is no snapshot of {asked}; the last before it, of {day}, is compared.",
    ),
    "bridge.reweighed": (
        "当時のルールが保存されていないため、現在のルールで計算しています。",
        "The rules of then were not kept, so those of today weigh in their place.",
    ),
    "bridge.left_out": (
        "換算レートのない {n} 件は、どちらの着地見込みにも含めていません。",
        "Left out on both sides for want of a rate: {n}.",
    ),
    "bridge.gone": ("現在は対象外", "No longer listed"),
    "told.before": ("(前 {amount})", "(before: {amount})"),
    "told.note": (
        "着地見込みは、日次スナップショットで変わったときだけ示します。",
        "Landings are those of the daily snapshots, where they changed.",
    ),
    "accuracy.lead": (
        "終了した期間について、満了の 180・90・30 日前の見込みと結果を比べます。",
        "A closed period: what was expected 180, 90 and 30 days before its end, and what came of it.",
    ),
    "accuracy.period": ("期間", "Period"),
    "accuracy.result": ("結果", "Result"),
    "accuracy.of_terms": ("{n}の更新の着地額", "What {n} landed at"),
    "accuracy.landing_at": ("T-{n} の着地見込み", "Landing at T-{n}"),
    "accuracy.none": ("その時点のスナップショットはまだありません。", "No snapshot so old yet."),
    "accuracy.none.short": ("記録なし", "No snapshot"),
    "accuracy.none.all": (
        "この期間の 180・90・30 日前のスナップショットがありません。csops-sync run が 1 日 1 回取得します。",
        "No snapshot is as old as 180, 90 or 30 days before this period's end: csops-sync run takes one a day.",
    ),
    "accuracy.chart": ("見込みと結果", "Expected and actual"),
    "accuracy.chart.note": (
        "T は {last}(期間の最終日)。そのときのルールで計算した着地見込みです。",
        "T is {last}, the period's last day. Landings are weighed by the rules of their own day.",
    ),
    "accuracy.distance": ("時点", "When"),
    "accuracy.as_of": ("スナップショット", "Snapshot"),
    "accuracy.error": ("誤差", "Error"),
    "accuracy.share": ("誤差率", "Error, %"),
    "accuracy.call": ("コール", "Call"),
    "accuracy.by_csm": ("担当 CSM 別", "By CSM"),
    "accuracy.by_csm.note": (
        "現在の担当者で集計。コールは更新ごとのコール、ない更新は着地見込みです。",
        "By who looks after them today. A call is that on single renewals, their landing where there is none.",
    ),
    "accuracy.teams": ("期間全体のコール", "Calls of whole teams"),
    "accuracy.teams.note": (
        "本人とその配下が担当する更新の結果と、期間全体についてのコール。",
        "What a person and everybody below them look after, and their own call for the period.",
    ),
    "accuracy.nobody": ("担当者なし", "Nobody"),
    "accuracy.waiting": (
        "{n} 件はまだ結果が出ていないため、どちらにも含めていません。",
        "Not settled yet, and counted on neither side: {n}.",
    ),
}
