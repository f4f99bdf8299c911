"""Landings by two clocks: a closed quarter as known at its close, what restates it beside, and years that add up."""

import csv
import io
import json
from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
from tests.fakes.builders import CSM, ruleset
from tests.fakes.landings import one_cell, rules_of, yen
from tests.fakes.memory_engine import Workshop
from tests.fakes.term_books import RATED

from csops_sync.app.forecast.closed import ClosedLines
from csops_sync.app.forecast.overview import overview_of
from csops_sync.app.forecast.overview_values import Span
from csops_sync.app.forecast.report_values import ForecastReport, GroupBy
from csops_sync.app.forecast.reports import forecast_of
from csops_sync.app.forecast.snapshots import take_snapshot
from csops_sync.domain.forecast.periods import Window
from csops_sync.interfaces.cli.render_forecast import forecast_text
from csops_sync.interfaces.cli.render_forecast_csv import forecast_csv
from csops_sync.interfaces.cli.render_forecast_json import forecast_plain
from csops_sync.interfaces.cli.render_json import json_text
from csops_sync.ports.crm import Json, Role

RULES = replace(ruleset(confidence=RATED), forecast=rules_of(one_cell("0.5")))
Q1, YEAR = Window(date(2026, 4, 1), date(2026, 6, 30)), Window(date(2026, 4, 1), date(2027, 3, 31))
CLOSE = datetime(2026, 7, 1, tzinfo=UTC)


def quarter(*, won_in_june: bool = False) -> Workshop:
    """Two customers of ¥1,000,000 a year until 31 May and 30 June, rated C and open at half; the quarter closed so."""
    shop = Workshop(rules=RULES)
    for number, end in enumerate((date(2026, 5, 31), date(2026, 6, 30)), start=1):
        account, start = shop.customer(f"顧客{number}"), date(2025, end.month, end.day)
        sold = shop.sell(
            account, number=f"{number:08d}", start=start, end=end, auto_renews=False, annual_amount=1_000_000
        )
        shop.deal(account, contract=sold, close_date=end.isoformat(), amount=1_000_000, confidence="C")
    shop.sync()
    for days in (28, 33, 30):
        shop.day(days)
        take_snapshot(shop.engine())
        if won_in_june and shop.office().today.month == 6:
            win(shop)
    return shop


@pytest.fixture
def shop() -> Workshop:
    return quarter()


def edit(shop: Workshop, values: Mapping[str, Json], *, due: str = "") -> None:
    """Edit the renewals that close on a day, or all, as their CSM."""
    for deal in shop.crm.records(Role.OPPORTUNITY):
        if due in str(deal.values["close_date"]):
            shop.crm.edit(Role.OPPORTUNITY, deal.id, dict(values), by=CSM)
    shop.crm.advance(seconds=60)
    shop.sync()


def win(shop: Workshop) -> None:
    """Win the renewal of May at ¥1,200,000."""
    edit(shop, {"stage": "受注", "closed": True, "won": True, "amount": 1_200_000}, due="2026-05-31")


def won_late(shop: Workshop) -> None:
    """In July the renewal of May is won after all."""
    shop.day(4)
    win(shop)


def closed(shop: Workshop, by: GroupBy = GroupBy.QUARTER, known: datetime | None = None) -> ForecastReport:
    return forecast_of(shop.office(), by=by, window=Q1, known=known)


def test_a_closed_quarter_lands_as_it_was_known_at_its_close(shop: Workshop) -> None:
    """Two renewals of 1.0M, open at half: 1.0M. Won at 1.2M since: 1.2M + 0.5M = 1.7M, known now and beside."""
    won_late(shop)

    report = closed(shop)

    assert (report.closed, report.basis.known_at) == (True, CLOSE)
    assert (report.total.landing, report.total.won, report.total.open) == (
        yen(1_000_000),
        yen(0),
        yen(1_000_000),
    )
    assert report.restated is not None
    assert (report.restated.total.landing, report.restated.total.won) == (yen(1_700_000), yen(1_200_000))
    assert report.remarks == ()


@pytest.mark.parametrize("by", list(GroupBy))
def test_however_it_is_grouped_its_lines_add_up_by_either_clock(shop: Workshop, by: GroupBy) -> None:
    won_late(shop)

    report = closed(shop, by)

    assert report.restated is not None
    for clock, landing in ((report, 1_000_000), (report.restated, 1_700_000)):
        assert clock.total.landing == yen(landing)
        assert sum((one.landing for one in clock.lines), start=yen(0)) == yen(landing)
        assert sum(one.terms for one in clock.lines) == clock.total.terms == 2


def test_without_later_paper_nothing_restates_it(shop: Workshop) -> None:
    shop.day(4)

    report = closed(shop)

    assert (report.closed, report.restated) == (True, None)
    assert "restated" not in forecast_text(report)


def test_other_weights_and_rates_restate_no_closed_quarter(shop: Workshop) -> None:
    """Weighed at a tenth since July: what was known lands as it did, and what is known now is weighed as then."""
    shop.rules = replace(
        RULES, hash="other", forecast=replace(rules_of(one_cell("0.1")), rates={"USD": Decimal(9)})
    )

    assert closed(shop).total.landing == yen(1_000_000)
    assert closed(shop).restated is None
    won_late(shop)
    now = closed(shop).restated
    assert now is not None
    assert now.total.landing == yen(1_700_000)


def test_what_moved_to_another_csm_is_later_paper_of_no_closed_quarter(shop: Workshop) -> None:
    other = shop.crm.create(Role.USER, {"name": "鈴木", "email": "suzuki@example.com", "active": True})
    for account in shop.crm.records(Role.ACCOUNT):
        shop.crm.edit(Role.ACCOUNT, account.id, {"csm": other}, by=CSM)
    shop.crm.advance(seconds=60)
    shop.sync()

    report = closed(shop, GroupBy.CSM)

    assert report.restated is None
    assert {line.name for line in report.lines} == {"佐藤"}


def test_a_renewal_that_was_handed_over_restates_no_closed_quarter_of_either_csm(shop: Workshop) -> None:
    """By either clock both CSMs see what they look after now: the new one 2 terms, those of before none."""
    before, after = handed_over(shop, "顧客1", "顧客2")

    for people, terms in ((before, 0), (after, 2)):
        report = forecast_of(shop.office(), window=Q1, people=people)
        first = forecast_of(shop.office(), window=YEAR, people=people).lines[0]

        assert (report.closed, report.total.terms, report.restated) == (True, terms, None)
        assert (first.terms, first.at_close) == (terms, None)


def test_what_was_remembered_of_a_close_is_forgotten_once_a_renewal_is_handed_over(shop: Workshop) -> None:
    """The CSM of the second customer takes over the first one, having looked at the overview before."""
    remembered, [mine] = ClosedLines(), csms_of(shop, "顧客2")
    terms: list[int] = []
    for _ in range(2):
        shown = overview_of(shop.office(), span=Span.YEAR, people=frozenset({mine}), closed=remembered)
        terms.append(shown.by_quarter.lines[0].terms)
        assert shown.by_quarter.lines[0].at_close is None
        assert [one.restated for one in shown.metrics.periods if one.known_at is not None] == [None]
        handed_over(shop, "顧客1", to=mine)

    assert terms == [1, 2]


def test_later_paper_of_a_renewal_that_was_handed_over_restates_it_for_who_has_it_now(shop: Workshop) -> None:
    """Open at half of 1.0M when the quarter closed, then handed over, and won at 1.2M since."""
    before, after = handed_over(shop, "顧客1")
    won_late(shop)

    now, then = (forecast_of(shop.office(), window=Q1, people=people) for people in (after, before))

    assert now.total.landing == yen(500_000)
    assert now.restated is not None
    assert now.restated.total.landing == yen(1_200_000)
    assert (then.total.landing, then.restated) == (yen(0), None)


def test_a_past_day_is_scoped_by_who_looked_after_the_renewals_on_that_day(shop: Workshop) -> None:
    before, after = handed_over(shop, "顧客1", "顧客2")

    for people, terms in ((before, 2), (after, 0)):
        report = forecast_of(shop.office(), window=Q1, people=people, known=CLOSE)
        assert (report.closed, report.total.terms, report.restated) == (True, terms, None)


def test_months_of_a_closed_quarter_need_no_closes_of_their_own() -> None:
    """Begun in May: of April no close was kept, but it is as known at the close of its quarter."""
    shop = Workshop(rules=RULES)
    shop.sell(shop.customer(), start=date(2025, 6, 1), end=date(2026, 5, 31), auto_renews=False)
    for days in (45, 32, 17):
        shop.day(days)
        take_snapshot(shop.engine())

    report = closed(shop, GroupBy.MONTH)

    assert (report.closed, report.remarks) == (True, ())
    assert "kept no close" in str(forecast_of(shop.office(), by=GroupBy.MONTH, window=YEAR).remarks)


def csms_of(shop: Workshop, *names: str) -> frozenset[str]:
    """Give who looks after customers."""
    accounts = (one.values for one in shop.crm.records(Role.ACCOUNT))
    return frozenset(str(one["csm"]) for one in accounts if one["name"] in names)


def handed_over(shop: Workshop, *names: str, to: str | None = None) -> tuple[frozenset[str], frozenset[str]]:
    """Hand customers to a user, None for a new one; give who looked after them before, and after."""
    before = csms_of(shop, *names)
    suzuki: dict[str, Json] = {"name": "鈴木", "email": "suzuki@example.com", "active": True}
    other = to or shop.crm.create(Role.USER, suzuki)
    for account in shop.crm.records(Role.ACCOUNT):
        if account.values["name"] in names:
            shop.crm.edit(Role.ACCOUNT, account.id, {"csm": other}, by=CSM)
    shop.crm.advance(seconds=60)
    shop.sync()
    return before, frozenset({other})


def test_a_quarter_whose_close_was_not_kept_is_by_what_is_known_now_and_says_so() -> None:
    shop = Workshop(rules=RULES)
    shop.sell(shop.customer(), start=date(2025, 6, 1), end=date(2026, 5, 31), auto_renews=False)
    shop.sync()
    shop.day(95)
    assert len(take_snapshot(shop.engine())) == 1

    by_quarter, by_year, by_csm = closed(shop), closed(shop, GroupBy.YEAR), closed(shop, GroupBy.CSM)
    year = forecast_of(shop.office(), window=YEAR)

    assert (by_quarter.closed, by_quarter.restated, by_quarter.total.terms) == (False, None, 1)
    assert by_quarter.remarks == by_year.remarks == by_csm.remarks
    assert by_quarter.remarks == (
        "csops-sync has kept no close of 2026-04-01 to 2026-06-30, so only what is known now can be told",
    )
    assert year.remarks == (
        "csops-sync has kept no close of FY2026 Q1, so only what is known now can be told",
    )
    assert "! csops-sync has kept no close of 2026-04-01" in forecast_text(by_quarter)


def test_months_of_a_closed_quarter_add_up_at_its_close_with_their_own_close_beside() -> None:
    """May closed at half of 1.0M, and was won at 1.2M in June: 1.2M + 0.5M = 1.7M when the quarter closed."""
    report = closed(quarter(won_in_june=True), GroupBy.MONTH)

    assert [one.landing for one in report.lines] == [yen(0), yen(1_200_000), yen(500_000)]
    assert report.total.landing == yen(1_700_000)
    assert [one.at_close and one.at_close.landing for one in report.lines] == [None, yen(500_000), None]
    assert report.restated is None


def test_a_year_that_is_not_over_adds_up_by_what_is_known_now_with_closes_beside(shop: Workshop) -> None:
    """Q1 closed at 1.0M and lands at 1.7M now, which is what the year lands at."""
    won_late(shop)

    report = forecast_of(shop.office(), window=YEAR)

    first, *others = report.lines
    assert (report.closed, report.restated) == (False, None)
    assert first.landing == yen(1_700_000)
    assert sum((one.landing for one in report.lines), start=yen(0)) == report.total.landing
    assert first.at_close is not None
    assert (first.at_close.landing, first.at_close.known_at) == (yen(1_000_000), CLOSE)
    assert [one.at_close for one in others] == [None] * 3


def test_the_overview_of_the_year_shows_the_same_lines_and_reads_a_close_once(shop: Workshop) -> None:
    won_late(shop)
    lines = ClosedLines()

    shown = overview_of(shop.office(), span=Span.YEAR, closed=lines).by_quarter

    assert shown.lines == forecast_of(shop.office(), window=YEAR).lines
    assert overview_of(shop.office(), span=Span.YEAR, closed=lines).by_quarter == shown
    assert overview_of(shop.office(), span=Span.QUARTER, closed=lines).by_quarter.lines[0].at_close is None


def test_what_was_known_on_a_day_is_by_the_closes_that_were_kept_by_then(shop: Workshop) -> None:
    """On 1 July the quarter was as it closed; on 1 June it was not over, and landed as it was known that day."""
    won_late(shop)

    at_close, before = closed(shop, known=CLOSE), closed(shop, known=datetime(2026, 6, 2, tzinfo=UTC))

    assert (at_close.closed, at_close.restated, at_close.total.landing) == (True, None, yen(1_000_000))
    assert (before.closed, before.total.landing, before.remarks) == (False, yen(1_000_000), ())


def test_people_see_the_close_of_their_own_renewals_alone(shop: Workshop) -> None:
    won_late(shop)

    report = forecast_of(shop.office(), window=Q1, people=frozenset({"005000000000999AAA"}))

    assert (report.closed, report.total.terms, report.restated) == (True, 0, None)


def test_text_csv_and_json_show_both_clocks(shop: Workshop) -> None:
    won_late(shop)
    quarter, year = closed(shop), forecast_of(shop.office(), window=YEAR)

    text, rows = forecast_text(quarter), list(csv.DictReader(io.StringIO(forecast_csv(quarter))))
    told = json.loads(json_text(forecast_plain(quarter)))
    by_year = json.loads(json_text(forecast_plain(year)))["lines"][0]
    beside = list(csv.DictReader(io.StringIO(forecast_csv(year))))[:2]

    assert [line.split("  ")[0] for line in text.splitlines()[3:7]] == [
        "FY2026 Q1",
        "FY2026 Q1 restated",
        "total",
        "total restated",
    ]
    assert "! as known at 2026-07-01T00:00:00Z, the close of these days.\n! `restated` is" in text
    assert [(row["restated"], row["landing"], row["known_at"]) for row in rows[2:]] == [
        ("false", "1000000", "2026-07-01T00:00:00Z"),
        ("true", "1700000", "2026-07-05T00:01:00Z"),
    ]
    assert told["closed"] is True
    assert (told["total"]["landing"]["amount"], told["restated"]["total"]["landing"]["amount"]) == (
        "1000000",
        "1700000",
    )
    assert "FY2026 Q1 at its close" in forecast_text(year)
    assert [(row["at_close"], row["landing"]) for row in beside] == [
        ("false", "1700000"),
        ("true", "1000000"),
    ]
    assert by_year["at_close"]["known_at"] == "2026-07-01T00:00:00Z"
