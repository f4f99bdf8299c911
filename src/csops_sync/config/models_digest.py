"""The section `digest` of `rules.yaml`: where, when and in which language the week is told."""

from typing import Annotated, Literal

from pydantic import Field, PlainValidator, WithJsonSchema

from csops_sync.config.expressions import HANDLE, Channel
from csops_sync.config.listed import listed
from csops_sync.config.section import ClockTime, DurationText, Section, Weekday, text


def read_handle(value: object) -> str:
    """This function will check a Slack user's or group's `@handle`; ValueError shows the form."""
    handle = text(value)
    if HANDLE.fullmatch(handle) is None:
        raise ValueError(
            f'{handle!r} is no handle; the digest is about everybody, so name whom it calls: "@cs-leads"'
        )
    return handle


Handle = Annotated[
    str, PlainValidator(read_handle), WithJsonSchema({"type": "string", "examples": ["@cs-leads"]})
]


class DigestSection(Section):
    """A weekly message about where renewals will land, what moved them, and what is at risk."""

    channel: Channel
    """The Slack channel, in quotes."""
    weekday: Weekday = Field(default="Monday", validate_default=True)
    """The day of the week; a day off moves it to the next business day."""
    at: ClockTime = Field(default="09:00", validate_default=True)
    """The time of day, in quotes, in the time zone of the calendar."""
    due_within: DurationText = Field(default="90 days", validate_default=True)
    """How far ahead the renewals reach that are listed for each manager."""
    mention: Annotated[tuple[Handle, ...], listed] = ()
    """The @handles that are called; nobody if not given."""
    locale: Literal["ja", "en"] | None = None
    """Its language; that of the other messages if not given."""
