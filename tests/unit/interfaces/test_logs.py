"""Logs: one event and key/values, readable by machines and people, and no secret in them."""

import io
import json
import logging
import warnings
from collections.abc import Iterator

import pytest
from sqlalchemy.sql.elements import quoted_name

from csops_sync.interfaces.logs import StructuredLog, configure
from csops_sync.interfaces.redaction import Redactor

KEY_LINES = ("MIIEvQIBADANBgkqhkiG9w0BAQEFAASCBKcw", "qqqqwwwweeee")
PRIVATE_KEY = "\n".join(("-----BEGIN PRIVATE KEY-----", *KEY_LINES, "-----END PRIVATE KEY-----"))
PASSWORD = "hunter22"  # noqa: S105 - made up, as all of these
CLIENT_SECRET = "9F2E77AC01D2B3"  # noqa: S105 - as above
SLACK_TOKEN = "xoxb-1234567890-abcdefGHIJ"  # noqa: S105 - as above
SESSION = "00D5j000000abcdEAA!AQ8AQFq.something_long"
JWT = "eyJhbGciOiJSUzI1NiJ9.eyJpc3MiOiJ4In0.c2lnbmF0dXJl"
SECRETS = (*KEY_LINES, PASSWORD, CLIENT_SECRET, SLACK_TOKEN, SESSION, JWT)


@pytest.fixture
def stream() -> Iterator[io.StringIO]:
    before = logging.getLogger().handlers[:]
    yield io.StringIO()
    logging.getLogger().handlers[:] = before
    logging.captureWarnings(capture=False)


def set_up(stream: io.StringIO, *, as_json: bool = True) -> StructuredLog:
    return configure(secrets=[PRIVATE_KEY, CLIENT_SECRET, PASSWORD], stream=stream, as_json=as_json)


def lines(stream: io.StringIO) -> list[dict[str, object]]:
    return [json.loads(line) for line in stream.getvalue().splitlines()]


def test_a_line_is_one_event_with_its_values(stream: io.StringIO) -> None:
    set_up(stream).info("cycle.done", rows=3, seconds=0.5)

    (line,) = lines(stream)

    assert line["event"] == "cycle.done"
    assert (line["rows"], line["seconds"], line["level"]) == (3, 0.5, "info")
    assert str(line["at"]).endswith("Z")


def test_counts_by_names_that_a_database_gave_are_a_line_too(stream: io.StringIO) -> None:
    """SQLAlchemy names tables by texts of its own kind."""
    removed = {quoted_name("outbox", quote=None): 2}

    set_up(stream).info("housekeeping.done", **removed)

    (line,) = lines(stream)
    assert line["outbox"] == 2


def test_on_a_terminal_a_line_is_columns_and_no_json(stream: io.StringIO) -> None:
    set_up(stream, as_json=False).warning("lease.lost", reason="another process")

    text = stream.getvalue()

    assert "lease.lost" in text
    assert "reason='another process'" in text
    assert not text.startswith("{")


@pytest.mark.parametrize("as_json", [True, False], ids=["json", "columns"])
@pytest.mark.parametrize("secret", SECRETS)
def test_no_secret_gets_out_whatever_way_it_goes_in(
    stream: io.StringIO, secret: str, *, as_json: bool
) -> None:
    log = set_up(stream, as_json=as_json)
    url = f"postgresql://app:{secret}@db/x"
    log.error("a", text=f"refused {secret}", url=url)
    event = f"event {secret}"
    log.info(event)
    log.warning("b", nested={"headers": {"Authorization": f"Bearer {secret}"}, "list": [f"token={secret}"]})
    log.warning("c", password=secret, client_secret=secret)
    log.bug("d", _raised(f"connection {url} with password={secret}"))
    logging.getLogger("urllib3").warning("POST %s", f"https://x/?access_token={secret}&a=1")

    written = stream.getvalue()

    assert secret not in written
    assert written.count("***") >= 6


def test_a_private_key_is_masked_line_by_line_and_as_a_block(stream: io.StringIO) -> None:
    set_up(stream).error("key.unreadable", given=PRIVATE_KEY, shown=repr(PRIVATE_KEY))

    for piece in KEY_LINES:
        assert piece not in stream.getvalue()


def test_a_traceback_shows_no_local_variables(stream: io.StringIO) -> None:
    set_up(stream, as_json=False).bug("d", _raised("without it", local="do-not-show-me"))

    assert "ValueError: without it" in stream.getvalue()
    assert "do-not-show-me" not in stream.getvalue()


def test_ordinary_text_is_left_as_it_is() -> None:
    text = "株式会社みなと商事 2026-10 更新 (0065j000000001MAAQ): https://example.my.salesforce.com/x?id=1; 3 tokens"

    assert Redactor(["", "abc"]).text(text) == text


def test_libraries_speak_through_the_same_log_from_warning_on(stream: io.StringIO) -> None:
    set_up(stream)
    for name in ("urllib3.connectionpool", "slack_sdk.web", "apscheduler.jobstores"):
        logging.getLogger(name).info("chatter")
        logging.getLogger(name).warning("worth a line")
    logging.getLogger("apscheduler.scheduler").warning("maximum number of running instances reached")

    assert [line["event"] for line in lines(stream)] == ["worth a line"] * 3


def test_a_python_warning_becomes_a_line(stream: io.StringIO) -> None:
    set_up(stream)
    with warnings.catch_warnings():
        warnings.simplefilter("always")
        logging.captureWarnings(capture=True)
        warnings.warn("old function", DeprecationWarning, stacklevel=1)

    assert "old function" in str(lines(stream)[0]["event"])


def _raised(text: str, *, local: str = "") -> Exception:
    try:
        _raise(text, local)
    except ValueError as error:
        return error
    raise AssertionError("it must raise")


def _raise(text: str, local: str) -> None:
    if local != text:
        raise ValueError(text)
