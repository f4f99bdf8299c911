"""`csops-sync run --sandbox` played in a real browser: a rank moves in one tab, the card answers in the other."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from playwright.sync_api import BrowserContext, expect
from tests.fakes.browser import browser_window
from tests.fakes.played import playing
from tests.fakes.two_tabs import ENGLISH, JAPANESE, SETTLED, Renewal, TwoTabs, Wording

RISK, NEWS = "renewals-risk", "renewals"
NOTE = "<b>先方の予算</b> & <!channel>"


@pytest.fixture(scope="module")
def window() -> Iterator[BrowserContext]:
    """One browser for all tests of this file."""
    with browser_window() as opened:
        yield opened


@contextmanager
def played(window: BrowserContext, folder: Path, wording: Wording, *words: str) -> Iterator[TwoTabs]:
    """Both tabs, on the morning when the first renewals are opened."""
    with playing(folder, *words) as play:
        play.advance(business_days=1)
        yield TwoTabs(play=play, crm=window.new_page(), slack=window.new_page(), wording=wording)


@pytest.fixture(scope="module")
def tabs(window: BrowserContext, tmp_path_factory: pytest.TempPathFactory) -> Iterator[TwoTabs]:
    """The Japanese sandbox, as `make run` starts it."""
    with played(window, tmp_path_factory.mktemp("ja"), JAPANESE, "--today", "2026-11-22") as found:
        yield found


@pytest.fixture(scope="module")
def opened(tabs: TwoTabs) -> list[str]:
    """The renewals that were opened, one for each test."""
    return tabs.renewals()


def test_a_fall_is_asked_about_and_the_answer_stands_in_the_crm(tabs: TwoTabs, opened: list[str]) -> None:
    falls_and_is_answered(tabs, tabs.renewal(opened[0]))


def test_a_rise_is_celebrated_and_people_pile_on(tabs: TwoTabs, opened: list[str]) -> None:
    rises_and_is_celebrated(tabs, tabs.renewal(opened[1]))


def test_moves_within_one_poll_are_one_card_with_their_path(tabs: TwoTabs, opened: list[str]) -> None:
    renewal = tabs.renewal(opened[2])
    tabs.settled(renewal, "A", by=renewal.csm)
    tabs.play.hold()
    tabs.rank(renewal, "B", by=renewal.csm)
    tabs.rank(renewal, "C", by=renewal.csm)
    tabs.play.go_on()
    tabs.play.advance(seconds=SETTLED)

    tabs.sit_down(renewal.boss, channel=RISK)
    expect(tabs.cards(renewal)).to_have_count(1)
    expect(tabs.cards(renewal)).to_contain_text("A → B → C")


def test_the_english_sandbox_says_the_same_in_english(window: BrowserContext, tmp_path: Path) -> None:
    with played(window, tmp_path, ENGLISH, "--org", "ravenstack", "--today", "2025-01-06") as tabs:
        first, second, *_ = tabs.renewals()
        falls_and_is_answered(tabs, tabs.renewal(first))
        rises_and_is_celebrated(tabs, tabs.renewal(second))


def falls_and_is_answered(tabs: TwoTabs, renewal: Renewal) -> None:
    """The rank falls; the manager is mentioned, takes it, and leaves a note; both stand as Tasks in the CRM."""
    say = tabs.wording
    tabs.settled(renewal, "B", "D", by=renewal.csm)
    tabs.sit_down(renewal.boss, channel=RISK)
    card = tabs.cards(renewal)
    expect(card).to_have_count(1)
    expect(card).to_contain_text(say.worse)
    expect(card).to_contain_text("B → D")
    expect(card.locator(".mention.mine")).to_have_text(f"@{renewal.boss}")
    expect(card).to_contain_text(say.waiting)

    card.get_by_role("button", name=say.take).click()
    expect(card).to_contain_text(f"{renewal.boss} {say.taken}")
    expect(card.get_by_role("button", name=say.take)).to_have_count(0)
    expect(card.get_by_role("button", name=say.add_note)).to_be_visible()
    (task,) = tabs.expect_tasks(renewal, 1).all()
    expect(task).to_contain_text(say.task)
    expect(task).to_contain_text(renewal.account)
    expect(task).to_contain_text("Completed")
    expect(task).to_contain_text(renewal.boss)

    card.get_by_role("button", name=say.add_note).click()
    window = tabs.slack.get_by_role("dialog")
    window.get_by_label(say.note).fill(NOTE)
    window.get_by_role("button", name=say.keep).click()
    expect(card.locator(".blocks").first).to_contain_text(NOTE)
    expect(card.locator(".thread .msg")).to_contain_text(NOTE)
    expect(card.locator(".thread > summary")).to_have_text(say.one_reply)
    noted, _ = tabs.expect_tasks(renewal, 2).all()
    expect(noted).to_contain_text(say.note_task)
    expect(noted).to_contain_text(renewal.account)
    expect(noted).to_contain_text(NOTE)


def rises_and_is_celebrated(tabs: TwoTabs, renewal: Renewal) -> None:
    """The rank rises; the manager is mentioned, the app reacts first, and a person joins in."""
    tabs.settled(renewal, "C", "B", by=renewal.csm)
    tabs.sit_down(renewal.boss, channel=NEWS)
    card = tabs.cards(renewal)
    expect(card).to_have_count(1)
    expect(card).to_contain_text(tabs.wording.better)
    expect(card.locator(".mention.mine")).to_have_text(f"@{renewal.boss}")
    given = card.locator("button.chip-r")
    expect(given).to_have_text(["🎉 1", "🙌 1"])
    expect(given.first).to_have_attribute("title", "csops-sync")

    given.first.click()
    expect(given.first).to_have_text("🎉 2")
    expect(given.first).to_have_attribute("title", f"csops-sync, {renewal.boss}")
