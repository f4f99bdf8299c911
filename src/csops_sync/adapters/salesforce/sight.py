"""Does the integration user see every contract and opportunity? A hidden one would look like one that is missing.

Sharing is not part of describe(). What can be asked is whether a permission set (a profile counts as one) of the user
has View All Data, or View All on the object: PermissionSetAssignment and ObjectPermissions (SOAP API guide). Where
the user may not even read those, the question stays open and is reported as such, without blocking.
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import Final

from csops_sync.adapters.salesforce.answers import JsonObject, as_object, as_objects, text
from csops_sync.adapters.salesforce.client import Call, Client
from csops_sync.adapters.salesforce.soql import MOST_IN_LIST, Select, equals, one_of
from csops_sync.ports.crm import MappingProblem, Role
from csops_sync.ports.errors import PermanentError
from csops_sync.ports.mapping import OrgMapping

_NEEDED: Final = (Role.CONTRACT, Role.OPPORTUNITY)


class Sight:
    """Asks what the integration user's permission sets let it see."""

    def __init__(self, client: Client, mapping: OrgMapping) -> None:
        self._client = client
        self._needed: Mapping[str, Role] = {
            mapping.objects[role].object: role for role in _NEEDED if role in mapping.objects
        }

    def problems(self, user_id: str) -> Sequence[MappingProblem]:
        """This function will name each object of which the user may not see every record."""
        try:
            seen = self._seen(user_id)
        except PermanentError as error:
            return [self._open_question(error)]
        return list(self._hidden(seen))

    def _seen(self, user_id: str) -> frozenset[str]:
        assigned = self._query(
            Select(
                fields=("PermissionSetId", "PermissionSet.PermissionsViewAllData"),
                table="PermissionSetAssignment",
                where=(equals("AssigneeId", user_id),),
            )
        )
        if any(_sees_all_data(assignment) for assignment in assigned):
            return frozenset(self._needed)
        sets = [text(assignment.get("PermissionSetId")) for assignment in assigned][:MOST_IN_LIST]
        if not sets:
            return frozenset()
        permissions = self._query(
            Select(
                fields=("SobjectType", "PermissionsViewAllRecords"),
                table="ObjectPermissions",
                where=(one_of("SobjectType", sorted(self._needed)), one_of("ParentId", sets)),
            )
        )
        return frozenset(
            text(permission.get("SobjectType"))
            for permission in permissions
            if permission.get("PermissionsViewAllRecords") is True
        )

    def _query(self, select: Select) -> Sequence[JsonObject]:
        answer = self._client.read(Call(path="query", params={"q": select.text()}))
        return as_objects(as_object(answer).get("records"))

    def _hidden(self, seen: frozenset[str]) -> Iterator[MappingProblem]:
        for table, role in self._needed.items():
            if table not in seen:
                yield MappingProblem(
                    path=f"mapping.{role}.object",
                    message=f"The integration user may not see every {table}, and a hidden one "
                    "would be opened again: grant View All on it in the permission set.",
                )

    def _open_question(self, error: PermanentError) -> MappingProblem:
        tables = " and ".join(self._needed)
        return MappingProblem(
            path="mapping",
            message=f"It could not be checked whether the integration user sees every {tables} ({error.code}): grant "
            "View All on them in the permission set, and View Setup and Configuration to have it checked.",
            blocks_creation=False,
        )


def _sees_all_data(assignment: JsonObject) -> bool:
    granted = assignment.get("PermissionSet")
    return isinstance(granted, dict) and granted.get("PermissionsViewAllData") is True
