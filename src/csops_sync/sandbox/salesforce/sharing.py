"""Which rows an org shares with a user: its owner's, those of whoever stands below in the roles, and manual shares."""

from collections.abc import Mapping
from typing import TypeAlias

from csops_sync.sandbox.salesforce.schema import Json, ObjectType, Row, Schema
from csops_sync.sandbox.salesforce.table import Table

Level: TypeAlias = int
NONE, READ, EDIT, FULL = 0, 1, 2, 3
"""What a user may do with a row: nothing, see it, change it, and give it to another."""
_LEVELS: Mapping[Json, Level] = {"None": NONE, "Read": READ, "Edit": EDIT, "All": FULL}
_TEAMS = {"Account": "AccountTeamMember", "Opportunity": "OpportunityTeamMember"}
_IMPLIED = ("Opportunity", "Contract", "Contact")


class Sharing:
    """One user's place among roles and groups, and what that gives on a row."""

    def __init__(self, schema: Schema, tables: Mapping[str, Table], user: str) -> None:
        self._schema = schema
        self._tables = tables
        self._user = user
        self._mine = frozenset({user, *_below(tables, user)})
        self._names = frozenset({user, *_groups(tables, user)})

    def is_open(self, kind: ObjectType) -> bool:
        """This function will say whether everybody sees every row of an object."""
        how, _, name = kind.sharing.partition(":")
        match how:
            case "owner":
                return self._default(name) >= READ
            case "parent":
                parents = [self._schema[parent] for parent in kind.by_name[name.lower()].to]
                return all(self.is_open(parent) for parent in parents)
            case _:
                return True

    def level(self, kind: ObjectType, row: Row) -> Level:
        """This function will give what the user may do with a row."""
        how, _, name = kind.sharing.partition(":")
        match how:
            case "owner":
                return self._own_level(kind, row, name)
            case "parent":
                return self._by_parent(kind, row, name)
            case _:
                return EDIT

    def _own_level(self, kind: ObjectType, row: Row, default: str) -> Level:
        if row[kind.places["OwnerId"]] in self._mine:
            return FULL
        found = max(self._default(default), self._shared(kind, row), self._by_account(kind, row))
        if found == NONE and kind.name == "Account" and self._implied(str(row[0])):
            return READ
        return found

    def _by_parent(self, kind: ObjectType, row: Row, name: str) -> Level:
        owner = kind.places.get("OwnerId")
        if owner is not None and row[owner] in self._mine:
            return FULL
        target = row[kind.places[name]]
        if target is None:
            return EDIT if owner is None else NONE
        parent = self._schema.by_prefix[str(target)[:3]]
        above = self._tables[parent.name].get(str(target))
        return NONE if above is None else min(self.level(parent, above), EDIT)

    def _default(self, name: str) -> Level:
        """Give the org-wide default that a field of Organization holds."""
        kind = self._schema["Organization"]
        rows = iter(self._tables["Organization"])
        row = next(rows, None)
        return EDIT if row is None else _LEVELS.get(row[kind.places[name]], EDIT)

    def _shared(self, kind: ObjectType, row: Row) -> Level:
        found = NONE
        if kind.shares is not None:
            found = self._granted(kind.shares, f"{kind.name}Id", row[0], f"{kind.name}AccessLevel")
        team = _TEAMS.get(kind.name)
        if team is not None:
            members = self._tables[team].find(f"{kind.name}Id", row[0])
            places = self._schema[team].places
            mine = [
                one for one in members if one[places["UserId"]] == self._user and not one[places["IsDeleted"]]
            ]
            levels = [_LEVELS.get(one[places[f"{kind.name}AccessLevel"]], NONE) for one in mine]
            found = max([found, *levels])
        return found

    def _granted(self, shares: str, reference: str, target: Json, level: str) -> Level:
        kind = self._schema[shares]
        holder, at, deleted = kind.places["UserOrGroupId"], kind.places[level], kind.places["IsDeleted"]
        rows = self._tables[shares].find(reference, target)
        levels = [
            _LEVELS.get(row[at], NONE) for row in rows if row[holder] in self._names and not row[deleted]
        ]
        return max(levels, default=NONE)

    def _by_account(self, kind: ObjectType, row: Row) -> Level:
        """Give what an account's share gives on what is below it, and owning it on its opportunities."""
        if kind.name not in {"Contract", "Opportunity"}:
            return NONE
        target = row[kind.places["AccountId"]]
        account = None if target is None else self._tables["Account"].get(str(target))
        if account is None:
            return NONE
        if kind.name == "Contract":
            return self._granted("AccountShare", "AccountId", target, "AccountAccessLevel")
        owns = account[self._schema["Account"].places["OwnerId"]] == self._user
        shared = self._granted("AccountShare", "AccountId", target, "OpportunityAccessLevel")
        return max(shared, _as_account_owner(self._tables, self._user) if owns else NONE)

    def _implied(self, account: str) -> bool:
        """Say whether a record below an account is the user's own or shared, which shows the account too."""
        for name in _IMPLIED:
            kind = self._schema[name]
            owner = kind.places["OwnerId"]
            for row in self._tables[name].find("AccountId", account):
                if row[owner] in self._mine or self._shared(kind, row):
                    return True
        return False


def _below(tables: Mapping[str, Table], user: str) -> set[str]:
    """Give the users whose role stands below the user's own."""
    users, roles = tables["User"], tables["UserRole"]
    row = users.get(user)
    at = users.kind.places["UserRoleId"]
    waiting = [] if row is None or row[at] is None else [str(row[at])]
    found: set[str] = set()
    seen: set[str] = set()
    while waiting:
        role = waiting.pop()
        for child in roles.find("ParentRoleId", role):
            if child[0] not in seen:
                seen.add(str(child[0]))
                waiting.append(str(child[0]))
                found.update(str(one[0]) for one in users.find("UserRoleId", child[0]))
    return found


def _as_account_owner(tables: Mapping[str, Table], user: str) -> Level:
    """Give what the user's role lets the owner of an account do with its opportunities."""
    users, roles = tables["User"], tables["UserRole"]
    row = users.get(user)
    role = None if row is None else roles.get(str(row[users.kind.places["UserRoleId"]]))
    return (
        NONE
        if role is None
        else _LEVELS.get(role[roles.kind.places["OpportunityAccessForAccountOwner"]], NONE)
    )


def _groups(tables: Mapping[str, Table], user: str) -> set[str]:
    """Give the public groups that hold the user, groups within groups included."""
    table, at = tables["GroupMember"], tables["GroupMember"].kind.places["GroupId"]
    found: set[str] = set()
    waiting = [user]
    while waiting:
        for row in table.find("UserOrGroupId", waiting.pop()):
            if row[at] not in found:
                found.add(str(row[at]))
                waiting.append(str(row[at]))
    return found
