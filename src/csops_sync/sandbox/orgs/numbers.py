"""Sequences of numbers that take no room: those whose last two digits are among the kept ones."""

from bisect import bisect_left
from collections.abc import Sequence
from typing import overload

HUNDRED = 100


class Kept(Sequence[int]):
    """The numbers below `below` whose last two digits are in `digits`, in order; `place_of` is the way back."""

    def __init__(self, digits: Sequence[int], *, below: int) -> None:
        self._digits = tuple(digits)
        hundreds, rest = divmod(below, HUNDRED)
        self._length = hundreds * len(digits) + bisect_left(digits, rest)
        self._ranks = [bisect_left(digits, digit) for digit in range(HUNDRED)]

    def __len__(self) -> int:
        return self._length

    @overload
    def __getitem__(self, index: int) -> int: ...
    @overload
    def __getitem__(self, index: slice) -> list[int]: ...
    def __getitem__(self, index: int | slice) -> int | list[int]:
        if isinstance(index, slice):
            return [self[place] for place in range(*index.indices(self._length))]
        place = index + self._length if index < 0 else index
        if not 0 <= place < self._length:
            raise IndexError(f"number {index} of {self._length}")
        hundreds, rest = divmod(place, len(self._digits))
        return hundreds * HUNDRED + self._digits[rest]

    def place_of(self, number: int) -> int:
        """This function will give how many of the numbers are below `number`: its own place, where it is one."""
        hundreds, rest = divmod(number, HUNDRED)
        return hundreds * len(self._digits) + self._ranks[rest]
