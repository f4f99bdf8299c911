"""What a deal itself says that it is worth, and for how many months: read the same for renewals and for amendments."""

from decimal import Decimal
from fractions import Fraction

from csops_sync.domain.facts import Opportunity, Scalar

RECURRING = "recurring_amount"
_TERM_MONTHS = "term_months"


def recurring_amount(opportunity: Opportunity) -> Decimal | None:
    """This function will give the mapped `recurring_amount`, else Amount, as it stands; None where both are empty.

    Raises:
        ValueError: the mapped field holds no number.
    """
    value = opportunity.values.get(RECURRING)
    return opportunity.amount if value in (None, "") else _number(value)


def mapped_months(opportunity: Opportunity) -> Fraction | None:
    """This function will give the mapped `term_months`; below one month it counts as not filled in.

    Raises:
        ValueError: the field holds no number.
    """
    months = _number(opportunity.values.get(_TERM_MONTHS))
    return Fraction(months) if months is not None and months >= 1 else None


def _number(value: Scalar) -> Decimal | None:
    """Read an exact number; raises ValueError where the value is none."""
    if value in (None, "") or isinstance(value, bool):
        return None
    try:
        number = Decimal(str(value))
    except ArithmeticError:
        number = Decimal("NaN")
    if not number.is_finite():
        raise ValueError(f"{value!r} is not a number; correct the opportunity's field")
    return number
