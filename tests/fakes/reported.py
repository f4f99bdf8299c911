"""What tests of reports are made with: a day, the shared example's matrix, and terms that differ by one thing each."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime

from tests.fakes.landings import built, term

from csops_sync.app.forecast.frames import Frame
from csops_sync.domain.forecast.periods import FiscalCalendar, Window
from csops_sync.domain.forecast.rates import Exchange
from csops_sync.domain.forecast.term_state import Grouping, TermState

TODAY = date(2026, 2, 3)
KNOWN_AT = datetime(2026, 2, 3, 1, tzinfo=UTC)
FY2025 = Window(date(2025, 4, 1), date(2026, 3, 31))
LAST_QUARTER = Window(date(2026, 1, 1), date(2026, 3, 31))
"""The quarter that TODAY lies in: FY2025 Q4."""


def frame(**changes: object) -> Frame:
    """The example's rules as of TODAY, in yen, a fiscal year from April."""
    plain = Frame(
        as_of=TODAY,
        known_at=KNOWN_AT,
        rules=built(),
        rules_hash="d4e5688000000000",
        exchange=Exchange(into="JPY"),
        calendar=FiscalCalendar(starts=4),
    )
    return replace(plain, **changes)  # type: ignore[arg-type]  # the caller names real fields


def contract(number: int, *, ordinal: int = 1, customer: int | None = None, **changes: object) -> TermState:
    """The `term` of `tests.fakes.landings` for contract so and so, of a customer of its own unless one is named."""
    account = f"001{customer if customer is not None else number:012d}AAA"
    contract_id = f"800{number:012d}AAA"
    plain = term(
        key=f"{contract_id}-{ordinal}",
        contract_id=contract_id,
        account_id=account,
        customer_id=account,
        ordinal=ordinal,
    )
    if "end" in changes and "in_force_until" not in changes:
        changes["in_force_until"] = changes["end"]
    return replace(plain, **changes)  # type: ignore[arg-type]  # the caller names real fields


def under(**names: str) -> Grouping:
    """What a term is counted under."""
    return Grouping(**names)


@dataclass(frozen=True)
class PlainNames:
    """Names by id, for accounts, contracts and people alike."""

    names: Mapping[str, str] = field(default_factory=dict)

    def accounts(self, ids: Iterable[str]) -> Mapping[str, str]:
        return self._known(ids)

    def contracts(self, ids: Iterable[str]) -> Mapping[str, str]:
        return self._known(ids)

    def people(self, ids: Iterable[str]) -> Mapping[str, str]:
        return self._known(ids)

    def _known(self, ids: Iterable[str]) -> Mapping[str, str]:
        return {one: self.names[one] for one in ids if one in self.names}
