"""The dashboard's words about targets and calls, in both languages."""

from collections.abc import Mapping

CALLS: Mapping[str, tuple[str, str]] = {
    "call": ("コール", "Call"),
    "call.title": ("着地コール", "Calls"),
    "call.lead": (
        "担当 CSM または上長が見る、この更新の年額の着地。履歴は消えません。",
        "What its CSM or a manager says it will come to, a year. Earlier calls stay.",
    ),
    "call.none": ("まだコールはありません。", "Nobody has called it yet."),
    "call.over": ("この更新は確定したため、コールできません。", "Its end is known, so it is called no more."),
    "call.amount": ("年額", "Amount a year"),
    "call.amount.in": ("年額({currency})", "Amount a year ({currency})"),
    "call.amount.refused": (
        "「{field}」は数字だけで、1 年あたりの金額を入力してください: 1200000",
        "{field}: an amount a year, digits only: 1200000",
    ),
    "call.again": ("コールを記録できませんでした", "The call is not kept"),
    "call.back": ("入力をやめて戻る", "Go back without a call"),
    "call.note": ("メモ(任意)", "Note (optional)"),
    "call.by": ("誰のコールか", "Whose call"),
    "call.save": ("コールする", "Call"),
    "call.withdraw": ("取り下げる", "Withdraw"),
    "call.withdrawn": ("取り下げ", "Withdrawn"),
    "call.counts": ("有効", "Counts"),
    "call.beside": ("コール {amount} · {by}", "Call {amount} · {by}"),
    "call.done": ("コールを記録しました。", "The call is kept."),
    "call.taken_back": ("コールを取り下げました。", "The call is withdrawn."),
    "call.adds": ("コールのない更新は、着地見込みで数えます。", "Where nobody called, the landing counts."),
    "call.of": ("{terms} 件中 {called} 件", "{called} of {terms}"),
    "call.team": ("チーム", "Team"),
    "call.period": ("期間", "Period"),
    "call.teams": ("チームのコール", "Call for a team"),
    "call.teams.lead": (
        "チームの期間の着地を、着地見込みの隣に記録します。個々の更新のコールより優先されます。",
        "What a team's period will come to, beside the landing. It counts before calls on single renewals.",
    ),
    "call.teams.where": (
        "月のコールは月別の集計(csops-sync forecast --by month)と予実精度に、年度は「今年度」の合計に使います。",
        "A month's counts in the forecast by month and in its accuracy, a year's in the total of the fiscal year.",
    ),
    "call.period.year": ("会計年度", "Fiscal year"),
    "call.period.quarter": ("四半期", "Quarters"),
    "call.period.month": ("月", "Months"),
    "call.own": ("本人", "Its own head"),
    "call.total": ("コール {amount}({of})", "Called at {amount} ({of})"),
    "target.gap": ("差 {gap}", "{gap} to target"),
    "target.nrr": ("目標 {share}", "Target {share}"),
    "col.call": ("コール", "Call"),
}
