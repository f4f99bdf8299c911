"""The sandbox's orgs: their shape, that a seed repeats itself, and that tomorrow always has something to open."""

from collections import Counter
from collections.abc import Iterable, Mapping
from datetime import date, timedelta

import holidays
import pytest

from csops_sync.sandbox.orgs.catalogue import NAMES, build
from csops_sync.sandbox.orgs.dates import add_months, end_for, last_day, open_for, start_for
from csops_sync.sandbox.seed import OrgSeed, SeedRecord

TODAYS = (
    date(2025, 12, 1),
    date(2026, 2, 27),  # a Friday; four Sundays later months clip
    date(2026, 5, 1),  # the eve of Golden Week
    date(2026, 11, 22),  # a Sunday before a holiday
    date(2027, 11, 30),
    date(2028, 2, 29),
)
HOLIDAYS = frozenset(holidays.country_holidays("JP", years=range(2024, 2031)))


def is_business_day(day: date, *, japan: bool) -> bool:
    """Monday to Friday, and in Japan no holiday."""
    return day.weekday() < 5 and not (japan and day in HOLIDAYS)


def after(day: date, *, japan: bool) -> date:
    """The next business day."""
    day += timedelta(days=1)
    while not is_business_day(day, japan=japan):
        day += timedelta(days=1)
    return day


def rolled_back(day: date, *, japan: bool) -> date:
    """The day itself, or the business day before it."""
    while not is_business_day(day, japan=japan):
        day -= timedelta(days=1)
    return day


def everyday_open_date(contract: Mapping[str, object], today: date, *, japan: bool) -> date | None:
    """The everyday rule, in its own words: renewal - 90 days or notice deadline - 30 days, whichever comes first."""
    start, months = contract["StartDate"], contract["ContractTerm"]
    if not isinstance(start, date) or not isinstance(months, int):
        return None
    end = last_day(start, months)
    while contract["Auto_Renews__c"] and end < today:
        months += 12
        end = last_day(start, months)
    if end < today:
        return None
    opens = end + timedelta(days=1) - timedelta(days=90)
    notice = contract["Notice_Days__c"]
    if contract["Auto_Renews__c"] and isinstance(notice, int):
        opens = min(opens, end - timedelta(days=notice) - timedelta(days=30))
    return rolled_back(opens, japan=japan)


def eligible(org: OrgSeed) -> list[Mapping[str, object]]:
    """Contracts of everyday customers that run, and that nobody has renewed or replaced."""
    tiers = {f"@{row.ref}": row.values["Tier__c"] for row in org.records["Account"]}
    taken = {row.values.get("ContractId") for row in org.records["Opportunity"]}
    taken |= {row.values["Renewed_From__c"] for row in org.records["Contract"]}
    return [
        row.values
        for row in org.records["Contract"]
        if f"@{row.ref}" not in taken
        and tiers[str(row.values["AccountId"])] != "Enterprise"
        and row.values["Status"] == "Activated"
        and not row.values["Terminated_On__c"]
        and not row.values["Cancellation_Notice__c"]
    ]


def everything(org: OrgSeed) -> Iterable[tuple[str, SeedRecord]]:
    """Every record with its object, in the order of loading."""
    return ((name, row) for name, rows in org.records.items() for row in rows)


@pytest.mark.parametrize("today", TODAYS)
@pytest.mark.parametrize("name", ["small", "generated", "ravenstack", "history"])
def test_at_least_five_renewals_fall_due_on_the_next_business_day(name: str, today: date) -> None:
    """A rehearsal advances one business day and must have something to show."""
    japan = name != "ravenstack"
    org = build(name, seed=7, contracts=400, today=today)
    opens = Counter(everyday_open_date(values, today, japan=japan) for values in eligible(org))
    assert opens[after(today, japan=japan)] >= 5


@pytest.mark.parametrize("today", TODAYS)
def test_the_small_org_has_overdue_renewals_at_its_baseline(today: date) -> None:
    """Several open dates fell before today."""
    org = build("small", seed=0, contracts=0, today=today)
    opens = [everyday_open_date(values, today, japan=True) for values in eligible(org)]
    assert sum(1 for day in opens if day and day < today) >= 4


def test_a_generated_org_opens_renewals_on_every_business_day_of_the_year_ahead() -> None:
    """The stream is steady: no business day of the next eleven months is empty."""
    today = date(2026, 11, 22)
    org = build("generated", seed=3, contracts=2000, today=today)
    opens = Counter(everyday_open_date(values, today, japan=True) for values in eligible(org))
    day, empty = today, []
    for _ in range(225):
        day = after(day, japan=True)
        if not opens[day]:
            empty.append(day)
    assert empty == []


def test_the_same_seed_gives_the_same_org_and_another_seed_another() -> None:
    """Seeds are the only source of chance."""
    today = date(2026, 11, 22)

    def org(seed: int) -> list[tuple[str, SeedRecord]]:
        return list(everything(build("generated", seed=seed, contracts=300, today=today)))

    assert org(7) == org(7)
    assert org(7) != org(8)


@pytest.mark.parametrize("name", NAMES)
def test_every_reference_points_at_a_record_that_comes_before(name: str) -> None:
    """The org is loaded in one pass, users first."""
    org = build(name, seed=1, contracts=300, today=date(2026, 11, 22))
    seen: set[str] = set()
    for _object, row in everything(org):
        pointed = {value[1:] for value in row.values.values() if isinstance(value, str) and value[:1] == "@"}
        assert pointed <= seen, row
        assert row.by is None or row.by in seen, row
        assert row.ref not in seen, row
        seen.add(row.ref)


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("today", TODAYS)
def test_nothing_was_made_in_the_future(name: str, today: date) -> None:
    """A row made after today would never be pulled."""
    org = build(name, seed=1, contracts=300, today=today)
    assert [row for _, row in everything(org) if row.created_on and row.created_on > today] == []


def test_the_small_org_meets_every_case_by_eye() -> None:
    """Evergreen, multi-year, draft, terminated, cancelling, replaced, ended, renewed by a person in four ways."""
    today = date(2026, 11, 22)
    org = build("small", seed=0, contracts=0, today=today)
    contracts = [row.values for row in org.records["Contract"]]
    assert 24 <= len(contracts) <= 32
    assert sum(1 for row in contracts if row["ContractTerm"] is None) == 1
    assert sum(1 for row in contracts if row["Status"] == "Draft") == 1
    for name in ("Terminated_On__c", "Cancellation_Notice__c", "Renewed_From__c"):
        assert sum(1 for row in contracts if row[name]) == 1, name
    assert {12, 24, 36} <= {row["ContractTerm"] for row in contracts}
    renewals = [row.values for row in org.records["Opportunity"] if row.ref.startswith("renewal-")]
    assert Counter(row["StageName"] for row in renewals) == {"更新準備": 1, "提案": 1, "受注": 1, "失注": 1}
    assert sum(1 for row in renewals if "ContractId" not in row) == 1
    accounts = [row.values for row in org.records["Account"]]
    assert {1, 4, 10, None} == {row["Fiscal_Year_Starts__c"] for row in accounts}
    assert Counter(str(row["AccountId"]) for row in contracts).most_common(1)[0][1] == 2


def test_every_csm_has_a_manager_and_one_has_left() -> None:
    """Escalation climbs a chain that ends at the head."""
    users = {
        row.ref: row.values for row in build("small", seed=0, contracts=0, today=TODAYS[0]).records["User"]
    }
    for ref in (ref for ref in users if ref.startswith("csm-")):
        manager = str(users[ref]["ManagerId"])[1:]
        assert users[manager]["ManagerId"] == "@head"
    assert [ref for ref, values in users.items() if not values["IsActive"]] == ["csm-left"]
    assert users["integration"]["Username"] == "integration@csops.example"
    assert users["flow"]["Username"] == "flow@csops.example"


def test_customers_of_a_generated_org_have_names_of_their_own() -> None:
    """No two accounts share a name."""
    org = build("generated", seed=5, contracts=30_000, today=TODAYS[0])
    names = [row.values["Name"] for row in org.records["Account"]]
    assert len(set(names)) == len(names)


def test_months_clip_and_never_drift() -> None:
    """31 Jan + 1 month is the end of February, + 2 months is 31 March again."""
    assert add_months(date(2027, 1, 31), 1) == date(2027, 2, 28)
    assert add_months(date(2028, 1, 31), 1) == date(2028, 2, 29)
    assert add_months(date(2027, 1, 31), 2) == date(2027, 3, 31)
    assert add_months(date(2027, 1, 31), -11) == date(2026, 2, 28)


@pytest.mark.parametrize("notice", [0, 30, 60, 90])
def test_an_end_chosen_for_an_open_date_opens_on_it(notice: int) -> None:
    """The two functions undo each other."""
    opens = date(2026, 11, 24)
    assert open_for(end_for(opens, notice_days=notice), notice_days=notice) == opens


def test_a_term_that_no_year_reaches_takes_four() -> None:
    """A renewal on 29 February has no start a year before."""
    start, months = start_for(date(2028, 2, 28), months=12)
    assert (start, months) == (date(2024, 2, 29), 48)
    assert last_day(start, months) == date(2028, 2, 28)
