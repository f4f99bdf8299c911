"""Domain values with everything filled in, so that a test names only what it is about."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from decimal import Decimal

from csops_sync.domain.book import AccountBook, WrittenValue
from csops_sync.domain.business_calendar import BusinessCalendar
from csops_sync.domain.conditions import Clause, Condition, OneOf, Present
from csops_sync.domain.dates import Duration
from csops_sync.domain.facts import Account, Contract, FieldEdit, Opportunity, Person, Scalar
from csops_sync.domain.renewal import Renewal
from csops_sync.domain.rules import (
    Announce,
    BudgetSeasonRule,
    CalendarRules,
    ContractLifecycle,
    DateAnchor,
    DateRule,
    Guards,
    OpenRule,
    OpportunityTemplate,
    RenewalRule,
    RuleSet,
)

ACCOUNT = "001000000000001AAA"
CONTRACT = "800000000000001AAA"
CSM = "005000000000001AAA"
MANAGER = "005000000000002AAA"
US = "005000000000009AAA"
FLOW = "005000000000008AAA"
FIELDS = frozenset(
    {
        "account", "name", "stage", "close_date", "amount", "owner", "record_type", "type", "contract",
        "renewal_key", "renewal_date", "co_term_contracts",
    }
)  # fmt: skip


@dataclass(frozen=True)
class Plain:
    """A template without placeholders but `{account}` and `{month}`."""

    source: str

    def render(self, context: Mapping[str, object]) -> str:
        """Fill in the customer's name and the renewal's month."""
        account, renewal = context["account"], context["renewal"]
        assert isinstance(account, Mapping)
        assert isinstance(renewal, Mapping)
        return self.source.format(account=account["name"], month=f"{renewal['date']:%Y-%m}")


def account(**changes: object) -> Account:
    """A Japanese customer with a CSM."""
    values: dict[str, Scalar] = {"name": "株式会社みなと商事", "csm": CSM, "tier": "Enterprise"}
    plain = Account(
        id=ACCOUNT, name="株式会社みなと商事", owner_id=CSM, country="JP", fiscal_year_starts=4, values=values
    )
    return replace(plain, **changes)  # type: ignore[arg-type]  # the caller names real fields


def contract(
    number: int = 1,
    *,
    start: date = date(2025, 10, 1),
    end: date | None = date(2026, 9, 30),
    **changes: object,
) -> Contract:
    """An active contract of a year that renews by itself with 60 days' notice, ¥6,000,000 a year."""
    status = changes.pop("status", "Activated")
    extra = {name: changes.pop(name) for name in ("terminated_on", "cancellation_notice") if name in changes}
    plain = Contract(
        id=f"8000000000000{number:02d}AAA",
        account_id=ACCOUNT,
        number=f"{number:08d}",
        start=start,
        end=end,
        term_months=12,
        auto_renews=True,
        renewal_term_months=None,
        notice=Duration(days=60),
        annual_amount=Decimal(6_000_000),
        currency="JPY",
        predecessor_id=None,
        owner_id=CSM,
        values={"status": status, **extra},  # type: ignore[dict-item]
    )
    return replace(plain, **changes)  # type: ignore[arg-type]


def opportunity(number: int = 1, **changes: object) -> Opportunity:
    """An open renewal opportunity that a person made for the customer, closing on 30 September 2026."""
    plain = Opportunity(
        id=f"0060000000000{number:02d}AAA",
        account_id=ACCOUNT,
        name="みなと商事 更新",
        stage="提案",
        is_closed=False,
        is_won=False,
        is_deleted=False,
        close_date=date(2026, 9, 30),
        amount=Decimal(6_000_000),
        currency="JPY",
        owner_id=CSM,
        contract_id=None,
        renewal_key=None,
        created_by_id=CSM,
        last_modified_by_id=CSM,
        last_modified_at=datetime(2026, 1, 5, tzinfo=UTC),
        values={"record_type": "Renewal"},
    )
    made = replace(plain, **changes)  # type: ignore[arg-type]
    standard: dict[str, Scalar] = {
        "name": made.name,
        "close_date": made.close_date.isoformat(),
        "amount": made.amount,
        "renewal_key": made.renewal_key,
        "contract": made.contract_id,
    }
    return replace(made, values={**standard, **made.values})


def person(identity: str = CSM, **changes: object) -> Person:
    """An active user; the CSM reports to the manager."""
    plain = Person(
        id=identity,
        name="佐藤",
        email="sato@example.com",
        is_active=True,
        manager_id=MANAGER if identity == CSM else None,
    )
    return replace(plain, **changes)  # type: ignore[arg-type]


def book(
    *contracts: Contract,
    opportunities: tuple[Opportunity, ...] = (),
    renewals: tuple[Renewal, ...] = (),
    written: Mapping[tuple[str, str], WrittenValue] | None = None,
    edits: Mapping[str, tuple[FieldEdit, ...]] | None = None,
    of: Account | None = None,
) -> AccountBook:
    """The customer with these contracts and opportunities, a CSM and a manager."""
    people = {CSM: person(), MANAGER: person(MANAGER, name="田中")}
    return AccountBook(
        account=of or account(),
        contracts=contracts,
        opportunities=opportunities,
        renewals=renewals,
        people=people,
        written=written or {},
        edits=edits or {},
    )


def rule(**changes: object) -> RenewalRule:
    """Opens 90 days before the renewal date, announces to #renewals, 3 % uplift."""
    plain = RenewalRule(
        name="everyone",
        origin="rules.yaml:24",
        when=Condition(),
        open=OpenRule(before_renewal=Duration(days=90)),
        opportunity=OpportunityTemplate(
            name=Plain("{account} {month} 更新"),
            stage="更新準備",
            close_date=DateRule(anchor=DateAnchor.TERM_END),
            record_type="Renewal",
            uplift=Decimal("0.03"),
        ),
        announce=Announce(channel="#renewals"),
    )
    return replace(plain, **changes)  # type: ignore[arg-type]


def ruleset(*rules: RenewalRule, **changes: object) -> RuleSet:
    """The rules with a weekday calendar and the Japanese budget season."""
    plain = RuleSet(
        hash="4f1c2e9",
        calendar=CalendarRules(timezone="Asia/Tokyo", own=BusinessCalendar("JP", frozenset())),
        csm=("account.csm", "account.owner"),
        segments=(),
        budget_season=BudgetSeasonRule(by_country={"JP": 4}),
        renewals=rules or (rule(),),
        guards=Guards(),
        lifecycle=ContractLifecycle(
            active=Condition((Clause("contract.status", OneOf(("Activated",))),)),
            terminated=Condition((Clause("contract.terminated_on", Present(expected=True)),)),
            cancelling=Condition((Clause("contract.cancellation_notice", Present(expected=True)),)),
        ),
        opportunity_fields=FIELDS,
    )
    return replace(plain, **changes)  # type: ignore[arg-type]
