"""What a call comes to: an amount of a currency in which it can be held against a landing."""

from datetime import date
from decimal import Decimal

from csops_sync.app.forecast.conversion import DueConversion
from csops_sync.app.forecast.reports import frame_in
from csops_sync.app.office import Office
from csops_sync.app.refusals import RefusedError
from csops_sync.domain.money import Money
from csops_sync.domain.sentences import Sentence
from csops_sync.ports.store import Transaction

_MOST = Decimal(10) ** 15


def called_amount(
    tx: Transaction, office: Office, amount: Decimal, *, given: str | None, currency: str, due: date
) -> Money:
    """This function will give what is called in the currency that was `given`, None for that of what is called.

    `due` is the day whose rates it will be held against a landing at: that of a renewal, or a period's first.

    Raises RefusedError for what is no amount of it, or could not be held against a landing.
    """
    if not 0 <= amount < _MOST:
        raise RefusedError(
            Sentence(
                "call.no-amount",
                "a call is an amount from 0 up to {most:,f}, not {amount:f}",
                most=_MOST,
                amount=amount,
            )
        )
    try:
        money = Money(amount, given or currency)
    except ValueError as error:
        raise RefusedError(str(error)) from error
    if money != money.rounded():
        raise RefusedError(
            Sentence(
                "call.decimals",
                "{amount:f} has more decimals than {currency}; round it",
                amount=amount,
                currency=money.currency,
            )
        )
    _refuse_unconverted(tx, office, money.currency, currency, due)
    return money


def _refuse_unconverted(tx: Transaction, office: Office, given: str, currency: str, due: date) -> None:
    """Refuse a currency in which a call could not be held against a landing; that of the renewal itself always can."""
    frame = frame_in(tx, office)
    if given == currency or DueConversion(frame.due_rates).on(due).knows(given):
        return
    raise RefusedError(
        Sentence(
            "call.no-rate",
            "no rate from {given} to {into}, so a call in it could not be held against a landing; pin one in "
            "rules.yaml, `forecast: rates:`, or call in {currency}",
            given=given,
            into=frame.exchange.into,
            currency=currency,
        )
    )
