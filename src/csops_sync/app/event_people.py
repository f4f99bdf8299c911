"""Who is named in a journal event, and what words of an event are made from."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from csops_sync.domain.facts import Person
from csops_sync.ports.store import Event

People = Mapping[str, Person]
EventWords = Callable[[Event, Mapping[str, Any], People], str]
"""Says what happened, from an event, what was kept about it, and the people by user id."""


def names_of(mentions: Sequence[str], people: People) -> list[str]:
    """This function will name users; an id that nobody has stands for itself."""
    return [people[one].name if one in people else one for one in mentions]


def mentioned_in(detail: Mapping[str, Any], people: People) -> str:
    """This function will name who is mentioned; one id stands alone in older entries."""
    found = detail.get("mentioned", ())
    return ", ".join(names_of([found] if isinstance(found, str) else found, people))
