"""What each renewal's customer and contract are called, for searching what readers type.

Of two letters that stand side by side it is remembered in which texts they do: that answers a short text, and leaves
few places at which a longer one has to be looked for.
"""

from collections import Counter, OrderedDict
from collections.abc import Collection, Iterator, Mapping, Sequence
from itertools import repeat
from operator import contains
from threading import Lock

from csops_sync.app.forecast.bitmaps import everything, of_flags, of_places, places_of
from csops_sync.app.forecast.listing import Directory, folded
from csops_sync.domain.forecast.term_state import TermState

MOST_PAIRS = 512
"""Of so many pairs of letters it is remembered where they stand; those sought the longest ago go first."""
_USUAL_PAIRS, _LOOKED_AT = 64, 1000
"""So many pairs are known before anybody types: those that occur most in about so many of the texts."""
_FEW = 4
"""Up to one place in so many, a text is looked for place by place; of more, walking all texts at once is faster."""
_PAIR = 2
_NUL = "\0"


class Texts:
    """The texts of a list of renewals, made when the first is sought. Threads may share it."""

    def __init__(self, states: Sequence[TermState]) -> None:
        self._states = states
        self._lock = Lock()
        self._texts: Sequence[str] | None = None
        self._pairs: OrderedDict[str, int] = OrderedDict()

    @property
    def known_pairs(self) -> Collection[str]:
        """The pairs of letters of which it is remembered where they stand."""
        return tuple(self._pairs)

    def prepare(self, names: Directory) -> None:
        """This function will make the texts, and find out where the pairs of letters stand that occur most."""
        texts = self._made(names)
        looked_at = texts[:: max(1, len(texts) // _LOOKED_AT)]
        counted = Counter(pair for text in looked_at for pair in _pairs(text) if _NUL not in pair)
        for pair, _ in counted.most_common(_USUAL_PAIRS):
            self._remember(pair, _among(texts, pair))

    def holding(self, text: str, names: Directory) -> int:
        """This function will give the places at which a text occurs in the account's name or the contract's number."""
        part = folded(text.strip())
        if _NUL in part:  # it stands between the two, and in no name
            return 0
        texts = self._made(names)
        if len(part) < _PAIR:
            return _among(texts, part)
        places = self._having_pairs(part, texts)
        if len(part) == _PAIR:
            return places
        if places.bit_count() * _FEW > len(texts):
            return _among(texts, part)
        return of_places(
            (place for place in places_of(places, len(texts)) if part in texts[place]), len(texts)
        )

    def _made(self, names: Directory) -> Sequence[str]:
        with self._lock:
            if self._texts is None:
                self._texts = self._folded(names)
            return self._texts

    def _having_pairs(self, part: str, texts: Sequence[str]) -> int:
        """Give the places that hold all pairs of a text as far as they are known; of the others one is found out."""
        places, has_learnt = everything(len(texts)), False
        for pair in _pairs(part):
            with self._lock:
                known = self._pairs.get(pair)
            if known is None and not has_learnt:
                known, has_learnt = _among(texts, pair), True
            if known is not None:
                self._remember(pair, known)
                places &= known
        return places

    def _remember(self, pair: str, places: int) -> None:
        with self._lock:
            self._pairs[pair] = places
            self._pairs.move_to_end(pair)
            while len(self._pairs) > MOST_PAIRS:
                self._pairs.popitem(last=False)

    def _folded(self, names: Directory) -> Sequence[str]:
        accounts = _all_folded(names.accounts({one.account_id for one in self._states}))
        contracts = _all_folded(names.contracts({one.contract_id for one in self._states}))
        return [
            f"{accounts.get(one.account_id, '')}{_NUL}{contracts.get(one.contract_id, '')}"
            for one in self._states
        ]


def _pairs(part: str) -> Iterator[str]:
    return (part[at : at + _PAIR] for at in range(len(part) - 1))


def _among(texts: Sequence[str], part: str) -> int:
    return of_flags(bytes(map(contains, texts, repeat(part))))


def _all_folded(names: Mapping[str, str]) -> Mapping[str, str]:
    return {record_id: folded(name) for record_id, name in names.items()}
