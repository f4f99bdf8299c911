"""Date literals stand for the running user's days, weeks and years, and for the org's fiscal year."""

from datetime import UTC, date, datetime

import pytest
from tests.fakes.sandbox_org import LocalOrg

from csops_sync.sandbox.salesforce.date_literals import Calendar, is_date_literal, span_of

DEALS, ACCOUNTS = "SELECT Name FROM Opportunity", "SELECT Name FROM Account"
WEDNESDAY = Calendar(today=date(2026, 4, 1), first_weekday=6, fiscal_start=4)


@pytest.mark.parametrize(
    ("literal", "first", "last"),
    [
        ("TODAY", "2026-04-01", "2026-04-01"),
        ("yesterday", "2026-03-31", "2026-03-31"),
        ("TOMORROW", "2026-04-02", "2026-04-02"),
        ("LAST_90_DAYS", "2026-01-01", "2026-04-01"),
        ("NEXT_90_DAYS", "2026-04-02", "2026-06-30"),
        ("LAST_N_DAYS:1", "2026-03-31", "2026-04-01"),
        ("NEXT_N_DAYS:15", "2026-04-02", "2026-04-16"),
        ("N_DAYS_AGO:25", "2026-03-07", "2026-03-07"),
        ("LAST_WEEK", "2026-03-22", "2026-03-28"),
        ("THIS_WEEK", "2026-03-29", "2026-04-04"),
        ("NEXT_WEEK", "2026-04-05", "2026-04-11"),
        ("LAST_N_WEEKS:2", "2026-03-15", "2026-03-28"),
        ("NEXT_N_WEEKS:2", "2026-04-05", "2026-04-18"),
        ("N_WEEKS_AGO:3", "2026-03-08", "2026-03-14"),
        ("LAST_MONTH", "2026-03-01", "2026-03-31"),
        ("THIS_MONTH", "2026-04-01", "2026-04-30"),
        ("NEXT_MONTH", "2026-05-01", "2026-05-31"),
        ("LAST_N_MONTHS:12", "2025-04-01", "2026-03-31"),
        ("NEXT_N_MONTHS:2", "2026-05-01", "2026-06-30"),
        ("N_MONTHS_AGO:6", "2025-10-01", "2025-10-31"),
        ("LAST_QUARTER", "2026-01-01", "2026-03-31"),
        ("THIS_QUARTER", "2026-04-01", "2026-06-30"),
        ("NEXT_QUARTER", "2026-07-01", "2026-09-30"),
        ("LAST_N_QUARTERS:2", "2025-10-01", "2026-03-31"),
        ("NEXT_N_QUARTERS:2", "2026-07-01", "2026-12-31"),
        ("N_QUARTERS_AGO:3", "2025-07-01", "2025-09-30"),
        ("LAST_YEAR", "2025-01-01", "2025-12-31"),
        ("THIS_YEAR", "2026-01-01", "2026-12-31"),
        ("NEXT_YEAR", "2027-01-01", "2027-12-31"),
        ("LAST_N_YEARS:1", "2025-01-01", "2025-12-31"),
        ("LAST_N_YEARS:5", "2021-01-01", "2025-12-31"),
        ("NEXT_N_YEARS:1", "2027-01-01", "2027-12-31"),
        ("NEXT_N_YEARS:5", "2027-01-01", "2031-12-31"),
        ("N_YEARS_AGO:2", "2024-01-01", "2024-12-31"),
        ("LAST_FISCAL_QUARTER", "2026-01-01", "2026-03-31"),
        ("THIS_FISCAL_QUARTER", "2026-04-01", "2026-06-30"),
        ("NEXT_FISCAL_QUARTER", "2026-07-01", "2026-09-30"),
        ("LAST_N_FISCAL_QUARTERS:6", "2024-10-01", "2026-03-31"),
        ("NEXT_N_FISCAL_QUARTERS:6", "2026-07-01", "2027-12-31"),
        ("N_FISCAL_QUARTERS_AGO:6", "2024-10-01", "2024-12-31"),
        ("LAST_FISCAL_YEAR", "2025-04-01", "2026-03-31"),
        ("THIS_FISCAL_YEAR", "2026-04-01", "2027-03-31"),
        ("NEXT_FISCAL_YEAR", "2027-04-01", "2028-03-31"),
        ("LAST_N_FISCAL_YEARS:3", "2023-04-01", "2026-03-31"),
        ("NEXT_N_FISCAL_YEARS:3", "2027-04-01", "2030-03-31"),
        ("N_FISCAL_YEARS_AGO:3", "2023-04-01", "2024-03-31"),
    ],
)
def test_a_literal_stands_for_its_days(literal: str, first: str, last: str) -> None:
    start, end = span_of(literal, WEDNESDAY)
    assert (start.isoformat(), (end.toordinal() - 1)) == (first, date.fromisoformat(last).toordinal())


def test_a_week_begins_where_the_locale_lets_it_begin() -> None:
    monday = Calendar(today=date(2026, 4, 1), first_weekday=0)
    assert span_of("THIS_WEEK", monday)[0] == date(2026, 3, 30)
    on_monday = Calendar(today=date(2026, 3, 30), first_weekday=0)
    assert span_of("THIS_WEEK", on_monday)[0] == date(2026, 3, 30)


@pytest.mark.parametrize(
    ("start", "today", "first"), [(4, "2026-03-31", "2026-01-01"), (2, "2026-01-31", "2025-11-01")]
)
def test_a_fiscal_quarter_counts_from_the_fiscal_years_start(start: int, today: str, first: str) -> None:
    calendar = Calendar(today=date.fromisoformat(today), fiscal_start=start)
    assert span_of("THIS_FISCAL_QUARTER", calendar)[0].isoformat() == first


@pytest.mark.parametrize(
    "word", ["LAST_DAY", "THIS_N_DAYS:3", "LAST_N_DAYS", "LAST_N_DAYS:-1", "NOW", "USD5000"]
)
def test_any_other_word_is_no_date_literal(word: str) -> None:
    assert not is_date_literal(word)


@pytest.mark.parametrize("literal", ["NEXT_N_YEARS:1975", "LAST_N_YEARS:327", "NEXT_N_DAYS:9999999"])
def test_days_before_1700_and_after_4000_are_refused(literal: str) -> None:
    with pytest.raises(ValueError, match="lies beyond"):
        span_of(literal, WEDNESDAY)


@pytest.fixture(scope="module")
def local() -> LocalOrg:
    """Deals that close around 1 April 2026; the integration user lives in Tokyo, where the day is nine hours ahead."""
    org = LocalOrg()
    for day in ("2026-03-31", "2026-04-01", "2026-04-02"):
        org.opportunity(Name=day, CloseDate=day)
    for stamp in ("2026-03-31T14:59:59", "2026-03-31T15:00:00", "2026-04-01T14:59:59", "2026-04-01T15:00:00"):
        org.clock.set(datetime.fromisoformat(stamp).replace(tzinfo=UTC))
        org.create("Account", Name=stamp)
    org.clock.set(datetime(2026, 3, 31, 20, 0, tzinfo=UTC))  # 05:00 of 1 April in Tokyo
    return org


@pytest.mark.parametrize(
    ("where", "days"),
    [
        ("CloseDate = TODAY", ["01"]),
        ("CloseDate != TODAY", ["31", "02"]),
        ("CloseDate < TODAY", ["31"]),
        ("CloseDate <= TODAY", ["31", "01"]),
        ("CloseDate > TODAY", ["02"]),
        ("CloseDate >= TODAY", ["01", "02"]),
        ("CloseDate IN (YESTERDAY, TOMORROW)", ["31", "02"]),
        ("CloseDate NOT IN (YESTERDAY, 2026-04-02)", ["01"]),
        ("CloseDate = LAST_N_DAYS:1", ["31", "01"]),
        ("(NOT CloseDate = THIS_FISCAL_YEAR)", ["31"]),
    ],
)
def test_a_date_is_compared_with_the_days_of_a_literal(local: LocalOrg, where: str, days: list[str]) -> None:
    found = local.names(f"{DEALS} WHERE {where} ORDER BY CloseDate")
    assert [str(name)[-2:] for name in found] == days


@pytest.mark.parametrize(
    ("where", "stamps"),
    [
        ("CreatedDate = TODAY", ["31T15:00:00", "01T14:59:59"]),
        ("CreatedDate < TODAY", ["31T14:59:59"]),
        ("CreatedDate > TODAY", ["01T15:00:00"]),
        ("CreatedDate = YESTERDAY OR CreatedDate = TOMORROW", ["31T14:59:59", "01T15:00:00"]),
        ("SystemModstamp >= TOMORROW", ["01T15:00:00"]),
    ],
)
def test_an_instant_is_compared_with_the_users_midnights(
    local: LocalOrg, where: str, stamps: list[str]
) -> None:
    found = local.names(f"{ACCOUNTS} WHERE {where} ORDER BY CreatedDate")
    assert [str(name)[8:] for name in found] == stamps


def test_another_users_today_is_that_of_their_own_time_zone(local: LocalOrg) -> None:
    kind = local.org.schema["User"]
    user = local.org.tables["User"].get(local.org.people.integration)
    assert user is not None
    at = kind.places["TimeZoneSidKey"]
    local.org.store(kind, (*user[:at], "America/New_York", *user[at + 1 :]), started="")
    found = local.names("SELECT Name FROM Opportunity WHERE CloseDate = TODAY")
    local.org.store(kind, user, started="")
    assert found == ["2026-03-31"]


@pytest.mark.parametrize(
    ("where", "code", "words"),
    [
        ("Name = TODAY", "INVALID_FIELD", "must be of type string"),
        ("CloseDate = SOMEDAY", "INVALID_FIELD", "must be of type date"),
        ("CloseDate = LAST_N_DAYS", "INVALID_FIELD", "must be of type date"),
        ("CloseDate = NEXT_N_YEARS:2000", "MALFORMED_QUERY", "invalid date: NEXT_N_YEARS:2000"),
        ("DAY_ONLY(CreatedDate) = TODAY", "MALFORMED_QUERY", "a date function cannot be compared"),
        ("CALENDAR_YEAR(CloseDate) = THIS_YEAR", "INVALID_FIELD", "must be of type int"),
        ("CloseDate = LAST_N_DAYS:x", "MALFORMED_QUERY", "unexpected token"),
    ],
)
def test_a_misuse_of_a_date_literal_is_refused(local: LocalOrg, where: str, code: str, words: str) -> None:
    refusal = local.refusal(f"{DEALS} WHERE {where}")
    assert (refusal.status, refusal.code) == (400, code)
    assert words in refusal.message


def test_a_function_of_a_date_is_compared_with_a_number(local: LocalOrg) -> None:
    text = "SELECT Name FROM Opportunity WHERE CALENDAR_MONTH(CloseDate) = 3 OR DAY_IN_MONTH(CloseDate) > 1"
    assert sorted(map(str, local.names(text))) == ["2026-03-31", "2026-04-02"]
    text = (
        "SELECT Name FROM Account WHERE DAY_ONLY(CreatedDate) = 2026-04-01 AND HOUR_IN_DAY(CreatedDate) = 14"
    )
    assert local.names(text) == ["2026-04-01T14:59:59"]
