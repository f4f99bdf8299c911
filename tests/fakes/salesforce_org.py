"""A mapping of the sandbox's org in both shapes, a key to log in with, and a connection for tests."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import cache
from typing import Final

from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from csops_sync.adapters.salesforce.connect import Hooks, Salesforce, connect
from csops_sync.adapters.salesforce.connection import Flow, SalesforceConnection
from csops_sync.ports.crm import Role
from csops_sync.ports.mapping import FieldMapping, ObjectMapping, OrgMapping

SYSTEM_NOW: Final = datetime(2026, 4, 1, tzinfo=UTC)

_ACCOUNT: Final = {
    "name": "Name",
    "owner": "OwnerId",
    "csm": "CSM__c",
    "tier": "Tier__c",
    "fiscal_year_starts": "Fiscal_Year_Starts__c",
}
_USER: Final = {"name": "Name", "email": "Email", "active": "IsActive", "manager": "ManagerId"}
_CONTRACT: Final = {
    "account": "AccountId",
    "number": "ContractNumber",
    "owner": "OwnerId",
    "status": "Status",
    "start": "StartDate",
    "end": "EndDate",
    "term_months": "ContractTerm",
    "auto_renews": "Auto_Renews__c",
    "notice_days": "Notice_Days__c",
    "annual_amount": "Annual_Amount__c",
    "predecessor": "Renewed_From__c",
}
_WON_OPPORTUNITY: Final = {
    "account": "AccountId",
    "number": "Name",
    "owner": "OwnerId",
    "status": "StageName",
    "start": "Contract_Start__c",
    "end": "Contract_End__c",
    "annual_amount": "Annual_Amount__c",
    "predecessor": "Renews__c",
}
_OPPORTUNITY: Final = {
    "account": "AccountId",
    "name": "Name",
    "stage": "StageName",
    "closed": "IsClosed",
    "won": "IsWon",
    "close_date": "CloseDate",
    "amount": "Amount",
    "owner": "OwnerId",
    "record_type": "RecordType.DeveloperName",
    "contract": "ContractId",
    "renewal_key": "Renewal_Key__c",
    "renewal_date": "Renewal_Date__c",
    "confidence": "Confidence__c",
    "next_step": "NextStep",
}
_WRITTEN: Final = frozenset(
    {"account", "name", "stage", "close_date", "amount", "owner", "record_type", "contract", "renewal_key"}
)


def org_mapping(*, contract_is_opportunity: bool = False, **changed: Mapping[str, str]) -> OrgMapping:
    """Give the mapping; `opportunity={"name": "Name", ...}` changes or adds fields of a role."""
    contract = ("Opportunity", _WON_OPPORTUNITY) if contract_is_opportunity else ("Contract", _CONTRACT)
    shapes: dict[Role, tuple[str, Mapping[str, str]]] = {
        Role.ACCOUNT: ("Account", _ACCOUNT),
        Role.USER: ("User", _USER),
        Role.CONTRACT: contract,
        Role.OPPORTUNITY: ("Opportunity", _OPPORTUNITY),
        Role.FIELD_HISTORY: ("OpportunityFieldHistory", {}),
        Role.STAGE_HISTORY: ("OpportunityHistory", {}),
    }
    objects = {
        role: _object(role, table, {**fields, **changed.get(role.value, {})}, line)
        for line, (role, (table, fields)) in enumerate(shapes.items(), start=1)
    }
    return OrgMapping(objects=objects, written=_WRITTEN, hashes=dict.fromkeys(objects, "hash"))


def _object(role: Role, table: str, fields: Mapping[str, str], line: int) -> ObjectMapping:
    return ObjectMapping(
        role=role,
        object=table,
        origin=f"csops-sync.yaml:{line}00:1",
        fields={
            name: FieldMapping(name=name, path=path, origin=f"csops-sync.yaml:{line}{place:02d}:5")
            for place, (name, path) in enumerate(fields.items(), start=1)
        },
    )


@dataclass(frozen=True, slots=True)
class PlainSecret:
    """A secret for tests."""

    value: str = field(repr=False)

    def get_secret_value(self) -> str:
        """Reveal it."""
        return self.value


@dataclass(slots=True)
class RecordingWaiter:
    """Waits no time; remembers what it was asked, and can say that the process stops."""

    stopping: bool = False
    waits: list[float] = field(default_factory=list)

    def wait(self, seconds: float) -> bool:
        """Note the wait."""
        self.waits.append(seconds)
        return self.stopping


@dataclass(slots=True)
class SteppedSeconds:
    """A monotonic clock that moves when told to."""

    now: float = 1000.0

    def __call__(self) -> float:
        """Give the seconds."""
        return self.now


@cache
def private_key() -> str:
    """Make one RSA key for the whole run."""
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    return key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode()


def jwt_connection(
    url: str = "https://login.salesforce.com",
    *,
    client_id: str = "app",
    username: str = "sync@example.com",
    key: str | None = None,
) -> SalesforceConnection:
    """Give a connection by JWT bearer."""
    return SalesforceConnection(
        url=url,
        flow=Flow.JWT_BEARER,
        client_id=client_id,
        username=username,
        private_key=PlainSecret(key or private_key()),
    )


def secret_connection(url: str = "https://acme.my.salesforce.com") -> SalesforceConnection:
    """Give a connection by client credentials, which needs no key to be made."""
    return SalesforceConnection(
        url=url, flow=Flow.CLIENT_CREDENTIALS, client_id="app", client_secret=PlainSecret("hush-hush")
    )


def connected(
    connection: SalesforceConnection | None = None,
    mapping: OrgMapping | None = None,
    *,
    waiter: RecordingWaiter | None = None,
    hooks: Hooks | None = None,
) -> Salesforce:
    """Connect with what a test does not care about filled in."""
    return connect(
        connection or secret_connection(),
        mapping or org_mapping(),
        waiter=waiter or RecordingWaiter(),
        hooks=hooks or Hooks(system_clock=lambda: SYSTEM_NOW),
    )
