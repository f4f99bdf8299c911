"""At which crossings to be killed, where not at all of them: so that no kind is left out.

A kill leaves behind what was committed and what was answered by Slack and Salesforce, and nothing else of it. So all
crossings from one such step to the next leave the same, but for tokens and the pace of requests: a stretch. To be
killed anywhere in a stretch is to be killed at everything that it holds.
"""

import re
from collections.abc import Collection, Sequence
from itertools import accumulate
from random import Random

Kinds = Sequence[Sequence[str]]
"""The kinds of each crossing of a day, in their order."""
_LEAVES_NOTHING = re.compile(
    r"response (GET |POST /services/oauth2|POST \S+/composite: GET |[\w.]+\.(list|info|lookupByEmail|history|members"
    r"|test|getPermalink)$)"
)


def by_share(crossings: int, *, share: float, seed: int) -> Sequence[int]:
    """This function will give the numbers (from 1) of a share of the crossings, drawn by seed."""
    return sorted(Random(seed).sample(range(1, crossings + 1), round(crossings * share)))  # noqa: S311  # repeatable


def of_each_kind(kinds: Kinds, *, known: Collection[str] = (), seed: int) -> Sequence[int]:
    """This function will give the numbers of few crossings in whose stretches every kind is but those `known`.

    Which crossing of a stretch it is, is drawn by seed.
    """
    chance = Random(seed)  # noqa: S311  # repeatable
    held = _stretches(kinds)
    left = {kind for crossing in kinds for kind in crossing} - set(known)
    picked: list[int] = []
    while left:
        best = max(held, key=lambda one: len(_kinds_in(kinds, one) & left))
        left -= _kinds_in(kinds, best)
        picked.append(chance.choice(best))
    return sorted(picked)


def covered(kinds: Kinds, numbers: Collection[int]) -> set[str]:
    """This function will give every kind at which somebody is killed who is killed at these crossings."""
    return {kind for one in _stretches(kinds) if set(one) & set(numbers) for kind in _kinds_in(kinds, one)}


def _stretches(kinds: Kinds) -> Sequence[Sequence[int]]:
    """Part the numbers of all crossings into stretches."""
    places = accumulate(int(_is_step(one)) for one in kinds)
    found: dict[int, list[int]] = {}
    for number, place in enumerate(places, start=1):
        found.setdefault(place, []).append(number)
    return list(found.values())


def _is_step(crossing: Sequence[str]) -> bool:
    """Say whether something has just become lasting: a commit, or a call that was more than a question."""
    if crossing[0].startswith("response "):
        return not all(_LEAVES_NOTHING.match(kind) for kind in crossing)
    return crossing[0].startswith("after commit")


def _kinds_in(kinds: Kinds, stretch: Sequence[int]) -> set[str]:
    return {kind for number in stretch for kind in kinds[number - 1]}
