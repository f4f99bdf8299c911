"""Counting, as the use cases see it: what happened, to be scraped by somebody else."""

from collections.abc import Mapping
from typing import Protocol


class Meter(Protocol):
    """Counts what happened. What merely is (ages, gauges) is read from the daemon's health instead."""

    def cycle(self, *, result: str, seconds: float, rows: int, intents: Mapping[str, int]) -> None:
        """This function will count one cycle: how it ended, how long it took, rows changed, intents by kind."""
        ...

    def delivered(self, *, kind: str, result: str) -> None:
        """This function will count one outbox row of a kind (`create`, `message`, ...) with its new status."""
        ...

    def job(self, *, name: str, outcome: str) -> None:
        """This function will count one run of a job by its outcome (`done`, `failed`, `missed`, `skipped`, ...)."""
        ...

    def configuration(self, *, accepted: bool) -> None:
        """This function will count one change of the configuration files, taken or refused."""
        ...
