"""The setup rows about people that every org has: roles from who manages whom, profiles, and what they grant."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from csops_sync.sandbox.salesforce.access import RIGHTS
from csops_sync.sandbox.salesforce.automation import STANDARD_PROFILE
from csops_sync.sandbox.salesforce.schema import Field, ObjectType, Schema
from csops_sync.sandbox.seed import SeedRecord, Value

ADMIN, INTEGRATION, AUTOMATION = "admin", "integration", "flow"
LOGIN = "CSOps_Sync_Login"
"""The permission set that pre-authorises a user for the External Client App, and gives nothing else."""
_OWN_SET = "csops_sync"
_VIEWED_BY_OWN_SET = ("Account", "Contract", "Opportunity", "Task")
_CRUD = ("Read", "Create", "Edit", "Delete")
_CATALOGUE = frozenset({"Product2", "Pricebook2"})


@dataclass(frozen=True, slots=True, kw_only=True)
class _Grant:
    """A profile: rights on most objects, rights on the product catalogue, user permissions, and who may edit fields."""

    ref: str
    name: str
    rights: Sequence[str]
    catalogue: Sequence[str]
    user: Sequence[str] = ()
    edits: bool = True


_PROFILES = (
    _Grant(
        ref="profile-admin",
        name="System Administrator",
        rights=RIGHTS,
        catalogue=RIGHTS,
        user=("ViewAllData", "ModifyAllData", "TransferAnyEntity"),
    ),
    _Grant(
        ref="profile-integration",
        name="CSOps Integration",
        rights=_CRUD,
        catalogue=_CRUD,
        user=("TransferAnyEntity",),
    ),
    _Grant(ref="profile-standard", name=STANDARD_PROFILE, rights=_CRUD, catalogue=("Read",)),
    _Grant(ref="profile-read-only", name="Read Only", rights=("Read",), catalogue=("Read",), edits=False),
)
_PROFILE_OF = {ADMIN: "@profile-admin", INTEGRATION: "@profile-integration", AUTOMATION: None}


def roles(users: Sequence[SeedRecord]) -> tuple[list[SeedRecord], Mapping[str, str]]:
    """This function will give the roles that follow from ManagerId, the higher first, and each user's role.

    A manager has a role of their own, and those whom they manage share one below it.
    """
    manager = {user.ref: str(user.values.get("ManagerId") or "").removeprefix("@") for user in users}
    managers = {above for above in manager.values() if above}
    own = {ref: f"role-{ref}" for ref in manager if ref in managers}
    of_user = {
        ref: own.get(ref) or f"role-team-{above}" for ref, above in manager.items() if above or ref in own
    }
    names = {user.ref: str(user.values.get("Name") or user.ref) for user in users}
    found = [
        _role(role, names[ref], f"@{own[manager[ref]]}" if manager[ref] else None)
        for ref, role in sorted(own.items(), key=lambda item: _depth(manager, item[0]))
    ]
    teams = sorted({manager[ref] for ref, role in of_user.items() if role.startswith("role-team-")})
    found += [_role(f"role-team-{above}", f"Team {names[above]}", f"@{own[above]}") for above in teams]
    return found, {ref: f"@{role}" for ref, role in of_user.items()}


def profile_of(user: str) -> str | None:
    """This function will give the profile of a user that the seed gives none."""
    return _PROFILE_OF.get(user, "@profile-standard")


def profiles() -> list[SeedRecord]:
    """This function will give the Profile rows."""
    return [
        SeedRecord(ref=one.ref, values={"Name": one.name, **_user_permissions(one, _PROFILE_PERMISSIONS)})
        for one in _PROFILES
    ]


def permission_sets() -> list[SeedRecord]:
    """This function will give each profile's own set, the set that the documentation asks for, and the login's."""
    owned = [
        SeedRecord(
            ref=_set_of(one),
            values={
                "Name": f"X_{one.ref.replace('-', '_')}",
                "Label": one.name,
                "IsOwnedByProfile": True,
                "ProfileId": f"@{one.ref}",
                **_user_permissions(one, _SET_PERMISSIONS),
            },
        )
        for one in _PROFILES
    ]
    own = SeedRecord(ref="permission-set", values={"Name": _OWN_SET, "Label": "csops-sync"})
    login = SeedRecord(ref="permission-set-login", values={"Name": LOGIN, "Label": "Log in to csops-sync"})
    return [own, login, *owned]


def assignments(profile_by_user: Mapping[str, str]) -> list[SeedRecord]:
    """This function will give who has which set: each user their profile's, the integration user ours and the login."""
    given = [("permission-set", INTEGRATION), ("permission-set-login", INTEGRATION)]
    known = {one.ref: _set_of(one) for one in _PROFILES}
    given += [(known[profile], user) for user, profile in profile_by_user.items() if profile in known]
    return [
        SeedRecord(
            ref=f"assigned-{granted}-{user}",
            values={"PermissionSetId": f"@{granted}", "AssigneeId": f"@{user}"},
        )
        for granted, user in given
    ]


def object_permissions(schema: Schema) -> list[SeedRecord]:
    """This function will give what each set grants on each object."""
    viewing = ("Read", "Create", "Edit", "ViewAllRecords")
    rows = [_object_permission("permission-set", name, viewing) for name in _VIEWED_BY_OWN_SET]
    for one in _PROFILES:
        for kind in _permitted(schema):
            rights = one.catalogue if kind.name in _CATALOGUE else one.rights
            rows.append(_object_permission(_set_of(one), kind.name, rights))
    return rows


def field_permissions(schema: Schema) -> Iterator[SeedRecord]:
    """This function will give what each profile's set grants on each field that can be kept from a user."""
    for one in _PROFILES:
        for kind in schema.objects.values():
            for field in kind.fields:
                if field.permissionable and not kind.read_only:
                    yield _field_permission(_set_of(one), kind, field, edits=one.edits)


def duplicate_rules(schema: Schema) -> list[SeedRecord]:
    """This function will give the DuplicateRule rows, whose IsActive decides whether a rule is applied."""
    return [
        SeedRecord(
            ref=f"duplicate-rule-{rule.name}",
            values={
                "DeveloperName": rule.name,
                "MasterLabel": rule.label,
                "SobjectType": kind.name,
                "IsActive": rule.active,
            },
        )
        for kind in schema.objects.values()
        for rule in kind.duplicate_rules
    ]


_PROFILE_PERMISSIONS = ("ViewAllData", "ModifyAllData")
_SET_PERMISSIONS = (*_PROFILE_PERMISSIONS, "TransferAnyEntity")


def _user_permissions(one: _Grant, known: Sequence[str]) -> dict[str, Value]:
    return {f"Permissions{name}": name in one.user for name in known}


def _set_of(one: _Grant) -> str:
    return f"permission-set-{one.ref}"


def _permitted(schema: Schema) -> list[ObjectType]:
    return [kind for kind in schema.objects.values() if not kind.read_only and kind.governed_by is None]


def _object_permission(granted: str, name: str, rights: Sequence[str]) -> SeedRecord:
    values: dict[str, Value] = {f"Permissions{right}": right in rights for right in RIGHTS}
    return SeedRecord(
        ref=f"{granted}-{name}", values={"ParentId": f"@{granted}", "SobjectType": name, **values}
    )


def _field_permission(granted: str, kind: ObjectType, field: Field, *, edits: bool) -> SeedRecord:
    return SeedRecord(
        ref=f"{granted}-{kind.name}.{field.name}",
        values={
            "ParentId": f"@{granted}",
            "SobjectType": kind.name,
            "Field": f"{kind.name}.{field.name}",
            "PermissionsRead": True,
            "PermissionsEdit": edits and not field.read_only,
        },
    )


def _role(ref: str, name: str, parent: str | None) -> SeedRecord:
    values: dict[str, Value] = {"Name": name, "DeveloperName": ref.replace("-", "_"), "ParentRoleId": parent}
    return SeedRecord(ref=ref, values=values)


def _depth(manager: Mapping[str, str], user: str) -> int:
    depth, seen = 0, {user}
    while manager.get(user) and manager[user] not in seen:
        user = manager[user]
        seen.add(user)
        depth += 1
    return depth
