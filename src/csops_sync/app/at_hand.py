"""Customers that a cycle has read and decided about, kept for what comes after that in the same transaction."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from csops_sync.app.evaluation import Decided
from csops_sync.domain.book import AccountBook
from csops_sync.domain.standing.states import with_renewals

_MOST = 2_000
"""Customers that are kept, some 10 kB each: those beyond are read once more."""


@dataclass(frozen=True, slots=True, kw_only=True)
class BooksAtHand:
    """Books by account, with their renewals as they are decided: nothing else of them changes within a cycle."""

    most: int = _MOST
    books: dict[str, AccountBook] = field(default_factory=dict)

    def keep(self, decided: Sequence[Decided]) -> None:
        """This function will keep customers, up to a number of them."""
        for customer, decision in decided:
            if isinstance(customer, AccountBook) and len(self.books) < self.most:
                self.books[customer.account.id] = with_renewals(customer, renewals=decision.renewals)


NO_BOOKS: Mapping[str, AccountBook] = {}
