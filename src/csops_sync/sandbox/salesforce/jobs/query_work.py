"""What a query job does: it reads its rows little by little, but as they were when it was opened."""

from collections.abc import Callable, Iterator, Sequence
from itertools import islice

from csops_sync.sandbox.salesforce.jobs.jobs import JobFailure
from csops_sync.sandbox.salesforce.jobs.pages import Pages

_BLOCKS = 25
"""Blocks that are written at one look: a second's work, so that nobody waits long for an answer."""


class QueryWork:
    """Keeps blocks of written rows. `ended` is called once, when there is nothing more to be read or wanted.

    `failure` is what the job ends with instead, where a fault asked for one.
    """

    def __init__(
        self,
        pages: Pages,
        blocks: Iterator[Sequence[bytes]],
        ended: Callable[[], None],
        failure: JobFailure | None = None,
    ) -> None:
        self.pages = pages
        self._blocks: Iterator[Sequence[bytes]] | None = blocks
        self._ended = ended
        self._failure = failure

    @property
    def processed(self) -> int:
        """Rows that are written."""
        return len(self.pages)

    @property
    def failed(self) -> int:
        """None ever."""
        return 0

    @property
    def finished(self) -> bool:
        """Whether every row is written."""
        return self._blocks is None

    def advance(self, _share: float) -> None:
        """This method will write a part of the rows; how many there are is known at the end only."""
        if self._failure is not None:
            self.stop()
            raise self._failure
        self._write(_BLOCKS)

    def finish(self) -> None:
        """This method will write the rest: something that the rows come from is about to change."""
        self._write(None)

    def stop(self) -> None:
        """This method will leave the rest unread."""
        if self._blocks is not None:
            self._blocks = None
            self._ended()

    def _write(self, most: int | None) -> None:
        if self._blocks is None:
            return
        count = 0
        for block in islice(self._blocks, most):
            self.pages.add(block)
            count += 1
        if most is None or count < most:
            self.stop()
