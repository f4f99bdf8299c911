"""The parts of retention for each scope that reads: after news only those that they concern are worked out again."""

from collections import OrderedDict
from threading import Lock

from csops_sync.app.forecast.metric_parts import PARTS, MetricParts

MOST = 12
"""Of so many scopes beside everything parts are kept; those that were not asked for the longest go first."""
_PARTS_OF_A_LINE = 64


class ScopeParts:
    """Gives the parts of a scope, None for everything. Threads may share it."""

    def __init__(self, most: int = MOST) -> None:
        self._most = most
        self._lock = Lock()
        self._whole = MetricParts(PARTS)
        self._of: OrderedDict[frozenset[str], MetricParts] = OrderedDict()

    def of(self, people: frozenset[str] | None) -> MetricParts:
        """This function will give the parts in which the retention of a scope is worked out."""
        if people is None:
            return self._whole
        with self._lock:
            found = self._of.setdefault(people, MetricParts(_PARTS_OF_A_LINE))
            self._of.move_to_end(people)
            while len(self._of) > self._most:
                self._of.popitem(last=False)
            return found
