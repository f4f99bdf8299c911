"""Aggregates and GROUP BY: which groups there are, what they are called, and what HAVING and ORDER BY leave."""

import pytest
from tests.fakes.misuses import misuses
from tests.fakes.sandbox_org import LocalOrg

DEALS = "FROM Opportunity"


@pytest.fixture(scope="module")
def local() -> LocalOrg:
    org = LocalOrg()
    acme = org.create("Account", Name="Acme", NumberOfEmployees=10)
    beta = org.create("Account", Name="beta", NumberOfEmployees=20)
    for account, stage, amount, day in (
        (acme, "提案", 100, "2026-04-10"),
        (acme, "受注", 200, "2026-05-10"),
        (acme, "受注", None, "2027-03-31"),
        (beta, "提案", 1_000, "2026-04-10"),
    ):
        org.opportunity(AccountId=account, StageName=stage, Amount=amount, CloseDate=day)
    return org


def _rows(local: LocalOrg, text: str) -> list[dict[str, object]]:
    return [{name: value for name, value in row.items() if name != "attributes"} for row in local.query(text)]


def test_aggregates_without_groups_give_one_row_of_an_aggregate_result(local: LocalOrg) -> None:
    rows = local.query(
        "SELECT COUNT(Id), COUNT(Amount) filled, COUNT_DISTINCT(StageName), SUM(Amount), AVG(Amount), MIN(CloseDate),"
        " max(Amount) most FROM Opportunity"
    )
    assert rows == [
        {
            "attributes": {"type": "AggregateResult"},
            "expr0": 4,
            "filled": 3,
            "expr1": 2,
            "expr2": 1_300.0,
            "expr3": 1_300 / 3,
            "expr4": "2026-04-10",
            "most": 1_000.0,
        }
    ]


def test_aggregates_of_nothing_count_zero_and_are_null_otherwise(local: LocalOrg) -> None:
    text = "SELECT COUNT(Id) n, SUM(Amount) s, MIN(Amount) m FROM Opportunity WHERE Amount > 5000"
    assert _rows(local, text) == [{"n": 0, "s": None, "m": None}]
    assert _rows(local, "SELECT StageName FROM Opportunity WHERE Amount > 5000 GROUP BY StageName") == []


def test_the_sum_of_whole_numbers_is_whole(local: LocalOrg) -> None:
    (row,) = _rows(local, "SELECT SUM(NumberOfEmployees) s, AVG(NumberOfEmployees) a FROM Account")
    assert (row, type(row["s"])) == ({"s": 30, "a": 15.0}, int)


def test_groups_are_made_by_fields_of_parents_too_and_named_by_their_last_name(local: LocalOrg) -> None:
    text = "SELECT Account.Name, COUNT(Id) n FROM Opportunity GROUP BY Account.Name ORDER BY Account.Name"
    assert _rows(local, text) == [{"Name": "Acme", "n": 3}, {"Name": "beta", "n": 1}]


def test_text_is_grouped_whatever_its_case() -> None:
    org = LocalOrg()
    for site in ("tokyo", "Tokyo", "osaka", None):
        org.create("Account", Name="a", Site=site)
    rows = _rows(org, "SELECT Site, COUNT(Id) n FROM Account GROUP BY Site ORDER BY COUNT(Id) DESC, Site")
    assert [row["n"] for row in rows] == [2, 1, 1]
    assert [str(row["Site"]).lower() for row in rows] == ["tokyo", "none", "osaka"]


@pytest.mark.parametrize(
    ("function", "groups"),
    [
        ("CALENDAR_YEAR(CloseDate)", [2026, 2027]),
        ("CALENDAR_MONTH(CloseDate)", [3, 4, 5]),
        ("CALENDAR_QUARTER(CloseDate)", [1, 2]),
        ("FISCAL_YEAR(CloseDate)", [2027]),
        ("FISCAL_QUARTER(CloseDate)", [1, 4]),
        ("FISCAL_MONTH(CloseDate)", [1, 2, 12]),
        ("DAY_IN_WEEK(CloseDate)", [1, 4, 6]),
        ("DAY_IN_MONTH(CloseDate)", [10, 31]),
        ("DAY_IN_YEAR(CloseDate)", [90, 100, 130]),
        ("WEEK_IN_MONTH(CloseDate)", [2, 5]),
        ("WEEK_IN_YEAR(CloseDate)", [13, 15, 19]),
        ("DAY_ONLY(CreatedDate)", ["2026-04-01"]),
        ("HOUR_IN_DAY(CreatedDate)", [0]),
        ("HOUR_IN_DAY(convertTimezone(CreatedDate))", [9]),
    ],
)
def test_groups_are_made_by_functions_of_dates(local: LocalOrg, function: str, groups: list[object]) -> None:
    text = f"SELECT {function}, COUNT(Id) n {DEALS} GROUP BY {function} ORDER BY {function}"
    assert [row["expr0"] for row in _rows(local, text)] == groups


def test_a_function_of_a_grouped_date_needs_no_group_of_its_own(local: LocalOrg) -> None:
    text = "SELECT CALENDAR_MONTH(CloseDate) m FROM Opportunity GROUP BY CloseDate ORDER BY CloseDate"
    assert [row["m"] for row in _rows(local, text)] == [4, 5, 3]


@pytest.mark.parametrize(
    ("having", "stages"),
    [
        ("COUNT(Id) > 1", ["提案", "受注"]),
        ("SUM(Amount) > 1000", ["提案"]),
        ("COUNT(Id) = 2 AND MAX(CloseDate) > 2026-12-31", ["受注"]),
        ("MAX(CloseDate) > NEXT_N_DAYS:60", ["受注"]),
        ("StageName LIKE '受%' OR SUM(Amount) < 0", ["受注"]),
        ("(NOT COUNT(Amount) = 1)", ["提案"]),
        ("AVG(Amount) IN (200, 300)", ["受注"]),
    ],
)
def test_having_keeps_groups_by_what_they_add_up_to(local: LocalOrg, having: str, stages: list[str]) -> None:
    text = f"SELECT StageName {DEALS} GROUP BY StageName HAVING {having} ORDER BY StageName"
    assert [row["StageName"] for row in _rows(local, text)] == stages


def test_a_picklist_is_ordered_as_it_is_set_up_and_so_are_its_least_and_greatest(local: LocalOrg) -> None:
    (row,) = _rows(local, "SELECT MIN(StageName) low, MAX(StageName) high FROM Opportunity")
    assert row == {"low": "提案", "high": "受注"}
    stages = local.query("SELECT StageName FROM Opportunity ORDER BY StageName DESC, Id LIMIT 2")
    assert [stage["StageName"] for stage in stages] == ["受注", "受注"]


def test_rollup_adds_subtotals_from_the_right_and_grouping_marks_them(local: LocalOrg) -> None:
    text = (
        "SELECT Account.Name, StageName, GROUPING(Account.Name) a, GROUPING(StageName) s, COUNT(Id) n"
        " FROM Opportunity GROUP BY ROLLUP(Account.Name, StageName)"
        " ORDER BY GROUPING(Account.Name), GROUPING(StageName), Account.Name, StageName"
    )
    assert [tuple(row.values()) for row in _rows(local, text)] == [
        ("Acme", "提案", 0, 0, 1),
        ("Acme", "受注", 0, 0, 2),
        ("beta", "提案", 0, 0, 1),
        ("Acme", None, 0, 1, 3),
        ("beta", None, 0, 1, 1),
        (None, None, 1, 1, 4),
    ]


def test_cube_adds_subtotals_of_every_combination(local: LocalOrg) -> None:
    text = (
        "SELECT Account.Name, StageName, COUNT(Id) n FROM Opportunity GROUP BY CUBE(Account.Name, StageName)"
        " HAVING GROUPING(Account.Name) = 1 ORDER BY COUNT(Id), StageName"
    )
    assert [tuple(row.values()) for row in _rows(local, text)] == [
        (None, "提案", 2),
        (None, "受注", 2),
        (None, None, 4),
    ]


def test_groups_are_cut_by_limit_and_offset(local: LocalOrg) -> None:
    text = "SELECT StageName s, COUNT(Id) FROM Opportunity GROUP BY StageName ORDER BY StageName LIMIT 1 OFFSET 1"
    assert _rows(local, text) == [{"s": "受注", "expr0": 2}]


def test_count_is_cut_by_limit_and_gives_no_rows(local: LocalOrg) -> None:
    plan = local.plan("SELECT COUNT() FROM Opportunity WHERE Account.Name = 'acme' LIMIT 2")
    assert plan.counted
    assert plan.count() == 2
    assert local.plan("SELECT COUNT() FROM Opportunity").count() == 4


MISUSES = misuses(
    """
SELECT Name, COUNT(Id) FROM Account
    MALFORMED_QUERY Field must be grouped or aggregated: Name
SELECT COUNT(Id) FROM Account GROUP BY Id
    MALFORMED_QUERY Grouped field should not be aggregated: Id
SELECT Name n, Site N FROM Account GROUP BY Name, Site
    MALFORMED_QUERY duplicate alias: N
SELECT Account.Name, Owner.Name FROM Contact GROUP BY Account.Name, Owner.Name
    MALFORMED_QUERY duplicate alias: Name
SELECT Name FROM Account GROUP BY Name, account.name
    MALFORMED_QUERY duplicate grouping expression
SELECT SUM(Name) FROM Account
    MALFORMED_QUERY field Name does not support aggregate operator SUM
SELECT COUNT(IsWon) FROM Opportunity
    MALFORMED_QUERY field IsWon does not support aggregate operator COUNT
SELECT MAX(Description) FROM Account
    MALFORMED_QUERY Description does not support aggregate operator MAX
SELECT AVG(CloseDate) FROM Opportunity
    MALFORMED_QUERY CloseDate does not support aggregate operator AVG
SELECT SUM(Nope__c) FROM Account
    INVALID_FIELD No such column 'Nope__c'
SELECT Amount, COUNT(Id) FROM Opportunity GROUP BY Amount
    INVALID_FIELD field 'Amount' can not be grouped in a query call
SELECT CreatedDate FROM Account GROUP BY CreatedDate
    INVALID_FIELD can not be grouped
SELECT MAX(CreatedDate) FROM Account LIMIT 1
    MALFORMED_QUERY Non-grouped query that uses overall aggregate functions cannot also use LIMIT
SELECT MAX(CreatedDate) FROM Account OFFSET 1
    MALFORMED_QUERY cannot also use OFFSET
SELECT Name FROM Account GROUP BY Name ORDER BY Site
    MALFORMED_QUERY Ordered field must be grouped or aggregated: Site
SELECT COUNT(Id) c FROM Account GROUP BY Name ORDER BY c
    INVALID_FIELD No such column 'c'
SELECT Name FROM Account GROUP BY Name HAVING Site = 'x'
    MALFORMED_QUERY Field must be grouped or aggregated: Site
SELECT Name FROM Account GROUP BY Name HAVING COUNT(Id) > '1'
    INVALID_FIELD must be of type int
SELECT Name FROM Account GROUP BY Name HAVING COUNT(Id) > 1.5
    INVALID_FIELD must be of type int
SELECT Name FROM Account HAVING COUNT(Id) > 1
    MALFORMED_QUERY 'HAVING'
SELECT Id FROM Account WHERE COUNT(Id) > 1
    MALFORMED_QUERY aggregate function COUNT is not allowed here
SELECT CALENDAR_YEAR(CloseDate) FROM Opportunity
    MALFORMED_QUERY Field must be grouped or aggregated: CALENDAR_YEAR(CloseDate)
SELECT CALENDAR_YEAR(CreatedDate) FROM Opportunity GROUP BY CALENDAR_YEAR(CloseDate)
    MALFORMED_QUERY must be grouped
SELECT CALENDAR_YEAR(Name), COUNT(Id) FROM Account GROUP BY CALENDAR_YEAR(Name)
    MALFORMED_QUERY a date or dateTime field, not 'Name'
SELECT DAY_ONLY(CloseDate) FROM Opportunity GROUP BY DAY_ONLY(CloseDate)
    MALFORMED_QUERY a dateTime field
SELECT MEDIAN(Amount) FROM Opportunity
    MALFORMED_QUERY unknown or unsupported function: MEDIAN
SELECT COUNT(), Name FROM Account
    MALFORMED_QUERY COUNT() takes one field
SELECT COUNT() FROM Account ORDER BY Name
    MALFORMED_QUERY COUNT() takes no alias
SELECT COUNT(MAX(Id)) FROM Account
    MALFORMED_QUERY COUNT() takes a field, not MAX(Id)
SELECT Name FROM Account GROUP BY ROLLUP(Name), Site
    MALFORMED_QUERY cannot be combined
SELECT Name FROM Account GROUP BY CUBE(Name, Site, Type, Rating)
    MALFORMED_QUERY one to 3 fields
SELECT GROUPING(Name) FROM Account GROUP BY Name
    MALFORMED_QUERY ROLLUP or CUBE
SELECT COUNT(Id) FROM Opportunity GROUP BY toLabel(StageName)
    MALFORMED_QUERY cannot group by toLabel(StageName)
SELECT Name FROM Account GROUP BY UPPER(Name)
    MALFORMED_QUERY unknown or unsupported function: UPPER
SELECT Name, (SELECT Id FROM Contacts) FROM Account GROUP BY Name
    MALFORMED_QUERY child subqueries
SELECT FIELDS(STANDARD) FROM Account GROUP BY Id
    MALFORMED_QUERY Field must be grouped or aggregated: IsDeleted
SELECT Name FROM Account GROUP BY Name HAVING COUNT(Id) IN (SELECT Id FROM Contact)
    MALFORMED_QUERY only supported in the WHERE of the main query
"""
)


@pytest.mark.parametrize(("query", "code", "words"), MISUSES)
def test_a_misuse_of_groups_is_refused(local: LocalOrg, query: str, code: str, words: str) -> None:
    refusal = local.refusal(query)
    assert (refusal.status, refusal.code) == (400, code)
    assert words in refusal.message
