"""Work in a forked child: it may be killed in the middle, and its parent goes on."""

import os
import sys
import threading
import traceback
from collections.abc import Callable


def in_child(work: Callable[[], None]) -> int:
    """This function will do the work in a child and give its exit code; -9 where it was killed, 1 where it raised.

    Only for a process without other threads: a lock that one of them holds would stay locked in the child.
    """
    if threading.active_count() > 1:
        raise RuntimeError("a process with threads cannot be forked safely")
    sys.stdout.flush()
    sys.stderr.flush()
    child = os.fork()
    if child == 0:
        _work_and_exit(work)
    _, status = os.waitpid(child, 0)
    return os.waitstatus_to_exitcode(status)


def _work_and_exit(work: Callable[[], None]) -> None:
    code = 1
    try:
        work()
        code = 0
    except BaseException:  # noqa: BLE001  # a child must never come back into the parent's code
        traceback.print_exc()
        sys.stderr.flush()
    finally:
        os._exit(code)
