"""One customer as a whole: the unit of every decision, because co-terms, adoption and successors stay within it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from csops_sync.domain.cheap_values import cheaply_made
from csops_sync.domain.conditions import Lookup
from csops_sync.domain.facts import Account, Contract, FieldEdit, Opportunity, Person, Scalar
from csops_sync.domain.renewal import Renewal
from csops_sync.domain.rules import Segment


@cheaply_made
@dataclass(frozen=True, slots=True, kw_only=True)
class WrittenValue:
    """What we sent to a field, what it held when read back right after, and when that was (UTC).

    `replaced` is what we had read there when we decided; what the field's history says we replaced can be another.
    """

    sent: Scalar
    value: Scalar
    reasserted: int = 0
    written_at: datetime | None = None
    replaced: Scalar = None


@cheaply_made
@dataclass(frozen=True, slots=True, kw_only=True)
class AccountBook:
    """An account with its contracts, opportunities (deleted ones too), renewals, people and what we wrote before.

    `written` is keyed by (opportunity id, field name). `edits` are by opportunity id, oldest first: all tracked ones of
    each opportunity that we wrote to, and of no other.
    """

    account: Account
    contracts: tuple[Contract, ...] = ()
    opportunities: tuple[Opportunity, ...] = ()
    renewals: tuple[Renewal, ...] = ()
    people: Mapping[str, Person] = field(default_factory=dict)
    written: Mapping[tuple[str, str], WrittenValue] = field(default_factory=dict)
    edits: Mapping[str, tuple[FieldEdit, ...]] = field(default_factory=dict)

    def contract(self, contract_id: str) -> Contract | None:
        """This function will find a contract by id."""
        return next((one for one in self.contracts if one.id == contract_id), None)

    def opportunity(self, opportunity_id: str | None) -> Opportunity | None:
        """This function will find an opportunity by id."""
        return next((one for one in self.opportunities if one.id == opportunity_id), None)


def lookup_in(
    book: AccountBook,
    *,
    segments: tuple[Segment, ...] = (),
    contract: Contract | None = None,
    opportunity: Opportunity | None = None,
) -> Lookup:
    """This function will give the lookup of `when:` paths: `account.*`, `contract.*`, `opportunity.*`, `segment`.

    A path that names nothing in this book is None.
    """
    sources: dict[str, Mapping[str, Scalar]] = {"account": book.account.values}
    if contract is not None:
        sources["contract"] = contract.values
    if opportunity is not None:
        sources["opportunity"] = opportunity.values

    def find(path: str) -> Scalar:
        if path == "segment":
            return segment_of(book, segments=segments, contract=contract)
        source, _, name = path.partition(".")
        return sources.get(source, {}).get(name)

    return find


def segment_of(
    book: AccountBook, *, segments: tuple[Segment, ...], contract: Contract | None = None
) -> str | None:
    """This function will name the first segment whose condition holds, or None."""
    find = lookup_in(book, contract=contract)
    return next((segment.name for segment in segments if segment.when.holds(find)), None)
