"""The bridge and accuracy pages over real HTTP: numbers, links, files, both languages, and what is refused."""

import csv
import io
import re
from decimal import Decimal

import pytest
import requests
from tests.fakes.dashboard_book import FakeBook
from tests.fakes.dashboard_renewal import SCRIPT
from tests.fakes.dashboard_server import ServedDashboard, serving

PNG = b"\x89PNG\r\n\x1a\n"


def rows(answer: requests.Response) -> list[dict[str, str]]:
    answer.encoding = "utf-8-sig"
    return list(csv.DictReader(io.StringIO(answer.text)))


def amounts(text: str) -> list[int]:
    """The amounts of a table's last column."""
    found = re.findall(r'<td class="num[^"]*">([+\N{MINUS SIGN}]?¥[\d,]+)</td></tr>', text)
    return [int(one.replace("\N{MINUS SIGN}", "-").replace("¥", "").replace(",", "")) for one in found]


def table(text: str, name: str) -> str:
    found = re.search(rf'<table id="{name}".*?</table>', text, re.DOTALL)
    assert found is not None
    return found[0]


def test_the_bars_of_the_page_add_up_exactly(served: ServedDashboard) -> None:
    start, *bars, end = amounts(table(served.get("/bridge").text, "t-bridge"))

    assert start + sum(bars) == end
    assert len(bars) == 3


def test_the_renewals_of_a_bar_add_up_to_it_page_by_page(served: ServedDashboard) -> None:
    first, second = (served.get(f"/bridge?cause=rank&page={page}").text for page in (1, 2))
    moved = [
        int(one.replace("\N{MINUS SIGN}", "-").replace("¥", "").replace(",", ""))
        for page in (first, second)
        for one in re.findall(r'class="num strong [a-z]+">([^<]+)</td>', table(page, "t-movers"))
    ]

    assert len(moved) == 19
    assert sum(moved) == -8_620_000
    assert "Rank: 19 renewals" in first
    assert 'aria-current="true">Rank</a>' in first


def test_two_days_and_a_span_stand_in_every_link_of_the_page(served: ServedDashboard) -> None:
    asked = "since=2026-10-20&amp;until=2026-11-10&amp;span=year"
    text = served.get("/bridge?since=2026-10-20&until=2026-11-10&span=year").text

    assert f'href="/bridge?{asked}&amp;cause=rank#renewals"' in text
    assert f'href="/bridge.csv?{asked}"' in text
    assert f'href="/bridge.png?{asked}"' in text
    assert 'name="since" value="2026-10-20"' in text
    assert 'name="until" value="2026-11-10"' in text
    assert '<option value="year" selected>' in text
    assert "on Oct 20, 2026 to" in text


def test_a_bridge_that_begins_or_ends_before_the_day_that_was_asked_for_says_so(
    served: ServedDashboard,
) -> None:
    asked = "/bridge?since=2026-10-25&until=2026-10-25"
    text, japanese = (served.get(asked, **{"Accept-Language": said}).text for said in ("en", "ja"))
    said = "There is no snapshot of Oct 25, 2026; the last before it, of Oct 24, 2026, is compared."

    assert text.count(said) == 2
    assert "2026/10/25 のスナップショットはないため、それ以前で最も新しい 2026/10/24 のものと" in japanese
    assert "There is no snapshot of" not in served.get("/bridge?since=2026-10-26").text


def test_a_day_that_has_not_come_is_refused_by_the_name_of_its_field(served: ServedDashboard) -> None:
    answer = served.get("/bridge?until=2999-12-31")

    assert answer.status_code == 400
    assert "That question cannot be read" in answer.text
    assert "The value of “until” cannot be read here." in answer.text


def test_before_the_first_snapshot_the_page_says_so_and_leads_to_the_first(served: ServedDashboard) -> None:
    answer = served.get("/bridge?since=2026-01-01")

    assert answer.status_code == 200
    assert "There is no snapshot as old as Jan 1, 2026 yet." in answer.text
    assert 'href="/bridge?since=2026-10-01"' in answer.text
    assert served.get("/bridge.csv?since=2026-01-01").status_code == 404
    assert served.get("/bridge.png?since=2026-01-01").status_code == 404


def test_the_csv_of_a_bridge_leads_from_the_one_landing_to_the_other(served: ServedDashboard) -> None:
    found = rows(served.get("/bridge.csv"))

    values = [Decimal(row["amount"]) for row in found]
    assert sum(values[:-1]) == values[-1] == 260_775_000
    assert (found[0]["cause"], found[0]["as_of"]) == ("landing", "2026-11-15")
    assert SCRIPT in {row["account"] for row in found}


@pytest.mark.parametrize("path", ["/bridge.csv", "/accuracy.csv?period=2026-Q1", "/matrix.csv"])
def test_every_row_of_a_file_carries_its_definition_and_its_rates(served: ServedDashboard, path: str) -> None:
    found = rows(served.get(path))

    assert {(row["profile"], row["rates"]) for row in found} == {
        ("NRR boundary close, due by end date, late: churn then return", "pinned")
    }


def test_a_name_that_a_spreadsheet_would_run_is_harmless_in_the_bridge_too() -> None:
    book = FakeBook()
    place = next(place for place, one in enumerate(book.lines) if one.account == SCRIPT)
    one = book.lines[place]
    book.lines[place] = type(one)(
        state=one.state, landing=one.landing, account="=1+1", contract="1", csm=None, manager=None
    )
    with serving(book) as found:
        names = {row["account"] for row in rows(found.get("/bridge.csv"))}

    assert "'=1+1" in names
    assert "=1+1" not in names


def test_the_picture_is_drawn_from_the_same_chart(served: ServedDashboard) -> None:
    for path in ("/bridge.png", "/accuracy.png"):
        answer = served.get(path)

        assert answer.headers["content-type"] == "image/png"
        assert answer.headers["cache-control"] == "no-store"
        assert answer.content.startswith(PNG)


def test_accuracy_says_result_landing_error_and_call(served: ServedDashboard) -> None:
    text = table(served.get("/accuracy").text, "t-accuracy")

    assert "No snapshot so old yet." in text
    assert "¥133,000,000" in text
    assert "+¥9,200,000" in text
    assert "+7.4%" in text
    assert "¥124,300,000" in text
    assert "¥123,800,000" in text


def test_accuracy_stands_per_csm_and_per_team(served: ServedDashboard) -> None:
    text = served.get("/accuracy").text

    assert "佐藤 美咲" in table(text, "t-csm")
    assert "+¥7,000,000 (+13.0%)" in table(text, "t-csm")
    assert "高橋 部長" in table(text, "t-teams")
    assert "Not settled yet, and counted on neither side: 2." in text


def test_the_csv_of_accuracy_has_a_row_for_each_line_and_distance(served: ServedDashboard) -> None:
    found = rows(served.get("/accuracy.csv?period=2026-Q1"))

    assert [(row["group"], row["distance"], row["landing"]) for row in found[:3]] == [
        ("total", "180", ""),
        ("total", "90", "133000000"),
        ("total", "30", "127300000"),
    ]
    assert {row["period"] for row in found} == {"FY2026 Q1"}
    assert sum(int(row["result"]) for row in found if row["group"] == "csm" and row["distance"] == "30") == (
        123_800_000
    )


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("/bridge?since=yesterday", 400),
        ("/bridge?since=2026-11-02&until=2026-11-01", 400),
        ("/bridge?since=0001-01-01", 400),
        ("/bridge?since=2026-11-23", 400),
        ("/bridge?until=2999-12-31", 400),
        ("/bridge.csv?since=2999-01-01", 400),
        ("/bridge.png?until=2026-11-23", 400),
        ("/bridge?cause=luck", 400),
        ("/bridge?span=decade", 400),
        ("/bridge?page=0", 400),
        ("/bridge?nobody=knows", 400),
        ("/bridge?since=2026-11-01&since=2026-11-02", 400),
        ("/bridge.csv?cause=luck", 400),
        ("/bridge.png?since=soon", 400),
        ("/bridge?since=" + "x" * 3_000, 414),
        ("/accuracy?period=soon", 400),
        ("/accuracy?period=%3Cscript%3E", 400),
        ("/accuracy?period=2026-Q4", 409),
        ("/accuracy?nobody=knows", 400),
        ("/accuracy.csv?period=2026-Q4", 409),
        ("/accuracy.png?period=" + "x" * 201, 400),
        ("/accuracy?period=" + "x" * 3_000, 414),
    ],
)
def test_what_cannot_be_meant_is_refused(served: ServedDashboard, path: str, status: int) -> None:
    answer = served.get(path)

    assert answer.status_code == status
    assert "<script>" not in answer.text


@pytest.mark.parametrize("path", ["/bridge", "/bridge.csv", "/bridge.png", "/accuracy", "/accuracy.csv"])
def test_nothing_is_ordered_from_these_pages(served: ServedDashboard, path: str) -> None:
    assert served.post(path, {}).status_code == 405


def test_the_overview_leads_to_the_renewals_behind_each_of_its_bars(served: ServedDashboard) -> None:
    text = served.get("/?span=quarter").text

    links = re.findall(r'href="(/bridge[?][^"]+)"', table(text, "t-changes"))
    assert links[2] == "/bridge?since=2026-11-15&amp;span=quarter&amp;cause=rank#renewals"
    for link in links:
        assert served.get(link.replace("&amp;", "&")).status_code == 200


def test_both_pages_speak_japanese(served: ServedDashboard) -> None:
    bridge, accuracy = (served.get(f"{path}?lang=ja").text for path in ("/bridge", "/accuracy"))

    assert "ヨミの変更: 19 件" in bridge
    assert "T-90 の着地見込み" in accuracy
    assert "担当 CSM 別" in accuracy


def test_a_renewal_tells_where_it_was_said_to_land_among_what_happened(served: ServedDashboard) -> None:
    text = served.get("/renewals/8000000000003-1?lang=ja").text

    said = [
        text.index(words)
        for words in ("着地見込み ¥12,000,000", "確認済", "着地見込み ¥45,600,000", "起票</b>")
    ]
    assert said == sorted(said)
    assert "(前 ¥45,600,000)" in text
    assert "予算編成の開始日 2027/01/01 の 5 か月前" in text
    assert "最も早い" in text
    assert "<b>#renewals-risk</b>" in text
    assert "確認済</span>" in text
    assert "less 5 months" not in text
