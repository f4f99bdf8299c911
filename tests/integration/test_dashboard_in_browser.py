"""The dashboard in a real browser: at desk and phone width, in both languages, light and dark."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Dialog, Page, expect
from pydantic import SecretStr
from tests.fakes.accessibility import barriers
from tests.fakes.browser import DRAWN, complaints
from tests.fakes.dashboard_server import ServedDashboard, serving, session_cookie

from csops_sync.config.settings_dashboard import DashboardSettings
from csops_sync.interfaces.web.dashboard import COOKIE

SECRET = "s" * 40
CLOSED = DashboardSettings(
    public_url="http://127.0.0.1:8080",
    issuer="https://login.example.com",
    client_id="dashboard",
    client_secret=SecretStr("c" * 40),
    session_secret=SecretStr(SECRET),
)

PAGES = (
    *(
        "/",
        "/renewals",
        "/renewals/8000000000003-1",
        "/bridge",
        "/bridge?cause=amount",
        "/bridge?since=2026-01-01",
    ),
    *("/matrix", "/accuracy", "/operations", "/nowhere"),
)
NAMED = "a, button, input:not([type=hidden]), select, [role=img], [role=region], nav"
UNLABELLED = f"""[...document.querySelectorAll('{NAMED}')]
  .filter((one) => !(one.textContent.trim() || one.getAttribute('aria-label') || one.labels?.length))
  .map((one) => one.outerHTML)"""
TABLES = "[...document.querySelectorAll('table')].every((one) => one.caption || one.closest('[aria-label]'))"


@pytest.fixture
def tab(chromium: Browser) -> Iterator[Page]:
    """A tab of a desk."""
    context = chromium.new_context(viewport={"width": 1280, "height": 900}, locale="en-GB")
    yield context.new_page()
    context.close()


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("language", ["ja", "en"])
@pytest.mark.parametrize("width", [1280, 390])
def test_every_page_fits_and_the_browser_has_nothing_to_complain_of(
    chromium: Browser, served: ServedDashboard, width: int, language: str, scheme: str
) -> None:
    context = chromium.new_context(
        viewport={"width": width, "height": 900}, color_scheme="dark" if scheme == "dark" else "light"
    )
    page = context.new_page()
    heard, asked = complaints(page), set[str]()
    page.on("request", lambda request: asked.add(request.url.split("/")[2]))

    for path in PAGES:
        answer = page.goto(f"{served.url}{path}{'&' if '?' in path else '?'}lang={language}")
        page.wait_for_function(DRAWN)
        assert answer is not None
        assert answer.ok is (path != "/nowhere"), path
        assert barriers(page) == [], path
        assert page.evaluate("document.documentElement.scrollWidth") <= width, path
        assert page.evaluate(UNLABELLED) == [], path
        assert page.evaluate(TABLES), path
        assert page.locator("h1").count() == page.locator("main").count() == 1, path

    context.close()
    assert [one for one in heard if "404" not in one] == []
    assert asked == {served.url.split("/")[2]}


@pytest.mark.parametrize("language", ["ja", "en"])
def test_on_a_tablet_no_page_goes_on_sideways(
    chromium: Browser, served: ServedDashboard, language: str
) -> None:
    context = chromium.new_context(viewport={"width": 800, "height": 1000})
    page = context.new_page()

    wide = {
        path: page.evaluate("document.documentElement.scrollWidth")
        for path in PAGES
        if page.goto(f"{served.url}{path}{'&' if '?' in path else '?'}lang={language}")
    }

    context.close()
    assert {path: width for path, width in wide.items() if width > 800} == {}


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("language", ["ja", "en"])
@pytest.mark.parametrize("width", [390, 1100, 1280])
def test_every_cell_of_the_matrix_is_seen_without_going_sideways_and_keeps_its_headers(
    chromium: Browser, served: ServedDashboard, width: int, language: str, scheme: str
) -> None:
    context = chromium.new_context(
        viewport={"width": width, "height": 900}, color_scheme="dark" if scheme == "dark" else "light"
    )
    page = context.new_page()
    page.goto(f"{served.url}/matrix?lang={language}")

    assert page.evaluate("document.documentElement.scrollWidth") <= width
    cells = page.locator(".matrix .cell")
    edges = cells.evaluate_all("(all) => all.map((one) => one.getBoundingClientRect())")
    assert all(one["left"] >= 0 and one["right"] <= width and one["width"] > 0 for one in edges)
    inside = cells.evaluate_all("(all) => all.every((one) => one.scrollWidth <= one.clientWidth)")
    assert inside
    table = page.get_by_role("table")
    expect(table.get_by_role("columnheader")).to_have_count(7)
    expect(table.get_by_role("rowheader")).to_have_count(4)
    unopened = table.get_by_role("row").last
    expect(unopened.get_by_role("cell")).to_contain_text("¥56,800,000")
    if width < 1000:
        rank = "ヨミ" if language == "ja" else "Rank"
        label = "(one) => getComputedStyle(one, '::before').content"
        assert table.get_by_role("cell").first.evaluate(label) == f'"{rank} A"'
    assert barriers(page) == []
    context.close()


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_a_table_that_goes_on_sideways_is_shaded_at_that_edge_and_not_at_its_end(
    chromium: Browser, served: ServedDashboard, scheme: str
) -> None:
    context = chromium.new_context(
        viewport={"width": 390, "height": 900}, color_scheme="dark" if scheme == "dark" else "light"
    )
    page = context.new_page()
    page.goto(served.url)
    page.wait_for_function(DRAWN)
    table = page.locator(".scroll").first
    assert table.evaluate("(one) => one.scrollWidth > one.clientWidth")
    table.evaluate("(one) => { one.firstElementChild.style.visibility = 'hidden'; }")

    at_its_start = table.screenshot()
    table.evaluate("(one) => { one.scrollLeft = one.scrollWidth; }")
    at_its_end = table.screenshot()
    table.evaluate("(one) => { one.style.background = 'var(--card)'; }")
    plain = table.screenshot()

    context.close()
    assert len({at_its_start, at_its_end, plain}) == 3


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_who_signs_in_meets_no_barrier_before_and_after(chromium: Browser, scheme: str) -> None:
    context = chromium.new_context(color_scheme="dark" if scheme == "dark" else "light")
    page = context.new_page()
    with serving(settings=CLOSED) as served:
        page.goto(served.url)
        assert page.url.endswith("/sign-in")
        assert barriers(page) == []
        cookie = session_cookie(SECRET, {"who": "sato@example.com", "csrf": "known"})
        context.add_cookies([{"name": COOKIE, "value": cookie, "url": served.url}])
        for path in ("/", "/bridge", "/accuracy"):
            page.goto(f"{served.url}{path}")
            expect(page.get_by_text("sato@example.com")).to_be_visible()
            assert barriers(page) == []
    context.close()


def test_what_a_page_must_not_be_is_found(tab: Page) -> None:
    """The engine that finds nothing wrong above does find a picture without words, and grey on grey."""
    tab.set_content('<main><img src="data:,"><p style="color:#aaa;background:#bbb">hardly</p></main>')

    found = " ".join(barriers(tab))

    assert "image-alt" in found
    assert "color-contrast" in found


def test_a_bar_of_the_bridge_opens_its_renewals(tab: Page, served: ServedDashboard) -> None:
    tab.goto(f"{served.url}/bridge")
    tab.wait_for_function(DRAWN)
    expect(tab.get_by_role("heading", name="Rank: 19 renewals")).to_be_visible()

    tab.locator(".chart path[aria-roledescription=bar]").nth(1).click()

    tab.wait_for_url("**/bridge?cause=amount#renewals")
    expect(tab.get_by_role("heading", name="Amount: 5 renewals")).to_be_visible()
    expect(tab.get_by_role("table", name="What moved the landing").get_by_role("row")).to_have_count(6)


def test_the_charts_are_drawn_and_say_the_exact_numbers_under_the_pointer(
    tab: Page, served: ServedDashboard
) -> None:
    tab.goto(served.url)
    tab.wait_for_function(DRAWN)

    expect(tab.locator(".chart svg")).to_have_count(4)
    bars = tab.locator(".chart").first.locator("path[aria-roledescription=bar]")
    bars.last.scroll_into_view_if_needed()
    bars.last.hover()
    expect(tab.locator(".hint")).to_contain_text("176,400,000")


def test_the_numbers_stand_in_tables_beside_the_charts(tab: Page, served: ServedDashboard) -> None:
    tab.goto(served.url)

    expect(tab.get_by_role("table", name="Landing by quarter").get_by_role("row")).to_have_count(6)
    total = tab.get_by_role("table", name="Landing by quarter").get_by_role("row").last
    expect(total).to_contain_text("131")
    expect(total).to_contain_text("¥533,200,000")
    retention = tab.get_by_role("table", name="NRR and GRR").get_by_role("row", name="FY2026 Q2")
    expect(retention).to_contain_text("104.3%")
    expect(retention).to_contain_text("95.7%")


def test_without_scripts_every_number_is_there(chromium: Browser, served: ServedDashboard) -> None:
    context = chromium.new_context(java_script_enabled=False, locale="en-GB")
    page = context.new_page()
    page.goto(served.url)

    expect(page.locator("#figure-landing")).to_have_text("¥533,200,000")
    expect(page.get_by_role("table", name="NRR and GRR")).to_contain_text("104.3%")
    context.close()


def test_the_keyboard_reaches_the_content_first_and_the_filters_work_by_it(
    tab: Page, served: ServedDashboard
) -> None:
    tab.goto(f"{served.url}/renewals")
    tab.keyboard.press("Tab")
    expect(tab.get_by_role("link", name="Skip to content")).to_be_focused()
    tab.keyboard.press("Enter")
    expect(tab.locator("main")).to_be_focused()

    tab.get_by_label("Account or contract").fill("northwind")
    tab.keyboard.press("Enter")

    tab.wait_for_url("**/renewals?*text=northwind*")
    names = tab.locator("tbody th a").all_text_contents()
    assert set(names) == {"Northwind Traders"}


def test_a_column_sorts_both_ways_and_says_so(tab: Page, served: ServedDashboard) -> None:
    tab.goto(f"{served.url}/renewals")
    column = tab.get_by_role("columnheader", name="Prior")
    expect(column).to_have_attribute("aria-sort", "none")

    column.get_by_role("link").click()
    expect(column).to_have_attribute("aria-sort", "ascending")
    column.get_by_role("link").click()

    expect(column).to_have_attribute("aria-sort", "descending")
    expect(tab.locator("tbody tr").filter(has_text="¥").first).to_contain_text("¥48,000,000")


def test_an_account_named_as_a_script_runs_nowhere(tab: Page, served: ServedDashboard) -> None:
    opened = list[str]()

    def heard(dialog: Dialog) -> None:
        opened.append(dialog.message)
        dialog.dismiss()

    tab.on("dialog", heard)
    for path in PAGES:
        tab.goto(served.url + path)
        tab.wait_for_function(DRAWN)

    assert opened == []


def test_a_person_retries_from_the_page(tab: Page) -> None:
    with serving() as served:
        tab.goto(f"{served.url}/operations")
        tab.get_by_role("button", name="Retry: 8000000000013-1").click()

        expect(tab.get_by_role("status")).to_have_text("1 rows will be sent again.")
        assert served.book.ordered == [("retry", ("8000000000013-1",), "operator")]
