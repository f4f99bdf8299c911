"""What a reader is told instead of a page: in their own language, with what to do about it and the way back."""

import re
from collections.abc import Iterator

import pytest
from tests.fakes.dashboard_book import FakeBook
from tests.fakes.dashboard_server import ServedDashboard, serving
from tests.integration.test_dashboard_access import CLOSED
from tests.integration.test_dashboard_calls import as_

from csops_sync.app.forecast.overview_values import MatrixPage
from csops_sync.interfaces.web.dashboard_data import People

JAPANESE = {"Accept-Language": "ja"}
ENGLISH = re.compile(r'<main.*lang="en".*</main>', re.DOTALL)


class BrokenBook(FakeBook):
    """A book with a fault that nobody foresaw."""

    def matrix(self, people: People) -> MatrixPage:
        raise ZeroDivisionError(str(people))


@pytest.fixture(scope="module")
def closed() -> Iterator[ServedDashboard]:
    """A dashboard that people sign in to; its open one speaks English."""
    with serving(settings=CLOSED, language="en") as found:
        yield found


def ways(html: str) -> list[tuple[str, str]]:
    return re.findall(r'<a class="btn[^"]*" href="([^"]+)">([^<]+)</a>', html.partition("<main")[2])


@pytest.mark.parametrize(
    ("path", "status", "japanese", "english"),
    [
        ("/nowhere", 404, "見つかりません", "Not found"),
        ("/renewals/9-9", 404, "見つかりません", "Not found"),
        ("/calls", 405, "その操作はできません", "That cannot be done here"),
        ("/renewals?sort=colour", 400, "「sort」の値が正しくありません。", "The value of “sort”"),
        (
            "/accuracy?period=2026-Q4",
            409,
            "FY2026 Q4 はまだ終わっていません。FY2026 Q2 など、終了した期間を選んでください",
            "FY2026 Q4 is not over; ask for one that is, such as FY2026 Q2",
        ),
        (
            "/accuracy?period=soon",
            400,
            "soon という期間はありません。会計年度は FY2026、四半期は 2026-Q1、半期は 2026-H1、月は 2026-04",
            "&#39;soon&#39; is no period; write a fiscal year as FY2026",
        ),
    ],
)
def test_an_error_page_is_in_the_readers_language(
    served: ServedDashboard, path: str, status: int, japanese: str, english: str
) -> None:
    for language, said in (("ja", japanese), ("en", english)):
        answer = served.get(path, **{"Accept-Language": language})

        assert answer.status_code == status
        assert answer.headers["content-language"] == language
        assert said in answer.text
        assert ways(answer.text)[-1] == ("/", "概要へ" if language == "ja" else "Go to the overview")
    assert not ENGLISH.search(served.get(path, **JAPANESE).text)


def test_what_is_refused_says_in_japanese_what_to_do_and_leads_back_to_the_form(
    served: ServedDashboard,
) -> None:
    page = served.get("/operations", **JAPANESE)
    token = re.findall(r'name="csrf" value="([^"]+)"', page.text)[0]

    answer = served.post(
        "/operations/approve",
        {"hash": "old", "csrf": token},
        Referer=f"{served.url}/operations?done=drop&n=1",
        **JAPANESE,
    )

    assert answer.status_code == 409
    assert "old は現在保留されている内容と一致しません" in answer.text
    assert not ENGLISH.search(answer.text)
    assert ways(answer.text) == [
        ("/operations?done=drop&amp;n=1", "前のページに戻る"),
        ("/", "概要へ"),
    ]
    assert 'aria-label="ページ"' in answer.text  # the way to every other page stays
    assert '<a href="/?lang=en" lang="en"' in answer.text  # a form's own address cannot be opened


@pytest.mark.parametrize(
    "came", ["https://evil.example/renewals", "//evil.example/", "", "{url}//evil.example/", "{url}/nowhere"]
)
def test_the_way_back_leads_to_no_other_site_and_not_round_in_a_circle(
    served: ServedDashboard, came: str
) -> None:
    answer = served.get("/nowhere", Referer=came.format(url=served.url))

    assert ways(answer.text) == [("/", "Go to the overview")]


def test_who_may_not_see_this_is_told_so_and_can_sign_in_as_somebody_else(closed: ServedDashboard) -> None:
    answer = closed.get("/", Cookie=as_("stranger@example.com"), **JAPANESE)

    assert answer.status_code == 403
    assert "stranger@example.com は Salesforce の有効なユーザーではなく" in answer.text
    assert ways(answer.text) == [("/", "概要へ"), ("/sign-in", "サインイン")]


def test_an_order_without_the_right_is_refused_in_japanese(closed: ServedDashboard) -> None:
    answer = closed.post(
        "/operations/drop",
        {"key": "1", "csrf": "c" * 20},
        Cookie=as_("sato@example.com"),
        **JAPANESE,
    )

    assert answer.status_code == 403
    assert "この操作ができるのは管理者(csops-sync.yaml の `dashboard.admins`)だけです" in answer.text


@pytest.mark.parametrize("came_from", ["http://[bad", "http://a:b:c/", "\\"])
def test_a_way_that_nobody_can_read_is_no_way_back(served: ServedDashboard, came_from: str) -> None:
    answer = served.get("/renewals/9-9", Referer=came_from, **JAPANESE)

    assert answer.status_code == 404
    assert ways(answer.text) == [("/", "概要へ")]


def test_a_fault_of_ours_is_owned_up_to_in_the_readers_language_without_its_innards() -> None:
    with serving(BrokenBook()) as served:
        answer = served.get("/matrix", **JAPANESE)

    assert answer.status_code == 500
    assert "csops-sync でエラーが起きました。ログを確認してください" in answer.text
    assert "ZeroDivision" not in answer.text
    assert answer.headers["content-security-policy"]
