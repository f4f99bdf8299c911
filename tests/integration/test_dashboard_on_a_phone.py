"""The list of renewals at the width of a phone: it sorts without a script, and the keyboard meets nothing unseen."""

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page
from tests.fakes.browser import DRAWN
from tests.fakes.dashboard_server import ServedDashboard

UNSEEN = """(() => {
  const at = document.activeElement.getBoundingClientRect();
  return at.width < 2 || at.height < 2 || !!document.activeElement.closest('thead');
})()"""
FIRST_LETTER = "(one) => getComputedStyle(one, '::first-letter').textTransform"


@pytest.fixture
def phone(chromium: Browser) -> Iterator[Page]:
    """A phone that runs no scripts."""
    context = chromium.new_context(
        viewport={"width": 390, "height": 844}, locale="en-GB", java_script_enabled=False
    )
    yield context.new_page()
    context.close()


def test_a_phone_sorts_the_list_without_a_script(phone: Page, served: ServedDashboard) -> None:
    phone.goto(f"{served.url}/renewals?lang=en")

    phone.get_by_label("Sort by").select_option("prior")
    phone.get_by_label("Order").select_option("desc")
    phone.get_by_role("button", name="Apply").click()

    assert "sort=prior&order=desc" in phone.url
    first, last = (phone.locator("td[data-label=Prior]").nth(place).inner_text() for place in (0, -1))
    assert int(first.replace("¥", "").replace(",", "")) > int(last.replace("¥", "").replace(",", ""))


@pytest.mark.parametrize("language", ["ja", "en"])
def test_on_a_phone_the_keyboard_reaches_nothing_that_cannot_be_seen(
    chromium: Browser, served: ServedDashboard, language: str
) -> None:
    context = chromium.new_context(viewport={"width": 390, "height": 844})
    page = context.new_page()
    page.goto(f"{served.url}/renewals?lang={language}")

    met = []
    for _ in range(45):
        page.keyboard.press("Tab")
        met.append(page.evaluate(UNSEEN))

    context.close()
    assert not any(met)


def test_at_a_desk_the_headers_sort_and_the_fields_of_the_phone_are_not_shown(
    chromium: Browser, served: ServedDashboard
) -> None:
    context = chromium.new_context(viewport={"width": 1280, "height": 900})
    page = context.new_page()
    page.goto(f"{served.url}/renewals?lang=en&sort=prior&order=desc")

    assert not page.get_by_label("Sort by").is_visible()
    page.get_by_role("button", name="Apply").click()
    assert "sort=prior&order=desc" in page.url
    assert page.get_by_role("columnheader").first.is_visible()
    context.close()


def test_a_channel_in_the_timeline_keeps_its_letters(phone: Page, served: ServedDashboard) -> None:
    phone.goto(f"{served.url}/renewals/8000000000003-1?lang=en")

    entries = phone.locator(".timeline p").filter(has_text=re.compile("^#"))
    assert entries.count()
    assert {one.inner_text() for one in entries.all()} == {"#renewals, mentioned 佐藤 美咲"}
    assert all(one.evaluate(FIRST_LETTER) == "none" for one in entries.all())


@pytest.mark.parametrize("language", ["ja", "en"])
@pytest.mark.parametrize("width", [1280, 390])
def test_every_quarter_has_its_name_under_its_bar(
    chromium: Browser, served: ServedDashboard, width: int, language: str
) -> None:
    context = chromium.new_context(viewport={"width": width, "height": 844})
    page = context.new_page()
    page.goto(f"{served.url}/?lang={language}")
    page.wait_for_function(DRAWN)

    shown = (
        page.locator(".chart").first.locator(".role-axis-label text:not([opacity='0'])").all_text_contents()
    )

    context.close()
    assert [one for one in shown if one.startswith("FY")] == [f"FY2026Q{place}" for place in range(1, 5)]
