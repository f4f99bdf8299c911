"""The tables of the overview and the matrix as files; how an overdue renewal is marked, on pages and in the file."""

import csv
import io
import re
from collections.abc import Iterator, Sequence
from datetime import date

import pytest
import requests
from tests.fakes.dashboard_book import FakeBook, line
from tests.fakes.dashboard_server import ServedDashboard, serving

BOM = b"\xef\xbb\xbf"
LATE = line(9, end=date(2026, 11, 20))
"""Open, and its last day is over."""


@pytest.fixture(scope="module")
def late() -> Iterator[ServedDashboard]:
    """One renewal that is overdue, and one that is not."""
    with serving(FakeBook(lines=[LATE, line(8)])) as found:
        yield found


def rows(answer: requests.Response) -> list[dict[str, str]]:
    assert answer.headers["content-type"] == "text/csv; charset=utf-8"
    assert answer.headers["content-disposition"].startswith("attachment; filename=")
    assert answer.content.startswith(BOM)
    return list(csv.DictReader(io.StringIO(answer.content.decode("utf-8-sig"))))


def total(found: Sequence[dict[str, str]], column: str) -> int:
    return sum(int(one[column]) for one in found)


@pytest.mark.parametrize("span", ["quarter", "year", "ahead"])
def test_the_overview_offers_each_of_its_tables_as_a_file_of_the_span_that_it_shows(
    served: ServedDashboard, span: str
) -> None:
    page = served.get(f"/?span={span}").text

    for name in ("landing", "retention", "months"):
        assert f'href="/{name}.csv?span={span}" aria-label="Download CSV: ' in page
        assert rows(served.get(f"/{name}.csv?span={span}"))
    assert f'href="/bridge.csv?since=2026-11-15&amp;span={span}"' in page
    assert 'href="/renewals.csv?standing=to-come&amp;sort=risk&amp;order=desc"' in page
    assert 'href="/matrix.csv"' in served.get("/matrix").text


def test_the_landing_of_quarters_adds_up_to_its_total(served: ServedDashboard) -> None:
    *lines, whole = rows(served.get("/landing.csv?span=year"))
    quarters = [one for one in lines if one["at_close"] == "false"]

    assert {"quarter", "due", "landing", "low", "high", "target", "gap", "profile", "rates"} <= whole.keys()
    for column in ("renewals", "due", "landing", "won", "open"):
        assert total(quarters, column) == int(whole[column])
    assert whole["landing"] == "533200000"


def test_retention_has_what_it_was_divided_of(served: ServedDashboard) -> None:
    (closed,) = [one for one in rows(served.get("/retention.csv")) if one["name"] == "FY2026 Q2"]

    assert closed["predicted"] == "false"
    assert (closed["nrr"][:5], closed["grr"][:5]) == ("1.043", "0.957")
    assert {"start", "end", "nrr", "grr", "gross_revenue_churn", "known_at"} <= closed.keys()


def test_months_and_matrix_hold_what_their_pages_show(served: ServedDashboard) -> None:
    months, cells = rows(served.get("/months.csv")), rows(served.get("/matrix.csv"))
    shown = re.findall(r'<span class="c-due">¥([\d,]+)</span>', served.get("/matrix").text)

    assert {one["type"] for one in months} == {"unopened", "downsell", "flat", "upsell", "lost"}
    assert {one["month"] for one in months} >= {"2026-10", "2027-03"}
    assert total(cells, "due") == sum(int(one.replace(",", "")) for one in shown)
    (unopened,) = [one for one in cells if one["type"] == "unopened"]
    assert (unopened["renewals"], unopened["landing"], unopened["base_weight"]) == ("24", "51120000", "0.9")


@pytest.mark.parametrize("path", ["/landing.csv?span=never", "/retention.csv?page=1", "/months.csv?span="])
def test_a_file_of_no_span_there_is_is_refused(served: ServedDashboard, path: str) -> None:
    assert served.get(path).status_code == (200 if path.endswith("=") else 400)


def test_an_overdue_renewal_is_marked_in_the_list_on_its_page_and_in_the_file(late: ServedDashboard) -> None:
    page = late.get("/renewals").text
    own = late.get(f"/renewals/{LATE.state.key}").text
    marked = {one["key"]: one["overdue"] for one in rows(late.get("/renewals.csv"))}

    assert page.count('<b class="bad">Overdue</b>') == 1
    assert '<span class="chip overdue">Overdue</span>' in own
    assert "Its last day was Nov 20, 2026, and nobody knows its end yet; it stays due in that period." in own
    assert sorted(marked.values()) == ["false", "true"]
    assert marked[LATE.state.key] == "true"


def test_an_overdue_renewal_is_marked_among_the_biggest_risks_in_both_languages(
    late: ServedDashboard,
) -> None:
    english = late.get("/").text
    japanese = late.get("/", **{"Accept-Language": "ja"}).text

    assert 'Nov 20, 2026 · <b class="bad">Overdue</b>' in english
    assert '2026/11/20 · <b class="bad">期限超過</b>' in japanese
    assert (english + japanese).count('<b class="bad">') == 2


def test_it_is_in_japanese_and_one_that_is_not_overdue_is_not_marked(late: ServedDashboard) -> None:
    japanese = {"Accept-Language": "ja"}

    assert "期限超過" in late.get(f"/renewals/{LATE.state.key}", **japanese).text
    assert "期限超過" not in late.get(f"/renewals/{line(8).state.key}", **japanese).text
