"""Parents of accounts, read from the mirror: the one on top of each, and whom a change above an account concerns.

Both walk level by level, one read a level for all accounts at once, by id upwards and by the parent index downwards. In
an org whose mapping names no parent nobody is above or below anybody.
"""

from collections.abc import Iterable, Mapping

from csops_sync.app.finding import long_id
from csops_sync.domain.facts import Account
from csops_sync.domain.hierarchy import MOST_LEVELS, top_parent
from csops_sync.ports.crm import Role
from csops_sync.ports.store import Transaction

PARENT = "parent"
"""The mapped name of the field that holds an account's parent."""


def top_parents(tx: Transaction, accounts: Iterable[Account]) -> Mapping[str, str]:
    """This function will give the id of the account on top of each of these; its own where it has no parent.

    A deleted parent is none. One that we may not see still is one, and the last: who is below it belongs together.
    """
    ids: list[str] = []
    parents: dict[str, str] = {}
    for one in accounts:
        ids.append(one.id)
        above = one.values.get(PARENT)
        if isinstance(above, str) and above:
            parents[one.id] = long_id(above)
    living = _living(tx, parents, known=ids)
    return {account_id: top_parent(account_id, parents=living) for account_id in ids}


def below(tx: Transaction, account_ids: Iterable[str]) -> set[str]:
    """This function will give the accounts below these, at any level, without themselves."""
    asked = frozenset(account_ids)
    found, level = set(asked), set(asked)
    for _ in range(MOST_LEVELS):
        if not level:
            break
        rows = tx.mirror.children(Role.ACCOUNT, sorted(level))
        level = {row.id for row in rows if not row.deleted} - found
        found |= level
    return found - asked


def _living(tx: Transaction, parents: Mapping[str, str], *, known: Iterable[str]) -> Mapping[str, str]:
    """Add the parents of parents, and leave out the links to deleted ones; those of `known` accounts are all there."""
    found, gone = dict(parents), set[str]()
    read = set(known)
    level = set(parents.values()) - read
    for _ in range(MOST_LEVELS):
        if not level:
            break
        rows = tx.mirror.get(Role.ACCOUNT, sorted(level))
        read |= level
        gone |= {row.id for row in rows if row.deleted}
        above = {row.id: row.parent_id for row in rows if row.parent_id and not row.deleted}
        found.update(above)
        level = set(above.values()) - read
    return {account_id: one for account_id, one in found.items() if one not in gone}
