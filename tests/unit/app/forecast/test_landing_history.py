"""Where a renewal was said to land, as its snapshots told it: only changes, each by the rules of its day."""

from dataclasses import replace
from datetime import date

from tests.fakes.landings import yen
from tests.fakes.told_quarter import RULES, ToldQuarter

from csops_sync.app.forecast.landing_history import landing_history
from csops_sync.domain.forecast.landing import LandingKind
from csops_sync.domain.forecast.term_state import TermStanding


def test_a_landing_is_told_when_it_changed_and_not_each_day() -> None:
    quarter = ToldQuarter()
    quarter.live()

    told = landing_history(quarter.shop.office(), quarter.key)

    assert [(one.as_of, one.before, one.landing) for one in told] == [
        (date(2026, 4, 3), None, yen(5_400_000)),
        (date(2026, 7, 2), yen(5_400_000), yen(5_772_000)),
        (date(2026, 8, 31), yen(5_772_000), yen(6_180_000)),
    ]
    assert [one.kind for one in told] == [LandingKind.UNOPENED, LandingKind.RATED, LandingKind.WON]
    assert (told[1].rank, told[2].standing) == ("C", TermStanding.WON)


def test_other_rules_tell_another_landing_of_the_same_renewal() -> None:
    quarter = ToldQuarter()
    forecast = RULES.forecast
    assert forecast is not None
    halved = {
        scenario: replace(one, unopened=replace(one.unopened, base=one.unopened.base / 2))
        for scenario, one in forecast.matrices.items()
    }
    quarter.until(date(2026, 4, 2))
    quarter.shop.rules = replace(RULES, hash="0123456789", forecast=replace(forecast, matrices=halved))
    quarter.until(date(2026, 4, 3))
    quarter.until(date(2026, 4, 4))

    told = landing_history(quarter.shop.office(), quarter.key)

    assert [(one.as_of, one.landing) for one in told] == [
        (date(2026, 4, 2), yen(5_400_000)),
        (date(2026, 4, 3), yen(2_700_000)),
    ]


def test_a_renewal_that_no_snapshot_holds_has_no_history() -> None:
    quarter = ToldQuarter()

    assert landing_history(quarter.shop.office(), quarter.key) == ()
    quarter.until(date(2026, 4, 3))
    assert landing_history(quarter.shop.office(), "8000000000000-9") == ()
