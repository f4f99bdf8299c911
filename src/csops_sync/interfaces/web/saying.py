"""What `app` says in English, said in the reader's language: by a sentence's code, with values as pages write them."""

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from enum import Enum

from markupsafe import Markup

from csops_sync.app.decision_words_ja import span_ja
from csops_sync.app.health import State
from csops_sync.domain.confidence.ranks import Direction
from csops_sync.domain.dates import Duration
from csops_sync.domain.forecast.targets import Measure, ScopeKind
from csops_sync.domain.forecast.term_state import RenewalType, TermStanding
from csops_sync.domain.open_decision import BoundKind, CeilingKind
from csops_sync.domain.renewal import Settled
from csops_sync.domain.sentences import JOINED, Sentence
from csops_sync.interfaces.web.formats import Formats
from csops_sync.interfaces.web.words import Words
from csops_sync.interfaces.web.words_of_sentences import SENTENCES
from csops_sync.ports.store import OutboxStatus

_ENGLISH = "en"
_STOP, _COMMA = "。", "、"
_NAMED: dict[type[Enum], str] = {
    TermStanding: "standing",
    OutboxStatus: "status",
    Settled: "settled",
    Direction: "direction",
    CeilingKind: "ceiling",
    Measure: "measure",
    ScopeKind: "scope",
    State: "process",
    RenewalType: "type",
    BoundKind: "bound",
}
"""The kinds of codes that sentences name, as `Words.code` calls them."""


@dataclass(frozen=True, slots=True)
class Saying:
    """Says sentences in one language; what has no words in it stays English, and is marked as that."""

    words: Words
    formats: Formats

    def __call__(self, text: str, language: str = _ENGLISH) -> Markup:
        """This function will give a text for a page; `language` is that of one that is no sentence with a code."""
        if self.knows(text) or self.words.language == language:
            return Markup.escape(self.plain(text))
        return Markup('<span lang="{}">{}</span>').format(language, text)

    def knows(self, text: str) -> bool:
        """This function will say whether a text can be said in the reader's language."""
        if self.words.language == _ENGLISH or not isinstance(text, Sentence):
            return False
        return text.code in SENTENCES or text.code == JOINED

    def plain(self, text: str) -> str:
        """This function will give a text in the reader's language, without markup."""
        if not isinstance(text, Sentence) or not self.knows(text):
            return str(text)
        if text.code == JOINED:
            return _STOP.join(map(self._value, text.values.values()))
        return SENTENCES[text.code].format(
            **{name: self._value(value) for name, value in text.values.items()}
        )

    def _value(self, value: object) -> str:
        """Write what a sentence names."""
        match value:
            case Enum() if type(value) in _NAMED:
                return self.words.code(_NAMED[type(value)], str(value.value))
            case tuple():
                return _COMMA.join(map(self._value, value))
            case str():
                return self.plain(value)
            case None:
                return self.words("value.empty")
            case bool():
                return str(value).lower()
            case _:
                return self._measured(value)

    def _measured(self, value: object) -> str:
        match value:
            case datetime():
                return self.formats.moment(value)
            case date():
                return self.formats.day(value)
            case Duration():
                return span_ja(value)
            case int() | Decimal():
                return f"{value:,f}" if isinstance(value, Decimal) else self.formats.count(value)
            case _:
                return str(value)
