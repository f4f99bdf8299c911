"""What became of a message, and what to do: sentences that the outbox keeps as text, and its list understands again."""

from csops_sync.domain.sentences import Wording, one_of

AGAIN_WHEN_ALLOWED = Wording("advice.again-when-allowed", "it is sent again when Slack allows")
AGAIN_WHEN_BACK = Wording("advice.again-when-back", "it is sent again when Slack is back")
AGAIN = Wording("advice.again", "it is sent again")
DONE_AGAIN = Wording("advice.done-again", "it is done again")
WORKSPACE_MOVES = Wording(
    "advice.workspace-moves", "the workspace is being moved into an organisation; it is sent again"
)
CHANNEL_MOVES = Wording("advice.channel-moves", "the channel is being moved; it is done again")
UPLOADED_ANEW = Wording("advice.uploaded-anew", "the picture is uploaded anew")
HISTORY_TELLS = Wording("advice.history-tells", "the channel's history will tell whether it was done")
GRANT = Wording(
    "advice.grant", "add the scope to the Slack app (OAuth & Permissions), then install the app again"
)
ASK_ADMIN = Wording("advice.ask-admin", "ask a workspace admin to let the app in")
INVITE = Wording("advice.invite", "invite the app there: /invite @csops-sync")
CORRECT_OR_INVITE = Wording(
    "advice.correct-or-invite",
    "correct the channel in the rules, or invite the app there: /invite @csops-sync",
)
ANOTHER_CHANNEL = Wording("advice.another-channel", "name another channel in the rules, or restore this one")
RESTORE_CHANNEL = Wording("advice.restore-channel", "restore the channel, or name another in the rules")
LET_POST = Wording("advice.let-post", "let the app post in this channel (channel settings)")
LET_FILES = Wording("advice.let-files", "let this workspace take files (workspace settings)")
LET_LARGER = Wording("advice.let-larger", "let this workspace take larger files (workspace settings)")
LET_EDIT = Wording("advice.let-edit", "let apps edit messages any time (workspace settings, Message editing)")
OVERRIDE = Wording("advice.override", "add an override for this person")
OVERRIDE_UNSEEN = Wording("advice.override-unseen", "the app may not see this person; add an override")
REMOVED = Wording("advice.removed", "somebody removed the message; nothing can be done to it any more")
REMOVED_ABOVE = Wording(
    "advice.removed-above", "somebody removed the message; nothing can be said under it any more"
)
UNLOCK = Wording("advice.unlock", "unlock the thread, or leave the message as it is")
OTHER_APP = Wording("advice.other-app", "another app posted the message: give csops-sync that app's token")
EMOJI = Wording("advice.emoji", "correct the emoji in the rules: Slack has none of this name here")
EMOJI_FULL = Wording("advice.emoji-full", "the message holds as many kinds of emoji as Slack allows")
REACTED = Wording("advice.reacted", "the app has reacted to the message as often as Slack allows")
NOT_REACTABLE = Wording("advice.not-reactable", "nobody can react to this message")
NAME_PEOPLE = Wording("advice.name-people", "user groups need a paid plan: name people instead")
REPORT = Wording("advice.report", "report this message to the maintainers, with the outbox key")
REINSTALL = Wording("advice.reinstall", "install the Slack app again and give csops-sync its new bot token")
GIVE_TOKEN = Wording("advice.give-token", "give csops-sync the bot token (xoxb-...)")
ROTATION = Wording(
    "advice.rotation",
    "switch token rotation off for the app, or install the Slack app again and give csops-sync its new bot token",
)
BOT_TOKEN = Wording("advice.bot-token", "use the bot token (xoxb-...), not another kind")
ORGANISATION = Wording("advice.organisation", "wait until the workspace has moved into its organisation")
LIST_AGAIN = Wording("advice.list-again", "the list is read again from its beginning")
MESSAGES_TAB = Wording("advice.messages-tab", "switch the app's messages tab on (App Home)")
NOT_AN_APP = Wording("advice.not-an-app", "name a channel or a person, not an app")
CHANNEL_ID = Wording("advice.channel-id", "use a channel id (C...) with a token of a whole organisation")
BY_HAND = Wording("advice.by-hand", "remove the message by hand: it is not the app's own")
BY_HAND_KEPT = Wording(
    "advice.by-hand-kept", "remove the message by hand: this workspace keeps apps from doing so"
)
CLICK_AGAIN = Wording("advice.click-again", "the person must click once more: it took too long")
WINDOW_OPEN = Wording("advice.window-open", "the window of this click is open already")
LOOK_UP = Wording(
    "advice.look-up",
    "look the word up on docs.slack.dev, then report this message to the maintainers, with the outbox key",
)
_ADVICE = (
    REINSTALL,
    GIVE_TOKEN,
    ROTATION,
    BOT_TOKEN,
    ORGANISATION,
    LIST_AGAIN,
    MESSAGES_TAB,
    NOT_AN_APP,
    CHANNEL_ID,
    BY_HAND,
    BY_HAND_KEPT,
    CLICK_AGAIN,
    WINDOW_OPEN,
    LOOK_UP,
    AGAIN_WHEN_ALLOWED,
    AGAIN_WHEN_BACK,
    AGAIN,
    DONE_AGAIN,
    WORKSPACE_MOVES,
    CHANNEL_MOVES,
    UPLOADED_ANEW,
    HISTORY_TELLS,
    GRANT,
    ASK_ADMIN,
    INVITE,
    CORRECT_OR_INVITE,
    ANOTHER_CHANNEL,
    RESTORE_CHANNEL,
    LET_POST,
    LET_FILES,
    LET_LARGER,
    LET_EDIT,
    OVERRIDE,
    OVERRIDE_UNSEEN,
    REMOVED,
    REMOVED_ABOVE,
    UNLOCK,
    OTHER_APP,
    EMOJI,
    EMOJI_FULL,
    REACTED,
    NOT_REACTABLE,
    NAME_PEOPLE,
    REPORT,
)
SAYS = Wording("chat.says", "Slack says {said}: {advice}", {"advice": one_of(*_ADVICE)})
UNREACHED = Wording(
    "chat.unreached", "Slack could not be reached, nothing was sent ({why}); it is sent again"
)
NO_ANSWER = Wording(
    "chat.no-answer", "Slack's answer did not arrive ({why}); the channel's history will tell"
)
NO_WORD = Wording(
    "chat.no-word", "HTTP {status} without an answer of Slack's; the channel's history will tell"
)
NO_CHANNEL = Wording(
    "chat.no-channel",
    "the app can see no channel {channel}: correct the rules, create the channel, or (where it is private) "
    "invite the app: /invite @csops-sync",
)
NO_CARD = Wording(
    "chat.no-card",
    "the card that this belongs to stands nowhere, so nothing was sent; drop it from the outbox",
)
NO_MESSAGE = Wording(
    "chat.no-message",
    "the message that this belongs to stands nowhere, so nothing was sent; drop it from the outbox",
)
NO_RENEWALS = Wording(
    "chat.no-renewals",
    "the message is about renewals and names none, so it was not sent; drop it from the outbox",
)
TOO_SLOW = Wording(
    "chat.too-slow",
    "Slack took too long to say who is who, nothing was sent; what it said is remembered for the next try",
)
UNNAMED = Wording("chat.unnamed", "Slack said ok and named no message; the channel's history will tell")
NOT_UPLOADED = Wording("chat.not-uploaded", "the picture could not be uploaded ({why}); it is sent again")
NO_ADDRESS = Wording("chat.no-address", "Slack named no address to upload to that may be used ({host})")
CHAT_WORDS = (
    SAYS,
    UNREACHED,
    NO_ANSWER,
    NO_WORD,
    NO_CHANNEL,
    NO_CARD,
    NO_MESSAGE,
    NO_RENEWALS,
    TOO_SLOW,
    UNNAMED,
    NOT_UPLOADED,
    NO_ADDRESS,
)
"""In the order in which a text is tried."""
