"""Threads of a daemon take turns so often that a page does not wait for reports that are made beside it."""

import sys

from csops_sync.bootstrap import take_short_turns

_USUAL = 0.005


def test_threads_take_turns_five_times_as_often_as_usual() -> None:
    before = sys.getswitchinterval()
    sys.setswitchinterval(_USUAL)
    try:
        take_short_turns()
        assert sys.getswitchinterval() * 5 <= _USUAL
    finally:
        sys.setswitchinterval(before)
