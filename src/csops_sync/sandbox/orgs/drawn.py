"""The generated org's accounts and contracts: each follows from its number and the drawn columns."""

from abc import abstractmethod
from collections.abc import Hashable, Iterator, Sequence
from typing import overload

from csops_sync.sandbox.orgs.columns import Columns
from csops_sync.sandbox.orgs.deals import (
    KNOWN_FOR,
    PAPERWORK,
    account_record,
    contract_record,
)
from csops_sync.sandbox.orgs.shapes import Shaper, account_of, special_of, tier_of
from csops_sync.sandbox.orgs.spread import draw, pick
from csops_sync.sandbox.seed import DAY, REF, Drawn, Figure, Plain, SeedRecord

FISCAL_YEARS = ((70, 4), (10, 1), (10, 10), (10, None))
INDUSTRIES = ((20, "製造"), (20, "情報通信"), (15, "小売"), (15, "運輸"), (15, "建設"), (15, "サービス"))
LEFT_THE_COMPANY = 2
LEFT = "@csm-left"


class Numbered(Drawn):
    """Records made one by one by `record`."""

    def __init__(self, columns: Columns, count: int) -> None:
        self.columns = columns
        self.shaper: Shaper = columns.shaper
        self._count = count

    def __len__(self) -> int:
        return self._count

    @overload
    def __getitem__(self, index: int) -> SeedRecord: ...
    @overload
    def __getitem__(self, index: slice) -> list[SeedRecord]: ...
    def __getitem__(self, index: int | slice) -> SeedRecord | list[SeedRecord]:
        if isinstance(index, slice):
            return [self.record(number) for number in range(*index.indices(self._count))]
        number = index + self._count if index < 0 else index
        if not 0 <= number < self._count:
            raise IndexError(f"record {index} of {self._count}")
        return self.record(number)

    def __iter__(self) -> Iterator[SeedRecord]:
        return map(self.record, range(self._count))

    @abstractmethod
    def record(self, number: int) -> SeedRecord:
        """This method will make the record of a number."""


class Accounts(Numbered):
    """The customers."""

    differing = (
        Figure("Name"),
        Figure("OwnerId", REF),
        Figure("CSM__c", REF),
        Figure("Tier__c"),
        Figure("Fiscal_Year_Starts__c"),
        Figure("Industry"),
    )

    def __init__(self, columns: Columns) -> None:
        super().__init__(columns, len(columns.accounts))
        self._made_on = (self.shaper.today - KNOWN_FOR).toordinal()

    def record(self, number: int) -> SeedRecord:
        """This method will make the record of a number."""
        name, owner, csm, tier, fiscal_year, industry = self.figures(number)
        return account_record(
            str(self.columns.accounts[number] + 1),
            name=str(name),
            owner=str(owner),
            today=self.shaper.today,
            values={
                "CSM__c": csm,
                "Tier__c": tier,
                "Fiscal_Year_Starts__c": fiscal_year,
                "Industry": industry,
                "BillingCountry": "JP",
            },
        )

    def likeness(self, number: int) -> Hashable:  # noqa: ARG002  # all accounts are alike
        """This method will tell no account from another."""
        return None

    def figures(self, number: int) -> Sequence[Plain]:
        """This method will give what a customer is called, who looks after it, and what it is."""
        base, seed = self.columns.accounts[number], self.shaper.seed
        owner = self.shaper.staff.csm(base)
        gone = draw(seed, base, "csm") % 100 < LEFT_THE_COMPANY
        fiscal_year = pick(FISCAL_YEARS, draw(seed, base, "fiscal year"))
        return (
            self.shaper.customer(base),
            owner,
            LEFT if gone else owner,
            tier_of(base, seed=seed),
            None if fiscal_year is None else float(fiscal_year),
            pick(INDUSTRIES, draw(seed, base, "industry")),
        )

    def made_on(self, number: int) -> int:  # noqa: ARG002  # one day for all
        """This method will give the day on which all accounts were made."""
        return self._made_on

    def made_by(self, number: int) -> str:
        """This method will give the account's owner."""
        return self.shaper.staff.csm(self.columns.accounts[number])

    def pointing(self, name: str, to: int) -> Sequence[int]:  # noqa: ARG002  # accounts point at users only
        """This method will find none: accounts point at no drawn record."""
        return ()


class Contracts(Numbered):
    """The contracts, one a number."""

    differing = (
        Figure("AccountId", "Account"),
        Figure("OwnerId", REF),
        Figure("StartDate", DAY),
        Figure("EndDate", DAY),
        Figure("ContractTerm"),
        Figure("Annual_Amount__c"),
        Figure("Auto_Renews__c"),
        Figure("Notice_Days__c"),
        Figure("Renewed_From__c", "Contract"),
        Figure("Terminated_On__c", DAY),
        Figure("Cancellation_Notice__c", DAY),
    )

    def __init__(self, columns: Columns) -> None:
        super().__init__(columns, columns.shaper.count)

    def record(self, number: int) -> SeedRecord:
        """This method will make the record of a number."""
        return contract_record(self.shaper.deal(number, self.columns.paper(number)))

    def likeness(self, number: int) -> Hashable:
        """This method will tell signed contracts from drafts."""
        return self.shaper.is_signed(number)

    def figures(self, number: int) -> Sequence[Plain]:
        """This method will give what the contract says."""
        columns, special = self.columns, special_of(number)
        over, notice = columns.over[number], columns.notice[number]
        return (
            columns.account_place(number),
            self.made_by(number),
            columns.start[number],
            columns.last_day(number),
            columns.months[number] or None,
            float(columns.amount[number]),
            bool(columns.automatic[number]),
            float(notice) if notice else None,
            number - 1 if special == "replacing" else None,
            over if special == "terminated" else None,
            over if special == "cancelling" else None,
        )

    def made_on(self, number: int) -> int:
        """This method will give the day on which the paper was written."""
        return self.columns.start[number] - PAPERWORK.days

    def made_by(self, number: int) -> str:
        """This method will give the owner of the account."""
        return self.shaper.staff.csm(account_of(number))

    def pointing(self, name: str, to: int) -> Sequence[int]:
        """This method will find the contracts of an account, or the one that replaces a contract."""
        if name == "AccountId":
            return self.columns.contracts_of(to)
        after = to + 1
        return [after] if after < len(self) and special_of(after) == "replacing" else []
