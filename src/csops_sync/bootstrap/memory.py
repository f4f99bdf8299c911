"""How seldom the interpreter looks for garbage that refers to itself: what a cycle makes is frozen and has none."""

import gc

_YOUNG, _MIDDLE, _OLD = 500_000, 20, 20


def collect_seldom() -> None:
    """This function will set aside what is loaded by now, and look for circular garbage far less often than usual.

    Everything else is freed by its reference count, as always. By default some 700 new values begin a search, which
    takes a third of the time in which a thousand changes are decided (docs/performance.md).
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(_YOUNG, _MIDDLE, _OLD)
