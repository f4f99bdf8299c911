"""Who looks after a renewal, and who stands above whom."""

from collections.abc import Sequence

from csops_sync.domain.book import AccountBook
from csops_sync.domain.facts import Contract, Opportunity, Person, Scalar

_CSM = "csm"
_MANAGER = ".manager"


def find_csm(
    book: AccountBook,
    *,
    paths: Sequence[str],
    contract: Contract | None = None,
    opportunity: Opportunity | None = None,
) -> Person | None:
    """This function will give the first active user of the configured list (`account.csm`, `opportunity.owner`)."""
    for path in paths:
        person = book.people.get(str(_value(book, path, contract, opportunity)))
        if person is not None and person.is_active:
            return person
    return None


def resolve(
    book: AccountBook,
    *,
    path: str,
    csm: Person | None,
    contract: Contract | None = None,
    opportunity: Opportunity | None = None,
) -> str | None:
    """This function will turn a mention (`csm`, `csm.manager`, `account.owner`, `@cs-leads`) into a user id or handle.

    None where nobody active is found; `.manager` may be repeated.
    """
    if path.startswith("@"):
        return path
    steps = path.count(_MANAGER)
    root = path.replace(_MANAGER, "")
    person = (
        csm if root == _CSM else find_csm(book, paths=(root,), contract=contract, opportunity=opportunity)
    )
    for _ in range(steps):
        person = book.people.get(person.manager_id or "") if person else None
    return person.id if person and person.is_active else None


def _value(
    book: AccountBook, path: str, contract: Contract | None, opportunity: Opportunity | None
) -> Scalar:
    source, _, name = path.partition(".")
    if source == "account":
        return book.account.values.get(name)
    if source == "contract" and contract is not None:
        return contract.values.get(name)
    if source == "opportunity" and opportunity is not None:
        return opportunity.values.get(name)
    return None
