"""The definition behind a number. Two profiles can stand side by side, and each number is printed with its own."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from operator import attrgetter

from csops_sync.domain.forecast.periods import NrrBoundary
from csops_sync.domain.forecast.term_state import TermState

DEFAULT_REACTIVATION_GAP_DAYS = 30


class DueBy(StrEnum):
    """Which day puts a term into the period it is due in: its last day, or the first day of the next term."""

    END_DATE = "end_date"
    RENEWAL_DATE = "renewal_date"


class EarlyRenewals(StrEnum):
    """From when an early renewal's amount counts: its effective date, or the day it was signed."""

    EFFECTIVE = "effective"
    SIGNATURE = "signature"


class CustomerIs(StrEnum):
    """Who counts as one customer: each account, or all accounts below one top parent together."""

    ACCOUNT = "account"
    TOP_PARENT = "top_parent"


_CUSTOMER_OF: Mapping[CustomerIs, Callable[[TermState], str]] = {
    CustomerIs.ACCOUNT: attrgetter("account_id"),
    CustomerIs.TOP_PARENT: attrgetter("customer_id"),
}


@dataclass(frozen=True, slots=True)
class LatePolicy:
    """How long after a term's last day a late renewal, or one still open, is taken to have stayed.

    No days: the customer churns in the scheduled period and returns when the renewal is signed
    (`churn_then_return`). A renewal that was lost in the end left on its last day under either policy.

    Raises:
        ValueError: the days are negative.
    """

    grace_days: int = 0

    def __post_init__(self) -> None:
        if self.grace_days < 0:
            raise ValueError(f"a grace is zero days or more, not {self.grace_days}")

    def __str__(self) -> str:
        return f"grace {self.grace_days} days" if self.grace_days else "churn_then_return"


CHURN_THEN_RETURN = LatePolicy()


@dataclass(frozen=True, slots=True, kw_only=True)
class MetricProfile:
    """Every choice that a retention number depends on; the defaults are what most teams in Japan print.

    `outside_expansion`: whether growth outside of renewals (a rise within a term, a further contract of a customer)
    counts in NRR. `reactivation_gap_days`: a customer who returns after at most so many days without revenue is a late
    renewal, printed as part of the reactivations; after more, they are reactivated. `customer`: whose revenue is
    added up before anything counts as kept, lost, new or returned, and whose contracts are taken to succeed or fail
    together. Which term continues which is a matter of contracts, and the same under every profile.

    Raises:
        ValueError: the name is empty, or the gap is negative.
    """

    name: str = "default"
    nrr_boundary: NrrBoundary = NrrBoundary.CLOSE
    due_by: DueBy = DueBy.END_DATE
    early: EarlyRenewals = EarlyRenewals.EFFECTIVE
    late: LatePolicy = field(default=CHURN_THEN_RETURN)
    outside_expansion: bool = True
    reactivation_gap_days: int = DEFAULT_REACTIVATION_GAP_DAYS
    customer: CustomerIs = CustomerIs.ACCOUNT

    def __post_init__(self) -> None:
        if not self.name.strip():
            raise ValueError("a metric profile has a name; it is printed beside its numbers")
        if self.reactivation_gap_days < 0:
            raise ValueError(f"reactivation_gap_days is zero or more, not {self.reactivation_gap_days}")

    @property
    def customer_of(self) -> Callable[[TermState], str]:
        """What gives the id of the customer that a term counts under."""
        return _CUSTOMER_OF[self.customer]

    def due_day(self, term: TermState) -> date:
        """This function will give the day that decides which period a term is due in."""
        return term.end if self.due_by is DueBy.END_DATE else term.renewal_date

    def parts(self) -> tuple[tuple[str, str], ...]:
        """This function will give each choice under its YAML name, for a caption in any language."""
        return (
            ("profile", self.name),
            ("nrr_boundary", str(self.nrr_boundary)),
            ("due_by", str(self.due_by)),
            ("early", str(self.early)),
            ("late", str(self.late)),
            ("outside_expansion", "counted" if self.outside_expansion else "not counted"),
            ("reactivation_gap_days", str(self.reactivation_gap_days)),
            ("customer", str(self.customer)),
        )

    def words(self) -> str:
        """This function will put the definition into one line, to be printed beside a number."""
        return ", ".join(f"{name}: {choice}" for name, choice in self.parts())


DEFAULT_PROFILE = MetricProfile()
