"""The Japanese texts."""

from csops_sync.adapters.slack.catalogue import Catalogue

JAPANESE = Catalogue(
    locale="ja",
    date_pattern="y年M月d日",
    address="{mention} さん\n",
    address_group="{mention} の皆さん\n",
    joiner="、",
    reason_joiner=" · ",
    not_found_standin="担当の {person} さんが Slack で見つからなかったため、代わりにお知らせしています。",
    not_found="担当の {person} さんは Slack で見つからなかったため、メンションできませんでした。",
    absent_standin="担当の {person} さんがこのチャンネルにいないため、代わりにお知らせしています。",
    absent="担当の {person} さんはこのチャンネルにいないため、通知が届いていません。",
    not_in_channel=(
        "{person} さんは {channel} に参加していないため、メンションしても通知が届きません。"
        "チャンネルに招待するか、slack.users に別の方を指定してください。"
    ),
    unreachable=(
        "{person}（{email}）さんは Slack で見つからず、メンションできませんでした。"
        "Slack のメールアドレスを Salesforce とそろえるか、slack.users に {id} の行を加えてください。"
    ),
    no_groups=(
        "@{handle} をユーザーグループとして探せませんでした（{code}）。"
        "usergroups:read を Slack アプリに加えるか、個人を指定してください。"
    ),
    in_days=("あと1日", "あと{n}日"),
    days_ago=("1日経過", "{n}日経過"),
    today="本日",
    with_days="{date}（{days}）",
    no_amount="未登録",
    total="年額の合計は {total} です。",
    because_ahead={
        "budget_season": "予算編成が{day}に始まるため",
        "budget_lock": "予算に間に合うのが{day}までのため",
        "notice": "解約通知の期限が{day}のため",
        "renewal": "更新日が{day}のため",
    },
    because_past={
        "budget_season": "予算編成が{day}に始まったため",
        "budget_lock": "予算の締め切り（{day}）を過ぎたため",
        "notice": "解約通知の期限（{day}）を過ぎたため",
        "renewal": "更新日（{day}）を過ぎたため",
    },
    opened="{address}{account} の更新商談を作成しました。{why}",
    opened_because="{because}、お客様とのご相談を始める時期です。",
    opened_plain="お客様とのご相談を始める時期です。",
    daily=("更新商談を1件作成しました。{total}", "更新商談を{n}件作成しました。{total}"),
    daily_person=("{people} 1件", "{people} {n}件"),
    daily_line="• {account} · 更新日 {date} · {amount}{because}{link}",
    daily_more=("ほか1件{people}", "ほか{n}件{people}"),
    daily_more_people="（{people}）",
    remarked_more="こちらもコピーできなかったものがあります。理由は csops-sync explain で確認できます。",
    terminated="{address}{account} の契約が解約されました。{deal}",
    cancelling="{address}{account} から、契約を更新しないとの申し出がありました。{deal}",
    deal_kept="更新商談はそのまま残してあります。失注にするか、ご判断をお願いします。",
    deal_not_made="更新商談は作成していません。お客様の状況をご確認ください。",
    parallel=(
        "{address}{account} の同じ更新に、商談が2件あります。どちらを残すか、ご確認をお願いします。",
        "{address}{account} の同じ更新に、商談が{n}件あります。どれを残すか、ご確認をお願いします。",
    ),
    parallel_adopt="別の商談を使う場合: `csops-sync adopt {contract} {opportunity}`",
    parallel_ours="csops-sync の商談を開く",
    parallel_other="もう一つの商談を開く",
    parallel_other_numbered="別の商談 {n} を開く",
    baseline="Salesforce の読み込みが終わりました。まだ何も作成していません。",
    baseline_clear="次の回から、時期の来た更新を順に作成してお知らせします。",
    held="想定を超える件数の変更があったため、その分は書き込まずに保留しています。",
    review_and_approve=(
        "期日を過ぎたものと保留中のものは、承認があるまで作成しません。"
        "`csops-sync plan` で内容をご確認のうえ、よろしければ次のコマンドで承認してください。\n"
        "`csops-sync sync --approve {hash}`"
    ),
    operator="csops-sync の運用担当へのお知らせです。",
    renewal_date="更新日",
    amount="年額",
    notice_deadline="解約通知の期限",
    budget_last_day="予算に間に合う最終日",
    co_termed="一緒に更新する契約",
    open_deal="商談を開く",
    fact_labels={
        "accounts": "読み込んだ取引先",
        "contracts": "読み込んだ契約",
        "opportunities": "読み込んだ商談",
        "renewals": "見守る更新",
        "waiting": "これから時期が来る更新",
        "held": "承認待ち",
        "adoptable": "担当者が用意済みの更新商談",
        "ambiguous": "対応する契約を決められない商談",
        "too_old": "期日を大きく過ぎ、作成しない更新",
    },
    counted=("1件", "{n}件"),
    label_separator=": ",
)
