"""Record ids: 15 case-sensitive characters, and three more that carry their case.

The checksum splits the 15 into threes of five; bit i of each is set where the i-th character is A-Z; the number
picks a character of `A-Z0-5`. Source: field guides to key prefixes; checked against published ids.
"""

import string
from functools import lru_cache

_BASE62 = string.digits + string.ascii_uppercase + string.ascii_lowercase
_CHECK = string.ascii_uppercase + "012345"
_SHORT, _LONG = 15, 18
_BLOCK = 32
_INSTANCE = "5j0"


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
        self._prefix = prefix
        self.count = start

    def next(self) -> str:
        """This function will give the next 18-character id."""
        block, place = divmod(self.count, _BLOCK)
        self.count += 1
        scattered = block * _BLOCK + (place * 11 + 7 * block + 13) % _BLOCK
        short = self._prefix + _INSTANCE + _base62(scattered + _BLOCK).rjust(_SHORT - 6, "0")
        return short + checksum(short)


def _base62(number: int) -> str:
    digits: list[str] = []
    while number:
        number, rest = divmod(number, 62)
        digits.append(_BASE62[rest])
    return "".join(reversed(digits))
