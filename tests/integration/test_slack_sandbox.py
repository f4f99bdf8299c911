"""The Slack adapter against the sandbox's strict Slack, in its own process, with its faults."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
import requests
from tests.fakes.notices import AOBA, HANAKO, KITA, MINATO, about_counts, outgoing
from tests.fakes.sandbox import SandboxProcess
from tests.fakes.stopped_clock import StoppedClock

from csops_sync.adapters.slack.client import SlackChat
from csops_sync.adapters.slack.connection import SlackOptions
from csops_sync.domain.intents import NoticeKind
from csops_sync.ports.chat import Addressee, Outgoing, PostStatus
from csops_sync.ports.errors import AuthFailedError

SINCE = datetime(2025, 11, 30, tzinfo=UTC)
OTHER = "0065g00000OTHERAAH"


@pytest.fixture(scope="module")
def process() -> Iterator[SandboxProcess]:
    """One sandbox for all; every test uses keys of its own."""
    with SandboxProcess.start(org="small", today=date(2025, 12, 1)) as sandbox:
        yield sandbox


@pytest.fixture
def sandbox(process: SandboxProcess) -> SandboxProcess:
    """The sandbox without faults, a minute after the test before."""
    process.clear_faults()
    process.advance(seconds=60)
    return process


def slack_chat(sandbox: SandboxProcess, **changes: str) -> SlackChat:
    """The adapter on the sandbox, timeouts short."""
    options = SlackOptions(token=sandbox.urls.slack_token, base_url=sandbox.urls.slack_api, timeout_seconds=5)
    return SlackChat(replace(options, **changes), clock=StoppedClock())  # type: ignore[arg-type]  # text options


def every_kind() -> list[Outgoing]:
    """One message of each kind, with as much in it as there can be."""
    parallel = outgoing(NoticeKind.PARALLEL, replace(MINATO, others=(OTHER,)))
    lines = [replace(MINATO, renewal_key=f"k{number}") for number in range(40)]
    return [
        outgoing(NoticeKind.OPENED, replace(MINATO, others=("00000124",))),
        outgoing(NoticeKind.OPENED_DAILY, *lines, AOBA, KITA),
        outgoing(NoticeKind.TERMINATED),
        outgoing(NoticeKind.CANCELLING),
        replace(parallel, links={**parallel.links, OTHER: "https://example.com/other"}),
        about_counts(NoticeKind.BASELINE, contracts=300, held=12, plan_hash="4f1c2e9"),
        about_counts(NoticeKind.HELD, held=120, plan_hash="4f1c2e9"),
        about_counts(NoticeKind.OPERATOR, text="Slack is closed"),
    ]


@pytest.mark.parametrize("locale", ["ja", "en"])
def test_every_kind_of_message_is_taken_and_found_again(sandbox: SandboxProcess, locale: str) -> None:
    """Block Kit, metadata and arguments are all checked by the sandbox."""
    chat = slack_chat(sandbox, locale=locale)
    for number, sent in enumerate(every_kind()):
        sandbox.advance(seconds=2)
        key = f"{locale}/{number}"
        channel = "#renewals" if sent.message.lines else "#csops-ops"
        result = chat.post(replace(sent, message=replace(sent.message, key=key, channel=channel)))
        found = chat.find(keys=[key], channel=channel, since=SINCE)

        assert result.status is PostStatus.POSTED, result.message
        assert tuple(found.timestamps) == (result.ts,)


def test_a_csm_of_the_org_is_mentioned_by_e_mail(sandbox: SandboxProcess) -> None:
    """Whoever has no account is named instead, and the operator hears of it."""
    user = next(one for one in sandbox.records("User") if one["Email"] == "misaki.sato@csops.example")
    csm = Addressee(id=str(user["Id"]), name=str(user["Name"]), email=f"{user['Email']}.invalid")
    line = replace(MINATO, mentions=(csm.id, HANAKO.id))
    sent = replace(outgoing(NoticeKind.OPENED, line, key="mention"), people={csm.id: csm, HANAKO.id: HANAKO})
    chat = slack_chat(sandbox)
    result = chat.post(sent)

    posted = next(one for one in sandbox.messages() if one["ts"] == result.ts)
    assert posted["text"].startswith("<@U")
    assert "、佐藤 花子 さん\n" in posted["text"]
    assert len(chat.unreachable()) == 1


@pytest.mark.parametrize(
    ("fault", "status", "arrives"),
    [
        ({"fault": "ratelimited", "retry_after": 7}, PostStatus.RETRY, False),
        ({"fault": "drop_before"}, PostStatus.UNKNOWN, False),
        ({"fault": "drop_after"}, PostStatus.UNKNOWN, True),
        ({"fault": "server_unavailable_html"}, PostStatus.UNKNOWN, False),
        ({"fault": "internal_error", "after": True}, PostStatus.UNKNOWN, True),
        ({"fault": "fatal_error"}, PostStatus.UNKNOWN, False),
        ({"fault": "is_archived"}, PostStatus.REJECTED, False),
        ({"fault": "msg_too_long"}, PostStatus.REJECTED, False),
    ],
    ids=lambda value: value["fault"] if isinstance(value, dict) else "",
)
def test_a_post_that_fails_is_sent_once_and_history_tells_whether_it_arrived(
    sandbox: SandboxProcess, fault: dict[str, object], status: PostStatus, *, arrives: bool
) -> None:
    """Nothing in between sends it again."""
    key = f"fault/{fault['fault']}"
    sandbox.faults({"service": "slack", "path": "chat.postMessage", **fault})
    chat = slack_chat(sandbox)
    result = chat.post(outgoing(key=key))
    report = sandbox.fault_report()

    assert result.status is status, result.message
    assert [(rule["matched"], rule["fired"]) for rule in report] == [(1, 1)]
    assert result.retry_after == (7.0 if status is PostStatus.RETRY else None)
    assert len(chat.find(keys=[key], channel="#renewals", since=SINCE).timestamps) == arrives


def test_a_token_that_is_refused_is_no_messages_fault(sandbox: SandboxProcess) -> None:
    """Nothing was posted, and the message waits."""
    sandbox.faults({"service": "slack", "path": "chat.postMessage", "fault": "invalid_auth"})
    chat = slack_chat(sandbox)
    with pytest.raises(AuthFailedError, match="install the Slack app again"):
        chat.post(outgoing(key="fault/auth"))

    assert not chat.find(keys=["fault/auth"], channel="#renewals", since=SINCE).timestamps


def test_a_later_duplicate_is_swept_away(sandbox: SandboxProcess) -> None:
    """The first stays."""
    chat = slack_chat(sandbox)
    first = chat.post(outgoing(key="twice"))
    sandbox.advance(seconds=2)
    chat.post(outgoing(key="twice"))
    found = chat.find(keys=["twice"], channel="#renewals", since=SINCE)
    for ts in found.timestamps[1:]:
        chat.delete(channel_id=found.channel_id, ts=ts)

    assert tuple(chat.find(keys=["twice"], channel="#renewals", since=SINCE).timestamps) == (first.ts,)


def test_messages_from_before_are_not_looked_through(sandbox: SandboxProcess) -> None:
    """History is paged from a little before the time asked for."""
    chat = slack_chat(sandbox)
    chat.post(outgoing(key="old"))
    after = sandbox.now() + timedelta(hours=1)

    assert not chat.find(keys=["old"], channel="#renewals", since=after).timestamps


def test_the_check_is_content_and_says_what_a_lost_scope_costs(sandbox: SandboxProcess) -> None:
    """Without the scope for histories nothing can be found again."""
    chat = slack_chat(sandbox)
    assert list(chat.check(["#renewals", "#csops-ops"])) == []

    granted = set_scopes(sandbox, "channels:join,channels:read,chat:write,users:read,users:read.email")
    problems = chat.check(["#renewals"])
    unreadable = chat.find(keys=["k"], channel="#renewals", since=SINCE)
    set_scopes(sandbox, f"{granted},channels:history,groups:history,groups:read,usergroups:read")

    assert [problem.partition(":")[0] for problem in problems] == [
        "the Slack app lacks channels",
        "#renewals",
    ]
    assert "channels:history" in problems[0]
    assert not unreadable.readable


def set_scopes(sandbox: SandboxProcess, scopes: str) -> str:
    """Grant exactly these scopes to the app, and give them back."""
    answer = requests.post(f"{sandbox.urls.control}/slack", json={"scopes": scopes.split(",")}, timeout=5)
    assert answer.ok, answer.text
    return scopes
