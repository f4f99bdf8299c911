"""Reports are computed once for a state: again when a term, a name, the rules or the day changed, and only then."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from threading import Barrier

import pytest
from tests.fakes.builders import CSM, ruleset
from tests.fakes.daemon import Ticks
from tests.fakes.landings import built
from tests.fakes.memory_engine import Workshop
from tests.fakes.term_books import RATED

from csops_sync.app.forecast.kept_reports import FEW, LOOK_SECONDS, PATIENCE_SECONDS, KeptReports, stamp_of
from csops_sync.app.forecast.report_values import ForecastReport
from csops_sync.app.forecast.reports import forecast_of
from csops_sync.app.forecast.snapshots import take_snapshot
from csops_sync.app.forecast.standing import grow_revision
from csops_sync.ports.crm import Role

RULES = replace(ruleset(confidence=RATED), forecast=built())


class Reader:
    """Asks for the forecast, and counts how often it is computed."""

    def __init__(self, shop: Workshop, kept: KeptReports) -> None:
        self.shop = shop
        self.kept = kept
        self.computed = 0
        self.ticks = Ticks()

    def forecast(self, asked: str = "forecast") -> ForecastReport:
        return self.kept.get(self.shop.office(), asked, self._compute)

    def _compute(self) -> ForecastReport:
        self.computed += 1
        return forecast_of(self.shop.office())


@pytest.fixture
def reader() -> Reader:
    shop = Workshop(rules=RULES)
    shop.sell(shop.customer(), auto_renews=False)
    shop.sync()
    return Reader(shop, KeptReports())


def test_what_was_computed_is_given_again(reader: Reader) -> None:
    assert reader.forecast() is reader.forecast()
    assert reader.computed == 1


def test_a_cycle_without_news_keeps_it(reader: Reader) -> None:
    reader.forecast()
    reader.shop.crm.advance(seconds=60)
    reader.shop.sync()

    reader.forecast()
    assert reader.computed == 1


def test_a_term_that_changed_is_seen_at_once(reader: Reader) -> None:
    before = reader.forecast()
    reader.shop.day(7)
    reader.shop.crm.advance(seconds=60)
    reader.shop.sync()
    opened = reader.forecast()
    [deal] = reader.shop.crm.records(Role.OPPORTUNITY)
    reader.shop.crm.edit(Role.OPPORTUNITY, deal.id, {"confidence": "B"}, by=CSM)
    reader.shop.crm.advance(seconds=60)
    reader.shop.sync()

    assert reader.forecast().total.landing.amount > opened.total.landing.amount
    assert opened.total.landing == before.total.landing


def test_a_snapshot_that_was_taken_is_seen_at_once_and_only_once(reader: Reader) -> None:
    """What closed in the night is kept by the snapshot that is taken after the day's first cycle."""
    reader.forecast()
    assert take_snapshot(reader.shop.engine())
    reader.forecast()
    assert not take_snapshot(reader.shop.engine())
    reader.forecast()

    assert reader.computed == 2


def test_other_rules_and_another_day_are_computed_anew(reader: Reader) -> None:
    reader.forecast()
    reader.shop.rules = replace(RULES, hash="other")
    reader.forecast()
    reader.shop.crm.advance(days=1)
    reader.forecast()

    assert reader.computed == 3


def test_of_many_questions_the_oldest_is_forgotten(reader: Reader) -> None:
    reader.kept = KeptReports(most=2)
    for asked in ("a", "b", "a", "c", "a", "b"):
        reader.forecast(asked)

    assert reader.computed == 4


def test_a_refusal_is_not_kept(reader: Reader) -> None:
    def refused() -> ForecastReport:
        raise LookupError("not now")

    with pytest.raises(LookupError):
        reader.kept.get(reader.shop.office(), "forecast", refused)

    assert reader.forecast().total.terms == 1


def test_readers_at_once_wait_for_one_computation(reader: Reader) -> None:
    together = Barrier(4)

    def ask() -> ForecastReport:
        together.wait(timeout=10)
        return reader.forecast()

    with ThreadPoolExecutor(4) as threads:
        found = [asking.result() for asking in [threads.submit(ask) for _ in range(4)]]

    assert all(one is found[0] for one in found)
    assert reader.computed == 1


@pytest.fixture
def renewed(reader: Reader) -> Reader:
    """A reader whose reports somebody makes anew in the background; there have just been news."""
    reader.kept = KeptReports(renewed_by=reader.ticks)
    reader.forecast()
    reader.shop.rules = replace(RULES, hash="other")
    return reader


def test_while_reports_are_made_anew_readers_are_given_what_held_before_for_so_long_and_no_longer(
    renewed: Reader,
) -> None:
    renewed.forecast()
    renewed.ticks.seconds += PATIENCE_SECONDS - 1
    renewed.forecast()
    assert renewed.computed == 1

    renewed.ticks.seconds += 1
    renewed.forecast()
    assert renewed.computed == 2


def test_once_they_are_made_nobody_is_given_what_held_before(renewed: Reader) -> None:
    renewed.forecast()
    renewed.kept.renewed(stamp_of(renewed.shop.office()))
    renewed.forecast()

    assert renewed.computed == 2


def test_what_was_made_of_earlier_news_is_shown_while_later_ones_are_worked_on(renewed: Reader) -> None:
    """News come faster than reports are made: what a reader is given still gets newer."""
    stamp = stamp_of(renewed.shop.office())
    with renewed.kept.fresh():
        second = renewed.forecast()
    renewed.shop.rules = replace(RULES, hash="yet another")
    assert renewed.forecast() is second
    renewed.kept.renewed(stamp)

    assert renewed.forecast() is second
    assert renewed.computed == 2


def test_what_a_report_is_made_of_is_never_from_before_the_news(renewed: Reader) -> None:
    whole = renewed.kept.get(renewed.shop.office(), "whole", renewed.forecast)

    assert renewed.computed == 2
    assert renewed.forecast() is whole


def test_who_gave_the_news_sees_them_at_once(reader: Reader) -> None:
    reader.kept = KeptReports(renewed_by=Ticks())
    reader.forecast()
    reader.shop.rules = replace(RULES, hash="other")
    reader.kept.hurry()
    reader.forecast()

    assert reader.computed == 2


def test_where_nobody_makes_reports_anew_readers_wait_for_them(reader: Reader) -> None:
    reader.forecast()
    reader.shop.rules = replace(RULES, hash="other")
    reader.forecast()

    assert reader.computed == 2


@pytest.fixture
def looking(reader: Reader) -> Reader:
    """A reader of what somebody makes anew in the background, who has just looked whether there are news."""
    reader.kept = KeptReports(renewed_by=reader.ticks)
    reader.forecast()
    return reader


def have_news(reader: Reader) -> None:
    with reader.shop.office().writing() as tx:
        grow_revision(tx)


def test_whether_there_are_news_is_looked_at_again_after_so_long_and_no_sooner(looking: Reader) -> None:
    have_news(looking)
    stamp = stamp_of(looking.shop.office())
    looking.forecast()
    looking.kept.renewed(stamp)  # of news that no reader has seen yet
    looking.ticks.seconds += LOOK_SECONDS - 0.01
    looking.forecast()
    assert looking.computed == 1

    looking.ticks.seconds += 0.01
    looking.forecast()
    looking.kept.renewed(stamp)
    looking.forecast()
    assert looking.computed == 2


def test_a_readers_own_news_are_looked_for_at_once(looking: Reader) -> None:
    have_news(looking)
    looking.kept.hurry()
    looking.forecast()

    assert looking.computed == 2


def test_what_is_made_anew_is_made_of_what_holds_then(looking: Reader) -> None:
    have_news(looking)
    with looking.kept.fresh():
        looking.forecast()

    assert looking.computed == 2


def test_of_large_reports_only_a_few_are_kept(reader: Reader) -> None:
    made = [0]

    def ask(number: int) -> int:
        return reader.kept.get(
            reader.shop.office(), ("large", number), lambda: number + made[0], is_large=True
        )

    for number in range(FEW + 1):
        ask(number)
    made[0] = 1000

    assert ask(FEW) == FEW
    assert ask(0) == 1000
    assert reader.forecast() is reader.forecast()


def test_who_may_see_what_is_never_from_before_the_news(renewed: Reader) -> None:
    made = [0]

    def ask() -> int:
        return renewed.kept.get(renewed.shop.office(), "people", lambda: made[0], may_be_former=False)

    ask()
    made[0] = 1
    with renewed.shop.office().writing() as tx:
        grow_revision(tx)
    renewed.ticks.seconds += LOOK_SECONDS

    assert ask() == 1
