"""Wrong forms on the sandbox's pages: each is refused in words, and nothing is changed."""

import html
import re
from collections.abc import Iterator

import pytest
import requests
from tests.fakes.sandbox_here import SandboxHere


@pytest.fixture(scope="module")
def sandbox() -> Iterator[SandboxHere]:
    with SandboxHere.start(org="small") as here:
        yield here


@pytest.fixture(scope="module")
def form(sandbox: SandboxHere) -> tuple[str, dict[str, str]]:
    """The address of an opportunity's form, and what the form holds as it is shown."""
    url = f"{sandbox.urls.salesforce}/record/{sandbox.records('Opportunity')[0]['Id']}/edit"
    shown = requests.get(url, timeout=10).text
    hidden = re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)"', shown)
    admin = re.search(r'<option value="(005[^"]+)"', shown)
    assert admin is not None
    return url, {"as": admin[1], **{name: html.unescape(value) for name, value in hidden}}


@pytest.mark.parametrize(
    ("wrong", "status"),
    [
        ({"as": "005000000000999AAA", "field-NextStep": "x"}, 400),
        ({"stamp": "2020-01-01T00:00:00.000+0000", "field-NextStep": "x"}, 409),
        ({"field-StageName": "no such stage"}, 400),
        ({"token": "guessed", "field-NextStep": "x"}, 403),
    ],
)
def test_a_wrong_edit_is_refused(
    sandbox: SandboxHere, form: tuple[str, dict[str, str]], wrong: dict[str, str], status: int
) -> None:
    url, shown = form
    before = sandbox.records("Opportunity")
    answer = requests.post(url, data={**shown, **wrong}, timeout=10, allow_redirects=False)
    assert answer.status_code == status
    assert sandbox.records("Opportunity") == before


def test_a_record_that_is_not_there_has_no_form(
    sandbox: SandboxHere, form: tuple[str, dict[str, str]]
) -> None:
    url = f"{sandbox.urls.salesforce}/record/006000000000999AAA/edit"
    assert requests.get(url, timeout=10).status_code == 404
    assert requests.post(url, data=form[1], timeout=10).status_code == 404


def test_time_moves_by_the_steps_that_there_are(
    sandbox: SandboxHere, form: tuple[str, dict[str, str]]
) -> None:
    before, url = sandbox.now(), f"{sandbox.urls.salesforce}/clock"
    answer = requests.post(url, data={**form[1], "step": "year"}, timeout=10)
    assert (answer.status_code, answer.text) == (400, "step is day, week or next\n")
    assert requests.post(url, data={"step": "day"}, timeout=10).status_code == 403
    assert sandbox.now() == before


@pytest.mark.parametrize("press", ['["answer"]', '{"block": "answer"}', "[", "5"])
def test_a_click_names_its_block_and_its_action(sandbox: SandboxHere, press: str) -> None:
    clicked = requests.post(
        f"{sandbox.urls.slack}/do/click",
        data={"press": press, "back": "/renewals"},
        timeout=10,
        allow_redirects=False,
    )
    assert (clicked.status_code, clicked.headers["Location"]) == (303, "/renewals?note=invalid_form")
    followed = requests.get(f"{sandbox.urls.slack}/do/follow", params={"press": press}, timeout=10)
    assert followed.status_code == 400


def test_a_link_of_a_message_that_is_not_there_leads_nowhere(sandbox: SandboxHere) -> None:
    given = {"press": '["answer", "open"]', "channel": "C404", "ts": "1.0", "as": "U0000000001"}
    answer = requests.get(f"{sandbox.urls.slack}/do/follow", params=given, timeout=10)
    assert (answer.status_code, answer.text) == (404, "channel_not_found\n")
