"""What one user may do: objects and fields by profile and permission sets, rows by owner, role hierarchy and shares.

A profile is a permission set too (`IsOwnedByProfile`); what any of a user's sets grants is granted. Where the org keeps
an object open (Organization.Default…Access), and for whoever may view all, no row is looked at.
Source: Salesforce's Object Reference (ObjectPermissions, FieldPermissions) and its sharing architecture guide.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property

from csops_sync.sandbox.salesforce.schema import Field, Json, ObjectType, Row, Schema
from csops_sync.sandbox.salesforce.sharing import FULL, NONE, READ, Level, Sharing
from csops_sync.sandbox.salesforce.table import Table

Names = Mapping[str, tuple[str, ...]]
_FIELD_HISTORY = "OpportunityFieldHistory"
RIGHTS = ("Read", "Create", "Edit", "Delete", "ViewAllRecords", "ModifyAllRecords")


@dataclass(frozen=True, slots=True, kw_only=True)
class Restrictions:
    """Taken away from a user by name, whatever the permission sets say: object to fields, object to row ids."""

    hidden: Names = field(default_factory=dict)
    read_only: Names = field(default_factory=dict)
    rows: Names = field(default_factory=dict)


class Access:
    """One user's permissions as they are now; the org makes a new one when a setup row has changed."""

    def __init__(
        self, schema: Schema, tables: Mapping[str, Table], user: str, restrictions: Restrictions
    ) -> None:
        self.user = user
        self._restrictions = restrictions
        self._objects: dict[str, set[str]] = {}
        self._fields: dict[str, dict[str, bool]] = {}
        self._data: set[str] = set()
        self._sharing = Sharing(schema, tables, user)
        self._open: dict[str, bool] = {}
        self._schema = schema
        for granted in _granted(tables, user):
            self._add(tables, granted)

    def may(self, kind: ObjectType, right: str) -> bool:
        """This function will say whether the user has a right (`Read`, `Create`, `Edit`, `Delete`, …) on an object."""
        if kind.setup:
            return right == "Read"
        if kind.governed_by is not None:
            return self._has(kind.governed_by, "Edit" if right in {"Create", "Delete"} else right)
        return self._has(kind.name, right)

    def holds(self, permission: str) -> bool:
        """This function will say whether a set grants a user permission (`ViewAllData`, `TransferAnyEntity`)."""
        return permission in self._data

    def hidden(self, kind: ObjectType, name: str) -> bool:
        """This function will say whether the user may not see a field; `name` is its exact name."""
        if name in self._restrictions.hidden.get(kind.name, ()):
            return True
        if kind.read_only or not kind.by_name[name.lower()].permissionable:
            return False
        return name not in self._fields.get(kind.name, {})

    def writable(self, kind: ObjectType, one: Field) -> bool:
        """This function will say whether the user may write a field, on creation at least."""
        if one.read_only or kind.read_only or one.name in self._restrictions.read_only.get(kind.name, ()):
            return False
        return not one.permissionable or self._fields.get(kind.name, {}).get(one.name, False)

    def sees_all(self, kind: ObjectType) -> bool:
        """This function will say whether no row of an object has to be looked at."""
        open_to_user = not self._restrictions.rows.get(kind.name) and self._sees_every(kind)
        return open_to_user and (kind.name != _FIELD_HISTORY or not self._untold)

    def sees(self, kind: ObjectType, row: Row) -> bool:
        """This function will say whether the user sees a row."""
        if row[0] in self._restrictions.rows.get(kind.name, ()) or self._tells_hidden(kind, row):
            return False
        return self._sees_every(kind) or self._sharing.level(kind, row) >= READ

    def level(self, kind: ObjectType, row: Row) -> Level:
        """This function will say what the user may do with a row, the object's own rights apart."""
        if row[0] in self._restrictions.rows.get(kind.name, ()):
            return NONE
        if self.may(kind, "ModifyAllRecords"):
            return FULL
        return max(self._sharing.level(kind, row), READ if self._sees_every(kind) else NONE)

    def _sees_every(self, kind: ObjectType) -> bool:
        known = self._open.get(kind.name)
        if known is None:
            granted = self.may(kind, "ViewAllRecords") or self.may(kind, "ModifyAllRecords")
            known = self._open[kind.name] = granted or self._sharing.is_open(kind)
        return known

    @cached_property
    def _untold(self) -> frozenset[str]:
        """The fields of opportunities that the user may not see, as their history names them."""
        kind = self._schema["Opportunity"]
        hidden = (one for one in kind.tracked if self.hidden(kind, one.name))
        return frozenset(one.name if one.custom else one.relationship or one.name for one in hidden)

    def _tells_hidden(self, kind: ObjectType, row: Row) -> bool:
        return kind.name == _FIELD_HISTORY and row[kind.places["Field"]] in self._untold

    def _has(self, name: str, right: str) -> bool:
        if "ModifyAllData" in self._data or (
            "ViewAllData" in self._data and right in {"Read", "ViewAllRecords"}
        ):
            return True
        return right in self._objects.get(name, ())

    def _add(self, tables: Mapping[str, Table], granted: str) -> None:
        for row in _records(tables["PermissionSet"], "Id", granted):
            self._data.update(
                name.removeprefix("Permissions") for name, value in row.items() if value is True
            )
        for row in _records(tables["ObjectPermissions"], "ParentId", granted):
            rights = self._objects.setdefault(str(row["SobjectType"]), set())
            rights.update(right for right in RIGHTS if row[f"Permissions{right}"])
        for row in _records(tables["FieldPermissions"], "ParentId", granted):
            if row["PermissionsRead"]:
                fields = self._fields.setdefault(str(row["SobjectType"]), {})
                name = str(row["Field"]).partition(".")[2]
                fields[name] = fields.get(name, False) or bool(row["PermissionsEdit"])


def _granted(tables: Mapping[str, Table], user: str) -> Iterator[str]:
    for row in _records(tables["PermissionSetAssignment"], "AssigneeId", user):
        yield str(row["PermissionSetId"])


def _records(table: Table, name: str, value: str) -> Iterator[dict[str, Json]]:
    found = [table.get(value)] if name == "Id" else table.find(name, value)
    return (table.kind.record(row) for row in found if row is not None)
