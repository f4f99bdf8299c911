"""An English-speaking org from the RavenStack figures (credit and licence in data/README.md), moved to today."""

import csv
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import date, timedelta
from importlib.resources import files

from csops_sync.sandbox.orgs.dates import (
    DAY,
    add_months,
    end_for,
    last_day,
    next_business_day,
    open_for,
    start_for,
    weekdays,
)
from csops_sync.sandbox.orgs.deals import (
    Course,
    Deal,
    Language,
    Renewing,
    account_record,
    contract_record,
    renewal_record,
)
from csops_sync.sandbox.orgs.names import english_company
from csops_sync.sandbox.orgs.people import Staff, english_staff
from csops_sync.sandbox.orgs.ravenstack_past import WIN_BACK, Events, lost_record, sale_record, won_records
from csops_sync.sandbox.orgs.setup import ENGLISH_STAGES, american_organization, record_types, stage_rows
from csops_sync.sandbox.orgs.spread import draw
from csops_sync.sandbox.seed import OrgSeed, SeedRecord

ENGLISH = Language(
    stages=ENGLISH_STAGES,
    origin_name="{customer} new business {start}",
    amendment_name="{customer} amendment {start}",
    renewal_name="{customer} renewal {month}",
    next_step="Quote sent",
)
LAST_DAY_OF_SET = date(2024, 12, 31)
TIERS = {"Enterprise": "Enterprise", "Pro": "Standard", "Basic": "Starter"}
NOTICES = {"Enterprise": 90, "Standard": 60, "Starter": 30}
SEATS_FOR_TWO_YEARS = 60
YEAR = 12
DUE_NEXT = 6
CANCELLED_LATELY = timedelta(days=30)
TAKEN_UP = 92
Row = Mapping[str, str]


def ravenstack_org(*, today: date) -> OrgSeed:
    """This function will build the org so that the set's last day is `today`."""
    staff = english_staff(csms=6, managers=2)
    accounts = {
        row["account_id"]: _Account(number, row, staff) for number, row in enumerate(_rows("accounts"))
    }
    events = Events(_rows("churn_events"), shift=today - LAST_DAY_OF_SET)
    book = _Signed(today, accounts)
    deals = [book.deal(row) for row in _rows("subscriptions")]
    deals = _some_due_next(deals, accounts, today)
    return OrgSeed(
        organization=american_organization("RavenStack Inc."),
        records={
            "User": staff.users(),
            "RecordType": record_types(renewal="Renewal", new_business="New Business"),
            "OpportunityStage": stage_rows(ENGLISH_STAGES),
            "Account": [account.record(today) for account in accounts.values()],
            "Contract": [contract_record(deal) for deal in deals],
            "Opportunity": list(_opportunities(deals, book, events, today)),
        },
        slack_channels=("general", "renewals", "renewals-risk", "csops-ops"),
        slack_users=staff.slack_users(),
        slack_timezones=staff.slack_timezones(),
    )


class _Account:
    """One account of the set under a name of ours."""

    def __init__(self, number: int, row: Row, staff: Staff) -> None:
        self.number, self.row, self.csm = number, row, staff.csm(number)
        self.ref = f"@account-{row['account_id']}"
        self.name = english_company(number, industry=row["industry"], country=row["country"])
        self.tier = TIERS[row["plan_tier"]]

    def record(self, today: date) -> SeedRecord:
        """The Account row; three in four count calendar years, and some have not said."""
        fiscal_year = {0: 4, 1: None, 2: 7}.get(self.number % 12, 1)
        return account_record(
            self.row["account_id"],
            name=self.name,
            owner=self.csm,
            today=today,
            values={
                "CSM__c": self.csm,
                "Tier__c": self.tier,
                "Fiscal_Year_Starts__c": fiscal_year,
                "Industry": self.row["industry"],
                "BillingCountry": self.row["country"],
            },
        )


class _Signed:
    """Turns subscriptions into deals, their days moved to `today`."""

    def __init__(self, today: date, accounts: Mapping[str, _Account]) -> None:
        self._shift, self._accounts = today - LAST_DAY_OF_SET, accounts
        self._cancelled_from = today - CANCELLED_LATELY
        self.flags: dict[str, Row] = {}

    def deal(self, row: Row) -> Deal:
        """This method will give the deal of one subscription and remember its flags."""
        account = self._accounts[row["account_id"]]
        stopped = self._day(row["end_date"])
        lately = stopped is not None and stopped >= self._cancelled_from
        automatic = row["auto_renew_flag"] == "TRUE"
        self.flags[row["subscription_id"]] = row
        deal = Deal(
            key=row["subscription_id"],
            account=account.ref,
            customer=account.name,
            owner=account.csm,
            start=date.fromisoformat(row["start_date"]) + self._shift,
            months=_term(row),
            amount=int(row["arr_amount"]),
            auto_renews=automatic,
            notice_days=NOTICES[account.tier] if automatic else 0,
            status="Draft" if row["is_trial"] == "TRUE" else "Activated",
            terminated_on=None if lately else stopped,
            cancellation_notice=stopped if lately else None,
        )
        never_rolled = deal.terminated_on is not None and deal.terminated_on <= (deal.end or date.min)
        return replace(deal, auto_renews=False, notice_days=0) if never_rolled else deal

    def share(self, deal: Deal) -> int:
        """This method will give the per cent of the old amount that the renewal is worth."""
        row = self.flags[deal.key]
        if row["upgrade_flag"] == "TRUE":
            return 115
        return 85 if row["downgrade_flag"] == "TRUE" else 100

    def _day(self, text: str) -> date | None:
        return date.fromisoformat(text) + self._shift if text else None


def _term(row: Row) -> int | None:
    if row["billing_frequency"] == "annual":
        return 24 if int(row["seats"]) >= SEATS_FOR_TWO_YEARS else YEAR
    return 6 if row["auto_renew_flag"] == "TRUE" else None


def _some_due_next(deals: Sequence[Deal], accounts: Mapping[str, _Account], today: date) -> list[Deal]:
    """Move the first few plain yearly contracts so that they are due on the next business day."""
    plain = {account.ref for account in accounts.values() if account.tier != "Enterprise"}
    opens_on = next_business_day(today, weekdays)
    moved: list[Deal] = []
    left = DUE_NEXT
    for deal in deals:
        wanted = (
            left > 0 and deal.account in plain and deal.months == YEAR and deal.auto_renews and _runs(deal)
        )
        left -= wanted
        moved.append(_due_on(deal, opens_on) if wanted else deal)
    return moved


def _due_on(deal: Deal, opens_on: date) -> Deal:
    start, months = start_for(end_for(opens_on, notice_days=deal.notice_days), months=YEAR)
    return replace(deal, start=start, months=months)


def _runs(deal: Deal) -> bool:
    return deal.status == "Activated" and not deal.terminated_on and not deal.cancellation_notice


def _opportunities(deals: Sequence[Deal], book: _Signed, events: Events, today: date) -> Iterator[SeedRecord]:
    signed = [deal for deal in deals if deal.status == "Activated"]
    returned = events.win_backs(signed)
    for deal in signed:
        row = sale_record(deal, share=book.share(deal), today=today, language=ENGLISH)
        kind = {"Type": WIN_BACK} if deal.key in returned else {}
        yield replace(row, values={**row.values, **kind})
    for deal in signed:
        yield from won_records(deal, share=book.share(deal), today=today, language=ENGLISH)
    for number, deal in enumerate(deals):
        if deal.terminated_on and deal.months and deal.status == "Activated":
            yield _lost(deal, deal.terminated_on, events)
        elif _taken_up(deal, number, today):
            yield renewal_record(_in_hand(deal, number, today, share=book.share(deal)), ENGLISH)


def _lost(deal: Deal, stopped: date, events: Events) -> SeedRecord:
    return lost_record(
        deal,
        end=_present_end(deal, stopped),
        stopped=stopped,
        reason=events.reason(deal.account, stopped),
        language=ENGLISH,
    )


def _taken_up(deal: Deal, number: int, today: date) -> bool:
    """Whether a person already works on it: most of those whose day has come."""
    if not _runs(deal) or deal.months is None or not (deal.auto_renews or _end(deal) >= today):
        return False
    come = open_for(_present_end(deal, today), notice_days=deal.notice_days) < today
    return come and draw(0, number, "taken up") % 100 < TAKEN_UP


def _in_hand(deal: Deal, number: int, today: date, *, share: int) -> Renewing:
    courses = (Course.PREPARED, Course.PROPOSED, Course.NEGOTIATED)
    chosen = draw(0, number, "course") % len(courses)
    return Renewing(
        deal=deal,
        end=_present_end(deal, today),
        course=courses[chosen],
        made_on=max(deal.start, today - timedelta(days=2 + number % 40)),
        amount=deal.amount * share // 100,
        linked=number % 15 != 0,
        confidence="CBA"[chosen],
    )


def _end(deal: Deal) -> date:
    return last_day(deal.start, deal.months or YEAR)


def _present_end(deal: Deal, today: date) -> date:
    """The last day of the run in force on `today`: a contract that renews by itself has rolled on."""
    months = deal.months or YEAR
    term, ends = months, _end(deal)
    while deal.auto_renews and ends < today:
        term += min(months, YEAR)
        ends = add_months(deal.start, term) - DAY
    return ends


def _rows(name: str) -> Iterator[Row]:
    text = (
        files("csops_sync.sandbox.orgs.data").joinpath(f"ravenstack_{name}.csv").read_text(encoding="utf-8")
    )
    yield from csv.DictReader(text.splitlines())
