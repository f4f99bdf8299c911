"""Why something in the outbox is not sent: sentences that its rows keep as text, and its list understands again."""

from csops_sync.domain.sentences import Wording, one_of, understood
from csops_sync.ports.chat_words import CHAT_WORDS
from csops_sync.ports.crm_words import CRM_WORDS

_SOMEBODY = Wording("somebody", "somebody")


def _name(text: str) -> str:
    return understood(text, (_SOMEBODY,))


def _word(text: str) -> str:
    if " " in text:
        raise ValueError(f"{text!r} is no code")
    return text


RESTING = Wording(
    "reason.quiet-abroad", "outside the business hours of who is mentioned, until {until:%Y-%m-%d %H:%M}Z"
)
SILENCED = Wording("unsent.silenced", "silenced by {by} until {until:%Y-%m-%d %H:%M}Z", {"by": _name})
UNREADABLE = Wording(
    "unsent.unreadable",
    "its outcome is unknown and the channel's history cannot be read; look into the channel, then "
    "`csops-sync outbox drop` it if it is there, `csops-sync outbox retry` it if not",
)
NO_CHARTS = Wording("unsent.no-charts", "this installation draws no charts")
UNDRAWN = Wording(
    "unsent.undrawn", "it cannot be drawn: {error}", {"error": lambda text: understood(text, (NO_CHARTS,))}
)
_WHY = one_of(*CHAT_WORDS, *CRM_WORDS)
_WHOSE_TURN = one_of(
    Wording("blame.wait", "wait"),
    Wording("blame.uncertain", "uncertain"),
    Wording("blame.config", "config"),
    Wording("blame.payload", "payload"),
)
BLAMED = Wording(
    "unsent.blamed", "{code}: {blame}: {why}", {"code": _word, "blame": _WHOSE_TURN, "why": _WHY}
)
CODED = Wording("unsent.coded", "{code}: {why}", {"code": _word, "why": _WHY})
UNSENT_REASONS = (RESTING, SILENCED, UNREADABLE, UNDRAWN, BLAMED, CODED, *CHAT_WORDS, *CRM_WORDS)
"""In the order in which a text is tried."""
