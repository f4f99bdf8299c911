"""What a contract is in an org: a standard Contract, or a won Opportunity that carries its own dates."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from typing import Protocol

from tests.fakes.sandbox import SandboxProcess

from csops_sync.domain.dates import add_months

_CONFIG = Path(__file__).parents[2] / "config"


class Shape(Protocol):
    """How contracts are made and changed by hand, and which mapping reads them."""

    @property
    def connections(self) -> Path:
        """The connections file with this shape's mapping."""
        ...

    @property
    def link(self) -> str:
        """The field that leads from a renewal to its contract."""
        ...

    @property
    def kind(self) -> str:
        """The object that is the contract."""
        ...

    @property
    def predecessor(self) -> str:
        """The field that leads to the contract before."""
        ...

    def active(self, account: str, start: date, months: int) -> dict[str, object]:
        """Give the fields of an active contract."""
        ...

    def sign(
        self, sandbox: SandboxProcess, account: str, start: date, months: int, values: Mapping[str, object]
    ) -> str:
        """Make an active contract and give its id."""
        ...

    def change(self, sandbox: SandboxProcess, contract: str, start: date | None, months: int | None) -> None:
        """Correct its start, its length, or both."""
        ...


@dataclass(frozen=True)
class StandardContract:
    """The object Contract: created as a draft, then activated; its end is computed by Salesforce."""

    connections: Path = _CONFIG / "sandbox.yaml"
    link: str = "ContractId"
    kind: str = "Contract"
    predecessor: str = "Renewed_From__c"

    def active(self, account: str, start: date, months: int) -> dict[str, object]:
        """Give the fields of an activated contract."""
        return {
            "AccountId": account,
            "StartDate": start.isoformat(),
            "ContractTerm": months,
            "Status": "Activated",
            "Annual_Amount__c": 1_200_000,
            "Auto_Renews__c": False,
        }

    def sign(
        self, sandbox: SandboxProcess, account: str, start: date, months: int, values: Mapping[str, object]
    ) -> str:
        """Make a draft and activate it."""
        plain = self.active(account, start, months) | {"Status": "Draft"}
        record = sandbox.create("Contract", plain | dict(values))
        sandbox.update("Contract", record, {"Status": "Activated"})
        return record

    def change(self, sandbox: SandboxProcess, contract: str, start: date | None, months: int | None) -> None:
        """Change StartDate and ContractTerm; EndDate follows."""
        given = {"StartDate": start.isoformat() if start else None, "ContractTerm": months}
        sandbox.update("Contract", contract, {name: value for name, value in given.items() if value})


@dataclass(frozen=True)
class WonOpportunity:
    """A won Opportunity with Contract_Start__c and Contract_End__c."""

    connections: Path = _CONFIG / "won-opportunity.yaml"
    link: str = "Renews__c"
    kind: str = "Opportunity"
    predecessor: str = "Renews__c"

    def active(self, account: str, start: date, months: int) -> dict[str, object]:
        """Give the fields of a won deal with the dates of its contract."""
        return {
            "Name": "新規契約",
            "AccountId": account,
            "StageName": "受注",
            "CloseDate": (start - timedelta(days=10)).isoformat(),
            "Amount": 1_200_000,
            "Annual_Amount__c": 1_200_000,
            "Auto_Renews__c": False,
            "Term_Months__c": months,
            **_dates(start, months),
        }

    def sign(
        self, sandbox: SandboxProcess, account: str, start: date, months: int, values: Mapping[str, object]
    ) -> str:
        """Win the deal."""
        return sandbox.create("Opportunity", self.active(account, start, months) | dict(values))

    def change(self, sandbox: SandboxProcess, contract: str, start: date | None, months: int | None) -> None:
        """Change the dates that the deal carries."""
        record = next(one for one in sandbox.records("Opportunity") if one["Id"] == contract)
        begins = start or date.fromisoformat(record["Contract_Start__c"])
        length = months or int(record["Term_Months__c"])
        sandbox.update("Opportunity", contract, {**_dates(begins, length), "Term_Months__c": length})


def _dates(start: date, months: int) -> dict[str, object]:
    end = add_months(start, months) - timedelta(days=1)
    return {"Contract_Start__c": start.isoformat(), "Contract_End__c": end.isoformat()}


STANDARD = StandardContract()
WON_OPPORTUNITY = WonOpportunity()
SHAPES: list[Shape] = [STANDARD, WON_OPPORTUNITY]
