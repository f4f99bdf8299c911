"""The weekly digest in Slack as the rest of the product sees it: messages in words, and a picture.

Words are plain text in the digest's language; whoever writes them down for Slack escapes them. A digest calls nobody
but the handles in `mentions`.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Literal, Protocol

from csops_sync.ports.cards import Place
from csops_sync.ports.charts import LandingChart
from csops_sync.ports.chat import Found, PostResult


@dataclass(frozen=True, slots=True, kw_only=True)
class DigestFigure:
    """One number with its name, and a second line that holds it against another."""

    label: str
    value: str
    beside: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class DigestLine:
    """One line: a name from Salesforce, and what is said of it. With an opportunity the name links to it."""

    subject: str
    text: str
    opportunity_id: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class DigestSection:
    """Lines under a heading; `more` says how many are not shown."""

    heading: str
    lines: tuple[DigestLine, ...]
    more: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class DigestPost:
    """One message: in the channel, or in the thread of the message whose outbox key is `of`."""

    key: str
    channel: str
    headline: str
    locale: str
    reason: str
    figures: tuple[DigestFigure, ...] = ()
    sections: tuple[DigestSection, ...] = ()
    footnotes: tuple[str, ...] = ()
    mentions: tuple[str, ...] = ()
    of: str | None = None
    kind: Literal["digest"] = "digest"


@dataclass(frozen=True, slots=True, kw_only=True)
class DigestPicture:
    """A chart to be drawn and uploaded into the thread of the message whose outbox key is `of`.

    A shared file carries no metadata, so `file_name` is what it is found by again; no other file has it.
    """

    key: str
    channel: str
    of: str
    chart: LandingChart
    title: str
    spoken: str
    file_name: str
    reason: str
    kind: Literal["digest_picture"] = "digest_picture"


DigestItem = DigestPost | DigestPicture


@dataclass(frozen=True, slots=True, kw_only=True)
class OutgoingDigest:
    """An item with all that it takes to send it.

    `place` is where the message stands in whose thread it goes, None for the channel itself. `links` are addresses by
    opportunity id; `png` is the drawn picture of a `DigestPicture`.
    """

    item: DigestItem
    links: Mapping[str, str]
    place: Place | None = None
    png: bytes = b""


class Digests(Protocol):
    """Sends and finds what digests are made of; never sends twice by itself."""

    def check(self) -> tuple[str, ...]:
        """This function will list, in words, what digests need beyond what messages need, and the app lacks."""
        ...

    def send(self, outgoing: OutgoingDigest) -> PostResult:
        """This function will send one item once. What Slack says of it is a result.

        Raises AuthFailedError where Slack does not let us in: nothing was sent.
        """
        ...

    def find(self, item: DigestItem, *, place: Place | None, since: datetime) -> Found:
        """This function will look for an item in its channel or thread: by its key, a picture by its file's name.

        Raises TransientError, AuthFailedError.
        """
        ...
