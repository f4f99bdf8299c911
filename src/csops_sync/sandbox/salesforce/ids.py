"""Record ids: 15 case-sensitive characters, and three more that carry their case.

The checksum splits the 15 into threes of five; bit i of each is set where the i-th character is A-Z; the number
picks a character of `A-Z0-5`. Source: field guides to key prefixes; checked against published ids.
"""

import string
from functools import lru_cache

_BASE62 = string.digits + string.ascii_uppercase + string.ascii_lowercase
_CHECK = string.ascii_uppercase + "012345"
_SHORT, _LONG = 15, 18
_BLOCK, _STEP = 32, 11
_STEP_BACK = pow(_STEP, -1, _BLOCK)
_INSTANCE = "5j0"
_DIGITS = 5
_PAIRS = tuple(first + second for first in _BASE62 for second in _BASE62)
_MOST = len(_BASE62) ** _DIGITS - _BLOCK
_VALUES = {character: value for value, character in enumerate(_BASE62)}


def checksum(short: str) -> str:
    """This function will give the three characters that follow a 15-character id."""
    return _check(short[:5]) + _check(short[5:10]) + _check(short[10:15])


@lru_cache(maxsize=65_536)
def _check(chunk: str) -> str:
    return _CHECK[sum(1 << i for i, c in enumerate(chunk) if "A" <= c <= "Z")]


def normal(text: str) -> str | None:
    """This function will give the 18-character form of an id, or None where the text is no id."""
    if not text.isascii() or not text.isalnum():
        return None
    if len(text) == _SHORT:
        return text + checksum(text)
    if len(text) == _LONG and text[_SHORT:] == checksum(text):
        return text
    return None


class IdFactory:
    """Gives ids of one key prefix: unique, growing in blocks of 32, in no order within a block."""

    def __init__(self, prefix: str, *, start: int = 0) -> None:
        self._series = IdSeries(prefix)
        self.count = start

    def next(self) -> str:
        """This function will give the next 18-character id."""
        self.count += 1
        return self._series.at(self.count - 1)


class IdSeries:
    """The ids of a key prefix by the number under which a factory gives them, and the way back, for `count` of them."""

    def __init__(self, prefix: str, *, count: int = _MOST) -> None:
        self._count = count
        self._head = prefix + _INSTANCE + "0" * (_SHORT - len(prefix) - len(_INSTANCE) - _DIGITS)
        self._check = _check(self._head[:5]) + _check(self._head[5:10])

    def at(self, number: int) -> str:
        """This function will give the id of a number (from 0)."""
        return self.of_rank(self.rank(number))

    @staticmethod
    def rank(number: int) -> int:
        """This function will give the place of a number's id in the order of ids."""
        block, place = divmod(number, _BLOCK)
        return block * _BLOCK + (place * _STEP + 7 * block + 13) % _BLOCK

    @staticmethod
    def number(rank: int) -> int:
        """This function will give the number whose id stands at a place in the order of ids."""
        block, place = divmod(rank, _BLOCK)
        return block * _BLOCK + (place - 13 - 7 * block) * _STEP_BACK % _BLOCK

    def of_rank(self, rank: int) -> str:
        """This function will give the id at a place in the order of ids."""
        upper, low = divmod(rank + _BLOCK, len(_PAIRS))
        top, middle = divmod(upper, len(_PAIRS))
        tail = _BASE62[top] + _PAIRS[middle] + _PAIRS[low]
        return self._head + tail + self._check + _check(tail)

    def number_of(self, record: str) -> int | None:
        """This function will give the number of an 18-character id, None for one that was not given."""
        value = 0
        for character in record[len(self._head) : _SHORT]:
            value = value * len(_BASE62) + _VALUES.get(character, 0)
        number = self.number(value - _BLOCK)
        return number if 0 <= number < self._count and self.at(number) == record else None

    def __len__(self) -> int:
        return self._count

    def ranks(self) -> range:
        """This function will give the places, in the order of ids, among which those of the numbers are."""
        return range(-(-self._count // _BLOCK) * _BLOCK)
