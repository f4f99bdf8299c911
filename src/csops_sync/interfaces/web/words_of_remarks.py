"""Remarks on renewals, contracts and targets in Japanese, by the codes of the sentences that are said in English."""

from collections.abc import Mapping

REMARKS: Mapping[str, str] = {
    "about": "{name}: {text}",
    "somebody": "誰か",
    "days.one": "1 日",
    "days.many": "{n} 日",
    "unjudged.no-prior": "年額が分かりません。Salesforce で契約の金額を入力してください",
    "unjudged.aside": (
        "判定を保留しています。金額が不明か、商談が削除されたか、後継契約が下書きです。"
        "`csops-sync explain` で確認できます"
    ),
    "unjudged.other-currency": "前回と通貨が異なるため、2 つの金額を比べられません",
    "unjudged.no-rate": (
        "{currency} から {into} への換算レートがありません。rules.yaml の `forecast: rates:` で固定してください"
    ),
    "forecast.no-close": "{days} の締めの記録がないため、現在分かっている内容だけを示しています",
    "scope.all": "{kind}",
    "scope.one": "{kind} {name}",
    "target.nobodys": (
        "{scope} の {period} の目標({origin})は数えられません。この ID・メールアドレス・名前の有効なユーザーが"
        " Salesforce に 1 人もいないか、複数います"
    ),
    "target.clash": "{earlier} と {later} の目標は数えられません。{why}",
    "target.whose": "{scope} の {period}",
    "target.twice": "{period} には{measure}の目標がすでに {origin} にあります。どちらか 1 つにしてください",
    "target.overlaps": (
        "{period} は {other} と重なり、その{measure}の目標が {origin} にあります。"
        "長い期間か、その内訳の、どちらかにしてください"
    ),
    "call.unconverted": (
        "{currency} のコールは集計に含めていません。対象の日に {into} への換算レートがありません。rules.yaml の "
        "`forecast: rates:` で固定してください"
    ),
    "target.no-rate": (
        "{period} の目標({origin})は数えられません。{currency} から {into} への換算レートがありません。"
        "rules.yaml の `forecast: rates:` で固定してください"
    ),
    "target.unread": "目標 {id} は数えられません。{why}。Salesforce で直してください",
    "target.empty": "開始日または月数が空です",
    "target.months": "{months} か月の目標です。期間は 1 ~ {most} か月です",
    "target.of-nothing": "金額も率も入力されていません",
    "target.below-zero": "0 より小さい値です",
    "target.no-day": "開始日 {text} は日付ではありません",
    "target.several": "対象({kinds})が 2 つ以上あります",
    "target.no-number": "{name} の値 {value} は数値ではありません",
    "budget.locked": "予算は {day} に確定し、起票の {span}前に締め切られました",
    "budget.locks": "予算は起票の {span}後、{day} に締め切られます",
    "contract.deleted": "契約が削除されたため、起票しません",
    "contract.no-dates": "契約に有効な日付(開始日と、終了日または期間)がないため、更新する期間がありません",
    "state.opened": "起票済",
    "state.due": "起票日が到来",
    "state.waits": "起票日待ち",
    "state.other-key": "別のキーで継続",
    "state.over": "期間は終了({settled})",
    "state.no-bound": "ルール {rule} のどの制約も当てはまりません",
    "why.eligible": "更新でき、更新の商談はまだありません",
    "why.settled": "商談 {opportunity} が{settled}となり、この期間は確定しています",
    "why.terminated": "契約は解約されています",
    "why.drafted": "後継契約 {number} が下書きです",
    "why.replaced": "契約 {number} に早期に切り替わりました",
    "why.followed": "契約 {number} に引き継がれました",
    "why.opened": "更新の商談 {opportunity} があります",
    "why.made-by-person": "更新の商談 {opportunity} を人が作成しています",
    "why.inactive": "契約は有効ではありません",
    "why.overdue": "更新日 {day} から {limit}以上が過ぎています",
    "why.cancelling": "顧客が解約を予告しています",
    "why.no-rule": "`when` が当てはまる更新ルールがありません",
    "remark.opportunity": "商談は {name}({id})、フェーズは {stage}。{maker}",
    "remark.copies-both": "最後に成立した商談の商品明細と取引先責任者の役割がコピーされます",
    "remark.copies-lines": "最後に成立した商談の商品明細がコピーされます",
    "remark.copies-roles": "最後に成立した商談の取引先責任者の役割がコピーされます",
    "remark.left-over": (
        "Salesforce の解約予告は前の期間のもので、この期間には数えていません。消してください。"
        "顧客が今回解約するのであれば、改めて入れてください"
    ),
    "remark.refused": "{ids} はこの更新の商談ではないと、人が判断しました",
    "maker.adopted": "人が作成し、採用しました",
    "maker.ours": "csops-sync が作成しました",
    "maker.person": "人が作成しました",
    "maker.our-key": "人が作成し、csops-sync のキーが入っています",
    "maker.either": "csops-sync が作成または採用しました",
    "creation.held": "起票は人の承認を待っています。`csops-sync plan` でハッシュを確認できます",
    "creation.parked": (
        "起票を送信できませんでした: {error}。直してから `csops-sync outbox retry {key}` を実行してください"
    ),
    "creation.unknown": "起票を送信しましたが応答がなく、csops-sync が結果を確認しています",
    "creation.dropped": "起票は人が取りやめました。`csops-sync outbox retry {key}` で取り消せます",
    "creation.shadow": "シャドーモードのため、起票を決めるだけで送信しません",
    "creation.pending": "起票は送信待ちです",
    "note.no-budget": "顧客の会計年度が分かりません",
    "note.ceiling": "下限 {floor} では{kind} {day} を過ぎます",
    "note.no-prior": "年額の項目がなく、商談とも紐づいていません",
    "note.no-csm": "`people.csm` に挙げた人の中に、有効なユーザーがいません",
    "note.late-member": "契約 {number} は、これを含めずに起票した {key} と近い日に満了します",
    "note.ambiguous": (
        "更新の商談がどれか決められません: {names}。`csops-sync adopt {contract} <商談>` で決めてください"
    ),
    "note.no-day": "なし",
    "note.no-term": "契約の日付から期間が決まりません(開始 {start}、終了 {end})",
    "note.undecided": "判断できないため、そのままにしています: {why}",
    "note.unfilled": "内容を埋められないため、更新をそのままにしています: {why}",
    "note.gap": "{before}(終了 {end})と {after}(開始 {start})の間に空白があります",
    "note.overlap": "{before}(終了 {end})と {after}(開始 {start})が重なっています",
    "note.left": "{field} は {value} です。csops-sync が最後に書いた値は {written} で、{name} が変更しました",
    "note.left-to-flow": (
        "{field} は {value} です。csops-sync が最後に書いた値は {written} で、自動化ユーザー {name} が変更しました"
    ),
}
