"""Structured logging, as the use cases see it: one event name, and key/values."""

from typing import Protocol


class EventLog(Protocol):
    """Takes events. Never raises, and never lets a secret out."""

    def info(self, event: str, **details: object) -> None:
        """This function will log what went as it should."""
        ...

    def warning(self, event: str, **details: object) -> None:
        """This function will log what passes by itself, or what a person should look at some day."""
        ...

    def error(self, event: str, **details: object) -> None:
        """This function will log what needs a person."""
        ...

    def bug(self, event: str, raised: BaseException, /, **details: object) -> None:
        """This function will log what nobody foresaw, with its traceback."""
        ...
