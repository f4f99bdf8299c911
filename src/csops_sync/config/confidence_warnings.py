"""What in the `confidence:` section holds, and is most likely not meant: warnings with their place, for `validate`."""

from collections.abc import Iterator

from csops_sync.config.problems import Problem
from csops_sync.config.source import Document
from csops_sync.domain.rules import RuleSet

_LOWEST = 0
"""Of a probability, a score or an amount."""


def confidence_warnings(document: Document, rules: RuleSet) -> Iterator[Problem]:
    """This function will warn of numbers below every rank, which count as unrated: each message says `warning: `."""
    cuts = rules.confidence.scale.at_least if rules.confidence else ()
    if not cuts:
        return
    bound, rank = cuts[-1]
    if bound > _LOWEST:
        least = f"{bound.normalize():f}"
        message = (
            f"a number below {least} has no rank and counts as unrated: to fall there is told as worsened, but to rise "
            f"from there, be it from {_LOWEST} to {least}, as rated and not improved; let the last rank begin at the "
            f"field's lowest value ({rank}: {_LOWEST}), or add one that does"
        )
        path = ("confidence", "ranks", rank)
        yield document.problem(path=path, message=f"warning: {message}")
