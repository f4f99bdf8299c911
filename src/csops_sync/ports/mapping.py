"""Where each thing stands in this org: the mapping of `csops-sync.yaml`, as values that the adapters read."""

from collections.abc import Mapping
from dataclasses import dataclass

from csops_sync.ports.crm import Role


@dataclass(frozen=True, slots=True, kw_only=True)
class FieldMapping:
    """One mapped field: our `name`, Salesforce's `path` (`Amount`, `RecordType.DeveloperName`).

    `origin` is `csops-sync.yaml:31:14`, for messages. `owned_by_system` fields are kept from people by the permission
    set. `owned_by_system` and writable fields must be createable and updateable for the integration user.
    """

    name: str
    path: str
    origin: str
    owned_by_system: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class ObjectMapping:
    """One role's Salesforce object and its fields by our name."""

    role: Role
    object: str
    origin: str
    fields: Mapping[str, FieldMapping]


@dataclass(frozen=True, slots=True, kw_only=True)
class TaskMapping:
    """How completed Tasks are logged: the field with the unique key, and the org's own words.

    `priority` None leaves it to the org's default. `is_used` says whether the rules log any, so that the key's field
    must be there.
    """

    key: str = "Renewal_Task_Key__c"
    completed: str = "Completed"
    priority: str | None = None
    is_used: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class CopyMapping:
    """What any rule copies into the renewals that it opens.

    `recurring` is the path of a checkbox, from the line on, that says which lines are; None: every line is.
    `has_currencies` says whether the org's records have a currency.
    """

    line_items: bool = False
    contact_roles: bool = False
    recurring: str | None = None
    has_currencies: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class RankedField:
    """The opportunity field (by our name) whose very values are ranks, and these ranks, best first."""

    name: str
    ranks: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class OrgMapping:
    """The whole mapping. `written` are the opportunity fields (by our name) that the rules may write.

    `rank` is the one (by our name) that confidence is read from; None where the rules have no confidence, or where it
    is a field whose every value stands in OpportunityHistory.

    `ranked` has the ranks as the rules spell them; None where the rules have no confidence, or cut a number into ranks.

    `figures` are the opportunity fields (by our name) of the forecast that are mapped and ours alone; none where the
    rules have no forecast.

    `copied` says what is copied into created opportunities.

    `hash` binds mirrored rows to the mapping that read them: another hash needs a new first load of that role, and
    so it is given per role.
    """

    objects: Mapping[Role, ObjectMapping]
    written: frozenset[str]
    hashes: Mapping[Role, str]
    task: TaskMapping = TaskMapping()
    copied: CopyMapping = CopyMapping()
    rank: str | None = None
    ranked: RankedField | None = None
    figures: frozenset[str] = frozenset()

    def get(self, role: Role) -> ObjectMapping:
        """This function will give a role's mapping; KeyError where the role is not mapped."""
        return self.objects[role]
