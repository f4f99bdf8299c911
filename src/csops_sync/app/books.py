"""Customers read from the mirror, whole, for the domain to decide about."""

from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TypeVar

from csops_sync.app.facts import account_of, contract_of, edit_of, opportunity_of, person_of, scalar
from csops_sync.domain.book import AccountBook, WrittenValue
from csops_sync.domain.facts import Person
from csops_sync.domain.renewal import Renewal
from csops_sync.ports.crm import Role, Row
from csops_sync.ports.store import Transaction
from csops_sync.ports.written import WrittenField

_USERS_PER_READ = 5000
_T = TypeVar("_T")


def read_people(tx: Transaction) -> dict[str, Person]:
    """This function will read all users once, by id: a few thousand at most, needed by every customer."""
    people: dict[str, Person] = {}
    after = ""
    while rows := tx.mirror.stream(Role.USER, after_id=after, limit=_USERS_PER_READ):
        people.update({row.id: person_of(row) for row in rows})
        after = rows[-1].id
    return people


@dataclass(frozen=True, slots=True, kw_only=True)
class Unread:
    """A customer that cannot be decided about, with its stored renewals.

    `text` says which row makes no sense, and `row_id` is that row; both are empty where the account itself is gone.
    """

    account_id: str
    renewals: tuple[Renewal, ...]
    row_id: str = ""
    text: str = ""


def read_books(
    tx: Transaction, account_ids: Sequence[str], *, people: Mapping[str, Person], default_currency: str
) -> Iterator[AccountBook]:
    """This function will read these customers, without those that are gone or hold a row that makes no sense."""
    customers = read_customers(tx, account_ids, people=people, default_currency=default_currency)
    return (one for one in customers if isinstance(one, AccountBook))


def read_customers(
    tx: Transaction, account_ids: Sequence[str], *, people: Mapping[str, Person], default_currency: str
) -> Iterator[AccountBook | Unread]:
    """This function will read these customers, whole, with a handful of queries for all of them.

    Renewals are read by contract: they follow it to another account. So are the opportunities that they are tied to.
    """
    accounts = {row.id: row for row in tx.mirror.get(Role.ACCOUNT, account_ids) if not row.deleted}
    contracts = _by_parent(tx.mirror.children(Role.CONTRACT, account_ids))
    renewals = _renewals(tx, contracts, gone=[one for one in account_ids if one not in accounts])
    opportunities = _opportunities(tx, account_ids, renewals)
    opportunity_ids = [row.id for rows in opportunities.values() for row in rows]
    written = _by_opportunity(tx.written.of_opportunities(opportunity_ids))
    edits = _by_parent(tx.mirror.children(Role.FIELD_HISTORY, list(written)))
    for account_id in dict.fromkeys(account_ids):
        rows = _Rows(
            account=accounts.get(account_id),
            contracts=[one for one in contracts.get(account_id, ()) if not one.deleted],
            opportunities=opportunities.get(account_id, ()),
            renewals=tuple(renewals.get(account_id, ())),
        )
        yield _customer(account_id, rows, _Shared(people, written, edits, default_currency))


@dataclass(frozen=True, slots=True, kw_only=True)
class _Rows:
    """One customer's rows; `account` is None where it is gone."""

    account: Row | None
    contracts: Sequence[Row]
    opportunities: Sequence[Row]
    renewals: tuple[Renewal, ...]


@dataclass(frozen=True, slots=True)
class _Shared:
    """What was read for many customers at once."""

    people: Mapping[str, Person]
    written: Mapping[str, Sequence[WrittenField]]
    edits: Mapping[str, Sequence[Row]]
    default_currency: str


def _customer(account_id: str, rows: _Rows, shared: _Shared) -> AccountBook | Unread:
    if rows.account is None:
        return Unread(account_id=account_id, renewals=rows.renewals)
    try:
        return _book(rows.account, rows, shared)
    except _OddRowError as error:
        return Unread(
            account_id=account_id, renewals=rows.renewals, row_id=error.row.id, text=f"{error.__cause__}"
        )


def _book(account: Row, rows: _Rows, shared: _Shared) -> AccountBook:
    currency = shared.default_currency
    return AccountBook(
        account=_fact(account, account_of),
        contracts=tuple(
            _fact(one, lambda row: contract_of(row, default_currency=currency)) for one in rows.contracts
        ),
        opportunities=tuple(
            _fact(one, lambda row: opportunity_of(row, default_currency=currency))
            for one in rows.opportunities
        ),
        renewals=rows.renewals,
        people=shared.people,
        written={
            (field.opportunity_id, field.field): _written(field)
            for one in rows.opportunities
            for field in shared.written.get(one.id, ())
        },
        edits={
            one.id: tuple(_fact(edit, edit_of) for edit in shared.edits.get(one.id, ()) if not edit.deleted)
            for one in rows.opportunities
            if one.id in shared.written
        },
    )


class _OddRowError(Exception):
    """A row holds a value that makes no sense; the cause says which."""

    def __init__(self, row: Row) -> None:
        super().__init__(row.id)
        self.row = row


def _fact(row: Row, made: Callable[[Row], _T]) -> _T:
    try:
        return made(row)
    except (ArithmeticError, ValueError) as error:
        raise _OddRowError(row) from error


def _renewals(
    tx: Transaction, contracts: Mapping[str, Sequence[Row]], *, gone: Sequence[str]
) -> dict[str, list[Renewal]]:
    """Read the renewals of contracts, deleted ones too; of accounts that are gone those that are stored under them."""
    owners = {row.id: account_id for account_id, rows in contracts.items() for row in rows}
    found: dict[str, list[Renewal]] = defaultdict(list)
    for renewal in tx.renewals.of_contracts(list(owners)):
        found[owners[renewal.contract_id]].append(renewal)
    for renewal in tx.renewals.of_accounts(gone) if gone else ():
        if renewal.contract_id not in owners:
            found[renewal.account_id].append(renewal)
    return found


def _opportunities(
    tx: Transaction, account_ids: Sequence[str], renewals: Mapping[str, Sequence[Renewal]]
) -> dict[str, list[Row]]:
    """Read the customers' opportunities, and those of their renewals that stand under another account by now."""
    found = _by_parent(tx.mirror.children(Role.OPPORTUNITY, account_ids))
    here = {(account_id, row.id) for account_id, rows in found.items() for row in rows}
    tied = {
        (account_id, one.opportunity_id)
        for account_id, mine in renewals.items()
        for one in mine
        if one.opportunity_id is not None
    }
    elsewhere = sorted(tied - here)
    rows = (
        {row.id: row for row in tx.mirror.get(Role.OPPORTUNITY, [one for _, one in elsewhere])}
        if elsewhere
        else {}
    )
    for account_id, opportunity_id in elsewhere:
        if opportunity_id in rows:
            found[account_id].append(rows[opportunity_id])
    return found


def _by_parent(rows: Sequence[Row]) -> dict[str, list[Row]]:
    found: dict[str, list[Row]] = defaultdict(list)
    for row in sorted(rows, key=lambda one: (one.stamp_ms, one.id)):
        if row.parent_id is not None:
            found[row.parent_id].append(row)
    return found


def _by_opportunity(fields: Sequence[WrittenField]) -> dict[str, list[WrittenField]]:
    found: dict[str, list[WrittenField]] = defaultdict(list)
    for field in fields:
        found[field.opportunity_id].append(field)
    return found


def _written(field: WrittenField) -> WrittenValue:
    return WrittenValue(
        sent=scalar(field.sent),
        value=scalar(field.value),
        reasserted=field.reasserted,
        written_at=field.written_at,
        replaced=scalar(field.replaced),
    )
