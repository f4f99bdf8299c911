"""What is promised in seconds, judged by the measurements of a run."""

from collections.abc import Iterator, Mapping

from bench.measuring import Measured
from bench.people import MOST
from bench.running import DECIDE, PRODUCT, TELL, Subject

DECIDED_WITHIN = 1.0
"""Seconds in which the thousand changes of one poll are decided."""
TOLD_WITHIN = 2.0
"""Seconds of our own from a move that has settled, and that a poll may see, to its message."""


def promises(results: Mapping[Subject, Mapping[str, Measured]]) -> Iterator[tuple[str, bool]]:
    """This function will say each promise with what was measured, and whether it was kept.

    By the CPU's seconds where nothing outside is waited for, the best of three: others may use the machine. Fewer
    changes are held to the same second. The plain script's seconds are beside ours in the table.
    """
    for subject, found in results.items():
        if subject.name != PRODUCT:
            continue
        decided, told = found[DECIDE], found[TELL]
        yield (
            (
                f"{subject.engine}: {decided.amount:,} changes decided in {decided.cpu_seconds:.2f} CPU s "
                f"({decided.seconds:.2f} s by the clock), promised are {MOST:,} in under {DECIDED_WITHIN:.0f} s"
            ),
            decided.cpu_seconds < DECIDED_WITHIN,
        )
        yield (
            (
                f"{subject.engine}: a move told in {told.seconds:.2f} s after window and poll, promised are under "
                f"{TOLD_WITHIN:.0f} s"
            ),
            told.seconds < TOLD_WITHIN,
        )
