"""Slack's text language, and how org text is put into it without becoming part of it.

Slack asks for `&`, `<` and `>` to be escaped and nothing else (docs.slack.dev/messaging/formatting-message-text).
That is what keeps `<!channel>` in an account's name from calling a whole channel. Names are cut before they are
escaped, so that no entity is ever cut in half. Its formatting signs have no escape: where one of them could format, a
sign that looks like it takes its place.
"""

import re
import unicodedata
from dataclasses import dataclass
from urllib.parse import quote

NAME_LIMIT = 80
URL_LIMIT = 500
_ESCAPED_TIMES = 2
_LONGEST_WORD = 30
_LOOKALIKES = str.maketrans("<>", "‹›")
_FORMATTING = frozenset("*_~`")
_UNFORMATTED = str.maketrans("*_~`", "\u2217\u02cd\u223c\u02cb")
_SIGN = r"(?<![0-9A-Za-z])[*_~]|[*_~](?![0-9A-Za-z])|`"
"""Between two letters of ours (`renewal_date`) a sign formats nothing, and stays as it is."""
_SIGNS = re.compile(_SIGN)
_OUTSIDE_ADDRESSES = re.compile(rf"(?P<address>https?://[^\s`]*[^\s`*_~])|{_SIGN}")
_OPENING = re.compile(r"(?<![0-9A-Za-z])[*_~](?=\S)")
_CLOSING = re.compile(r"(?<=\S)[*_~](?![0-9A-Za-z])")
_BIDI = frozenset("\u061c\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069\u200e\u200f")
_URL_SAFE = "%/:?#[]@!$&'()*+,;=~-._"


@dataclass(frozen=True, slots=True)
class Mention:
    """How to call someone: `markup` goes into the text.

    `missing` names a person whom Slack does not know, `absent` one who is not in the channel, and hears nothing there.
    """

    markup: str
    missing: str = ""
    absent: str = ""


def escape(text: str) -> str:
    """This function will make a text safe to stand in a message, however long it is."""
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def one_line(text: str, *, limit: int = NAME_LIMIT) -> str:
    """This function will bring org text to one printable line of at most `limit` characters, unescaped.

    Nothing of it formats: no bold, italics, strike, code or quotation.
    """
    return shorten(_unformatted(_printable(text)), limit)


def shorten(text: str, limit: int) -> str:
    """This function will cut a text to `limit` characters, the last of them an ellipsis where it was cut."""
    return text if len(text) <= limit else text[: limit - 1].rstrip() + "…"


def safe(text: str, *, limit: int) -> str:
    """This function will write org text: one line, escaped, of at most `limit` characters with its escapes."""
    return _escaped_within(one_line(text, limit=limit), limit)


def advice(text: str, *, limit: int) -> str:
    """This function will write words of our own as `safe` does, but commands in them can be copied and run."""
    return _escaped_within(shorten(_printable(text), limit), limit)


def prose(text: str, *, limit: int) -> str:
    """This function will write a longer org text as `safe` does, cut on a word where its script has words."""
    raw = _cut_on_a_word(_unformatted(_printable(text)), limit)
    while len(escape(raw)) > limit:
        raw = _cut_on_a_word(raw, max(2, len(raw) * limit // len(escape(raw)) - 1))
    return escape(raw)


def whole(text: str) -> str:
    """This function will write org text in full, line by line, escaped; a dash where nothing of it can be seen."""
    lines = (_unformatted(_printable(line)) for line in text.splitlines())
    return escape("\n".join(lines)).strip() or "—"


def plain(text: str, *, limit: int) -> str:
    """This function will write org text for a place that knows no markup: a menu's entry, a button's label."""
    return shorten(_printable(text.translate(_LOOKALIKES)), limit)


def name(text: str) -> str:
    """This function will write a name from the org, cut to fit a line; a dash where there is none."""
    return safe(one_line(text), limit=NAME_LIMIT * _ESCAPED_TIMES) or "—"


def bold(text: str) -> str:
    """This function will write a name in bold, or plainly where its own signs would break the bold."""
    written = name(text)
    return written if _FORMATTING & set(written) else f"*{written}*"


def link(url: str, label: str) -> str:
    """This function will write `<url|label>`, or the label alone where the address is no link."""
    address = safe_url(url)
    words = name(label.replace("|", "¦"))
    return f"<{escape(address)}|{words}>" if address else words


def safe_url(url: str) -> str:
    """This function will give a web address that may stand in a message or a button, or an empty text."""
    address = quote(url.strip(), safe=_URL_SAFE)
    return address if re.match(r"https?://[^/]", address) and len(escape(address)) <= URL_LIMIT else ""


def user_mention(member_id: str) -> str:
    """This function will write the mention of a member (`U...`, `W...`)."""
    return f"<@{member_id}>"


def group_mention(group_id: str) -> str:
    """This function will write the mention of a user group (`S...`)."""
    return f"<!subteam^{group_id}>"


def _printable(text: str) -> str:
    """Bring a text to one line of what can be seen."""
    visible = "".join(character if _is_visible(character) else " " for character in text)
    return " ".join(visible.split())


def _unformatted(line: str) -> str:
    """Take the power to format from a line's signs; a web address keeps its own where they format nothing.

    No text gets longer by it.
    """
    quoted = line.startswith(">")
    shown = _OUTSIDE_ADDRESSES.sub(
        lambda one: one["address"] or one[0].translate(_UNFORMATTED), line[quoted:]
    )
    if _formats(shown):
        shown = _SIGNS.sub(lambda sign: sign[0].translate(_UNFORMATTED), shown)
    return f"›{shown}" if quoted else shown


def _formats(line: str) -> bool:
    """Whether a sign is opened and closed again somewhere in a line."""
    first: dict[str, int] = {}
    for sign in _OPENING.finditer(line):
        first.setdefault(sign[0], sign.start())
    return any(first.get(sign[0], len(line)) < sign.start() for sign in _CLOSING.finditer(line))


def _escaped_within(raw: str, limit: int) -> str:
    while len(escape(raw)) > limit:
        raw = shorten(raw, max(1, len(raw) * limit // len(escape(raw)) - 1))
    return escape(raw)


def _cut_on_a_word(text: str, limit: int) -> str:
    if len(text) <= limit:
        return text
    kept = text[: limit - 1]
    head, space, _ = kept.rpartition(" ")
    return (head if space and len(head) >= limit - _LONGEST_WORD else kept).rstrip() + "…"


def _is_visible(character: str) -> bool:
    """Whether a character may stay: no control, line separator, lone surrogate, nothing that turns the line."""
    return unicodedata.category(character) not in {"Cc", "Cs", "Zl", "Zp"} and character not in _BIDI
