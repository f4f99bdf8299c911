"""What Salesforce says: frozen values of one customer, in the words of the mapping.

Every fact carries `values`, all mapped fields by their name in YAML (`account.tier` is `values["tier"]`), so that
conditions and templates can name any of them; the attributes beside it are the ones that the domain itself reads.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from csops_sync.domain.cheap_values import cheaply_made
from csops_sync.domain.dates import Duration

Scalar = str | int | Decimal | bool | date | datetime | None


def without_empty_places(value: Scalar) -> Scalar:
    """This function will give an exact number as people write it: 9000000 for 9000000.0; anything else as it is."""
    return int(value) if isinstance(value, Decimal) and value == value.to_integral_value() else value


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    """A Salesforce user. `manager_id` leads up the chain that escalation and row scope follow."""

    id: str
    name: str
    email: str | None
    is_active: bool
    manager_id: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Account:
    """A customer. `fiscal_year_starts` is a month 1-12, or None where the account does not say."""

    id: str
    name: str
    owner_id: str | None
    country: str | None
    fiscal_year_starts: int | None
    values: Mapping[str, Scalar]


@cheaply_made
@dataclass(frozen=True, slots=True, kw_only=True)
class Contract:
    """One agreement. `start` and `end` are both days of the term; `end` is None for an evergreen contract.

    `annual_amount` is recurring, net of tax, in major units of `currency`; None where the mapping has no value.
    `predecessor_id` is the contract that this one replaces (mapped link).
    `owner_id` may be None. `notice` is None where the customer need not give any.
    """

    id: str
    account_id: str
    number: str
    start: date | None
    end: date | None
    term_months: int | None
    auto_renews: bool
    renewal_term_months: int | None
    notice: Duration | None
    annual_amount: Decimal | None
    currency: str
    predecessor_id: str | None
    owner_id: str | None
    values: Mapping[str, Scalar]


@cheaply_made
@dataclass(frozen=True, slots=True, kw_only=True)
class Opportunity:
    """A deal. `renewal_key` is our unique external id, None on those that we neither made nor adopted."""

    id: str
    account_id: str | None
    name: str
    stage: str
    is_closed: bool
    is_won: bool
    is_deleted: bool
    close_date: date
    amount: Decimal | None
    currency: str
    owner_id: str | None
    contract_id: str | None
    renewal_key: str | None
    created_by_id: str | None
    last_modified_by_id: str | None
    last_modified_at: datetime
    values: Mapping[str, Scalar]


@cheaply_made
@dataclass(frozen=True, slots=True, kw_only=True)
class FieldEdit:
    """One row of OpportunityFieldHistory: who set a tracked field to what, and when (UTC)."""

    id: str
    opportunity_id: str
    field: str
    old: Scalar
    new: Scalar
    by_id: str
    at: datetime
