"""What is refused, and what to do instead, in Japanese: by the codes of sentences that are said in English."""

from collections.abc import Mapping

REFUSALS: Mapping[str, str] = {
    "find.not-read": "csops-sync は稼働中、変更を 1 分以内に読み込みます。`csops-sync sync` ですぐに読み込めます",
    "find.no-contract": "契約 {asked} はありません。{next}",
    "find.no-opportunity": "商談 {asked} はありません。{next}",
    "find.no-user": "ID・名前・メールアドレスが {asked} のユーザーはいません。{next}",
    "find.several-users": "{asked} に当たるユーザーが複数います: {users}。ID で指定してください",
    "find.several-contracts": "契約番号 {asked} の契約が複数あります: {ids}",
    "accuracy.not-over": "{period} はまだ終わっていません。{other} など、終了した期間を選んでください",
    "period.unknown": "{text} という期間はありません。{forms}",
    "period.forms": (
        "会計年度は FY2026、四半期は 2026-Q1、半期は 2026-H1、月は 2026-04 のように指定してください"
    ),
    "call.looks-after": "この更新の担当者",
    "call.leads": "このチームの責任者",
    "call.not-theirs": "{name} は{does}でも、その上長でもありません。コールできるのは {others} です",
    "call.nobody-may": (
        "{name} は{does}でも、その上長でもありません。コールできる有効なユーザーは現在いません"
    ),
    "call.no-rate": (
        "{given} から {into} への換算レートがないため、着地見込みと比べられません。rules.yaml の `forecast: rates:` で"
        "レートを固定するか、{currency} でコールしてください"
    ),
    "call.nul": "メモに使えない文字(NUL)が含まれています。取り除いてください",
    "call.long-note": "メモは {most} 文字までです(現在 {length} 文字)。短くしてください",
    "call.nothing-to-withdraw": "まだコールがないため、取り下げるものがありません",
    "call.no-amount": "コールの金額は 0 以上 {most} 未満です({amount} は指定できません)",
    "call.decimals": "{amount} は {currency} の小数の桁数を超えています。丸めてください",
    "call.no-renewal": "更新 {asked} はありません。`csops-sync forecast --renewals` で一覧できます",
    "call.unseen-renewal": "表示できる更新の中に {asked} はありません",
    "call.settled": "更新 {key} は「{standing}」で結果が確定しているため、コールできません",
    "call.several": "{asked} に当たる更新が複数あります: {keys}。キーで指定してください",
    "call.not-your-team": "{team} はあなたのチームにいないため、コールできません",
    "call.nobodys": "誰のコールかを、名前・メールアドレス・ID で指定してください",
    "call.left": "{name} は現在、有効なユーザーではありません。後任の人を指定してください",
    "call.period-over": "{period} は {last} に終わったため、コールできません。終わっていない期間を選んでください",
    "call.token": "コールは本人のものです。本人としてサインインしてください(トークンでは閲覧だけができます)",
    "call.by-admin": "ほかの人のコールを入力できるのは管理者だけです",
    "forecast.no-rules": (
        "ルールに `forecast:` がないため、更新の掛け率が分かりません。rules.yaml に `matrix:` を含む `forecast:` を"
        "追加し(例は docs/rules.md)、`csops-sync validate` を実行してください"
    ),
    "forecast.not-yet": (
        "この組織の更新はまだ計算されていません。`csops-sync run` または `csops-sync sync` で計算します"
    ),
    "outbox.is-sending": "いま送信中です。1 分後に確認してください",
    "outbox.is-unknown": "応答がありませんでした。csops-sync が結果を確認してから続けます",
    "outbox.is-sent": "送信済みです",
    "outbox.is-cancelled": "理由がなくなりました。再び必要になれば、次の同期で決め直します",
    "outbox.is-dropped": "すでに取りやめています。`csops-sync outbox retry` で取り消せます",
    "outbox.is-held": "承認待ちです。`csops-sync plan` で内容と、承認に使うハッシュを確認できます",
    "outbox.is-shadow": "シャドーモードのため送信しません。csops-sync.yaml で `mode: live` にしてください",
    "outbox.not-now": "{key} は「{status}」です。{why}",
    "outbox.no-rows": "送信箱に {keys} はありません。`csops-sync outbox list --all` でキーを確認できます",
    "outbox.nothing-held": "保留されているものがないため、承認するものはありません",
    "outbox.other-held": (
        "{approval} は現在保留されている内容と一致しません。`csops-sync plan` が示すハッシュを承認してください"
    ),
    "start.waits": "csops-sync は起動中です。何を待っているかは /readyz で確認できます",
    "door.unknown": (
        "{email} は Salesforce の有効なユーザーではなく、`dashboard.heads` と `dashboard.admins` にもありません"
    ),
    "door.admins": "この操作ができるのは管理者(csops-sync.yaml の `dashboard.admins`)だけです",
    "form.stale": "ページが古いか、別のサイトからの操作です。ページを開き直して、もう一度操作してください",
    "form.foreign": "このダッシュボードのフォームからの操作だけを受け付けます",
    "sign-in.unended": "サインインが完了しませんでした({kind})。もう一度お試しください",
    "sign-in.no-email": (
        "確認済みのメールアドレスを取得できませんでした。認証側で `email` スコープを許可してください"
    ),
}
