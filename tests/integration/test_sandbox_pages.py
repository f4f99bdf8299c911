"""The sandbox's two pages over HTTP and in a browser: what they show, that data stays data, and a clean console."""

import os
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest
import requests
from playwright.sync_api import Page, sync_playwright
from slack_sdk import WebClient
from tests.fakes.sandbox import SandboxProcess

CHROMIUM = Path("/usr/bin/chromium")
NASTY = "<script>alert(1)</script>"
CHANNEL = "renewals"


@pytest.fixture(scope="module")
def sandbox() -> Iterator[SandboxProcess]:
    """The small org with an edited opportunity and a message, both with markup in them."""
    with SandboxProcess.start(org="small", today=date(2026, 11, 22)) as process:
        process.update(
            "Opportunity", linked(process), {"StageName": "交渉", "NextStep": NASTY, "Amount": 3_300_000}
        )
        process.update("Opportunity", linked(process), {"CloseDate": "2027-02-10"})
        client = WebClient(token=process.urls.slack_token, base_url=process.urls.slack_api, retry_handlers=[])
        client.proxy = None
        ours = next(one for one in client.conversations_list()["channels"] if one["name"] == CHANNEL)
        blocks: list[dict[str, object]] = [
            {"type": "header", "text": {"type": "plain_text", "text": f":tada: {NASTY}"}},
            {"type": "section", "fields": [{"type": "mrkdwn", "text": "*年額*\n¥3,600,000"}]},
            {"type": "divider"},
            {
                "type": "actions",
                "elements": [{"type": "button", "text": {"type": "plain_text", "text": "あとで"}}],
            },
            {"type": "context", "elements": [{"type": "mrkdwn", "text": "<@U0000000001>"}]},
        ]
        parent = client.chat_postMessage(channel=ours["id"], text="blocks", blocks=blocks)["ts"]
        client.chat_postMessage(channel=ours["id"], text="in the thread", thread_ts=parent)
        yield process


def linked(process: SandboxProcess) -> str:
    """The open renewal that a person linked to its contract."""
    rows = process.records("Opportunity")
    return next(str(row["Id"]) for row in rows if row["ContractId"] and not row["IsClosed"])


def text_at(url: str) -> str:
    """A page's HTML; it must be there."""
    answer = requests.get(url, timeout=10)
    assert answer.status_code == 200, answer.text
    return answer.text


def test_the_contracts_are_listed_with_their_renewals(sandbox: SandboxProcess) -> None:
    """Customer, term, notice, amount, state and the stage of the renewal."""
    html = text_at(sandbox.urls.salesforce)
    for shown in (
        "株式会社みなと商事",
        "60 日",
        "¥6,000,000",
        "自動更新",
        "解約済み",
        "置き換え済み",
        "2026-11-22",
    ):
        assert shown in html
    assert '<span class="chip live">交渉</span>' in html


def test_the_filter_keeps_what_matches(sandbox: SandboxProcess) -> None:
    """By customer; a filter that nothing meets says so."""
    found = text_at(f"{sandbox.urls.salesforce}/?q=みなと")
    assert "株式会社みなと商事" in found
    assert "北野" not in found
    assert "該当するものはありません" in text_at(f"{sandbox.urls.salesforce}/?q={NASTY}")


def test_opportunities_are_kept_apart_by_kind(sandbox: SandboxProcess) -> None:
    """Open ones only where asked for; none is csops-sync's yet."""
    every = text_at(f"{sandbox.urls.salesforce}/opportunities")
    live = text_at(f"{sandbox.urls.salesforce}/opportunities?kind=open")
    assert '<span class="chip good">受注</span>' in every
    assert '<span class="chip good">受注</span>' not in live
    assert "該当するものはありません" in text_at(f"{sandbox.urls.salesforce}/opportunities?kind=by_sync")


def test_a_record_shows_its_fields_and_who_changed_them(sandbox: SandboxProcess) -> None:
    """Under the address that Salesforce's own links have."""
    html = text_at(f"{sandbox.urls.salesforce}/lightning/r/Opportunity/{linked(sandbox)}/view")
    assert "<del>2027-01-31</del>" in html
    assert "<ins>2027-02-10</ins>" in html
    assert "<ins>¥3,300,000</ins>" in html
    assert "<strong>Admin</strong>" in html
    assert NASTY not in html


def test_an_opportunity_shows_its_tasks_and_nothing_in_them_becomes_markup(sandbox: SandboxProcess) -> None:
    """Subject, state, whose, when and what was written, the newest first; an account has no such section."""
    record = linked(sandbox)
    assert "ToDo はありません" in text_at(f"{sandbox.urls.salesforce}/record/{record}")
    owner = next(row for row in sandbox.records("User") if row["ManagerId"])
    task = {"WhatId": record, "OwnerId": owner["Id"], "ActivityDate": "2026-12-01"}
    sandbox.create("Task", {**task, "Subject": "見積を送る", "Status": "Not Started"})
    sandbox.advance(seconds=1)
    done = {"Subject": NASTY, "Status": "Completed", "Description": f"一行目\n{NASTY}"}
    sandbox.create("Task", {**task, **done})
    html = text_at(f"{sandbox.urls.salesforce}/record/{record}")
    tasks = html[html.index('<ul class="tasks"') :]
    assert tasks.index('<span class="chip good">Completed</span>') < tasks.index("見積を送る")
    assert '<span class="chip warn">Not Started</span>' in tasks
    assert f'任命先 {owner["Name"]} · 期日 <time datetime="2026-12-01">' in tasks
    assert "一行目\n&lt;script&gt;" in tasks
    assert NASTY not in html
    account = next(row for row in sandbox.records("Opportunity") if row["Id"] == record)["AccountId"]
    assert "ToDo" not in text_at(f"{sandbox.urls.salesforce}/record/{account}")


def test_a_contract_and_an_account_show_what_hangs_on_them(sandbox: SandboxProcess) -> None:
    """The way from a contract to its renewal and back."""
    opportunity = next(row for row in sandbox.records("Opportunity") if row["Id"] == linked(sandbox))
    name = str(opportunity["Name"])
    for record in (opportunity["ContractId"], opportunity["AccountId"]):
        assert name in text_at(f"{sandbox.urls.salesforce}/record/{record}")
    assert requests.get(f"{sandbox.urls.salesforce}/record/006", timeout=10).status_code == 404


def test_a_channel_shows_blocks_threads_and_names(sandbox: SandboxProcess) -> None:
    """What a person would see, and nothing that data would slip in."""
    html = text_at(sandbox.urls.slack)
    for shown in ("csops-sync", "<strong>年額</strong>", "あとで", "1 件の返信", "in the thread", "🎉"):
        assert shown in html
    assert '<span class="mention mine">@' in html
    assert NASTY not in html
    assert requests.get(f"{sandbox.urls.slack}/archives/C404", timeout=10).status_code == 404


def test_a_long_list_comes_page_by_page() -> None:
    """Fifty rows a page, and the next page has others."""
    with SandboxProcess.start(org="generated", contracts=120, today=date(2026, 11, 22)) as process:
        pages = [text_at(f"{process.urls.salesforce}/?page={number}") for number in (1, 2, 3)]
    rows = [html.count('<td class="lead">') for html in pages]
    assert rows == [50, 50, 20]
    assert "120 件中 51–100" in pages[1]


@pytest.fixture(scope="module")
def browser_page() -> Iterator[Page]:
    """A phone-sized page of a real browser."""
    if not CHROMIUM.exists():
        reason = "no chromium on this machine; install it to look at the pages"
        pytest.fail(reason) if os.environ.get("CI") else pytest.skip(reason)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=str(CHROMIUM), args=["--no-sandbox"])
        yield browser.new_page(viewport={"width": 390, "height": 844})
        browser.close()


def test_no_page_complains_or_is_wider_than_a_phone(sandbox: SandboxProcess, browser_page: Page) -> None:
    """No message in the console, no error, no sideways scrolling."""
    heard: list[str] = []
    browser_page.on("console", lambda message: heard.append(message.text))
    browser_page.on("pageerror", lambda error: heard.append(str(error)))
    crm, slack = sandbox.urls.salesforce, sandbox.urls.slack
    for url in (crm, f"{crm}/opportunities", f"{crm}/record/{linked(sandbox)}", slack):
        browser_page.goto(url)
        assert browser_page.evaluate("document.documentElement.scrollWidth") <= 390, url
    assert heard == []
