"""The door of the domain: mirrored rows become frozen facts here, and nowhere else."""

from collections.abc import Mapping
from datetime import UTC, date, datetime
from decimal import Decimal, InvalidOperation
from typing import cast

from csops_sync.domain.dates import Duration
from csops_sync.domain.facts import Account, Contract, FieldEdit, Opportunity, Person, Scalar
from csops_sync.domain.money import is_currency
from csops_sync.ports.crm import Json, Row

_MONTHS = (
    "january", "february", "march", "april", "may", "june",
    "july", "august", "september", "october", "november", "december",
)  # fmt: skip
_LAST_MONTH = 12
_MAX_EXACT_FLOAT = 10**15


def person_of(row: Row) -> Person:
    """This function will give the user that a row describes."""
    values = scalars(row.values)
    return Person(
        id=row.id,
        name=_text(values.get("name")) or row.id,
        email=_text(values.get("email")),
        is_active=bool(values.get("active")) and not row.deleted,
        manager_id=_text(values.get("manager")),
    )


def account_of(row: Row) -> Account:
    """This function will give the customer that a row describes."""
    values = scalars(row.values)
    return Account(
        id=row.id,
        name=_text(values.get("name")) or row.id,
        owner_id=_text(values.get("owner")),
        country=_text(values.get("country")),
        fiscal_year_starts=month_of(values.get("fiscal_year_starts")),
        values=values,
    )


def contract_of(row: Row, *, default_currency: str) -> Contract:
    """This function will give the contract that a row describes; raises ValueError where a value makes no sense."""
    values = scalars(row.values)
    return Contract(
        id=row.id,
        account_id=row.parent_id or "",
        number=_text(values.get("number")) or row.id,
        start=_day(values.get("start")),
        end=_day(values.get("end")),
        term_months=_whole(values.get("term_months")),
        auto_renews=bool(values.get("auto_renews")),
        renewal_term_months=_whole(values.get("renewal_term_months")),
        notice=_notice(values),
        annual_amount=amount_of(values.get("annual_amount")),
        currency=_currency(values) or default_currency,
        predecessor_id=_text(values.get("predecessor")),
        owner_id=_text(values.get("owner")),
        values=values,
    )


def opportunity_of(row: Row, *, default_currency: str) -> Opportunity:
    """This function will give the opportunity that a row describes."""
    values = scalars(row.values)
    return Opportunity(
        id=row.id,
        account_id=row.parent_id,
        name=_text(values.get("name")) or row.id,
        stage=_text(values.get("stage")) or "",
        is_closed=bool(values.get("closed")),
        is_won=bool(values.get("won")),
        is_deleted=row.deleted,
        close_date=_day(values.get("close_date")) or date.min,
        amount=amount_of(values.get("amount")),
        currency=_currency(values) or default_currency,
        owner_id=_text(values.get("owner")),
        contract_id=_text(values.get("contract")),
        renewal_key=_text(values.get("renewal_key")),
        created_by_id=_text(values.get("created_by")),
        last_modified_by_id=_text(values.get("last_modified_by")),
        last_modified_at=instant_of(values.get("last_modified_at")),
        values=values,
    )


def edit_of(row: Row) -> FieldEdit:
    """This function will give the tracked edit that a history row describes."""
    values = scalars(row.values)
    return FieldEdit(
        id=row.id,
        opportunity_id=row.parent_id or "",
        field=_text(values.get("field")) or "",
        old=values.get("old"),
        new=values.get("new"),
        by_id=_text(values.get("by")) or "",
        at=instant_of(values.get("at")),
    )


def scalars(values: Mapping[str, Json]) -> Mapping[str, Scalar]:
    """This function will make JSON values exact: a number with a point becomes the Decimal that it was written as.

    A JSON float of up to 15 digits prints as it was written; more digits raise ValueError, for they were lost.
    """
    if float not in map(type, values.values()):  # as in most rows, of which a cycle reads tens of thousands
        return cast("Mapping[str, Scalar]", values)
    return {name: _exact(value) if isinstance(value, float) else value for name, value in values.items()}


def scalar(value: Json) -> Scalar:
    """This function will make one JSON value exact, as `scalars` does."""
    return _exact(value) if isinstance(value, float) else value


def as_json(value: Scalar) -> Json:
    """This function will give a domain value as JSON: dates as text, exact numbers as numbers."""
    if isinstance(value, datetime | date):
        return value.isoformat()
    if isinstance(value, Decimal):
        return int(value) if value == value.to_integral_value() else float(value)
    return value


def month_of(value: Scalar) -> int | None:
    """This function will read a month: 4, `4`, `April`, `Apr` or `4月`; None where it is none of these."""
    if value is None or isinstance(value, bool):
        return None
    text = str(value).strip().lower().removesuffix("月")
    if text.removesuffix(".0").isdecimal():
        number = int(text.removesuffix(".0"))
        return number if 1 <= number <= _LAST_MONTH else None
    found = [index for index, name in enumerate(_MONTHS, start=1) if len(text) > 2 and name.startswith(text)]  # noqa: PLR2004 - three letters make a month
    return found[0] if len(found) == 1 else None


def instant_of(value: Scalar) -> datetime:
    """This function will read Salesforce's datetime text as an aware instant; the beginning of time where empty."""
    if not isinstance(value, str) or not value:
        return datetime.min.replace(tzinfo=UTC)
    return datetime.fromisoformat(value).astimezone(UTC)


def _exact(value: float) -> Decimal:
    if abs(value) >= _MAX_EXACT_FLOAT:
        raise ValueError(f"{value} has more digits than a JSON number keeps; map a text or a smaller unit")
    return Decimal(repr(value))


def _text(value: Scalar) -> str | None:
    return str(value) if value not in (None, "") else None


def _day(value: Scalar) -> date | None:
    return date.fromisoformat(str(value)[:10]) if value else None


def _whole(value: Scalar) -> int | None:
    number = amount_of(value)
    return int(number) if number is not None else None


def amount_of(value: Scalar) -> Decimal | None:
    """This function will read an exact number; raises ValueError where the value is none."""
    if isinstance(value, Decimal):
        return value
    if value is None or isinstance(value, bool | date):
        return None
    try:
        number = Decimal(str(value)) if value != "" else None
    except InvalidOperation:
        raise ValueError(f"{value!r} is not a number") from None
    if number is not None and not number.is_finite():
        raise ValueError(f"{value!r} is not a number")
    return number


def _currency(values: Mapping[str, Scalar]) -> str | None:
    """Give the ISO code in capitals; raises ValueError where it is none."""
    code = (_text(values.get("currency")) or "").strip().upper()
    if code and not is_currency(code):
        raise ValueError(f"currency {code!r} is no ISO 4217 code such as JPY")
    return code or None


def _notice(values: Mapping[str, Scalar]) -> Duration | None:
    months, days = _whole(values.get("notice_months")), _whole(values.get("notice_days"))
    if not months and not days:
        return None
    return Duration(months=months or 0, days=days or 0)
