"""What became of a message or a call, and what to do, in Japanese: by the codes of English sentences."""

from collections.abc import Mapping

CHAT: Mapping[str, str] = {
    "advice.again-when-allowed": "Slack が受け付けるときに再送します",
    "advice.again-when-back": "Slack が復旧したら再送します",
    "advice.again": "再送します",
    "advice.done-again": "やり直します",
    "advice.workspace-moves": "ワークスペースを組織に移行中です。再送します",
    "advice.channel-moves": "チャンネルを移行中です。やり直します",
    "advice.uploaded-anew": "図をアップロードし直します",
    "advice.history-tells": "届いたかどうかをチャンネルの履歴で確認します",
    "advice.grant": "Slack アプリにスコープを追加し(OAuth & Permissions)、アプリを再インストールしてください",
    "advice.ask-admin": "アプリの利用を許可するよう、ワークスペースの管理者に依頼してください",
    "advice.invite": "チャンネルにアプリを招待してください: /invite @csops-sync",
    "advice.correct-or-invite": (
        "ルールのチャンネルを直すか、チャンネルにアプリを招待してください: /invite @csops-sync"
    ),
    "advice.another-channel": "ルールで別のチャンネルを指定するか、このチャンネルを復元してください",
    "advice.restore-channel": "チャンネルを復元するか、ルールで別のチャンネルを指定してください",
    "advice.let-post": "このチャンネルへのアプリの投稿を許可してください(チャンネルの設定)",
    "advice.let-files": "このワークスペースでファイルを許可してください(ワークスペースの設定)",
    "advice.let-larger": "このワークスペースで大きなファイルを許可してください(ワークスペースの設定)",
    "advice.let-edit": "アプリがいつでもメッセージを編集できるようにしてください(ワークスペースの設定)",
    "advice.override": "この人の対応付け(override)を追加してください",
    "advice.override-unseen": "アプリからこの人が見えません。対応付け(override)を追加してください",
    "advice.removed": "メッセージが削除されたため、もう何もできません",
    "advice.removed-above": "メッセージが削除されたため、スレッドに書き込めません",
    "advice.unlock": "スレッドのロックを解除するか、メッセージをこのままにしてください",
    "advice.other-app": "別のアプリのメッセージです。そのアプリのトークンを csops-sync に設定してください",
    "advice.emoji": "ルールの絵文字を直してください。この名前の絵文字は Slack にありません",
    "advice.emoji-full": "メッセージに付けられる絵文字の種類が上限に達しています",
    "advice.reacted": "アプリがメッセージに付けられるリアクションの数が上限に達しています",
    "advice.not-reactable": "このメッセージには誰もリアクションできません",
    "advice.name-people": "ユーザーグループには有料プランが必要です。代わりに人を指定してください",
    "advice.report": "このメッセージを送信箱のキーとともに開発元に知らせてください",
    "advice.look-up": (
        "この語を docs.slack.dev で調べ、このメッセージを送信箱のキーとともに開発元に知らせてください"
    ),
    "advice.reinstall": "Slack アプリを再インストールし、新しいボットトークンを csops-sync に設定してください",
    "advice.give-token": "ボットトークン(xoxb-...)を csops-sync に設定してください",
    "advice.rotation": (
        "アプリのトークンのローテーションをオフにするか、Slack アプリを再インストールして"
        "新しいボットトークンを csops-sync に設定してください"
    ),
    "advice.bot-token": "ほかの種類ではなく、ボットトークン(xoxb-...)を使ってください",
    "advice.organisation": "ワークスペースの組織への移行が終わるまで待ってください",
    "advice.list-again": "一覧を最初から読み直します",
    "advice.messages-tab": "アプリのメッセージタブをオンにしてください(App Home)",
    "advice.not-an-app": "アプリではなく、チャンネルか人を指定してください",
    "advice.channel-id": "組織全体のトークンでは、チャンネルの ID(C...)を指定してください",
    "advice.by-hand": "アプリのメッセージではないため、手で削除してください",
    "advice.by-hand-kept": "このワークスペースではアプリが削除できないため、手で削除してください",
    "advice.click-again": "時間がかかりすぎたため、もう一度クリックしてください",
    "advice.window-open": "このクリックのウィンドウはすでに開いています",
    "blame.wait": "再送待ち",
    "blame.uncertain": "結果不明",
    "blame.config": "設定",
    "blame.payload": "内容",
    "chat.says": "Slack の応答は {said} です。{advice}",
    "chat.unreached": "Slack に接続できず、何も送信していません({why})。再送します",
    "chat.no-answer": "Slack の応答が届きませんでした({why})。チャンネルの履歴で確認します",
    "chat.no-word": "HTTP {status} が返り、Slack の応答がありません。チャンネルの履歴で確認します",
    "chat.no-channel": (
        "チャンネル {channel} がアプリから見えません。ルールを直すか、チャンネルを作成するか、"
        "非公開ならアプリを招待してください: /invite @csops-sync"
    ),
    "chat.no-card": "元のカードがどこにもないため、何も送信していません。送信箱で「取りやめ」を選んでください",
    "chat.no-message": "元のメッセージがどこにもないため、何も送信していません。送信箱で「取りやめ」を選んでください",
    "chat.no-renewals": "更新が 1 件もないメッセージのため、送信していません。送信箱で「取りやめ」を選んでください",
    "chat.too-slow": (
        "宛先の確認に Slack が時間をかけすぎたため、何も送信していません。確認できた分は次の送信で使います"
    ),
    "chat.unnamed": "Slack は受け付けましたがメッセージを示しませんでした。チャンネルの履歴で確認します",
    "chat.not-uploaded": "図をアップロードできませんでした({why})。再送します",
    "chat.no-address": "Slack が示したアップロード先は使えません({host})",
    "crm.unread": "Salesforce が読み取りを拒否しました。{why}",
    "crm.unwritten": "Salesforce が書き込みを拒否しました。{why}",
    "unsent.blamed": "{code}({blame}): {why}",
    "unsent.coded": "{code}: {why}",
}
