"""Slack's mrkdwn as HTML: bold, italic, strike, code, quotes, links, mentions, emoji. Everything else is escaped."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from html import unescape

from markupsafe import Markup, escape

_EMOJI: Mapping[str, str] = {
    "+1": "👍", "-1": "👎", "alarm_clock": "⏰", "arrow_right": "➡️", "bell": "🔔", "bulb": "💡", "calendar": "📆",
    "chart_with_downwards_trend": "📉", "chart_with_upwards_trend": "📈", "clap": "👏", "date": "📅", "eyes": "👀",
    "fire": "🔥", "handshake": "🤝", "hourglass": "⌛", "hourglass_flowing_sand": "⏳", "information_source": "ℹ️",
    "large_green_circle": "🟢", "large_yellow_circle": "🟡", "link": "🔗", "mag": "🔍", "memo": "📝",
    "moneybag": "💰", "no_entry": "⛔", "pushpin": "📌", "question": "❓", "raised_hands": "🙌", "red_circle": "🔴",
    "rotating_light": "🚨", "sos": "🆘", "sparkles": "✨", "spiral_calendar_pad": "🗓️", "tada": "🎉",
    "thumbsup": "👍", "warning": "⚠️", "heart": "❤️", "muscle": "💪", "pray": "🙏", "rocket": "🚀", "trophy": "🏆",
    "star": "⭐", "100": "💯", "ok_hand": "👌", "bow": "🙇", "champagne": "🍾", "confetti_ball": "🎊",
    "partying_face": "🥳", "thinking_face": "🤔", "thumbsdown": "👎", "large_red_square": "🟥", "sob": "😭",
    "speech_balloon": "💬", "bar_chart": "📊", "pencil2": "✏️", "bust_in_silhouette": "👤",
    "wave": "👋", "white_check_mark": "✅", "x": "❌", "yen": "💴", "zzz": "💤",
}  # fmt: skip
PALETTE = (
    "+1",
    "eyes",
    "white_check_mark",
    "raised_hands",
    "tada",
    "clap",
    "fire",
    "heart",
    "muscle",
    "pray",
)
"""What the page offers to react with; any other emoji can be named."""

_HOLD, _RELEASE = "\ue000", "\ue001"
_ENTITY = re.compile(r"<([^<>\n]+)>")
_EMOJI_CODE = re.compile(r":([a-z0-9_+'-]+)(?:::skin-tone-[2-6])?:")
_BLOCK_CODE = re.compile(r"\n?```\n?(.+?)\n?```\n?", re.DOTALL)
_INLINE_CODE = re.compile(r"`([^`\n]+)`")
_HELD = re.compile(f"{_HOLD}(\\d+){_RELEASE}")
_QUOTE = re.compile(r"^&gt; ?(.*)$", re.MULTILINE)
_STYLES = (
    (re.compile(r"(?<![\w*])\*(?=\S)([^*\n]+?)(?<=\S)\*(?![\w*])"), "strong"),
    (re.compile(r"(?<![\w_])_(?=\S)([^_\n]+?)(?<=\S)_(?![\w_])"), "em"),
    (re.compile(r"(?<![\w~])~(?=\S)([^~\n]+?)(?<=\S)~(?![\w~])"), "s"),
)
_BROADCASTS = frozenset({"here", "channel", "everyone"})
_SCHEMES = ("https://", "http://", "mailto:")


@dataclass(frozen=True, slots=True, kw_only=True)
class Names:
    """Who and what the ids in a message are called; `mine` are those that mean the reader."""

    users: Mapping[str, str] = field(default_factory=dict)
    channels: Mapping[str, str] = field(default_factory=dict)
    groups: Mapping[str, str] = field(default_factory=dict)
    mine: frozenset[str] = frozenset()


def emoji(text: str) -> str:
    """This function will put emoji in the place of their names; an unknown name stays as it is."""
    return _EMOJI_CODE.sub(lambda match: _EMOJI.get(match.group(1), match.group(0)), text)


def mrkdwn(text: str, names: Names) -> Markup:
    """This function will write a message's text as HTML that holds no markup but ours."""
    held: list[Markup] = []

    def hold(html: Markup) -> str:
        held.append(html)
        return f"{_HOLD}{len(held) - 1}{_RELEASE}"

    plain = text.replace(_HOLD, "").replace(_RELEASE, "")
    plain = _BLOCK_CODE.sub(lambda match: hold(Markup("<pre>{}</pre>").format(_plain(match.group(1)))), plain)
    plain = _INLINE_CODE.sub(
        lambda match: hold(Markup("<code>{}</code>").format(_plain(match.group(1)))), plain
    )
    plain = _ENTITY.sub(lambda match: hold(_entity(match.group(1), names)), plain)
    html = emoji(str(escape(_plain(plain))))
    return Markup(_released(_styled(html), held))  # noqa: S704  # escaped above; only our own tags were added


def _plain(text: str) -> str:
    """Slack's three entities back to characters; the page escapes them again."""
    return unescape(text) if "&" in text else text


def _styled(html: str) -> str:
    for pattern, tag in _STYLES:
        html = pattern.sub(rf"<{tag}>\1</{tag}>", html)
    html = _QUOTE.sub(r"<blockquote>\1</blockquote>", html)
    return html.replace("</blockquote>\n", "</blockquote>").replace("\n", "<br>")


def _released(html: str, held: list[Markup]) -> str:
    while _HELD.search(html):
        html = _HELD.sub(lambda match: str(held[int(match.group(1))]), html)
    return html


def _entity(inside: str, names: Names) -> Markup:
    target, _, label = inside.partition("|")
    for start, draw in _KINDS.items():
        if target.startswith(start):
            return draw(target.removeprefix(start), label, names)
    if target.startswith(_SCHEMES):
        shown = _plain(label or target)
        return Markup('<a href="{}" rel="noreferrer">{}</a>').format(_plain(target), emoji(shown))
    return escape(f"<{_plain(inside)}>")


def _user(user: str, label: str, names: Names) -> Markup:
    return _mention(f"@{names.users.get(user) or label or user}", mine=user in names.mine)


def _channel(channel: str, label: str, names: Names) -> Markup:
    return _mention(f"#{names.channels.get(channel) or label or channel}")


def _special(what: str, label: str, names: Names) -> Markup:
    kind, _, rest = what.partition("^")
    if kind == "subteam":
        shown = names.groups.get(rest) or label.removeprefix("@") or rest
        return _mention(f"@{shown}", mine=rest in names.mine)
    if kind == "date":
        return Markup("<time>{}</time>").format(_plain(label))
    if kind in _BROADCASTS:
        return Markup('<span class="mention loud">@{}</span>').format(kind)
    return escape(label or what)


def _mention(shown: str, *, mine: bool = False) -> Markup:
    kind = Markup("mention mine") if mine else Markup("mention")
    return Markup('<span class="{}">{}</span>').format(kind, _plain(shown))


_KINDS: Mapping[str, Callable[[str, str, Names], Markup]] = {"@": _user, "#": _channel, "!": _special}
