"""What a message says, before it is laid out, and all that it is made from. Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from itertools import accumulate

from csops_sync.adapters.slack.mrkdwn import Mention, safe
from csops_sync.adapters.slack.texts import Texts
from csops_sync.domain.intents import Message, NoticeLine

MAX_REMARKS = 5
_MENTIONS_LENGTH = 1200
_REMARK_LENGTH = 500
_NAMES_LENGTH = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """What a message says, before it is laid out. All texts are mrkdwn; buttons are (label, address)."""

    headline: str
    facts: Sequence[tuple[str, str]] = ()
    paragraphs: Sequence[str] = ()
    buttons: Sequence[tuple[str, str]] = ()
    remarks: Sequence[str] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Scene:
    """All that a draft is made from. `links` are addresses by renewal key or opportunity id.

    `remarks` are sentences about renewals, by key.
    """

    message: Message
    mentions: Mapping[str, Mention]
    links: Mapping[str, str]
    texts: Texts
    today: date
    remarks: Mapping[str, str] = field(default_factory=dict)

    def remarked(self, lines: Sequence[NoticeLine], *, is_named: bool = False) -> tuple[str, ...]:
        """This function will give what is to be said about these lines, with their customers where several share it.

        What is the same of several is said once, and of whom there is no room for more, that there is something.
        """
        said: dict[str, list[str]] = {}
        for one in lines:
            if one.renewal_key in self.remarks:
                said.setdefault(self.remarks[one.renewal_key], []).append(one.account_name)
        if not is_named:
            return tuple(safe(text, limit=_REMARK_LENGTH) for text in said)
        found = list(said.items())
        room = MAX_REMARKS if len(found) <= MAX_REMARKS else MAX_REMARKS - 1
        rest = [name for _, names in found[room:] for name in names]
        more = [self._about(rest, self.texts.catalogue.remarked_more)] if rest else []
        return (*(self._about(names, text) for text, names in found[:room]), *more)

    def _about(self, names: Sequence[str], text: str) -> str:
        words = self.texts.catalogue
        shown = words.joiner.join(dict.fromkeys(names))
        room = _REMARK_LENGTH - len(text) - len(words.label_separator)
        return f"{safe(shown, limit=max(room, _NAMES_LENGTH))}{words.label_separator}{safe(text, limit=_REMARK_LENGTH)}"

    def called(self, lines: Sequence[NoticeLine]) -> list[Mention]:
        """This function will give those to mention for these lines, each once, in order, as many as fit."""
        everyone = dict.fromkeys(who for line in lines for who in line.mentions)
        distinct = {self.mentions[who].markup: self.mentions[who] for who in everyone}
        room = accumulate(len(markup) + 2 for markup in distinct)
        return [
            mention for mention, end in zip(distinct.values(), room, strict=True) if end <= _MENTIONS_LENGTH
        ]

    def url(self, line: NoticeLine) -> str:
        """This function will give the address of a line's opportunity, or an empty text."""
        return self.links.get(line.renewal_key) or self.links.get(line.opportunity_id or "", "")

    def missing(self, lines: Sequence[NoticeLine]) -> tuple[str, ...]:
        """This function will name the people of these lines whom Slack does not know."""
        everyone = dict.fromkeys(who for line in lines for who in line.mentions)
        said = dict.fromkeys(self.texts.missing(self.mentions[who]) for who in everyone)
        return tuple(remark for remark in said if remark)[:MAX_REMARKS]
