"""What one language says of each kind of journal event: a table that its sentences enter themselves into."""

from collections.abc import Callable

from csops_sync.app.event_people import EventWords


class EventTable:
    """The sentences of one language by kind of event."""

    def __init__(self) -> None:
        self._words: dict[str, EventWords] = {}

    def says(self, *kinds: str) -> Callable[[EventWords], EventWords]:
        """This function will enter a sentence under these kinds; use it as a decorator."""

        def entered(words: EventWords) -> EventWords:
            self._words.update(dict.fromkeys(kinds, words))
            return words

        return entered

    def of(self, kind: str) -> EventWords | None:
        """This function will give the sentence of a kind; None for one that this version does not know."""
        return self._words.get(kind)

    @property
    def kinds(self) -> frozenset[str]:
        """The kinds that have a sentence."""
        return frozenset(self._words)
