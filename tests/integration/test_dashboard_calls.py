"""The forms that people call with: what they order, and every wrong request that must order nothing."""

import re
from collections.abc import Iterator
from dataclasses import replace
from decimal import Decimal

import pytest
from playwright.sync_api import expect
from tests.fakes.browser import browser_window, complaints
from tests.fakes.dashboard_book import BOSS, NAMES, SATO, SUZUKI, FakeBook
from tests.fakes.dashboard_calls import NOTE
from tests.fakes.dashboard_server import ServedDashboard, serving, session_cookie
from tests.fakes.landings import yen
from tests.integration.test_dashboard_access import CLOSED, SECRET, TOKEN

from csops_sync.app.forecast.calling import LONGEST_NOTE, CallOrder
from csops_sync.app.forecast.overview_values import Overview, Span
from csops_sync.interfaces.web.dashboard import COOKIE
from csops_sync.interfaces.web.dashboard_data import People

KEY = "8000000000003-1"
RENEWAL, TEAM = f"/renewals/{KEY}/call", "/calls?span=year"
CALL = {"amount": "1,200,000", "currency": "JPY", "note": "値上げに合意", "act": "call"}
FOR_TEAM = {**CALL, "team": BOSS, "period": "2026-Q3"}


@pytest.fixture
def closed() -> Iterator[ServedDashboard]:
    """A dashboard that people sign in to."""
    with serving(settings=CLOSED) as served:
        yield served


@pytest.fixture
def opened() -> Iterator[ServedDashboard]:
    """A dashboard that is open to this machine."""
    with serving() as served:
        yield served


class CalledBook(FakeBook):
    """A book in which somebody has called something."""

    def overview(self, span: Span, people: People) -> Overview:
        found = super().overview(span, people)
        total = replace(found.by_quarter.total, call=yen(500_000_000), called=1)
        return replace(found, by_quarter=replace(found.by_quarter, total=total))


def as_(email: str, *, csrf: str = "c" * 20) -> str:
    return f"{COOKIE}={session_cookie(SECRET, {'who': email, 'csrf': csrf})}"


def posted(
    served: ServedDashboard, path: str, fields: dict[str, str], *, who: str, csrf: str = "c" * 20
) -> int:
    """Post as somebody who is signed in, and give the status."""
    return served.post(path, {**fields, "csrf": csrf}, Cookie=as_(who)).status_code


def test_who_signed_in_calls_in_their_own_name_and_within_what_they_see(closed: ServedDashboard) -> None:
    answer = closed.post(RENEWAL, {**CALL, "csrf": "c" * 20}, Cookie=as_("sato@example.com"))

    assert (answer.status_code, answer.headers["location"]) == (303, f"/renewals/{KEY}?done=call")
    order = CallOrder(
        amount=Decimal(1_200_000),
        by="sato@example.com",
        note="値上げに合意",
        currency="JPY",
        people=frozenset({SATO}),
    )
    assert closed.book.called == [(KEY, order, "sato@example.com")]


def test_a_manager_calls_for_a_team_and_returns_to_the_span_that_they_came_from(
    closed: ServedDashboard,
) -> None:
    answer = closed.post(TEAM, {**FOR_TEAM, "csrf": "c" * 20}, Cookie=as_("boss@example.com"))

    assert (answer.status_code, answer.headers["location"]) == (303, "/?span=year&done=call")
    ((about, order, by),) = closed.book.called
    assert (about, by, order.by) == (f"{BOSS} 2026-Q3", "boss@example.com", "boss@example.com")
    assert order.people == frozenset({BOSS, SATO, SUZUKI})


def test_an_admin_enters_the_call_of_somebody_else(closed: ServedDashboard) -> None:
    assert posted(closed, RENEWAL, {**CALL, "by": SUZUKI}, who="ops@example.com") == 303

    ((_, order, by),) = closed.book.called
    assert (order.by, order.people, by) == (SUZUKI, None, "ops@example.com")


@pytest.mark.parametrize(
    ("path", "after"),
    [(RENEWAL, f"/renewals/{KEY}?done=withdrawn"), (TEAM, "/?span=year&done=withdrawn")],
)
def test_withdrawing_needs_no_amount_and_is_said_in_words_of_its_own(
    closed: ServedDashboard, path: str, after: str
) -> None:
    fields = {**FOR_TEAM, "amount": "", "act": "withdraw", "csrf": "c" * 20}
    cookie = as_("boss@example.com")

    answer = closed.post(path, fields, Cookie=cookie)

    assert closed.book.called[0][1].amount is None
    assert (answer.status_code, answer.headers["location"]) == (303, after)
    shown = closed.get(after, Cookie=cookie).text
    assert "The call is withdrawn." in shown
    assert "The call is kept." not in shown
    assert "コールを取り下げました。" in closed.get(f"{after}&lang=ja", Cookie=cookie).text


@pytest.mark.parametrize(
    ("text", "currency"),
    [
        *(
            (text, "JPY")
            for text in ("¥1,200,000", "１２０００００", " 1200000 円 ", "￥1,200,000", "JPY 1200000")
        ),
        ("$1,200,000.00", "USD"),
        ("€1200000", "EUR"),
        ("1200000", ""),
    ],
)
def test_an_amount_is_read_as_people_type_it(closed: ServedDashboard, text: str, currency: str) -> None:
    fields = {**CALL, "amount": text, "currency": currency}

    assert posted(closed, RENEWAL, fields, who="sato@example.com") == 303

    order = closed.book.called[0][1]
    assert (order.amount, order.currency) == (Decimal(1_200_000), currency or None)


BAD_AMOUNTS = ("120万円", "\N{MINUS SIGN}500", "-500", "1 200", "", "$500", "5,", "12,00", ",5", "¥$500")


@pytest.mark.parametrize("text", BAD_AMOUNTS)
def test_an_amount_that_is_none_is_asked_for_again_with_all_that_was_typed(
    closed: ServedDashboard, text: str
) -> None:
    fields = {**CALL, "amount": text, "note": "値上げ & <b>", "csrf": "c" * 20}
    cookie = as_("sato@example.com")

    english = closed.post(RENEWAL, fields, Cookie=cookie, **{"Accept-Language": "en"})
    japanese = closed.post(RENEWAL, fields, Cookie=cookie, **{"Accept-Language": "ja"})

    assert (english.status_code, japanese.status_code, closed.book.called) == (400, 400, [])
    assert "Amount a year (JPY): an amount a year, digits only: 1200000" in english.text
    assert "「年額(JPY)」は数字だけで" in japanese.text
    for shown in (english.text, japanese.text):
        assert f'href="/renewals/{KEY}"' in shown
        assert f'action="{RENEWAL}"' in shown
        assert f'maxlength="40" value="{text}"' in shown
        assert 'value="値上げ &amp; &lt;b&gt;"' in shown


def test_the_sign_of_another_currency_is_not_taken_for_the_renewals_own(closed: ServedDashboard) -> None:
    for currency, text in (("USD", "¥500"), ("USD", "500円"), ("EUR", "$500"), ("", "¥500")):
        fields = {**CALL, "amount": text, "currency": currency}
        assert posted(closed, RENEWAL, fields, who="sato@example.com") == 400
    assert closed.book.called == []


def test_a_teams_amount_that_is_none_leads_back_to_the_overview_and_keeps_the_team(
    closed: ServedDashboard,
) -> None:
    fields = {**FOR_TEAM, "amount": "a lot", "csrf": "c" * 20}

    shown = closed.post(TEAM, fields, Cookie=as_("boss@example.com")).text

    assert 'href="/?span=year"' in shown
    assert f'action="{TEAM}"' in shown
    assert f'name="team" value="{BOSS}"' in shown
    assert 'name="period" value="2026-Q3"' in shown


def test_a_nul_in_a_field_or_a_key_orders_and_asks_nothing(closed: ServedDashboard) -> None:
    who = "sato@example.com"

    for name in ("note", "amount", "act", "unknown", "un\x00known"):
        assert posted(closed, RENEWAL, {**CALL, name: "a\x00b"}, who=who) == 400
    assert posted(closed, TEAM, {**FOR_TEAM, "team": "a\x00b"}, who=who) == 400
    assert posted(closed, "/renewals/a%00b/call", CALL, who=who) == 400
    assert closed.get("/renewals/a%00b", Cookie=as_(who)).status_code == 400
    assert closed.book.called == []


def test_only_periods_that_are_not_over_are_offered(closed: ServedDashboard) -> None:
    page = closed.get("/", Cookie=as_("boss@example.com")).text

    offered = page.partition('name="period"')[2].partition("</select>")[0]
    assert re.findall(r'label="([^"]+)"', offered) == ["Fiscal year", "Quarters", "Months"]
    assert re.findall(r'value="([^"]+)"( selected)?>([^<]+)', offered) == [
        ("FY2026", "", "FY2026"),
        ("2026-Q3", " selected", "FY2026 Q3"),
        ("2026-Q4", "", "FY2026 Q4"),
        ("2026-12", "", "Dec 2026"),
        ("2027-01", "", "Jan 2027"),
    ]


def test_under_the_calls_stands_how_they_add_up() -> None:
    with serving(CalledBook()) as served:
        assert "Where nobody called, the landing counts." in served.get("/").text
        assert "コールのない更新は、着地見込みで数えます。" in served.get("/?lang=ja").text
    with serving() as served:
        assert 'id="call-adds"' not in served.get("/").text


@pytest.mark.parametrize(
    ("path", "fields", "status"),
    [
        (RENEWAL, {**CALL, "by": BOSS}, 403),
        (TEAM, {**FOR_TEAM, "by": BOSS}, 403),
        (RENEWAL, {**CALL, "amount": ""}, 400),
        (RENEWAL, {**CALL, "amount": "a lot"}, 400),
        (RENEWAL, {**CALL, "amount": "1,2,3"}, 400),
        (RENEWAL, {"note": "no amount"}, 400),
        (RENEWAL, {**CALL, "note": "x" * (LONGEST_NOTE + 1)}, 400),
        (TEAM, {**CALL, "period": "2026-Q3"}, 400),
        (TEAM, {**CALL, "team": BOSS}, 400),
        (TEAM, {**FOR_TEAM, "team": "x" * 301}, 400),
    ],
)
def test_a_form_that_is_not_ours_or_not_whole_orders_nothing(
    closed: ServedDashboard, path: str, fields: dict[str, str], status: int
) -> None:
    assert posted(closed, path, fields, who="sato@example.com") == status
    assert closed.book.called == []


@pytest.mark.parametrize("path", [RENEWAL, TEAM])
def test_a_forged_token_another_site_a_machine_and_nobody_call_nothing(
    closed: ServedDashboard, path: str
) -> None:
    fields = {**FOR_TEAM, "csrf": "c" * 20}
    cookie = as_("sato@example.com")

    assert posted(closed, path, FOR_TEAM, who="sato@example.com", csrf="d" * 20) == 403
    assert closed.post(path, fields, Cookie=cookie, Origin="https://evil.example").status_code == 403
    assert closed.post(path, fields, Cookie=cookie, **{"Sec-Fetch-Site": "cross-site"}).status_code == 403
    assert closed.post(path, fields, Authorization=f"Bearer {TOKEN}").status_code == 403
    assert closed.post(path, fields).status_code == 401
    assert closed.session.get(closed.url + path, timeout=9, allow_redirects=False).status_code in (
        303,
        404,
        405,
    )
    assert closed.book.called == []


def test_the_page_shows_what_was_called_as_text_and_offers_who_may_call(opened: ServedDashboard) -> None:
    page = opened.get(f"/renewals/{KEY}").text

    assert NOTE not in page
    assert "&lt;b&gt;値上げ&lt;/b&gt;" in page
    assert re.findall(r'<option value="(\w+)"[^>]*>', page.partition('name="by"')[2]) == list(NAMES)
    assert f'action="/renewals/{KEY}/call"' in page


def test_who_is_no_admin_is_offered_no_other_name(closed: ServedDashboard) -> None:
    cookie = {"Cookie": as_("boss@example.com")}
    page = closed.get(f"/renewals/{KEY}", **cookie).text

    assert 'name="amount"' in page
    assert 'name="by"' not in page
    overview = closed.get("/", **cookie).text
    assert f'<option value="{SATO}">' in overview
    assert 'name="by"' not in overview


def test_a_machine_and_who_sees_no_team_get_no_form(closed: ServedDashboard) -> None:
    machine = closed.get(f"/renewals/{KEY}", Authorization=f"Bearer {TOKEN}").text
    assert 'name="amount"' not in machine
    mine = closed.get("/", Cookie=as_("sato@example.com")).text
    assert f'<option value="{BOSS}">' not in mine


def test_after_a_call_the_page_says_so(opened: ServedDashboard) -> None:
    assert "The call is kept." in opened.get(f"/renewals/{KEY}?done=call").text
    assert "The call is kept." in opened.get("/?span=year&done=call").text
    assert "The call is kept." not in opened.get(f"/renewals/{KEY}").text


def test_in_a_browser_a_call_is_typed_sent_and_confirmed(opened: ServedDashboard) -> None:
    with browser_window(width=390, height=800) as window:
        page = window.new_page()
        heard = complaints(page)
        page.goto(f"{opened.url}/renewals/{KEY}?lang=ja")
        page.get_by_label("年額(JPY)", exact=True).fill("¥1,200,000")
        page.get_by_label("誰のコールか").select_option(label=NAMES[SUZUKI])
        page.get_by_label("メモ(任意)").fill("部長と合意")
        page.get_by_role("button", name="コールする").click()
        expect(page.get_by_role("status")).to_have_text("コールを記録しました。")
        page.goto(f"{opened.url}/?lang=en")
        page.locator("select[name=team]").select_option(label=NAMES[BOSS])
        page.locator("select[name=period]").select_option(label="FY2026 Q4")
        page.get_by_label("Amount a year (JPY)").fill("9000000")
        page.get_by_role("button", name="Call", exact=True).click()
        expect(page.get_by_role("status")).to_have_text("The call is kept.")

    assert heard == []
    single, team = opened.book.called
    assert single == (
        KEY,
        CallOrder(amount=Decimal(1_200_000), by=SUZUKI, note="部長と合意", currency="JPY"),
        "operator",
    )
    assert (team[0], team[1].amount, team[1].by) == (f"{BOSS} 2026-Q4", Decimal(9_000_000), "")
