"""Customers read from the mirror, whole, for the domain to decide about."""

from collections import defaultdict
from collections.abc import Iterator, Sequence

from csops_sync.app.facts import account_of, contract_of, edit_of, opportunity_of, person_of, scalars
from csops_sync.domain.book import AccountBook, WrittenValue
from csops_sync.domain.facts import Person
from csops_sync.domain.renewal import Renewal
from csops_sync.ports.crm import Role, Row
from csops_sync.ports.store import Transaction, WrittenField

_USERS_PER_READ = 5000


def read_people(tx: Transaction) -> dict[str, Person]:
    """This function will read all users once, by id: a few thousand at most, needed by every customer."""
    people: dict[str, Person] = {}
    after = ""
    while rows := tx.mirror.stream(Role.USER, after_id=after, limit=_USERS_PER_READ):
        people.update({row.id: person_of(row) for row in rows})
        after = rows[-1].id
    return people


def read_books(
    tx: Transaction, account_ids: Sequence[str], *, people: dict[str, Person], default_currency: str
) -> Iterator[AccountBook]:
    """This function will read these customers with a handful of queries for all of them."""
    accounts = [row for row in tx.mirror.get(Role.ACCOUNT, account_ids) if not row.deleted]
    contracts = _by_parent(tx.mirror.children(Role.CONTRACT, account_ids))
    opportunities = _by_parent(tx.mirror.children(Role.OPPORTUNITY, account_ids))
    renewals: dict[str, list[Renewal]] = defaultdict(list)
    for renewal in tx.renewals.of_accounts(account_ids):
        renewals[renewal.account_id].append(renewal)
    opportunity_ids = [row.id for rows in opportunities.values() for row in rows]
    written = _by_opportunity(tx.written.of_opportunities(opportunity_ids))
    edits = _by_parent(tx.mirror.children(Role.FIELD_HISTORY, list(written)))
    for row in accounts:
        mine = opportunities.get(row.id, ())
        yield AccountBook(
            account=account_of(row),
            contracts=tuple(
                contract_of(one, default_currency=default_currency)
                for one in contracts.get(row.id, ())
                if not one.deleted
            ),
            opportunities=tuple(opportunity_of(one, default_currency=default_currency) for one in mine),
            renewals=tuple(renewals.get(row.id, ())),
            people=people,
            written={
                (field.opportunity_id, field.field): _written(field)
                for one in mine
                for field in written.get(one.id, ())
            },
            edits={one.id: tuple(edit_of(edit) for edit in edits.get(one.id, ())) for one in mine},
        )


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
    values = scalars({"sent": field.sent, "value": field.value})
    return WrittenValue(sent=values["sent"], value=values["value"], reasserted=field.reasserted)
