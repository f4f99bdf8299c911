"""Steps 2-4 of a cycle: changed rows into the mirror, and whom they concern."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import islice

from csops_sync.app.parents import below
from csops_sync.ports.crm import Role, Row
from csops_sync.ports.store import Transaction

_HISTORY = frozenset({Role.FIELD_HISTORY, Role.STAGE_HISTORY})
_CHILDREN = frozenset({Role.CONTRACT, Role.OPPORTUNITY})
_AT_ONCE = 5000


@dataclass(frozen=True, slots=True, kw_only=True)
class Concerned:
    """The accounts that changed rows touch; `everyone` where what a user is changed, for anybody may be a CSM.

    `opportunity_ids` are opportunities that changed, or whose history did.
    """

    account_ids: frozenset[str]
    everyone: bool
    rows: int
    opportunity_ids: frozenset[str] = frozenset()


def absorb(tx: Transaction, rows: Iterable[Row]) -> Concerned:
    """This function will store the rows that differ from the mirror and say which customers they concern.

    A contract or opportunity that moved to another account concerns both, an account that moved below another parent
    all below it. An opportunity concerns the customers whose renewals are tied to it, too, wherever it stands itself.
    Of very many rows, some thousands are held at once; of a row that comes twice the later form counts.
    """
    account_ids: set[str] = set()
    opportunity_ids: set[str] = set()
    everyone, count = False, 0
    walk = iter(rows)
    while part := list(islice(walk, _AT_ONCE)):
        found = _absorb_some(tx, part)
        account_ids |= found.account_ids
        opportunity_ids |= found.opportunity_ids
        everyone, count = everyone or found.everyone, count + found.rows
    return Concerned(
        account_ids=frozenset(account_ids),
        everyone=everyone,
        rows=count,
        opportunity_ids=frozenset(opportunity_ids),
    )


def _absorb_some(tx: Transaction, rows: Sequence[Row]) -> Concerned:
    changed = tx.mirror.changed(rows)
    if not changed:
        return Concerned(account_ids=frozenset(), everyone=False, rows=0)
    accounts = {row.id for row in changed if row.role is Role.ACCOUNT}
    accounts |= _parents(row for row in changed if row.role in _CHILDREN)
    accounts |= _parents(_before(tx, changed))
    everyone = _has_changed_people(tx, changed)
    moved = _moved(tx, changed)
    tx.mirror.put(changed)
    accounts |= below(tx, moved) if moved else set()
    accounts |= _parents(_opportunities_of(tx, changed))
    deals = {row.id for row in changed if row.role is Role.OPPORTUNITY}
    deals |= _parents(row for row in changed if row.role in _HISTORY)
    accounts.update(tx.renewals.accounts_of_opportunities(sorted(deals)) if deals else ())
    return Concerned(
        account_ids=frozenset(accounts),
        everyone=everyone,
        rows=len(changed),
        opportunity_ids=frozenset(deals),
    )


def _has_changed_people(tx: Transaction, changed: Sequence[Row]) -> bool:
    """Say whether a user is another than before; a stamp alone moves with every login."""
    users = {row.id: row for row in changed if row.role is Role.USER}
    known = {row.id: row for row in tx.mirror.get(Role.USER, list(users))} if users else {}
    return any(
        row_id not in known or (known[row_id].values, known[row_id].deleted) != (row.values, row.deleted)
        for row_id, row in users.items()
    )


def _moved(tx: Transaction, changed: Sequence[Row]) -> list[str]:
    """Give the accounts that came, went, or stand below another parent: who is below them may have another top."""
    accounts = [row for row in changed if row.role is Role.ACCOUNT]
    known = (
        {row.id: row for row in tx.mirror.get(Role.ACCOUNT, [row.id for row in accounts])} if accounts else {}
    )
    return [
        row.id
        for row in accounts
        if row.id not in known
        or (known[row.id].parent_id, known[row.id].deleted) != (row.parent_id, row.deleted)
    ]


def _before(tx: Transaction, changed: Sequence[Row]) -> list[Row]:
    found: list[Row] = []
    for role in _CHILDREN:
        ids = [row.id for row in changed if row.role is role]
        if ids:
            found.extend(tx.mirror.get(role, ids))
    return found


def _opportunities_of(tx: Transaction, changed: Sequence[Row]) -> Sequence[Row]:
    """Read whose history changed; an opportunity that changed itself is known by now."""
    known = {row.id for row in changed if row.role is Role.OPPORTUNITY}
    ids = list(_parents(row for row in changed if row.role in _HISTORY) - known)
    return tx.mirror.get(Role.OPPORTUNITY, ids) if ids else ()


def _parents(rows: Iterable[Row]) -> set[str]:
    return {row.parent_id for row in rows if row.parent_id}
