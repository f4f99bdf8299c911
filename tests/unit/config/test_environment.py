"""Credentials come from the environment or from files, win over YAML, and are never printed."""

from pathlib import Path

import pytest
from tests.fakes.configuration import load_good, load_text, small_connections

from csops_sync.config.loader import ConfigRefusedError
from csops_sync.config.settings import AuthFlow, Mode
from csops_sync.interfaces.logs import secrets_of

_KEY = "-----BEGIN PRIVATE KEY-----\nhunter2\n-----END PRIVATE KEY-----"
_FULL = {
    "CSOPS_SYNC_SALESFORCE_URL": "http://127.0.0.1:8001/",
    "CSOPS_SYNC_SALESFORCE_CLIENT_ID": "client",
    "CSOPS_SYNC_SALESFORCE_USERNAME": "bot@example.com",
    "CSOPS_SYNC_SALESFORCE_PRIVATE_KEY": _KEY.replace("\n", "\\n"),
    "CSOPS_SYNC_SLACK_TOKEN": "xoxb-hunter2",
    "CSOPS_SYNC_SLACK_APP_TOKEN": "xapp-hunter2",
    "CSOPS_SYNC_SLACK_API_URL": "http://127.0.0.1:8002/api",
    "CSOPS_SYNC_DATABASE_URL": "postgresql://csops:hunter2@db/csops",
}


def test_the_environment_wins_over_the_file_and_nothing_is_missing() -> None:
    """The sandbox hands its addresses over that way."""
    settings = load_good(environment=_FULL).settings

    assert settings.missing() == ()
    assert settings.salesforce.url == "http://127.0.0.1:8001"
    assert settings.slack.api_url == "http://127.0.0.1:8002/api/"
    assert settings.store_url.get_secret_value() == _FULL["CSOPS_SYNC_DATABASE_URL"]


def test_a_private_key_in_one_line_gets_its_lines_back() -> None:
    r"""Shells keep a PEM key in one line, with `\n` in it."""
    key = load_good(environment=_FULL).settings.salesforce.private_key

    assert key is not None
    assert key.get_secret_value() == _KEY


def test_settings_never_print_a_credential() -> None:
    """Not in a log of the whole configuration either."""
    assert "hunter2" not in repr(load_good(environment=_FULL))


def test_without_credentials_the_files_still_load_and_what_is_missing_is_named() -> None:
    """So that `validate` works where no secret is."""
    settings = load_good().settings

    assert settings.missing() == (
        "CSOPS_SYNC_SALESFORCE_CLIENT_ID",
        "CSOPS_SYNC_SALESFORCE_USERNAME",
        "CSOPS_SYNC_SALESFORCE_PRIVATE_KEY",
        "CSOPS_SYNC_SLACK_TOKEN",
    )
    assert settings.store_url.get_secret_value() == "sqlite:///var/csops-sync.db"


def test_client_credentials_need_a_secret_and_no_key(tmp_path: Path) -> None:
    """The other flow, the other credential."""
    connections = small_connections("salesforce: {", "salesforce: {auth: client_credentials, ")

    settings = load_text(tmp_path, connections=connections).settings

    assert settings.salesforce.auth is AuthFlow.CLIENT_CREDENTIALS
    assert settings.missing() == (
        "CSOPS_SYNC_SALESFORCE_CLIENT_ID",
        "CSOPS_SYNC_SALESFORCE_CLIENT_SECRET",
        "CSOPS_SYNC_SLACK_TOKEN",
    )


def test_a_secret_may_stand_in_a_mounted_file(tmp_path: Path) -> None:
    """The line end of the file is no part of it."""
    path = tmp_path / "token"
    path.write_text("xoxb-from-file\n", encoding="utf-8")
    names = ("CSOPS_SYNC_SLACK_TOKEN_FILE", "CSOPS_SYNC_SLACK_APP_TOKEN_FILE")

    slack = load_good(environment=dict.fromkeys(names, str(path))).settings.slack

    for token in (slack.token, slack.app_token):
        assert token is not None
        assert token.get_secret_value() == "xoxb-from-file"


def test_without_an_app_token_nothing_is_missing_that_must_be_there() -> None:
    """Answers are read again now and then; only buttons need it."""
    environment = {name: value for name, value in _FULL.items() if "APP_TOKEN" not in name}
    settings = load_good(environment=environment).settings

    assert settings.slack.app_token is None
    assert settings.missing() == ()


@pytest.mark.parametrize(
    ("environment", "words"),
    [
        ({"CSOPS_SYNC_SLACK_TOKEN": "xoxb-1", "CSOPS_SYNC_SLACK_TOKEN_FILE": "x"}, "given twice"),
        ({"CSOPS_SYNC_SLACK_TOKEN_FILE": "none"}, "cannot be read: No such file"),
        ({"CSOPS_SYNC_SALESFORCE_PRIVATE_KEY": "hunter2"}, "is no PEM private key"),
        ({"CSOPS_SYNC_SALESFORCE_URL": "http://example.com"}, "must begin with https"),
        ({"CSOPS_SYNC_SALESFORCE_URL": "https://me:hunter2@example.com"}, "must not hold a user"),
        ({"CSOPS_SYNC_DATABASE_URL": "mysql://csops:hunter2@db/csops"}, "is no database"),
    ],
)
def test_a_wrong_variable_is_named_and_its_value_is_not(environment: dict[str, str], words: str) -> None:
    """The reader learns which one to mend."""
    with pytest.raises(ConfigRefusedError) as refused:
        load_good(environment=environment)

    (problem,) = refused.value.problems
    assert problem.headline.startswith("environment: CSOPS_SYNC_")
    assert words in problem.message
    assert "hunter2" not in str(refused.value)


def test_automation_users_are_ids_of_eighteen_characters_or_user_names(tmp_path: Path) -> None:
    """History rows carry the long id."""
    ownership = (
        "ownership: {automation_users: [0055g00000ABCDe, flow@example.com], automation: reassert}\nslack:"
    )

    loaded = load_text(tmp_path, connections=small_connections("slack:", ownership))

    assert loaded.rules.ownership.automation_user_ids == {"0055g00000ABCDeAAP"[:15] + "AAP"}
    assert loaded.settings.automation_usernames == {"flow@example.com"}


def test_shadow_mode_and_the_schedule_are_taken_from_the_file(tmp_path: Path) -> None:
    """Times of day are in the time zone of the rules."""
    text = 'mode: shadow\nschedule: {pull: 5 minutes, reconcile: "02:30"}\nslack:'

    settings = load_text(tmp_path, connections=small_connections("slack:", text)).settings

    assert settings.mode is Mode.SHADOW
    assert settings.schedule.pull.total_seconds() == 300
    assert settings.schedule.reconcile_at.isoformat() == "02:30:00"
    assert settings.schedule.timezone == "Asia/Tokyo"


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("CSOPS_SYNC_SLACK_TOKEN", "xoxb-hunter2 more"),
        ("CSOPS_SYNC_SALESFORCE_CLIENT_SECRET", "hunter2ひみつ"),
        ("CSOPS_SYNC_SALESFORCE_CLIENT_ID", "クライアント"),
    ],
)
def test_a_credential_that_no_header_can_carry_is_a_fault_of_the_environment(name: str, value: str) -> None:
    """Not a traceback of whoever tries to send it, and its value is not repeated."""
    with pytest.raises(ConfigRefusedError) as refused:
        load_good(environment={**_FULL, name: value})

    (problem,) = refused.value.problems
    assert problem.path == name
    assert "ASCII" in problem.message
    assert value not in str(refused.value)


def test_a_password_behind_the_address_of_the_database_is_masked_too() -> None:
    """PostgreSQL takes it there as well as before the host."""
    url = "postgresql://db/csops?user=csops&password=hunter2"
    settings = load_good(environment={**_FULL, "CSOPS_SYNC_DATABASE_URL": url}).settings

    assert "hunter2" in secrets_of(settings)
