"""Landings of many terms by one frame: see `domain.forecast.landing.Weigher`."""

from csops_sync.app.forecast.frames import Frame
from csops_sync.domain.forecast import landing


class Weigher(landing.Weigher):
    """The rules and the scenario of a frame."""

    def __init__(self, frame: Frame) -> None:
        super().__init__(frame.rules, frame.scenario)
