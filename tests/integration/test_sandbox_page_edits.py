"""The CRM page's forms: people edit as anybody, the org's own rules refuse, other sites' pages are kept out."""

import html
import os
import re
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest
import requests
from playwright.sync_api import Page, expect, sync_playwright
from tests.fakes.sandbox import SandboxProcess

CHROMIUM = Path("/usr/bin/chromium")
NASTY = "<script>alert(1)</script>"


@pytest.fixture(scope="module")
def sandbox() -> Iterator[SandboxProcess]:
    with SandboxProcess.start(org="small", today=date(2026, 11, 22)) as process:
        yield process


@pytest.fixture(scope="module")
def start(sandbox: SandboxProcess) -> str:
    return sandbox.snapshot()


@pytest.fixture(autouse=True)
def from_the_start(sandbox: SandboxProcess, start: str) -> None:
    sandbox.restore(start)
    requests.post(f"{sandbox.urls.control}/next_opening", json={"on": None}, timeout=10)


@pytest.fixture(scope="module")
def page() -> Iterator[Page]:
    """A page of a real browser, without a mouse in these tests."""
    if not CHROMIUM.exists():
        reason = "no chromium on this machine; install it to look at the pages"
        pytest.fail(reason) if os.environ.get("CI") else pytest.skip(reason)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=str(CHROMIUM), args=["--no-sandbox"])
        yield browser.new_page(viewport={"width": 1180, "height": 900})
        browser.close()


def renewal(sandbox: SandboxProcess) -> dict[str, object]:
    """The open renewal that a person linked to its contract."""
    rows = sandbox.records("Opportunity")
    return next(row for row in rows if row["ContractId"] and not row["IsClosed"])


def user(sandbox: SandboxProcess, name: str = "") -> dict[str, object]:
    """An active user: the first CSM, or the one of this name."""
    rows = [row for row in sandbox.records("User") if row["IsActive"]]
    return next(row for row in rows if (row["Name"] == name if name else row["ManagerId"]))


def form_at(url: str) -> dict[str, str]:
    """The fields of the page's last form with their values, as a browser would send them."""
    text = requests.get(url, timeout=10).text
    form = text[text.rindex("<form") :]
    found = dict(re.findall(r'<input[^>]*name="([^"]+)"[^>]*value="([^"]*)"', form))
    found |= {
        name: value for value, name in re.findall(r'<input[^>]*value="([^"]*)"[^>]*name="([^"]+)"', form)
    }
    for name, options in re.findall(r'<select [^>]*name="([^"]+)"[^>]*>(.*?)</select>', form, re.DOTALL):
        chosen = re.search(r'value="([^"]*)" selected', options)
        found[name] = chosen[1] if chosen else ""
    return {name: html.unescape(value) for name, value in found.items()}


def edit_url(sandbox: SandboxProcess, record: object) -> str:
    return f"{sandbox.urls.salesforce}/record/{record}/edit"


GUESSED = "guessed"


def saved(sandbox: SandboxProcess, record: object, **typed: str) -> requests.Response:
    """Open a record's form, type, and send it."""
    url = edit_url(sandbox, record)
    form = form_at(url) | {
        name if name in {"as", "stamp", "token"} else f"field-{name}": value for name, value in typed.items()
    }
    return requests.post(url, data=form, timeout=10, allow_redirects=False)


def test_an_edit_is_saved_as_the_chosen_user_with_its_history(sandbox: SandboxProcess) -> None:
    record, who = renewal(sandbox), user(sandbox, "高橋 陽菜")
    answer = saved(
        sandbox,
        record["Id"],
        Confidence__c="A",
        Amount="３,３００,000",
        CloseDate="2027-02-10",
        StageName="交渉",
        NextStep=NASTY,
        **{"as": str(who["Id"])},
    )
    assert (answer.status_code, answer.headers["Location"]) == (303, f"/record/{record['Id']}")
    after = renewal(sandbox)
    assert (after["Confidence__c"], after["Amount"], after["CloseDate"]) == ("A", 3_300_000.0, "2027-02-10")
    assert (after["StageName"], after["NextStep"], after["LastModifiedById"]) == ("交渉", NASTY, who["Id"])
    history = [row for row in sandbox.records("OpportunityFieldHistory") if row["Field"] == "Confidence__c"]
    assert (history[-1]["NewValue"], history[-1]["CreatedById"]) == ("A", who["Id"])
    shown = requests.get(f"{sandbox.urls.salesforce}/record/{record['Id']}", timeout=10).text
    assert "保存しました" in shown
    assert NASTY not in shown
    assert html.escape(NASTY) in shown


def test_what_is_left_empty_in_the_form_is_emptied(sandbox: SandboxProcess) -> None:
    start, record = sandbox.snapshot(), renewal(sandbox)["Id"]
    assert saved(sandbox, record, Renewal_Date__c="2026-07-01", Amount="5").status_code == 303
    assert renewal(sandbox)["Renewal_Date__c"] == "2026-07-01"
    assert saved(sandbox, record, Renewal_Date__c="", Amount="").status_code == 303
    after = renewal(sandbox)
    assert (after["Renewal_Date__c"], after["Amount"]) == (None, None)
    sandbox.restore(start)


def test_a_form_sent_as_it_was_shown_changes_nothing(sandbox: SandboxProcess) -> None:
    before = renewal(sandbox)
    assert saved(sandbox, before["Id"]).status_code == 303
    assert renewal(sandbox) == before
    shown = requests.get(f"{sandbox.urls.salesforce}/record/{before['Id']}", timeout=10).text
    assert "変更はありませんでした" in shown
    assert "変更はありませんでした" not in requests.get(sandbox.urls.salesforce, timeout=10).text


@pytest.mark.parametrize(
    ("typed", "message", "code"),
    [
        ({"Amount": "-1"}, "Amount must not be negative.", "FIELD_CUSTOM_VALIDATION_EXCEPTION"),
        (
            {"CloseDate": "2040-01-01"},
            "Close Date must not be more than 10 years ahead.",
            "FIELD_CUSTOM_VALIDATION_EXCEPTION",
        ),
        ({"CloseDate": ""}, "Required fields are missing: [CloseDate]", "REQUIRED_FIELD_MISSING"),
        (
            {"StageName": "提按"},
            "Stage: bad value for restricted picklist field: 提按",
            "INVALID_OR_NULL_FOR_RESTRICTED_PICKLIST",
        ),
        ({"NextStep": "x" * 256}, "Next Step: data value too large", "STRING_TOO_LONG"),
        ({"Amount": "many"}, "Cannot deserialize instance of currency", "JSON_PARSER_ERROR"),
    ],
)
def test_what_the_org_refuses_is_shown_in_its_own_words_and_what_was_typed_stays(
    sandbox: SandboxProcess, typed: dict[str, str], message: str, code: str
) -> None:
    before = renewal(sandbox)
    answer = saved(sandbox, before["Id"], NextStepTyped="", **typed)
    assert answer.status_code == 400
    shown = html.unescape(answer.text)
    assert message in shown
    assert f"<code>{code}</code>" in shown
    assert 'role="alert"' in answer.text
    (name, value), *_ = typed.items()
    assert f'value="{value}"' in shown
    if code != "JSON_PARSER_ERROR":
        assert re.search(rf'id="field-{name}"[^>]*aria-invalid="true"', answer.text)
    assert renewal(sandbox) == before


def test_an_edit_over_somebody_elses_is_refused_and_says_whose(sandbox: SandboxProcess) -> None:
    record = renewal(sandbox)["Id"]
    url = edit_url(sandbox, record)
    form = form_at(url)
    sandbox.advance(seconds=5)
    sandbox.update("Opportunity", str(record), {"NextStep": "theirs"})
    answer = requests.post(url, data=form | {"field-NextStep": "mine"}, timeout=10)
    assert answer.status_code == 409
    assert "Admin が" in answer.text
    assert renewal(sandbox)["NextStep"] == "theirs"


def test_contracts_and_accounts_are_edited_too_and_other_records_are_not(sandbox: SandboxProcess) -> None:
    contract = renewal(sandbox)["ContractId"]
    assert (
        saved(sandbox, contract, Annual_Amount__c="1", Cancellation_Notice__c="2026-11-20").status_code == 303
    )
    after = next(row for row in sandbox.records("Contract") if row["Id"] == contract)
    assert (after["Annual_Amount__c"], after["Cancellation_Notice__c"]) == (1.0, "2026-11-20")
    assert after["Auto_Renews__c"] is True
    unticked = {
        name: value for name, value in form_at(edit_url(sandbox, contract)).items() if "Auto" not in name
    }
    requests.post(edit_url(sandbox, contract), data=unticked, timeout=10)
    after = next(row for row in sandbox.records("Contract") if row["Id"] == contract)
    assert (after["Auto_Renews__c"], after["Annual_Amount__c"]) == (False, 1.0)
    someone = user(sandbox)["Id"]
    assert requests.get(edit_url(sandbox, someone), timeout=10).status_code == 404
    assert requests.get(edit_url(sandbox, "006000000000001AAA"), timeout=10).status_code == 404


@pytest.mark.parametrize(("step", "days"), [("day", 1), ("week", 7)])
def test_the_clock_moves_and_the_person_stays_where_they_were(
    sandbox: SandboxProcess, step: str, days: int
) -> None:
    before = sandbox.now()
    url = f"{sandbox.urls.salesforce}/opportunities?kind=open&q="
    form = clock_form(url)
    answer = requests.post(
        f"{sandbox.urls.salesforce}/clock", data=form | {"step": step}, timeout=10, allow_redirects=False
    )
    assert (answer.status_code, answer.headers["Location"]) == (303, "/opportunities?kind=open&q=")
    assert (sandbox.now() - before).days == days


def clock_form(url: str) -> dict[str, str]:
    text = requests.get(url, timeout=10).text
    form = text[text.index('<form class="pass"') :]
    return {
        name: html.unescape(value) for name, value in re.findall(r'name="([^"]+)" value="([^"]*)"', form)[:2]
    }


def to_next(sandbox: SandboxProcess) -> str:
    """Press the third button and give the page that follows."""
    url = sandbox.urls.salesforce
    return requests.post(f"{url}/clock", data=clock_form(url) | {"step": "next"}, timeout=10).text


def test_the_next_opening_is_the_next_date_that_a_contract_holds(sandbox: SandboxProcess) -> None:
    told = requests.get(f"{sandbox.urls.control}/next_opening", timeout=10).json()["opening"]
    assert (told["why"], told["on"] > "2026-11-22") == ("notice", True)
    shown = to_next(sandbox)
    assert f"契約 {told['what']} の解約予告期限 {told['on']} まで進めました" in shown
    assert told["on"] in shown
    following = requests.get(f"{sandbox.urls.control}/next_opening", timeout=10).json()["opening"]
    assert following["on"] > told["on"]


def test_the_next_opening_is_what_was_told_while_that_lies_ahead(sandbox: SandboxProcess) -> None:
    url = f"{sandbox.urls.control}/next_opening"
    requests.post(url, json={"on": "2026-11-24", "what": "更新 7 件"}, timeout=10)
    assert "更新開始日 2026-11-24 まで進めました 更新 7 件" in to_next(sandbox)
    assert requests.get(url, timeout=10).json()["opening"]["why"] != "told"
    assert requests.post(url, json={"when": "soon"}, timeout=10).status_code == 400


def test_the_control_endpoint_advances_to_it_as_well(sandbox: SandboxProcess) -> None:
    requests.post(f"{sandbox.urls.control}/next_opening", json={"on": "2026-12-01"}, timeout=10)
    moved = requests.post(
        f"{sandbox.urls.control}/clock", json={"advance": "next_opening"}, timeout=10
    ).json()
    assert (moved["today"], moved["opening"]["on"]) == ("2026-12-01", "2026-12-01")


def test_a_form_without_the_pages_token_is_refused(sandbox: SandboxProcess) -> None:
    before = renewal(sandbox)
    assert saved(sandbox, before["Id"], NextStep="x", token=GUESSED).status_code == 403
    clock = requests.post(f"{sandbox.urls.salesforce}/clock", data={"step": "day"}, timeout=10)
    assert clock.status_code == 403
    assert renewal(sandbox) == before


@pytest.mark.parametrize("path", ["/", "/sandbox/clock", "/sandbox/records/Account"])
def test_a_name_that_was_made_to_point_here_sees_nothing(sandbox: SandboxProcess, path: str) -> None:
    for base in (sandbox.urls.salesforce, sandbox.urls.slack):
        answer = requests.get(base + path, headers={"Host": "evil.example:80"}, timeout=10)
        assert answer.status_code == 421
    port = sandbox.urls.salesforce.rpartition(":")[2]
    answer = requests.get(sandbox.urls.salesforce + path, headers={"Host": f"localhost:{port}"}, timeout=10)
    assert answer.status_code == 200


def test_another_sites_page_can_neither_edit_nor_move_time(sandbox: SandboxProcess) -> None:
    before = sandbox.now()
    for path in ("/sandbox/clock", "/clock"):
        answer = requests.post(
            sandbox.urls.salesforce + path,
            data='{"advance": {"days": 1}}',
            headers={"Origin": "http://evil.example", "Content-Type": "text/plain"},
            timeout=10,
        )
        assert answer.status_code == 403
    assert (sandbox.now() - before).days == 0


def test_the_way_back_leads_to_no_other_site(sandbox: SandboxProcess) -> None:
    url = sandbox.urls.salesforce
    for back in ("http://evil.example/", "//evil.example/", "/\\evil.example"):
        form = clock_form(url) | {"step": "day", "back": back}
        answer = requests.post(f"{url}/clock", data=form, timeout=10, allow_redirects=False)
        assert answer.headers["Location"] == "/"


def test_a_person_edits_and_lets_time_pass_with_the_keyboard_alone(
    sandbox: SandboxProcess, page: Page
) -> None:
    heard: list[str] = []
    page.on("console", lambda message: heard.append(message.text))
    page.on("pageerror", lambda error: heard.append(str(error)))
    record = renewal(sandbox)["Id"]
    page.goto(f"{sandbox.urls.salesforce}/record/{record}")
    page.get_by_role("link", name="編集").press("Enter")
    expect(page.locator("#field-StageName")).to_be_focused()
    page.keyboard.press("ArrowDown")
    page.get_by_label("ヨミ").press("A")
    page.get_by_label("金額").fill("-5")
    page.get_by_label("金額").press("Enter")
    assert "Amount must not be negative." in page.get_by_role("alert").inner_text()
    # a browser complains of who types faster than the page takes the focus
    expect(page.get_by_label("金額")).to_be_focused()
    page.get_by_label("金額").fill("9,900,000")
    page.get_by_label("編集するユーザー").select_option(label="高橋 陽菜")
    page.get_by_role("button", name="保存").press("Enter")
    assert page.get_by_role("status").inner_text() == "保存しました"
    after = renewal(sandbox)
    assert (after["StageName"], after["Confidence__c"], after["Amount"]) == ("交渉", "A", 9_900_000.0)
    page.get_by_role("button", name="＋1週間").press("Enter")
    assert page.url.endswith(f"/record/{record}")
    assert "2026-11-29" in page.locator(".clock").inner_text()
    assert [line for line in heard if "400" not in line] == []


@pytest.mark.parametrize("width", [390, 1180])
def test_no_form_is_wider_than_its_window(sandbox: SandboxProcess, page: Page, width: int) -> None:
    page.set_viewport_size({"width": width, "height": 844})
    record = renewal(sandbox)
    for one in (record["Id"], record["ContractId"], record["AccountId"]):
        page.goto(edit_url(sandbox, one))
        assert page.evaluate("document.documentElement.scrollWidth") <= width
        unlabelled = page.evaluate(
            "[...document.querySelectorAll('.edit input:not([type=hidden]), .edit select')]"
            ".filter(one => !one.labels.length).length"
        )
        assert unlabelled == 0


def test_an_english_org_has_an_english_form(page: Page) -> None:
    with SandboxProcess.start(org="ravenstack", today=date(2025, 1, 6)) as sandbox:
        record = next(row["Id"] for row in sandbox.records("Contract"))
        page.goto(edit_url(sandbox, record))
        assert page.get_by_role("button", name="Save").is_visible()
        assert page.get_by_label("Annual Amount").is_visible()
        assert page.get_by_role("button", name="To next opening").is_visible()
