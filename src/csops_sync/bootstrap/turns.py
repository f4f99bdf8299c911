"""How long a thread keeps the interpreter while others want it: pages are served beside reports that are made anew."""

import sys

_TURN_SECONDS = 0.001


def take_short_turns() -> None:
    """This function will let threads take turns five times as often as usual.

    A page gives the interpreter up at each of some thirty readings of the database, and waits a turn to get it back: at
    the usual 5 ms, 20 readers waited 1.4 s at the 95th percentile after news, and 0.1 s so (docs/performance.md).
    """
    sys.setswitchinterval(_TURN_SECONDS)
