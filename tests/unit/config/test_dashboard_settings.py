"""The `dashboard:` block and its credentials: read, refused, never printed."""

from pathlib import Path

import pytest
from tests.fakes.configuration import load_good, load_text, small_connections

from csops_sync.config.loader import ConfigRefusedError
from csops_sync.interfaces.logs import secrets_of

_LONG = "hunter2-" + "x" * 32
_NAMES = (
    "CSOPS_SYNC_DASHBOARD_TOKEN",
    "CSOPS_SYNC_DASHBOARD_SESSION_SECRET",
    "CSOPS_SYNC_DASHBOARD_CLIENT_SECRET",
)
_BLOCK = """dashboard:
  public_url: https://renewals.example.com/
  sign_in: {issuer: https://login.example.com}
  admins: [Ops@Example.com]
"""


def test_without_a_word_it_is_on_open_and_for_this_machine_only() -> None:
    found = load_good().settings.dashboard

    assert (found.enabled, found.is_closed) == (True, False)
    assert found.refusal(("127.0.0.1", 8080)) is None
    assert found.refusal(("192.0.2.1", 8080)) is not None


def test_credentials_come_from_the_environment_and_are_masked() -> None:
    settings = load_good(environment=dict.fromkeys(_NAMES, _LONG)).settings

    assert settings.dashboard.is_closed
    assert secrets_of(settings).count(_LONG) == len(_NAMES)
    assert "hunter2" not in repr(settings)


@pytest.mark.parametrize("name", _NAMES[:2])
def test_a_secret_that_could_be_guessed_is_refused_and_not_repeated(name: str) -> None:
    with pytest.raises(ConfigRefusedError, match="shorter than 32 characters") as refused:
        load_good(environment={name: "hunter2"})

    assert "hunter2" not in str(refused.value)


@pytest.mark.parametrize(
    "wrong",
    [
        "dashboard: {sign_in: {issuer: http://login.example.com}}",
        "dashboard: {public_url: renewals.example.com}",
        "dashboard: {admins: [ops]}",
        "dashboard: {heads: ops@example.com}",
        "dashboard: {sign_in: {issuer: https://login.example.com, client_secret: hunter2}}",
        "dashboard: {open_to_all: true}",
    ],
)
def test_what_cannot_be_meant_is_refused(tmp_path: Path, wrong: str) -> None:
    with pytest.raises(ConfigRefusedError):
        load_text(tmp_path, connections=f"{small_connections()}{wrong}\n")


def test_addresses_are_compared_in_any_case(tmp_path: Path) -> None:
    found = load_text(tmp_path, connections=small_connections() + _BLOCK).settings.dashboard

    assert found.admins == {"ops@example.com"}
    assert found.public_url == "https://renewals.example.com"
    assert found.public_host == "renewals.example.com"
