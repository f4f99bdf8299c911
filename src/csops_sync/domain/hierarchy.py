"""Which account stands on top of which: groups of companies, as their accounts name one another as parents."""

from collections.abc import Mapping

MOST_LEVELS = 50
"""So many parents are looked for above an account; hierarchies of companies are a tenth as deep."""


def top_parent(account_id: str, *, parents: Mapping[str, str]) -> str:
    """This function will give the account on top of another one; itself where nobody is above it.

    `parents` names the parent of each account that has one. Accounts that are each other's parents have none on top:
    the one with the lowest id speaks for all of them, and for what is below. Above `MOST_LEVELS` nothing counts.
    """
    path = [account_id]
    while len(path) <= MOST_LEVELS and (above := parents.get(path[-1])) is not None:
        if above in path:
            return min(path[path.index(above) :])
        path.append(above)
    return path[-1]
