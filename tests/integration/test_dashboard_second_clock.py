"""What pages say of two clocks, over real HTTP: closed quarters of a year, closes that were not kept, later terms."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import date

import pytest
from tests.fakes.dashboard_book import FakeBook
from tests.fakes.dashboard_server import ServedDashboard, serving
from tests.fakes.landings import yen

from csops_sync.app.forecast.overview_values import Overview, Span
from csops_sync.app.views import ComingAmount
from csops_sync.domain.sentences import Sentence
from csops_sync.interfaces.web.dashboard_data import RenewalPage

People = frozenset[str] | None
JAPANESE = {"Accept-Language": "ja"}


class ClosedBook(FakeBook):
    """The book in a year whose first quarter closed at other amounts; of the second no close was kept."""

    def overview(self, span: Span, people: People) -> Overview:
        shown = super().overview(span, people)
        first, *others = shown.by_quarter.lines
        then = replace(first, landing=yen(119_000_000), won=yen(0))
        said = Sentence(
            "forecast.no-close",
            "csops-sync has kept no close of {days}, so only what is known now can be told",
            days=("FY2026 Q2",),
        )
        lines = (replace(first, at_close=then), *others)
        return replace(shown, by_quarter=replace(shown.by_quarter, lines=lines, remarks=(said,)))

    def renewal(self, key: str, people: People, *, language: str) -> RenewalPage | None:
        found = super().renewal(key, people, language=language)
        assert found is not None
        coming = (
            ComingAmount(effective=date(2027, 3, 1), added=yen(600_000)),
            ComingAmount(effective=date(2027, 9, 1), added=yen(-50_000)),
        )
        header = replace(found.contract.contract, coming=coming)
        return replace(found, contract=replace(found.contract, contract=header))


@pytest.fixture(scope="module")
def served() -> Iterator[ServedDashboard]:
    """No test changes it."""
    with serving(ClosedBook()) as found:
        yield found


def test_a_closed_quarter_of_the_year_shows_what_was_known_at_its_close_beside_what_adds_up(
    served: ServedDashboard,
) -> None:
    english, japanese = (served.get("/?span=year", **one).text for one in ({}, JAPANESE))

    assert english.count('class="at-close"') == 1
    assert '<small class="at-close">At its close ¥119,000,000</small>' in english
    assert '<small class="at-close">締め時点 ¥119,000,000</small>' in japanese
    assert 'id="at-close"' in english
    assert "so that they add up" in english
    assert "合計と一致します" in japanese


def test_a_quarter_of_which_no_close_was_kept_is_named_in_the_readers_language(
    served: ServedDashboard,
) -> None:
    english, japanese = (served.get("/?span=year", **one).text for one in ({}, JAPANESE))

    assert "csops-sync has kept no close of FY2026 Q2" in english
    assert "FY2026 Q2 の締めの記録がないため" in japanese


def test_without_other_amounts_at_a_close_nothing_is_said_of_it() -> None:
    with serving() as plain:
        assert "at-close" not in plain.get("/?span=year").text


def test_the_annual_amount_of_a_contract_names_what_comes_in_later_terms(served: ServedDashboard) -> None:
    key = served.book.lines[0].state.key

    english, japanese = (served.get(f"/renewals/{key}", **one).text for one in ({}, JAPANESE))

    assert "<small>+¥600,000 from Mar 1, 2027</small> <small>−¥50,000 from Sep 1, 2027</small>" in english
    assert "<small>2027/03/01 から +¥600,000</small>" in japanese
