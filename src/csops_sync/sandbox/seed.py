"""What an org is built from: records that point at one another by name, before they have ids."""

from abc import abstractmethod
from collections.abc import Callable, Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

Plain = str | int | float | bool | None
Value = Plain | Decimal | date
DAY, REF = "day", "ref"
"""What a figure can be beside a plain value: a day number (`date.toordinal`), a reference (`@csm-1`)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """What somebody changed of a record on a past day. `by` is the ref of who did; None means who made the record."""

    on: date
    values: Mapping[str, Value]
    by: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class SeedRecord:
    """One record. A value that starts with `@` is the Id of the record with that `ref` (`@user-3`).

    `created_on` sets CreatedDate and SystemModstamp (09:00 UTC of that day); None means the org's first instant.
    `by` is the ref of the user who made it; None means the admin. `places` say where the record (under the empty name)
    and its fields were written down, for what is wrong with them. `changes` are what became of it, in order of days:
    the record ends as the last one leaves it, and its history tells of all.
    """

    ref: str
    values: Mapping[str, Value]
    created_on: date | None = None
    by: str | None = None
    places: Mapping[str, str] = field(default_factory=dict)
    changes: Sequence[Change] = ()


@dataclass(frozen=True, slots=True)
class Figure:
    """A field in which records that are otherwise alike differ.

    `means` says how `Drawn.figures` gives it: `value`, `DAY`, `REF`, or the name of an object: the number of one of
    its drawn records.
    """

    name: str
    means: str = "value"


class Drawn(Sequence[SeedRecord]):
    """Records that follow from their numbers: so many that an org makes a row only when it is read.

    As a sequence it gives the records as every seed does, and a record's number is its place in it; the rest is a
    shorter way to the same rows.
    """

    differing: Sequence[Figure]
    """The fields that `figures` gives, those included that the org derives from them."""

    @abstractmethod
    def likeness(self, number: int) -> Hashable:
        """This method will give what the other fields depend on: records of one likeness differ in figures alone."""

    @abstractmethod
    def figures(self, number: int) -> Sequence[Plain]:
        """This method will give the values of the differing fields."""

    @abstractmethod
    def made_on(self, number: int) -> int:
        """This method will give the day number on which a record was made."""

    @abstractmethod
    def made_by(self, number: int) -> str:
        """This method will give the reference (`@csm-1`) of the user who made a record."""

    @abstractmethod
    def pointing(self, name: str, to: int) -> Sequence[int]:
        """This method will give the numbers of the records whose field `name` holds drawn record `to`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class OrgSeed:
    """A whole org: object name to records, in an order in which references are met (users first).

    `organization` are values of the one Organization row. `slack_channels` and `slack_users` (e-mail to name) seed
    the Slack side; `slack_timezones` (e-mail to IANA name) are those of people who live elsewhere than the org,
    `slack_emoji` the workspace's custom ones.

    `past` is loaded after `records`, one record at a time: it may be too much to be held. `options` are the names of
    the metadata options that the seed needs. `truth` gives what the past was drawn from, as JSON; None where there is
    no past, or nobody drew it.
    """

    organization: Mapping[str, Value]
    records: Mapping[str, Sequence[SeedRecord]]
    slack_channels: Sequence[str] = ()
    slack_users: Mapping[str, str] = field(default_factory=dict)
    slack_timezones: Mapping[str, str] = field(default_factory=dict)
    slack_emoji: Sequence[str] = ()
    past: Mapping[str, Iterable[SeedRecord]] = field(default_factory=dict)
    options: Sequence[str] = ()
    truth: Callable[[], Mapping[str, object]] | None = None
