"""Won deals with lines and contact roles, made in a sandbox as its admin would."""

from dataclasses import dataclass, field

from tests.fakes.sandbox import Record, SandboxProcess


@dataclass
class PriceBook:
    """The standard price book of a sandbox; `entries` are its price book entries by product name."""

    sandbox: SandboxProcess
    entries: dict[str, str] = field(default_factory=dict)
    products: dict[str, str] = field(default_factory=dict)

    @property
    def id(self) -> str:
        """The id of the standard price book."""
        return next(str(one["Id"]) for one in self.sandbox.records("Pricebook2") if one["IsStandard"])

    def offer(self, name: str, price: float, **more: object) -> str:
        """Offer a product and give its price book entry."""
        self.products[name] = self.sandbox.create("Product2", {"Name": name, "IsActive": True})
        values = {"Pricebook2Id": self.id, "Product2Id": self.products[name], "UnitPrice": price}
        self.entries[name] = self.sandbox.create("PricebookEntry", {**values, "IsActive": True, **more})
        return self.entries[name]

    def won(self, account: str, contract: str | None = None, **more: object) -> str:
        """Win a deal that closes on 30 June 2025, without lines yet."""
        values = {"Name": "新規", "AccountId": account, "StageName": "受注", "CloseDate": "2025-06-30"}
        return self.sandbox.create("Opportunity", {**values, "ContractId": contract, "Amount": 1, **more})

    def line(self, deal: str, name: str, **values: object) -> str:
        """Add a line of a product to a deal."""
        plain = {
            "OpportunityId": deal,
            "PricebookEntryId": self.entries[name],
            "Quantity": 1,
            "UnitPrice": 100,
        }
        return self.sandbox.create("OpportunityLineItem", {**plain, **values})

    def contact(self, deal: str, account: str, *, role: str = "Decision Maker", primary: bool = True) -> str:
        """Give a deal a contact role and give the contact."""
        contact = self.sandbox.create("Contact", {"LastName": role, "AccountId": account})
        values = {"OpportunityId": deal, "ContactId": contact, "Role": role, "IsPrimary": primary}
        self.sandbox.create("OpportunityContactRole", values)
        return contact

    def lines(self, deal: str) -> list[Record]:
        """The lines of a deal, as the sandbox holds them."""
        found = [one for one in self.sandbox.records("OpportunityLineItem") if one["OpportunityId"] == deal]
        return sorted((one for one in found if not one["IsDeleted"]), key=lambda one: str(one["Id"]))

    def roles(self, deal: str) -> list[Record]:
        """The contact roles of a deal, as the sandbox holds them."""
        return [one for one in self.sandbox.records("OpportunityContactRole") if one["OpportunityId"] == deal]
