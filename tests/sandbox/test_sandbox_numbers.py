"""Numbers and dates at the ends of what a field takes: rounded half up by their digits, then held against the range."""

import pytest
from tests.fakes.sandbox_org import LocalOrg

from csops_sync.sandbox.salesforce.errors import ApiError, BodyError
from csops_sync.sandbox.salesforce.schema import Field
from csops_sync.sandbox.salesforce.values import accept


def _number(precision: int = 18, scale: int = 0, kind: str = "double") -> Field:
    return Field(name="One__c", label="One", type=kind, precision=precision, scale=scale)


@pytest.fixture
def local() -> LocalOrg:
    return LocalOrg()


@pytest.mark.parametrize(
    ("given", "scale", "kept"),
    [
        (12.5, 0, 13.0),
        (13.5, 0, 14.0),
        (-12.5, 0, -13.0),
        (1.005, 2, 1.01),
        ("1.005", 2, 1.01),
        (2.675, 2, 2.68),
        (1.004, 2, 1.0),
        (9998.6, 0, 9999.0),
    ],
)
def test_a_number_is_rounded_half_up_by_its_digits(given: object, scale: int, kept: float) -> None:
    assert accept(_number(scale=scale), given, ()) == kept


@pytest.mark.parametrize(
    ("given", "precision", "scale"),
    [(9999.6, 4, 0), ("9999.5", 4, 0), (-9999.6, 4, 0), (99.995, 4, 2), (1e300, 18, 17), (10, 18, 17)],
)
def test_what_is_rounded_beyond_the_digits_is_out_of_range(given: object, precision: int, scale: int) -> None:
    with pytest.raises(ApiError) as refusal:
        accept(_number(precision, scale), given, ())
    assert refusal.value.code == "NUMBER_OUTSIDE_VALID_RANGE"


@pytest.mark.parametrize("given", [99_999_999_999, 100_000_000, -100_000_000, "100000000", 1e20])
def test_a_whole_number_has_eight_digits(local: LocalOrg, given: object) -> None:
    assert local.get("Account", local.create("Account", Name="a", NumberOfEmployees=99_999_999))
    with pytest.raises(ApiError) as refusal:
        local.create("Account", Name="b", NumberOfEmployees=given)
    assert refusal.value.code == "NUMBER_OUTSIDE_VALID_RANGE"


@pytest.mark.parametrize("given", [-1, 101, 100.5, -0.5])
def test_a_probability_is_a_percentage(local: LocalOrg, given: float) -> None:
    for fine in (0, 100):
        assert local.get("Opportunity", local.opportunity(Probability=fine))["Probability"] == fine
    with pytest.raises(ApiError) as refusal:
        local.opportunity(Probability=given)
    assert (refusal.value.code, refusal.value.fields) == ("NUMBER_OUTSIDE_VALID_RANGE", ["Probability"])


@pytest.mark.parametrize("kind", ["int", "double", "currency", "percent"])
def test_digits_of_other_scripts_are_no_number(kind: str) -> None:
    with pytest.raises(BodyError):
        accept(_number(kind=kind), "\uff11\uff12", ())


@pytest.mark.parametrize(
    ("kind", "text"),
    [
        ("date", "\uff12026-06-15"),
        ("datetime", "2026-06-1\uff15T00:00:00Z"),
        ("time", "1\uff12:00:00Z"),
    ],
)
def test_digits_of_other_scripts_are_no_date_or_time(kind: str, text: str) -> None:
    with pytest.raises(BodyError):
        accept(_number(kind=kind), text, ())


@pytest.mark.parametrize(
    ("kind", "text"),
    [
        ("date", "1699-12-31"),
        ("date", "4001-01-01"),
        ("date", "9999-12-31"),
        ("datetime", "1699-12-31T23:59:59Z"),
        ("datetime", "4001-01-01T00:00:00Z"),
        ("datetime", "9999-12-31T23:59:59-1200"),
        ("datetime", "0001-01-01T00:00:00+0900"),
    ],
)
def test_a_day_before_1700_or_after_4000_is_refused(kind: str, text: str) -> None:
    with pytest.raises(ApiError) as refusal:
        accept(_number(kind=kind), text, ())
    assert (refusal.value.code, refusal.value.fields) == ("FIELD_INTEGRITY_EXCEPTION", ["One__c"])


@pytest.mark.parametrize("text", ["1700-01-01", "4000-12-31"])
def test_the_first_and_the_last_day_are_taken(text: str) -> None:
    assert accept(_number(kind="date"), text, ()) == text


@pytest.mark.parametrize(
    "where",
    [
        "CloseDate = 1699-12-31",
        "CloseDate > 4001-01-01",
        "CloseDate IN (2026-01-01, 9999-12-31)",
        "CreatedDate < 1699-12-31T00:00:00Z",
        "CreatedDate < 9999-12-31T23:59:59-12:00",
        "CloseDate = \uff12026-06-15",
        "CreatedDate < 2026-06-1\uff15T00:00:00Z",
        "Amount > \uff11\uff12",
        "CloseDate = LAST_N_DAYS:\uff13",
        "FiscalYear = 99999999999",
        "FiscalYear IN (2026, -2147483649)",
        "Amount > 1" + "0" * 400,
    ],
)
def test_a_query_of_a_day_or_number_that_no_org_knows_is_refused(local: LocalOrg, where: str) -> None:
    with pytest.raises(ApiError) as refusal:
        local.query(f"SELECT Id FROM Opportunity WHERE {where}")  # noqa: S608  # SOQL of a test
    assert refusal.value.code == "MALFORMED_QUERY"


@pytest.mark.parametrize(
    "where", ["CloseDate >= 1700-01-01", "CloseDate <= 4000-12-31", "FiscalYear < 2147483647"]
)
def test_the_last_ones_that_it_knows_are_compared(local: LocalOrg, where: str) -> None:
    deal = local.opportunity()
    found = local.query(f"SELECT Id FROM Opportunity WHERE {where}")  # noqa: S608  # SOQL of a test
    assert [row["Id"] for row in found] == [deal]


def test_a_field_given_in_two_spellings_is_refused(local: LocalOrg) -> None:
    with pytest.raises(ApiError, match="LastName is given twice"):
        local.create("Contact", LastName="a", lastname="b")
