"""Slack over real HTTP: every kind of answer, lost ones, limits, pages, people and channels."""

import logging
from collections.abc import Iterator
from contextlib import nullcontext
from dataclasses import replace
from datetime import timedelta
from fnmatch import fnmatchcase

import pytest
from tests.fakes.notices import HANAKO, TARO, covering, outgoing
from tests.fakes.slack_refusals import GONE, MEANS, WORDS
from tests.fakes.slack_server import Fault, SlackServer, refusing
from tests.fakes.stopped_clock import StoppedClock

from csops_sync.adapters.slack.client import SlackChat
from csops_sync.adapters.slack.connection import SlackOptions
from csops_sync.adapters.slack.verdicts import VERDICTS
from csops_sync.ports.chat import PostStatus
from csops_sync.ports.errors import AuthFailedError, PermanentError, TransientError

TOKEN = "xoxb-1234-secret"  # noqa: S105  # a made-up one, to be looked for
POST = "chat.postMessage"


@pytest.fixture
def server() -> Iterator[SlackServer]:
    """A workspace with one channel and two people."""
    with SlackServer() as slack:
        slack.add_channel("renewals")
        slack.users += [
            {"id": "U1", "name": "hanako", "profile": {"email": HANAKO.email}},
            {"id": "U2", "name": "taro", "profile": {"email": TARO.email, "display_name": "たろう"}},
        ]
        yield slack


@pytest.fixture
def clock() -> StoppedClock:
    """Business time."""
    return StoppedClock()


def slack_chat(server: SlackServer, clock: StoppedClock, **changes: object) -> SlackChat:
    """The adapter on this server."""
    options = SlackOptions(token=TOKEN, base_url=server.url, timeout_seconds=2)
    return SlackChat(replace(options, **changes), clock=clock)  # type: ignore[arg-type]  # fields of the options


def test_every_row_of_the_table_is_met_by_a_word_of_slacks() -> None:
    """A new row without a word here fails; the words are written out by hand."""
    met = {next(row for row in VERDICTS if fnmatchcase(word, row[0])) for _, word in WORDS}

    assert [row for row in VERDICTS if row not in met] == []


@pytest.mark.parametrize(("blame", "word"), [one for one in WORDS if one[0] in MEANS])
def test_every_word_about_a_message_means_what_slack_says_of_it(
    server: SlackServer, clock: StoppedClock, blame: str, word: str
) -> None:
    """Sent once; what is refused says whose turn it is; the token is in no text."""
    server.faults.append(refusing(POST, word))
    result = slack_chat(server, clock).post(outgoing())

    assert (result.status, result.code) == (MEANS[blame], word)
    assert result.message.startswith(f"{blame}: Slack says {word}")
    assert server.calls[POST] == 1
    assert (result.retry_after is not None) == (blame == "wait")


@pytest.mark.parametrize("word", [word for blame, word in WORDS if blame == "auth"])
def test_every_word_about_ourselves_is_no_messages_fault(
    server: SlackServer, clock: StoppedClock, word: str
) -> None:
    """It is said by the post itself, or by a look-up before it, and nothing is sent."""
    for method in (POST, "users.lookupByEmail"):
        server.faults.append(refusing(method, word))
        with pytest.raises(AuthFailedError, match=f"Slack says {word}") as refused:
            slack_chat(server, clock).post(outgoing())
        assert refused.value.code == word
        server.faults.clear()
    assert server.messages == []


@pytest.mark.parametrize(("blame", "word"), WORDS)
def test_every_word_ends_a_read_as_slack_means_it(
    server: SlackServer, clock: StoppedClock, blame: str, word: str
) -> None:
    """What passes may be read again, what is refused may not."""
    server.faults.append(refusing("chat.delete", word))
    ends = {"wait": TransientError, "uncertain": TransientError, "auth": AuthFailedError}
    with pytest.raises(ends.get(blame, PermanentError)) if word not in GONE else nullcontext():
        slack_chat(server, clock).delete(channel_id="C00000001", ts="1.0")


@pytest.mark.parametrize(
    ("fault", "status", "code", "wait"),
    [
        (Fault(method=POST, status=429, headers={"Retry-After": "7"}), PostStatus.RETRY, "ratelimited", 7.0),
        (
            replace(refusing(POST, "ratelimited"), status=429, headers={"Retry-After": "3"}),
            PostStatus.RETRY,
            "ratelimited",
            3.0,
        ),
        (Fault(method=POST, status=429), PostStatus.RETRY, "ratelimited", 30.0),
        (Fault(method=POST, status=503), PostStatus.UNKNOWN, "http_503", None),
        (replace(refusing(POST, "boom"), status=500), PostStatus.UNKNOWN, "http_500", None),
        (Fault(method=POST, status=200, text="<html>log in</html>"), PostStatus.UNKNOWN, "http_200", None),
        (refusing(POST, "a_new_word"), PostStatus.REJECTED, "a_new_word", None),
        (Fault(method=POST, body={"ok": True}), PostStatus.UNKNOWN, "no_ts", None),
        (Fault(method=POST, drop="before"), PostStatus.UNKNOWN, "no_answer", None),
        (Fault(method=POST, drop="after"), PostStatus.UNKNOWN, "no_answer", None),
    ],
)
def test_other_answers_and_none_are_judged_too(  # two fixtures and four columns of a table
    server: SlackServer, clock: StoppedClock, fault: Fault, status: PostStatus, code: str, wait: float | None
) -> None:
    """And nothing is ever sent twice by itself."""
    server.faults.append(fault)
    result = slack_chat(server, clock).post(outgoing())

    assert (result.status, result.code, result.retry_after) == (status, code, wait)
    assert server.calls[POST] == 1
    assert len(server.messages) == (fault.drop == "after")


def test_where_nobody_listens_nothing_was_sent() -> None:
    """A refused connection is safe to try again, so it is no unknown outcome."""
    with SlackServer() as gone:
        url = gone.url
    chat = SlackChat(SlackOptions(token=TOKEN, base_url=url), clock=StoppedClock())
    result = chat.post(outgoing())

    assert (result.status, result.code) == (PostStatus.RETRY, "unreachable")
    (problem,) = chat.check(["#renewals"])
    assert "could not be reached" in problem


def test_the_message_goes_out_whole(server: SlackServer, clock: StoppedClock) -> None:
    """To the channel's id, without previews, with the key and what it covers as metadata."""
    result = slack_chat(server, clock).post(covering(outgoing(), "opened/1", "opened/2"))
    (sent,) = server.messages

    assert (result.channel_id, result.ts) == ("C00000001", sent["ts"])
    assert sent["text"].startswith("<@U1> さん\n*株式会社みなと商事*")
    assert sent["blocks"][0]["text"]["text"] in sent["text"]
    assert (sent["unfurl_links"], sent["unfurl_media"]) == (False, False)
    assert sent["metadata"] == {
        "event_type": "csops_sync",
        "event_payload": {"key": "opened/1", "covers": ["opened/1", "opened/2"]},
    }


def test_the_key_is_found_on_a_later_page_of_the_history(server: SlackServer, clock: StoppedClock) -> None:
    """Other people's messages, and metadata of other apps, stand between."""
    chat = slack_chat(server, clock)
    server.page_size = 2
    chat.post(outgoing())
    foreign = {"event_type": "other", "event_payload": {"key": "opened/1"}}
    beside = {"channel": "C00000001", "bot_id": "B1"}
    for number in range(5):
        server.messages.append({**beside, "ts": f"17645480{number}0.0", "metadata": foreign})

    found = chat.find(keys=["opened/1"], channel="#renewals", since=clock.now())
    assert [ts.partition(".")[0] for ts in found.timestamps] == ["1764547201"]
    assert server.calls["conversations.history"] == 3


def test_reads_tell_apart_what_passes_and_what_does_not(server: SlackServer, clock: StoppedClock) -> None:
    """A refused token is no unreadable history: nothing else would work either."""
    chat = slack_chat(server, clock)
    server.faults.append(refusing("conversations.history", "internal_error"))
    with pytest.raises(TransientError):
        chat.find(keys=["k"], channel="#renewals", since=clock.now())
    server.faults.append(refusing("conversations.history", "token_revoked"))
    with pytest.raises(AuthFailedError, match="new bot token"):
        chat.find(keys=["k"], channel="#renewals", since=clock.now())
    server.faults.append(refusing("conversations.history", "not_in_channel"))
    assert not chat.find(keys=["k"], channel="#renewals", since=clock.now()).readable
    server.faults.append(refusing("chat.delete", "cant_delete_message"))
    with pytest.raises(PermanentError, match="by hand"):
        chat.delete(channel_id="C00000001", ts="1.0")


def test_public_channels_are_joined_and_found_on_later_pages(
    server: SlackServer, clock: StoppedClock
) -> None:
    """Without `groups:read` the public ones alone are listed."""
    for number in range(5):
        server.add_channel(f"c{number}", is_member=False)
    server.page_size = 2
    server.faults.append(refusing("conversations.list", "missing_scope", needed="groups:read"))
    chat = slack_chat(server, clock)

    assert chat.post(outgoing(channel="#c4")).status is PostStatus.POSTED
    assert server.channels[-1]["is_member"]
    assert server.calls["conversations.join"] == 1
    chat.post(outgoing(channel="#C4"))
    assert (server.calls["conversations.join"], server.calls["conversations.list"]) == (1, 4)


def test_a_new_channel_is_seen_without_waiting_for_the_hour(server: SlackServer, clock: StoppedClock) -> None:
    """But not asked for more than once a minute."""
    chat = slack_chat(server, clock)
    assert chat.post(outgoing(channel="#new")).code == "channel_not_found"
    assert chat.post(outgoing(channel="#new")).code == "channel_not_found"
    assert server.calls["conversations.list"] == 1

    server.add_channel("new")
    clock.forward(minutes=1)
    assert chat.post(outgoing(channel="#new")).status is PostStatus.POSTED


def test_a_channel_that_slack_refuses_is_looked_up_again(server: SlackServer, clock: StoppedClock) -> None:
    """It may have been archived and made anew under its name."""
    chat = slack_chat(server, clock)
    chat.post(outgoing())
    server.faults.append(refusing(POST, "is_archived"))
    assert chat.post(outgoing(key="k2")).status is PostStatus.REJECTED
    server.channels[0]["id"] = "C0NEWCHAN"

    assert chat.post(outgoing(key="k2")).channel_id == "C0NEWCHAN"


def test_the_check_names_missing_scopes_and_closed_channels(server: SlackServer, clock: StoppedClock) -> None:
    """Each with what is lost and what to do."""
    server.add_channel("private", is_member=False, is_private=True)
    server.scopes = "chat:write,channels:read,channels:history,users:read"

    assert slack_chat(server, clock).check(["#private", "#renewals", "#private"]) == (
        (
            "the Slack app lacks users:read.email: nobody can be mentioned by the e-mail that Salesforce knows. "
            "Add it under OAuth & Permissions and install the app again"
        ),
        "#private: the app is not in this channel and may not join it; there, say /invite @csops-sync",
    )


def test_the_check_says_first_that_the_token_is_refused(server: SlackServer, clock: StoppedClock) -> None:
    """Then there is nothing else to say."""
    server.faults.append(refusing("auth.test", "invalid_auth"))

    (problem,) = slack_chat(server, clock).check(["#renewals", "#nowhere"])
    assert problem.startswith(
        "Slack does not let us in: Slack says invalid_auth: install the Slack app again"
    )


def test_no_token_gets_into_a_text_a_log_or_a_repr(
    server: SlackServer, clock: StoppedClock, caplog: pytest.LogCaptureFixture
) -> None:
    """Not even where Slack itself sends it back."""
    caplog.set_level(logging.DEBUG)
    chat = slack_chat(server, clock)
    extra = {"response_metadata": {"messages": [f"[ERROR] {TOKEN}"]}}
    server.faults += [refusing(POST, "invalid_blocks", **extra), Fault(method=POST, drop="before")]
    texts = [chat.post(outgoing()).message for _ in range(2)]

    assert "xox***" in texts[0]
    assert TOKEN not in " ".join([*texts, caplog.text, repr(SlackOptions(token=TOKEN))])


@pytest.mark.parametrize(
    ("options", "problem"),
    [
        (SlackOptions(token="xoxb-1\n"), "line break"),  # noqa: S106  # made up
        (SlackOptions(token=TOKEN, base_url="http://slack.example/api/"), "https"),
        (SlackOptions(token=TOKEN, base_url="ftp://127.0.0.1/api/"), "https"),
        (SlackOptions(token=TOKEN, locale="fr"), "ja, en"),
    ],
)
def test_what_cannot_work_is_refused_when_it_is_built(options: SlackOptions, problem: str) -> None:
    """In words without the secret."""
    with pytest.raises(ValueError, match=problem) as refused:
        SlackChat(options, clock=StoppedClock())
    assert "xoxb" not in str(refused.value)


def test_a_very_large_group_still_fits_slacks_metadata(server: SlackServer, clock: StoppedClock) -> None:
    """Its own key always, of the others as many as fit."""
    keys = [f"opened/8005g00000ABCDeAAP-{number}" for number in range(1000)]
    slack_chat(server, clock).post(covering(outgoing(), *keys))
    payload = server.messages[0]["metadata"]["event_payload"]

    assert payload["key"] == "opened/1"
    assert 100 < len(payload["covers"]) < 300


def test_a_message_about_renewals_without_any_is_not_sent(server: SlackServer, clock: StoppedClock) -> None:
    """There would be nothing to read in it."""
    sent = outgoing()
    empty = replace(sent, message=replace(sent.message, lines=()))

    assert slack_chat(server, clock).post(empty).code == "no_renewals"
    assert server.calls[POST] == 0


def test_a_day_in_tokyo_decides_how_many_days_are_left(server: SlackServer) -> None:
    """15:00 UTC on 30 November is midnight of 1 December there."""
    clock = StoppedClock()
    clock.forward(hours=-9)
    slack_chat(server, clock).post(outgoing())
    clock.forward(seconds=-timedelta(hours=1).total_seconds())
    slack_chat(server, clock).post(outgoing())

    assert "あと304日" in server.messages[0]["text"]
    assert "あと305日" in server.messages[1]["text"]
