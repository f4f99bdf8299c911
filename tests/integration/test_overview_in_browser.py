"""The overview with a target and a call beside each landing, in a real browser."""

from collections.abc import Iterator
from dataclasses import replace

import pytest
from playwright.sync_api import Browser, expect
from tests.fakes.dashboard_book import FakeBook
from tests.fakes.dashboard_server import ServedDashboard, serving

from csops_sync.app.forecast.overview_values import Overview, Span
from csops_sync.app.forecast.report_values import ForecastLine
from csops_sync.interfaces.web.dashboard_data import People

WIDE = "(all) => all.filter((one) => one.scrollWidth > one.clientWidth).map((one) => one.ariaLabel)"


class CalledBook(FakeBook):
    """Every quarter is planned and called; of the first two the end is known."""

    def overview(self, span: Span, people: People) -> Overview:
        found = super().overview(span, people)
        quarters = tuple(map(_called, found.by_quarter.lines))
        report = replace(found.by_quarter, lines=quarters, total=_called(found.by_quarter.total))
        return replace(found, by_quarter=report)


def _called(line: ForecastLine) -> ForecastLine:
    return replace(line, target=line.due, call=line.landing, called=line.terms)


@pytest.fixture(scope="module")
def called() -> Iterator[ServedDashboard]:
    with serving(CalledBook()) as found:
        yield found


@pytest.mark.parametrize("language", ["ja", "en"])
def test_on_a_desk_no_table_goes_on_sideways(
    chromium: Browser, called: ServedDashboard, language: str
) -> None:
    context = chromium.new_context(viewport={"width": 1200, "height": 900})
    page = context.new_page()
    page.goto(f"{called.url}/?span=year&lang={language}")

    expect(page.locator("#figure-call")).to_be_visible()
    wide = page.locator(".scroll").evaluate_all(WIDE)

    context.close()
    assert wide == []


def test_an_amount_that_is_certain_has_no_range(chromium: Browser, called: ServedDashboard) -> None:
    page = chromium.new_page()
    page.goto(f"{called.url}/?span=year&lang=en")

    rows = page.locator("#t-landing tbody tr")
    ranges = [
        rows.nth(place).locator(".strong small:not(.at-close)").count() for place in range(rows.count())
    ]

    page.close()
    assert ranges == [0, 0, 1, 1]
