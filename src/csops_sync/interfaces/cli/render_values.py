"""How single values are written on a terminal: ISO dates, money with its sign, English counts. Pure."""

from collections.abc import Iterable
from datetime import UTC, date, datetime
from decimal import Decimal
from zoneinfo import ZoneInfo

from babel.numbers import format_currency

from csops_sync.domain.facts import Scalar
from csops_sync.domain.money import Money

RULES_HASH_LENGTH = 7
_IRREGULAR = {"opportunity": "opportunities"}


def money_text(money: Money | None) -> str:
    """This function will write `¥6,000,000`, cents only where there are any."""
    if money is None:
        return "no amount"
    whole = money.amount == money.amount.to_integral_value()
    return format_currency(
        money.amount, money.currency, "¤#,##0" if whole else None, locale="en", currency_digits=not whole
    )


def total_text(amounts: Iterable[Money | None]) -> str:
    """This function will add up what has an amount, each currency by itself: `¥14,300,000 + $20,000`."""
    sums: dict[str, Money] = {}
    for amount in amounts:
        if amount is not None:
            sums[amount.currency] = sums.get(amount.currency, Money(Decimal(), amount.currency)) + amount
    return " + ".join(money_text(sums[currency]) for currency in sorted(sums))


def count_text(number: int, noun: str) -> str:
    """This function will write `1 renewal`, `3 renewals`, `2 opportunities`."""
    if number == 1:
        return f"1 {noun}"
    return f"{number:,} {_IRREGULAR.get(noun, f'{noun}s')}"


def instant_text(instant: datetime) -> str:
    """This function will write an instant in UTC: `2025-12-01T00:00:41Z`."""
    return f"{instant.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}"


def local_text(instant: datetime, timezone: str) -> str:
    """This function will write an instant on the org's wall clock: `2025-12-01 09:00`."""
    return f"{instant.astimezone(ZoneInfo(timezone)):%Y-%m-%d %H:%M}"


def scalar_text(value: Scalar) -> str:
    """This function will write a field's value; `-` where it is empty."""
    if value is None or value == "":
        return "-"
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, datetime):
        return instant_text(value)
    if isinstance(value, date):
        return value.isoformat()
    return f"{value:,f}" if isinstance(value, Decimal) else str(value)


def short_hash(text: str) -> str:
    """This function will shorten a rules hash as it is shown everywhere."""
    return text[:RULES_HASH_LENGTH]
