"""The sandbox's Slack page in a real browser: people react, click, fill modals in, and see each other's changes."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

import pytest
import requests
from playwright.sync_api import Browser, BrowserContext, Page, expect
from slack_sdk import WebClient
from slack_sdk.socket_mode.request import SocketModeRequest
from tests.fakes.browser import complaints
from tests.fakes.sandbox import SandboxProcess
from tests.fakes.slack_cards import button, card, modal, plain
from tests.fakes.slack_workspace import client_for
from tests.fakes.socket_app import SocketApp, connected, eventually

NASTY = '<img src=x onerror="document.title=1">'


@dataclass(frozen=True, kw_only=True)
class Stage:
    """A running sandbox with an app that opens a modal on `note` and takes the buttons away on `ack`."""

    sandbox: SandboxProcess
    client: WebClient
    app: SocketApp
    channel: str
    people: list[str]

    def post(self, *elements: dict[str, object]) -> str:
        """Post a card and give its ts."""
        answer = self.client.chat_postMessage(channel=self.channel, text="card", blocks=card(*elements))
        return str(answer["ts"])

    def url(self, person: int = 0) -> str:
        """The channel as one of the people sees it."""
        return f"{self.sandbox.urls.slack}/archives/{self.channel}?as={self.people[person]}"


@pytest.fixture(scope="module")
def stage() -> Iterator[Stage]:
    with SandboxProcess.start(org="small", today=date(2026, 11, 24), frozen=False) as sandbox:
        base = f"{sandbox.urls.slack}/"
        client = client_for(base, sandbox.urls.slack_token)
        channel = next(
            one["id"] for one in client.conversations_list()["channels"] if one["name"] == "renewals"
        )
        people = [one["id"] for one in client.users_list()["members"] if not one["is_bot"]]
        with connected(base, sandbox.urls.slack_app_token) as app:
            made = Stage(sandbox=sandbox, client=client, app=app, channel=channel, people=people)
            app.on_request = lambda request: act(made, request)
            yield made


def act(stage: Stage, request: SocketModeRequest) -> None:
    """What the app does after it has acknowledged."""
    payload = request.payload
    action = payload["actions"][0]["action_id"] if payload.get("type") == "block_actions" else ""
    if action == "note":
        stage.client.views_open(trigger_id=payload["trigger_id"], view=modal())
    if action == "ack":
        ts, who = payload["message"]["ts"], payload["user"]["id"]
        done = [{"type": "section", "text": {"type": "mrkdwn", "text": f"<@{who}> is on it"}}]
        stage.client.chat_update(channel=stage.channel, ts=ts, text="done", blocks=done)


@pytest.fixture
def context(chromium: Browser) -> Iterator[BrowserContext]:
    made = chromium.new_context(viewport={"width": 1180, "height": 820})
    made.set_default_timeout(10_000)
    yield made
    made.close()


def visit(context: BrowserContext, url: str) -> Page:
    page = context.new_page()
    page.goto(url)
    return page


def message(ts: str) -> str:
    return f"#p{ts.replace('.', '')}"


def test_a_reaction_is_given_counted_and_taken_back_by_clicks(stage: Stage, context: BrowserContext) -> None:
    page, ts = visit(context, stage.url()), stage.post()
    heard = complaints(page)
    here = page.locator(message(ts))
    here.get_by_label("リアクションを追加").click()
    here.get_by_title(":tada:").click()
    chip = here.locator(".chip-r[value=tada]")
    expect(chip).to_have_text("🎉 1")
    expect(chip).to_have_attribute("aria-pressed", "true")
    stage.client.reactions_add(channel=stage.channel, timestamp=ts, name="tada")
    expect(chip).to_have_text("🎉 2")
    chip.click()
    expect(chip).to_have_text("🎉 1")
    expect(chip).to_have_attribute("aria-pressed", "false")
    assert heard == []


def test_a_click_on_a_card_changes_it_before_everybodys_eyes(stage: Stage, context: BrowserContext) -> None:
    """In the tab that clicked and in another person's, without a reload."""
    ts = stage.post()
    mine, theirs = visit(context, stage.url(1)), visit(context, stage.url(2))
    theirs.evaluate("window.neverReloaded = true")
    mine.locator(message(ts)).get_by_role("button", name="I'm on it").click()
    for page in (mine, theirs):
        expect(page.locator(message(ts)).locator(".b-text")).to_contain_text("is on it")
    expect(mine.locator(message(ts)).locator(".mention.mine")).to_be_visible()
    expect(theirs.locator(message(ts)).locator(".mention.mine")).to_have_count(0)
    assert theirs.evaluate("window.neverReloaded") is True


def test_a_modal_is_filled_in_by_keyboard_and_submitted(stage: Stage, context: BrowserContext) -> None:
    page, ts = visit(context, stage.url(3)), stage.post()
    page.locator(message(ts)).get_by_role("button", name="Add note").press("Enter")
    dialog = page.get_by_role("dialog", name="Add note")
    expect(dialog.locator("textarea")).to_be_focused()
    page.keyboard.type("電話した")
    dialog.get_by_label("reason").select_option("price")
    dialog.get_by_role("button", name="Save").press("Enter")
    expect(dialog).to_have_count(0)
    payload = stage.app.heard[-1].payload
    assert (payload["type"], payload["user"]["id"]) == ("view_submission", stage.people[3])
    assert payload["view"]["state"]["values"]["note"]["text"]["value"] == "電話した"


def test_escape_closes_a_modal(stage: Stage, context: BrowserContext) -> None:
    page, ts = visit(context, stage.url(3)), stage.post()
    page.locator(message(ts)).get_by_role("button", name="Add note").click()
    dialog = page.get_by_role("dialog", name="Add note")
    expect(dialog).to_be_visible()
    page.keyboard.press("Escape")
    expect(dialog).to_have_count(0)
    email = stage.client.users_info(user=stage.people[3])["user"]["profile"]["email"]
    assert stage.sandbox.slack(view_of=email) == {"view": None}


def test_an_error_of_the_app_is_shown_at_its_field_and_what_was_typed_stays(
    stage: Stage, context: BrowserContext
) -> None:
    page, ts = visit(context, stage.url(2)), stage.post()
    page.locator(message(ts)).get_by_role("button", name="Add note").click()
    dialog = page.get_by_role("dialog", name="Add note")
    stage.app.answer = lambda request: (
        {"response_action": "errors", "errors": {"note": "Too short"}}
        if request.payload.get("type") == "view_submission"
        else None
    )
    dialog.locator("textarea").fill("x")
    dialog.get_by_role("button", name="Save").click()
    expect(dialog.get_by_role("alert")).to_have_text("Too short")
    expect(dialog.locator("textarea")).to_have_value("x")
    stage.app.answer = lambda _request: None
    dialog.get_by_role("button", name="Save").click()
    expect(dialog).to_have_count(0)


def test_what_is_typed_in_a_modal_survives_what_happens_elsewhere(
    stage: Stage, context: BrowserContext
) -> None:
    page, ts = visit(context, stage.url(2)), stage.post()
    page.locator(message(ts)).get_by_role("button", name="Add note").click()
    dialog = page.get_by_role("dialog", name="Add note")
    dialog.locator("textarea").fill("half a sentence")
    other = stage.post()
    expect(page.locator(message(other))).to_have_count(1)
    expect(dialog.locator("textarea")).to_have_value("half a sentence")
    dialog.get_by_role("button", name="閉じる").click()
    expect(dialog).to_have_count(0)


def test_without_a_script_everything_still_works(stage: Stage, chromium: Browser) -> None:
    context = chromium.new_context(java_script_enabled=False)
    page, ts = context.new_page(), stage.post()
    page.goto(stage.url(4))
    here = page.locator(message(ts))
    here.locator("summary.add").click()
    here.get_by_title(":eyes:").click()
    expect(here.locator(".chip-r[value=eyes]")).to_have_text("👀 1")
    here.get_by_role("button", name="Add note").click()
    email = stage.client.users_info(user=stage.people[4])["user"]["profile"]["email"]
    eventually(lambda: stage.sandbox.slack(view_of=email)["view"] is not None, "no modal was opened")
    page.goto(stage.url(4))
    page.locator("dialog textarea").fill("by hand")
    page.get_by_role("button", name="Save").click()
    expect(page.locator("dialog")).to_have_count(0)
    here.get_by_role("button", name="I'm on it").click()
    eventually(lambda: stage.sandbox.messages()[-1]["text"] == "done", "the card did not change")
    page.goto(stage.url(4))
    expect(here.locator(".b-text").first).to_contain_text("is on it")
    context.close()


def test_a_menu_and_a_question_before_a_click(stage: Stage, context: BrowserContext) -> None:
    ask = {"title": plain("Sure?"), "text": plain("It is lost"), "confirm": plain("Yes"), "deny": plain("No")}
    ts = stage.post(
        button("lost", "Lost", style="danger", confirm=ask),
        {
            "type": "static_select",
            "action_id": "snooze",
            "options": [{"text": plain("3 days"), "value": "3"}],
        },
    )
    page = visit(context, stage.url(1))
    here, before = page.locator(message(ts)), len(stage.app.heard)
    here.locator("summary", has_text="Lost").click()
    here.get_by_role("button", name="Yes").click()
    here.locator("summary", has_text="…").click()
    here.get_by_role("button", name="3 days").click()
    actions = [request.payload["actions"][0] for request in stage.app.wait(before + 2)[before:]]
    assert [action["action_id"] for action in actions] == ["lost", "snooze"]
    assert actions[1]["selected_option"]["value"] == "3"


def test_a_link_button_opens_its_page_and_tells_the_app(stage: Stage, context: BrowserContext) -> None:
    ts = stage.post(button("open", "Open", url=f"{stage.sandbox.urls.salesforce}/opportunities"))
    page, before = visit(context, stage.url(1)), len(stage.app.heard)
    with context.expect_page() as opened:
        page.locator(message(ts)).get_by_role("link", name="Open").click()
    expect(opened.value.locator("table.list")).to_be_visible()
    assert stage.app.wait(before + 1)[-1].payload["actions"][0]["action_id"] == "open"


def test_a_click_that_the_app_does_not_answer_says_so(stage: Stage, context: BrowserContext) -> None:
    page, ts = visit(context, stage.url(1)), stage.post()
    stage.app.silent = True
    page.locator(message(ts)).get_by_role("button", name="I'm on it").click()
    expect(page.get_by_role("status")).to_contain_text("アプリが応答しませんでした")
    stage.app.silent = False


def test_what_data_holds_is_text_on_the_page(stage: Stage, context: BrowserContext) -> None:
    """In messages, buttons, ids, modals, and in the address."""
    nasty = button(NASTY, NASTY[:70], value=NASTY)
    ts = stage.post(nasty)
    page = visit(context, f"{stage.url(1)}&note={NASTY}")
    heard = complaints(page)
    before = len(stage.app.heard)
    page.locator(message(ts)).get_by_role("button", name=NASTY[:20]).click()
    assert stage.app.wait(before + 1)[-1].payload["actions"][0]["action_id"] == NASTY
    assert page.title() != "1"
    assert page.locator("img[src=x]").count() == 0
    assert heard == []


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_it_fits_on_a_phone_in_light_and_dark(stage: Stage, chromium: Browser, scheme: str) -> None:
    context = chromium.new_context(
        viewport={"width": 390, "height": 844}, color_scheme="dark" if scheme == "dark" else "light"
    )
    page, ts = context.new_page(), stage.post()
    page.goto(stage.url(1))
    here = page.locator(message(ts))
    here.locator("summary.add").click()
    here.locator("summary.btn-select").click()
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    here.get_by_role("button", name="Add note").click()
    box = page.get_by_role("dialog", name="Add note").bounding_box()
    assert box is not None
    assert box["x"] >= 0
    assert box["x"] + box["width"] <= 390
    page.get_by_role("button", name="閉じる").click()
    expect(page.get_by_role("dialog")).to_have_count(0)
    context.close()


def test_another_person_is_chosen_and_private_channels_stay_with_their_members(
    stage: Stage, context: BrowserContext
) -> None:
    page = visit(context, stage.sandbox.urls.slack)
    page.get_by_label("操作するユーザー").select_option(stage.people[5])
    page.wait_for_url(f"**as={stage.people[5]}*")
    assert page.get_by_label("操作するユーザー").input_value() == stage.people[5]


def test_an_org_of_english_speakers_has_an_english_page() -> None:
    with SandboxProcess.start(org="ravenstack", today=date(2026, 11, 24)) as sandbox:
        answer = requests.get(sandbox.urls.slack, timeout=10)
    assert '<html lang="en">' in answer.text
    assert "You are" in answer.text
    assert "script-src 'self'; connect-src 'self'" in answer.headers["content-security-policy"]
    assert "unsafe" not in answer.headers["content-security-policy"]


def test_a_form_from_another_sites_page_does_nothing(stage: Stage) -> None:
    ts = stage.post()
    form = {
        "as": stage.people[0],
        "channel": stage.channel,
        "ts": ts,
        "react": "eyes",
        "back": "//evil.example/",
    }
    there = {"Origin": "https://evil.example"}
    url = f"{stage.sandbox.urls.slack}/do/react"
    assert requests.post(url, data=form, headers=there, timeout=10).status_code == 403
    here = requests.post(url, data=form, allow_redirects=False, timeout=10)
    assert (here.status_code, here.headers["location"]) == (303, "/")
    assert stage.client.reactions_get(channel=stage.channel, timestamp=ts)["message"]["reactions"]


def test_a_page_that_did_not_change_is_not_sent_again(stage: Stage) -> None:
    first = requests.get(stage.url(), timeout=10)
    again = requests.get(stage.url(), headers={"If-None-Match": first.headers["ETag"]}, timeout=10)
    assert (again.status_code, again.content) == (304, b"")
    stage.post()
    assert requests.get(stage.url(), headers={"If-None-Match": first.headers["ETag"]}, timeout=10).ok
