"""Which renewals a list shows, in which order, and what one page of them holds."""

from dataclasses import dataclass
from enum import StrEnum

from csops_sync.app.forecast.report_values import Basis, RenewalLine
from csops_sync.domain.forecast.periods import Window
from csops_sync.domain.forecast.term_state import TermStanding
from csops_sync.domain.money import Money

PAGE_SIZE = 50
MOST_PER_PAGE = 500


class SortBy(StrEnum):
    """What a list is sorted by; `account` and `csm` by name, `risk` by what of the prior amount is not expected."""

    DUE = "due"
    ACCOUNT = "account"
    PRIOR = "prior"
    NEW = "new"
    LANDING = "landing"
    RISK = "risk"
    TYPE = "type"
    RANK = "rank"
    STANDING = "standing"
    CSM = "csm"


@dataclass(frozen=True, slots=True, kw_only=True)
class RenewalFilter:
    """Which renewals are listed; what is empty does not restrict.

    `window`: due in it. `segments`, `tiers`, `csm_ids`, `manager_ids`, `products`, `types` and `ranks` hold keys of
    report lines (`-`: not said; `unrated` and `unopened` are ranks), any of which may hold. `text` is a part of the
    account's name or the contract's number, in any case and width. `people`: only what these users look after or
    manage; None for everything.
    """

    window: Window | None = None
    segments: frozenset[str] = frozenset()
    tiers: frozenset[str] = frozenset()
    csm_ids: frozenset[str] = frozenset()
    manager_ids: frozenset[str] = frozenset()
    products: frozenset[str] = frozenset()
    types: frozenset[str] = frozenset()
    ranks: frozenset[str] = frozenset()
    standings: frozenset[TermStanding] = frozenset()
    text: str = ""
    people: frozenset[str] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Paging:
    """Which part of a list: `page` counts from 1; a page beyond the last one is the last one.

    Raises:
        ValueError: the page or its size is out of range.
    """

    sort: SortBy = SortBy.DUE
    descending: bool = False
    page: int = 1
    size: int = PAGE_SIZE

    def __post_init__(self) -> None:
        if self.page < 1:
            raise ValueError(f"pages count from 1, not {self.page}")
        if not 1 <= self.size <= MOST_PER_PAGE:
            raise ValueError(f"a page holds 1 to {MOST_PER_PAGE} renewals, not {self.size}")

    def pages(self, found: int) -> int:
        """This function will say how many pages a list of so many renewals has; an empty one has one."""
        return max(1, -(-found // self.size))

    def shown(self, found: int) -> int:
        """This function will give the page that is shown of a list of so many renewals."""
        return min(self.page, self.pages(found))


@dataclass(frozen=True, slots=True, kw_only=True)
class Choices:
    """What occurs among the renewals of a window and scope, whatever else is filtered: what a filter may offer.

    People are (user id, name) in order of name; ranks in the order of the rules.
    """

    segments: tuple[str, ...] = ()
    csms: tuple[tuple[str, str], ...] = ()
    ranks: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class RenewalsPage:
    """One page. `found` counts all that the filter lets through, `page` is the one given, of `pages` (at least 1).

    `due` and `landing` sum all that is found, in the report's currency; `unjudged` of them are in neither sum.
    """

    basis: Basis
    lines: tuple[RenewalLine, ...]
    found: int
    due: Money
    landing: Money
    unjudged: int
    page: int
    pages: int
    choices: Choices
