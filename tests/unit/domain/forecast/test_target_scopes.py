"""Which targets clash, and which together make up a period."""

from datetime import date
from decimal import Decimal
from fractions import Fraction

import pytest
from tests.fakes.landings import yen

from csops_sync.domain.forecast.calls import CalledRenewal, CalledTeam, subject_of
from csops_sync.domain.forecast.period_names import read_period
from csops_sync.domain.forecast.periods import FiscalCalendar, Window
from csops_sync.domain.forecast.targets import (
    EVERYTHING,
    ScopeKind,
    Target,
    TargetBook,
    TargetScope,
    target_conflicts,
)
from csops_sync.domain.money import Money

SMB = TargetScope(kind=ScopeKind.SEGMENT, name="smb")


def target(
    period: str, millions: int | None = 1, *, scope: TargetScope = EVERYTHING, **more: object
) -> Target:
    """A target of a period by its name, in millions of yen."""
    found = read_period(period, calendar=FiscalCalendar())
    assert found is not None
    given = {"landing": None if millions is None else yen(millions * 1_000_000), "origin": period, **more}
    return Target(period=found.name, window=found.window, scope=scope, **given)  # type: ignore[arg-type]


def window(period: str) -> Window:
    """The days of a period."""
    found = read_period(period, calendar=FiscalCalendar())
    assert found is not None
    return found.window


@pytest.mark.parametrize(
    ("earlier", "later"),
    [
        (target("2026-Q1"), target("FY2026 Q1")),
        (target("FY2026"), target("2026-Q1")),
        (target("2026-04"), target("2026-Q1")),
        (target("2026-Q1", scope=SMB), target("2026-05", scope=SMB)),
        (target("2026-Q1", None, nrr=Fraction(1)), target("2026-Q1", None, nrr=Fraction(2))),
    ],
)
def test_two_targets_for_the_same_days_and_scope_clash(earlier: Target, later: Target) -> None:
    (found,) = target_conflicts([earlier, later])

    assert (found.earlier, found.later, found.place) == (earlier, later, 1)
    assert earlier.origin in found.words


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (target("2026-Q1"), target("2026-Q2")),
        (target("2026-Q1"), target("2026-Q1", scope=SMB)),
        (target("2026-Q1"), target("2026-Q1", None, nrr=Fraction(1))),
        (target("FY2026", None, nrr=Fraction(1)), target("2026-Q1", None, nrr=Fraction(1))),
        (target("2026-Q1"), target("2026-Q1", landing=Money(Decimal(9), "USD"))),
    ],
)
def test_targets_of_other_days_scopes_measures_or_currencies_do_not(one: Target, other: Target) -> None:
    assert list(target_conflicts([one, other])) == []


def test_a_year_is_its_quarters_and_a_year_with_a_quarter_missing_is_nothing() -> None:
    quarters = [target(f"2026-Q{number}", number) for number in (4, 2, 1, 3)]

    whole = TargetBook.of(quarters).landing(window("FY2026"))

    assert [one.period for one in whole] == ["FY2026 Q1", "FY2026 Q2", "FY2026 Q3", "FY2026 Q4"]
    assert TargetBook.of(quarters[:3]).landing(window("FY2026")) == ()
    assert TargetBook.of(quarters).landing(window("FY2027")) == ()
    assert TargetBook.of(quarters).landing(window("2026-04")) == ()


def test_each_currency_must_cover_the_period_that_it_has_a_part_of() -> None:
    quarters = [target(f"2026-Q{number}") for number in (1, 2, 3, 4)]
    dollars = target("2026-Q1", landing=Money(Decimal(9), "USD"))
    book = TargetBook.of([*quarters, dollars])

    assert len(book.landing(window("2026-Q1"))) == 2
    assert len(book.landing(window("2026-Q2"))) == 1
    assert book.landing(window("FY2026")) == ()


def test_ratios_hold_for_exactly_their_period_and_scope() -> None:
    book = TargetBook.of([target("FY2026", None, nrr=Fraction(105, 100)), target("2026-Q1", scope=SMB)])

    assert book.nrr(window("FY2026")) == Fraction(105, 100)
    assert book.grr(window("FY2026")) is None
    assert book.nrr(window("2026-Q1")) is None
    assert book.nrr(window("FY2026"), SMB) is None


@pytest.mark.parametrize(
    "subject",
    [
        CalledRenewal(key="8000000000003-1"),
        CalledTeam(user_id="005000000000001AAA", window=Window(date(2026, 4, 1), date(2026, 6, 30))),
    ],
)
def test_a_subject_is_read_back_as_it_was_written(subject: CalledRenewal | CalledTeam) -> None:
    assert subject_of(subject.text) == subject


@pytest.mark.parametrize("text", ["", "renewal/", "team/005", "deal/1", "team/005/2026-04-01/2026-03-01"])
def test_what_is_no_subject_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"subject|window"):
        subject_of(text)
