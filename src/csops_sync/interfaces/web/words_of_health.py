"""How the product stands in Japanese, by the codes of the sentences that are said in English."""

from collections.abc import Mapping

HEALTH: Mapping[str, str] = {
    "health.state": "{state}",
    "health.stuck": "{state}: {why}",
    "health.loading": "{what}。終わるまで何も決めません",
    "health.first-load": "初回の読み込み中です",
    "health.reconciling": "日次の照合中です",
    "health.first-cycle": "起動後、最初の同期の途中です",
    "health.blocked": "更新の商談を作成していません: {why}",
    "health.stale": "同期が {seconds} 秒間成功していません(間隔は {interval} 秒です)",
    "health.failing": "{job}: {why}",
    "health.standby": "待機中です。別のプロセスがこの組織を担当しています",
    "health.refused": "変更された設定は受け付けられず、以前のルールで動いています: {why}",
    "health.retrying": "{job}({n} 回目): {why}",
    "health.row-waits": "送信箱に「{status}」が {n} 件あります。`csops-sync outbox list` で確認できます",
    "health.rows-wait": "送信箱に「{status}」が {n} 件あります。`csops-sync outbox list` で確認できます",
    "health.degraded": "{names} は getUpdated を使えません。遅れて現れた行は、重ねて読む範囲だけで見つけます",
    "health.paused": "停止中({what})です。`csops-sync resume` で送信を再開できます",
    "health.deaf": "Slack での返答をすぐに受け取れず、15 分ごとに読み直しています: {why}",
    "health.unread": "カードのリアクションを読み直せないため、取りこぼすと確認待ちのまま残ります: {why}",
    "health.awaited": "Slack に送れていないメッセージが {n} 件あり、自動で再送します: {why}",
    "health.slow": "Salesforce の API の残りが少ないため、読み込みの間隔を広げています",
    "health.skew": "Salesforce とこのマシンの時計が {seconds} 秒ずれています。マシンの時計を合わせてください(NTP)",
    "source.loading": "初回の読み込み中({last} まで)",
    "source.start": "先頭",
    "status.no-cycle": "最初の同期がまだです。`csops-sync run` または `csops-sync sync` で同期します",
    "status.other-rules": (
        "ファイルのルール({hash})は前回の同期のものと異なります。`csops-sync plan` で変わる内容を確認できます"
    ),
    "status.nobody-sends": (
        "送信待ちがありますが、動いているプロセスがありません。`csops-sync run`、または 1 回だけの"
        " `csops-sync sync` で送信します"
    ),
    "status.held": (
        "{n} 件が承認待ちです。`csops-sync plan` で確認し、`csops-sync sync --approve {hash}` で承認してください"
    ),
    "status.parked": (
        "{n} 件を送信できませんでした。`csops-sync outbox list` で理由を確認し、再送するか取りやめてください"
    ),
}
