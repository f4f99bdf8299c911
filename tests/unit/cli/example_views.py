"""The views of the two examples: what `plan` and `explain` show there, as values."""

from datetime import UTC, date, datetime
from decimal import Decimal
from zoneinfo import ZoneInfo

from tests.unit.app.open_decisions import DECISION, NOTICE, TERM_END

from csops_sync.app.decision_words import decision_remarks, decision_steps
from csops_sync.app.views import (
    ChangeRow,
    ContractHeader,
    CreateRow,
    EventRow,
    ExplainView,
    LimitsView,
    MessageRow,
    PlanView,
    RemarkRow,
    RenewalView,
    UpdateRow,
)
from csops_sync.domain.money import Money

TOKYO = ZoneInfo("Asia/Tokyo")


def create(account: str, day: date, amount: int, bound: str, rule: str) -> CreateRow:
    """A renewal to open."""
    return CreateRow(
        key="8005g00000ABCDeAAP-1",
        account_id="0015g00000ABCDeAAP",
        account_name=account,
        contract_ids=("8005g00000ABCDeAAP",),
        renewal_date=day,
        open_date=date(2025, 12, 1),
        amount=Money(Decimal(amount), "JPY"),
        bound=bound,
        rule=rule,
        reason="due",
        values={"name": f"{account} 更新"},
    )


def update(name: str, change: ChangeRow, why: str) -> UpdateRow:
    """An opportunity to change."""
    return UpdateRow(
        key="update/1",
        account_id="0015g00000ABCDeAAP",
        opportunity_id="0065g00000XYZabAAH",
        opportunity_name=name,
        changes=(change,),
        why=why,
    )


def message(text: str) -> MessageRow:
    """A message to post."""
    return MessageRow(key="opened/1", channel="#renewals", notice="opened", text=text)


PLAN = PlanView(
    as_of=date(2025, 12, 1),
    timezone="Asia/Tokyo",
    read_up_to=datetime(2025, 12, 1, 0, 0, 41, tzinfo=UTC),
    rules_hash="4f1c2e9a77b0c3d1",
    creates=(
        create("株式会社みなと商事", date(2026, 10, 1), 6_000_000, "budget season 2025-11-01", "enterprise"),
        create("有限会社あおば製作所", date(2026, 3, 1), 4_800_000, "renewal less 90 days", "everyone-else"),
        create("Kita Logistics", date(2026, 4, 1), 3_500_000, "notice deadline 2025-12-31", "everyone-else"),
    ),
    updates=(
        update(
            "北野システム 2026-04 更新",
            ChangeRow(
                field="close_date", label="close date", before=date(2026, 3, 31), after=date(2026, 5, 31)
            ),
            "contract extended",
        ),
        update(
            "さくら印刷 2026-02 更新",
            ChangeRow(field="type", label="type", before="flat", after="upsell"),
            "¥1,200,000 -> ¥1,500,000",
        ),
    ),
    left_alone=(
        RemarkRow(
            subject_id="0065g00000XYZabAAH",
            subject="中央工業 2026-03 更新",
            text="close date is 2026-03-20, we last wrote 2026-03-31",
            kind="left-alone",
        ),
    ),
    messages=(message("1 renewal opened, 1 mention"), message("daily summary, 2 renewals")),
    limits=LimitsView(creates=50, updates=200, messages=40),
)


def event(at: str, name: str, text: str) -> EventRow:
    """One line of the history; `at` is the wall clock in Tokyo."""
    return EventRow(at=datetime.fromisoformat(at).replace(tzinfo=TOKYO), name=name, text=text)


RENEWAL = RenewalView(
    key="8005g00000ABCDeAAP-1",
    renewal_date=date(2026, 10, 1),
    open_date=DECISION.open_date,
    rule="enterprise",
    origin="rules.yaml:24",
    state="opened",
    steps=decision_steps(DECISION, term_end=TERM_END, notice=NOTICE),
    remarks=decision_remarks(DECISION),
    events=(
        event("2025-12-01 09:00", "created", "Opportunity 0065g00000XYZabAAH, key 8005g00000ABCDeAAP-1"),
        event("2025-12-01 09:00", "told", "#renewals, mentioned the CSM"),
        event(
            "2026-01-15 10:20",
            "- -> C",
            "rated in Salesforce by the CSM; landing ¥5,400,000 -> ¥5,772,000",
        ),
        event(
            "2026-02-12 16:41",
            "C -> D",
            "changed in Salesforce by the CSM; landing ¥5,772,000 -> ¥4,218,000",
        ),
        event("2026-02-12 16:46", "told", "#renewals-risk, mentioned the CSM's manager"),
        event(
            "2026-02-12 17:03",
            "taken",
            "by the CSM's manager with a reaction; Task 00T5g00000QRSTuEAP",
        ),
    ),
)
VIEW = ExplainView(
    contract=ContractHeader(
        id="8005g00000ABCDeAAP",
        number="00000123",
        account_id="0015g00000ABCDeAAP",
        account_name="株式会社みなと商事",
        amount=Money(Decimal(6_000_000), "JPY"),
        start=date(2025, 10, 1),
        end=date(2026, 9, 30),
        terms=("renews by itself", "60 days' notice"),
    ),
    timezone="Asia/Tokyo",
    renewals=(RENEWAL,),
)
