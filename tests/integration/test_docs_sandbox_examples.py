"""Every example of the pages about the sandbox does on a running sandbox what it says that it can do."""

import re
import subprocess
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest
import requests
from tests.fakes.doc_tables import page
from tests.fakes.sandbox import SandboxProcess

PAGES = ("sandbox", "sandbox-salesforce", "sandbox-slack")
WITHIN = 30.0


@pytest.fixture(scope="module")
def sandbox() -> Iterator[SandboxProcess]:
    """The org that the examples are about."""
    with SandboxProcess.start(org="small") as started:
        yield started


@pytest.mark.parametrize(
    "words", [words for name in PAGES for words in page(f"{name}.md").commands("curl")], ids=" ".join
)
def test_an_example_is_understood(sandbox: SandboxProcess, words: Sequence[str]) -> None:
    answer = asked(sandbox, words)
    assert answer.status_code == 200, answer.text


def test_an_example_with_a_wrong_key_is_refused(sandbox: SandboxProcess) -> None:
    answer = asked(sandbox, ["curl", "localhost:8101/sandbox/faults", "-d", '{"fault": "slow", "second": 1}'])
    assert answer.status_code == 400


def test_the_example_of_metadata_is_taken(tmp_path: Path) -> None:
    (written,) = page("sandbox.md").blocks("json")
    file = tmp_path / "metadata.json"
    file.write_text(written, "utf-8")
    with SandboxProcess.start(org="small", metadata=[str(file)]) as started:
        answer = requests.get(f"{started.urls.control}/records/Site__c", timeout=WITHIN)
    assert answer.json() == {"records": []}


def test_every_option_of_the_command_has_a_line() -> None:
    command = [sys.executable, "-m", "csops_sync.sandbox", "--help"]
    shown = subprocess.run(command, capture_output=True, text=True, check=True, timeout=WITHIN).stdout  # noqa: S603  # our own
    told = [name for name in page("sandbox.md").named("Option") if name.startswith("--")]
    assert set(told) == set(re.findall(r"^ +(--[a-z-]+)", shown, re.MULTILINE))


def asked(sandbox: SandboxProcess, words: Sequence[str]) -> requests.Response:
    """Send what a curl command line would."""
    rest, body, method = list(words[1:]), None, None
    url = next(word for word in rest if word.startswith("localhost:8101"))
    if "-d" in rest:
        body, method = rest[rest.index("-d") + 1].encode(), "POST"
    if "-X" in rest:
        method = rest[rest.index("-X") + 1]
    address = url.replace("localhost:8101", sandbox.urls.salesforce)
    kind = {"Content-Type": "application/x-www-form-urlencoded"} if body else {}
    return requests.request(method or "GET", address, data=body, headers=kind, timeout=WITHIN)
