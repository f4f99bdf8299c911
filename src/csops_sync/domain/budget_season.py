"""A customer's budget season: when the budget that pays for a new term is drawn up, and when it locks.

The renewal is paid from one fiscal year of the customer. Which one that is, `paid_from` says; its season is
given relative to the first day of that year. Where the design is silent, this module reads it so:

- A fiscal year begins on the first day of its month.
- `year_with_most_months` counts months of the new term from its own start; each belongs to the year in which it
  begins. 12 months from any day of October are 6 and 6 to an April customer, a tie, so the earlier year pays: the
  safer reading, for its season comes first.
- `year_of_invoice` takes the year that holds the renewal date less `invoice_before`.
- The lock day is the first day on which no price gets in; the season's last day is the day before.
"""

from collections import Counter
from dataclasses import dataclass
from datetime import date, timedelta
from functools import lru_cache

from csops_sync.domain.dates import MONTHS_PER_YEAR, add_months, earlier
from csops_sync.domain.rules import BudgetSeasonRule, PaidFrom

_ONE_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class BudgetSeason:
    """The days between which the budget of one fiscal year of the customer can take a price.

    Raises:
        ValueError: the season locks before it has a single day.
    """

    fiscal_year_start: date
    opens_on: date
    locks_on: date

    def __post_init__(self) -> None:
        if self.locks_on <= self.opens_on:
            raise ValueError(
                f"the budget season opens {self.opens_on} and locks {self.locks_on}; "
                "let `opens` lie more time before the fiscal year than `locks`"
            )

    @property
    def last_day(self) -> date:
        """The last day on which a price still gets into the budget."""
        return self.locks_on - _ONE_DAY


def budget_season(
    *, fiscal_month: int, renewal_date: date, new_term_months: int, rule: BudgetSeasonRule
) -> BudgetSeason:
    """This function will find the season of the fiscal year that pays for the term from `renewal_date` on.

    `fiscal_month` is the month (1-12) in which the customer's fiscal year starts.

    Raises:
        ValueError: the month is none, the new term has no month, or the rule's season has no day.
    """
    year = _paying_year(fiscal_month, renewal_date, new_term_months, rule)
    return BudgetSeason(
        fiscal_year_start=year,
        opens_on=earlier(year, rule.opens_before),
        locks_on=earlier(year, rule.locks_before),
    )


def fiscal_year_start(*, day: date, fiscal_month: int) -> date:
    """This function will give the first day of the fiscal year that holds `day`.

    Raises:
        ValueError: `fiscal_month` is not 1-12.
    """
    if not 1 <= fiscal_month <= MONTHS_PER_YEAR:
        raise ValueError(
            f"a fiscal year starts in a month 1 to 12, not {fiscal_month}; correct the account's field"
        )
    year = day.year if day.month >= fiscal_month else day.year - 1
    return date(year, fiscal_month, 1)


def _paying_year(fiscal_month: int, renewal_date: date, months: int, rule: BudgetSeasonRule) -> date:
    match rule.paid_from:
        case PaidFrom.YEAR_WITH_MOST_MONTHS:
            return _year_with_most_months(fiscal_month, renewal_date, months)
        case PaidFrom.YEAR_OF_RENEWAL_DATE:
            return fiscal_year_start(day=renewal_date, fiscal_month=fiscal_month)
        case PaidFrom.YEAR_OF_INVOICE:
            invoiced = earlier(renewal_date, rule.invoice_before)
            return fiscal_year_start(day=invoiced, fiscal_month=fiscal_month)


@lru_cache(maxsize=16_384)
def _year_with_most_months(fiscal_month: int, start: date, months: int) -> date:
    # Cached because renewal dates repeat all over a customer base.
    if months < 1:
        raise ValueError(
            f"a new term has at least one month, not {months}; correct the contract's renewal term"
        )
    begins = (add_months(start, count) for count in range(months))
    held = Counter(fiscal_year_start(day=begin, fiscal_month=fiscal_month) for begin in begins)
    return max(held, key=lambda year: (held[year], -year.toordinal()))
