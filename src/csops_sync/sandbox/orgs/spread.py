"""Even and repeatable choices by number: a mixing function in place of a stream of random numbers."""

from collections.abc import Sequence
from functools import cache
from typing import TypeVar
from zlib import crc32

T = TypeVar("T")
_MASK = (1 << 64) - 1
_GOLDEN, _FIRST, _SECOND = 0x9E3779B97F4A7C15, 0xBF58476D1CE4E5B9, 0x94D049BB133111EB


def draw(seed: int, number: int, purpose: str) -> int:
    """This function will give a number of 64 bits that depends on all three arguments (SplitMix64's finaliser)."""
    mixed = (number * _SECOND + _start(seed, purpose)) & _MASK
    mixed = ((mixed ^ (mixed >> 30)) * _FIRST) & _MASK
    mixed = ((mixed ^ (mixed >> 27)) * _SECOND) & _MASK
    return mixed ^ (mixed >> 31)


def pick(choices: Sequence[tuple[int, T]], drawn: int) -> T:
    """This function will take one of `choices` ((per cent, value), together 100) by a drawn number."""
    rest = drawn % 100
    for share, value in choices:
        if rest < share:
            return value
        rest -= share
    raise ValueError("the shares of the choices must add up to 100")


@cache
def _start(seed: int, purpose: str) -> int:
    return seed * _GOLDEN + crc32(purpose.encode()) * _FIRST
