"""Whose renewals a person may see: their own, and those of everybody who reports to them, however far down."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence

from csops_sync.app.books import read_people
from csops_sync.app.office import Office
from csops_sync.domain.facts import Person


def people_of(people: Mapping[str, Person], email: str) -> frozenset[str] | None:
    """This function will give the ids of the active Salesforce user of an e-mail address and of all who report to them.

    `people` are all users, by id. None where nobody, or more than one active user, has that address: then nothing says
    who it is.
    """
    wanted = email.strip().casefold()
    named = [one for one in people.values() if one.is_active and (one.email or "").casefold() == wanted]
    return reports_of(named[0].id, people.values()) if wanted and len(named) == 1 else None


def line_of(user_id: str, people: Mapping[str, Person]) -> tuple[str, ...]:
    """This function will give a user and all above them, nearest first; nobody where Salesforce does not know them."""
    above: dict[str, None] = {}
    while user_id in people and user_id not in above:
        above[user_id] = None
        user_id = people[user_id].manager_id or ""
    return tuple(above)


def reports_of(user_id: str, people: Iterable[Person]) -> frozenset[str]:
    """This function will give a user and all below them; a hierarchy that runs in a circle is walked once."""
    below: defaultdict[str, list[str]] = defaultdict(list)
    for one in people:
        if one.manager_id is not None:
            below[one.manager_id].append(one.id)
    found, waiting = {user_id}, [user_id]
    while waiting:
        for report in below[waiting.pop()]:
            if report not in found:
                found.add(report)
                waiting.append(report)
    return frozenset(found)


def longest_lines(people: Mapping[str, Person]) -> Sequence[frozenset[str]]:
    """This function will give what each active user sees to whom somebody reports, the longest line first."""
    managers = {one.manager_id for one in people.values() if one.manager_id is not None}
    active = [one for one in sorted(managers) if one in people and people[one].is_active]
    return sorted((reports_of(one, people.values()) for one in active), key=len, reverse=True)


def users_of(office: Office) -> Mapping[str, Person]:
    """This function will read all users as they are known now, by id."""
    with office.store.reading() as tx:
        return read_people(tx)
