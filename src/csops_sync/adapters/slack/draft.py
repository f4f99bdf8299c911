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
        """This function will give what is to be said about these lines, with their customers where several share it."""
        said = [(one, self.remarks[one.renewal_key]) for one in lines if one.renewal_key in self.remarks]
        names = (
            f"{one.account_name}{self.texts.catalogue.label_separator}" if is_named else "" for one, _ in said
        )
        texts = (f"{name}{text}" for name, (_, text) in zip(names, said, strict=True))
        return tuple(safe(one, limit=_REMARK_LENGTH) for one in texts)[:MAX_REMARKS]

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
