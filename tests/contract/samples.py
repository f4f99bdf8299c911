"""Rows for the store's contract, each with everything set, so that a column that is forgotten shows."""

from collections.abc import Mapping
from datetime import UTC, date, datetime
from decimal import Decimal

from csops_sync.domain.budget_season import BudgetSeason
from csops_sync.domain.dates import Duration
from csops_sync.domain.forecast.term_state import Grouping, RenewalType, Step, TermStanding, TermState
from csops_sync.domain.money import Money
from csops_sync.domain.opening import Bound, BoundKind, FloorEffect, OpenDecision
from csops_sync.domain.renewal import Cancellation, Renewal, Settled
from csops_sync.domain.rules import FloorAnchor
from csops_sync.ports.crm import Json, Role, Row
from csops_sync.ports.store import Event, OutboxRow, OutboxStatus, Target
from csops_sync.ports.written import WrittenField

NOON = datetime(2026, 1, 5, 12, 0, 0, 123000, tzinfo=UTC)
ACCOUNT = "0015g00000AcCtAAAV"
OTHER_ACCOUNT = "0015g00000AcCtBAAV"


def row(
    record_id: str,
    values: Mapping[str, Json] | None = None,
    *,
    stamp_ms: int = 1_767_571_200_000,
    deleted: bool = False,
) -> Row:
    """This function will make an opportunity of ACCOUNT."""
    return Row(Role.OPPORTUNITY, record_id, ACCOUNT, stamp_ms, deleted, values or {})


def numbered(count: int, name: str = "更新") -> list[Row]:
    """This function will make many opportunities in order of id."""
    return [row(f"006{number:012d}AAA", {"number": number, "name": name}) for number in range(count)]


def decision() -> OpenDecision:
    """This function will make a decision as the domain gives it."""
    return OpenDecision(
        open_date=date(2025, 9, 30),
        decided_by=BoundKind.BUDGET_SEASON,
        bounds=(
            Bound(
                kind=BoundKind.BUDGET_SEASON,
                day=date(2025, 9, 30),
                anchor_day=date(2025, 10, 31),
                offset=Duration(months=1),
            ),
        ),
        floor=FloorEffect(
            anchor=FloorAnchor.TERM_START,
            anchor_day=date(2025, 4, 1),
            offset=Duration(days=60),
            day=date(2025, 5, 31),
            counts=False,
        ),
        notice_deadline=date(2025, 12, 31),
        budget=BudgetSeason(
            fiscal_year_start=date(2026, 4, 1), opens_on=date(2025, 10, 31), locks_on=date(2026, 2, 1)
        ),
    )


def renewal(key: str = "8005g00000ABCDeAAP-1", *, account_id: str = ACCOUNT) -> Renewal:
    """This function will make a renewal with every field set."""
    return Renewal(
        key=key,
        contract_id=key.split("-", maxsplit=1)[0],
        account_id=account_id,
        ordinal=1,
        term_start=date(2025, 4, 1),
        term_end=date(2026, 3, 31),
        anchor_key="8005g00000ABCDeAAP-7",
        rule="標準",
        rules_hash="abc123",
        decision=decision(),
        review_on=date(2026, 1, 5),
        opportunity_id="0065g00000OpPtYAAV",
        opened_on=date(2025, 9, 30),
        adopted_on=date(2025, 10, 1),
        announced=True,
        settled=Settled.WON,
        refused=("0065g00000NoNoNAAV", "0065g00000NoNoOAAV"),
        cancellation=Cancellation.LEFT_OVER,
    )


def outbox_row(
    key: str = "8005g00000ABCDeAAP-1",
    *,
    status: OutboxStatus = OutboxStatus.PENDING,
    target: Target = Target.SALESFORCE,
    after: tuple[str, ...] = (),
    created_at: datetime = NOON,
    not_before: datetime | None = None,
) -> OutboxRow:
    """This function will make an outbox row that was never tried."""
    return OutboxRow(
        key=key,
        target=target,
        kind="create",
        account_id=ACCOUNT,
        payload='{"name": "更新 2026年4月"}',
        reason="予算の季節が始まる 10/31 の1か月前",
        rules_hash="abc123",
        status=status,
        created_at=created_at,
        body_hash="d41d8",
        after=after,
        not_before=not_before,
    )


def written_field(field: str = "close_date", *, opportunity_id: str = "0065g00000OpPtYAAV") -> WrittenField:
    """This function will make a written field that the org normalised."""
    return WrittenField(
        opportunity_id=opportunity_id,
        field=field,
        sent="2026-03-30",
        value="2026-03-31",
        written_at=NOON,
        reasserted=1,
    )


def event(
    kind: str = "opened", *, account_id: str = ACCOUNT, renewal_key: str | None = None, at: datetime = NOON
) -> Event:
    """This function will make an event with every field set but, unless given, the renewal's key."""
    return Event(
        at=at,
        kind=kind,
        account_id=account_id,
        detail='{"why": "理由"}',
        contract_id="8005g00000ABCDeAAP",
        renewal_key=renewal_key,
        opportunity_id="0065g00000OpPtYAAV",
    )


def term_state(key: str = "8005g00000ABCDeAAP-1", *, account_id: str = ACCOUNT) -> TermState:
    """This function will make a state with every field set."""
    return TermState(
        key=key,
        contract_id=key.split("-", maxsplit=1)[0],
        account_id=account_id,
        customer_id="0015g00000PaReNAAV",
        ordinal=1,
        start=date(2025, 4, 1),
        end=date(2026, 3, 31),
        in_force_until=date(2026, 3, 30),
        standing=TermStanding.OPEN,
        prior=Money(Decimal(6_000_000), "JPY"),
        new=Money(Decimal("61800.50"), "USD"),
        proposed=True,
        rank="B",
        chosen_type=RenewalType.FLAT,
        follows_on=True,
        announced_cancellation=True,
        open_date=date(2025, 12, 1),
        opportunity_id="0065g00000OpPtYAAV",
        settled_on=date(2026, 3, 1),
        loss_reason="価格",
        grouping=Grouping(
            segment="大企業",
            tier="Enterprise",
            csm_id="0055g00000CsMxXAAV",
            manager_id="0055g00000MaNaGAAV",
            product="CRM",
        ),
        steps=(
            Step(effective=date(2025, 4, 1), amount=Money(Decimal(4_000_000), "JPY")),
            Step(effective=date(2025, 10, 1), amount=Money(Decimal(6_000_000), "JPY")),
        ),
        bookings=Money(Decimal("123601.00"), "USD"),
    )
