"""The users and roles of an org file, found again by name."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from difflib import get_close_matches
from itertools import cycle

from csops_sync.sandbox.orgs.file_reading import Entry
from csops_sync.sandbox.orgs.people import ADMIN, DOMAIN, Staff
from csops_sync.sandbox.seed import SeedRecord, Value

USER_KEYS = ("name", "email", "role", "manager", "active")
ROLE_KEYS = ("name", "reports_to")


@dataclass(slots=True)
class Team:
    """Who works here: references by name, the rows, and the CSMs in turn."""

    users: list[SeedRecord] = field(default_factory=list)
    roles: list[SeedRecord] = field(default_factory=list)
    slack_users: Mapping[str, str] = field(default_factory=dict)
    by_name: dict[str, str] = field(default_factory=dict)
    in_turn: Iterator[str] = field(default_factory=lambda: cycle((ADMIN,)))

    def user(self, entry: Entry) -> str:
        """This function will give the reference of the user that an entry names, by name or e-mail address."""
        return _named(entry, self.by_name, "user")

    def next_csm(self) -> str:
        """This function will give the reference of the next CSM in turn."""
        return next(self.in_turn)


def own_team(staff: Staff) -> Team:
    """This function will give the team of an org file that names no users."""
    team = Team(users=staff.users(), slack_users=staff.slack_users())
    team.by_name = _names(team.users)
    team.in_turn = cycle([staff.csm(number) for number in range(len(staff.csms))])
    return team


def read_team(users: Entry, roles: Entry | None, *, surname_first: bool) -> Team:
    """This function will read the users, and the roles where they are given."""
    team = Team()
    role_of = _read_roles(team, roles)
    read = [(f"user-{number}", one.keys(USER_KEYS), one) for number, one in enumerate(users.items(), 1)]
    records = [_user(ref, keys, entry, surname_first=surname_first) for ref, keys, entry in read]
    team.by_name = _names(records)
    for (_, keys, _), record in zip(read, records, strict=True):
        team.users.append(_placed(record, keys, team.by_name, role_of))
    team.users = _managers_first(team.users, users)
    active = [user for user in team.users if user.values["IsActive"]]
    team.slack_users = {str(user.values["Email"]): str(user.values["Name"]) for user in active}
    above = {user.values.get("ManagerId") for user in active}
    csms = [f"@{user.ref}" for user in active if f"@{user.ref}" not in above]
    team.in_turn = cycle(csms or [f"@{user.ref}" for user in active] or [ADMIN])
    return team


def _user(ref: str, keys: Mapping[str, Entry], entry: Entry, *, surname_first: bool) -> SeedRecord:
    name = keys["name"].text() if "name" in keys else ""
    if "name" not in keys:
        entry.complain("a user needs a name")
    email = keys["email"].text() if "email" in keys else f"{ref}@{DOMAIN}"
    last, _, first = name.partition(" ") if surname_first else name.rpartition(" ")[::-1]
    values: dict[str, Value] = {
        "FirstName": first or None,
        "LastName": last,
        "Name": name,
        "Username": email,
        "Email": email,
        "IsActive": keys["active"].yes_no() if "active" in keys else True,
    }
    places = {"Name": "name", "LastName": "name", "Email": "email", "Username": "email"}
    return SeedRecord(ref=ref, values=values, places=_places(entry, keys, places))


def _placed(
    record: SeedRecord, keys: Mapping[str, Entry], users: Mapping[str, str], roles: Mapping[str, str]
) -> SeedRecord:
    values = dict(record.values)
    if "manager" in keys:
        values["ManagerId"] = _named(keys["manager"], users, "user")
    if "role" in keys:
        values["UserRoleId"] = _named(keys["role"], roles, "role")
    return SeedRecord(ref=record.ref, values=values, places=record.places)


def _managers_first(users: Sequence[SeedRecord], entry: Entry) -> list[SeedRecord]:
    """Put managers before those whom they manage; somebody who is above themselves is a fault."""
    left, done = list(users), list[SeedRecord]()
    while left:
        known = {None, ADMIN, *(f"@{user.ref}" for user in done)}
        ready = [user for user in left if user.values.get("ManagerId") in known]
        if not ready:
            names = ", ".join(str(user.values["Name"]) for user in left)
            entry.complain(f"these users manage one another in a circle: {names}")
            return list(users)
        done += ready
        left = [user for user in left if user not in ready]
    return done


def _read_roles(team: Team, roles: Entry | None) -> Mapping[str, str]:
    if roles is None:
        return {}
    found: dict[str, str] = {}
    for number, entry in enumerate(roles.items(), 1):
        keys = entry.keys(ROLE_KEYS)
        if "name" not in keys:
            entry.complain("a role needs a name")
            continue
        name, ref = keys["name"].text(), f"role-{number}"
        above = _named(keys["reports_to"], found, "role above it") if "reports_to" in keys else None
        values: dict[str, Value] = {"Name": name, "DeveloperName": f"Role_{number}", "ParentRoleId": above}
        team.roles.append(SeedRecord(ref=ref, values=values, places=_places(entry, keys, {"Name": "name"})))
        found[name] = f"@{ref}"
    return found


def _named(entry: Entry, known: Mapping[str, str], what: str) -> str:
    name = entry.text()
    if name and name not in known:
        near = get_close_matches(name, known, n=1)
        hint = f"did you mean {near[0]!r}?" if near else f"there are {', '.join(known) or 'none'}"
        entry.complain(f"there is no {what} {name!r} ({hint})")
    return known.get(name, ADMIN)


def _names(users: Sequence[SeedRecord]) -> dict[str, str]:
    by_email = {str(user.values["Email"]): f"@{user.ref}" for user in users}
    return {str(user.values["Name"]): f"@{user.ref}" for user in users} | by_email


def _places(entry: Entry, keys: Mapping[str, Entry], fields: Mapping[str, str]) -> Mapping[str, str]:
    """Give where each field was written, under its API name; the record's own place is under the empty name."""
    return {"": entry.place, **{name: keys[key].place for name, key in fields.items() if key in keys}}
