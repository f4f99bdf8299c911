"""Files in the sandbox's Slack: the vendor's client uploads one, people see it; every wrong step is refused."""

from collections.abc import Iterator
from struct import pack
from zlib import compress, crc32

import pytest
import requests
from tests.fakes.slack_workspace import Workspace, refused, running_workspace, word

from csops_sync.sandbox.slack.model import SCOPES


def _chunk(name: bytes, data: bytes) -> bytes:
    return pack(">I", len(data)) + name + data + pack(">I", crc32(name + data))


PNG = (
    b"\x89PNG\r\n\x1a\n"
    + _chunk(b"IHDR", pack(">IIBBBBB", 1, 1, 8, 2, 0, 0, 0))
    + _chunk(b"IDAT", compress(b"\x00\xff\xff\xff"))
    + _chunk(b"IEND", b"")
)


@pytest.fixture
def slack() -> Iterator[Workspace]:
    """A workspace for one test."""
    with running_workspace() as workspace:
        yield workspace


def uploaded(slack: Workspace, content: bytes = PNG, name: str = "chart.png") -> str:
    """Take the first two steps and give the file's id."""
    answer = slack.client.files_getUploadURLExternal(filename=name, length=len(content))
    assert send(answer["upload_url"], content).status_code == 200
    return str(answer["file_id"])


def send(url: str, content: bytes, **how: object) -> requests.Response:
    """Send bytes to an upload address."""
    headers = {str(name): str(value) for name, value in how.items()}
    return requests.post(url, data=content, headers=headers, timeout=10)


def test_the_vendors_client_uploads_a_picture_that_history_and_files_info_show(slack: Workspace) -> None:
    channel = slack.channel().id
    parent = slack.post("weekly digest")
    answer = slack.client.files_upload_v2(
        channel=channel,
        content=PNG,
        filename="chart.png",
        title="更新の見込み",
        alt_txt="棒グラフ",
        initial_comment="今週 <b>",
        thread_ts=parent,
    )
    assert answer["file"] == {"id": answer["files"][0]["id"], "title": "更新の見込み"}
    replies = slack.client.conversations_replies(channel=channel, ts=parent)["messages"]
    shown = replies[1]
    assert (shown["text"], shown["thread_ts"]) == ("今週 <b>", parent)
    file = shown["files"][0]
    assert (file["id"], file["mimetype"], file["size"]) == (answer["file"]["id"], "image/png", len(PNG))
    info = slack.client.files_info(file=file["id"])["file"]
    assert info["shares"] == {"public": {channel: [{"ts": shown["ts"]}]}}
    assert info["alt_txt"] == "棒グラフ"


def test_people_see_the_picture_in_the_message(slack: Workspace) -> None:
    channel = slack.channel().id
    slack.client.files_upload_v2(
        channel=channel, content=PNG, filename="chart.png", title="<Q1>", alt_txt='"bars"'
    )
    page = requests.get(f"{slack.base}archives/{channel}", timeout=10).text
    assert '<img src="/files/F0000000001" alt="&#34;bars&#34;">' in page
    assert "&lt;Q1&gt;" in page
    picture = requests.get(f"{slack.base}files/F0000000001", timeout=10)
    assert (picture.content, picture.headers["content-type"]) == (PNG, "image/png")


def test_what_is_no_picture_is_never_shown_as_a_page(slack: Workspace) -> None:
    """An uploaded page would run in the workspace's own name."""
    slack.client.files_upload_v2(
        channel=slack.channel().id, content=b"<script>alert(1)</script>", filename="chart.png"
    )
    answer = requests.get(f"{slack.base}files/F0000000001", timeout=10)
    assert answer.headers["content-type"] == "application/octet-stream"
    assert answer.headers["content-disposition"].startswith("attachment")


def test_the_bytes_must_be_as_many_as_announced_and_come_once(slack: Workspace) -> None:
    asked = slack.client.files_getUploadURLExternal(filename="a.png", length=len(PNG) + 1)
    refusal = send(asked["upload_url"], PNG)
    assert (refusal.status_code, str(len(PNG) + 1) in refusal.text) == (400, True)
    share = slack.client.files_completeUploadExternal
    files = [{"id": asked["file_id"], "title": "a"}]
    assert word(share, files=files, channel_id=slack.channel().id) == "file_not_found"
    assert send(asked["upload_url"], PNG + b"\0").text == f"OK - {len(PNG) + 1}"
    assert send(asked["upload_url"], PNG + b"\0").status_code == 400
    assert send(asked["upload_url"] + "x", PNG).status_code == 404
    again = slack.client.files_getUploadURLExternal(filename="a.png", length=3)["upload_url"]
    assert send(again, b"abc", **{"Content-Type": "multipart/form-data; boundary=b"}).status_code == 415


def test_an_address_is_given_for_a_name_and_a_length_only(slack: Workspace) -> None:
    get = slack.client.files_getUploadURLExternal
    assert word(get, filename="a.png", length=0) == "missing_argument"
    assert word(get, filename="", length=1) == "invalid_arguments"
    assert word(get, filename="a.png", length=1, alt_txt="x" * 1_001) == "alt_txt_too_large"
    assert word(get, filename="a.png", length=1 << 31) == "file_upload_size_restricted"
    assert word(get, filename="a.png", length=1, filetype="png") == "invalid_arguments"


def test_a_file_is_shared_once_in_channels_where_the_bot_is(slack: Workspace) -> None:
    share, channel = slack.client.files_completeUploadExternal, slack.channel()
    files: list[dict[str, str | None]] = [{"id": uploaded(slack), "title": "a"}]
    secret = slack.channel("secret").id
    assert word(share, files=[{"id": "F404"}], channel_id=channel.id) == "file_not_found"
    assert word(share, files=files, channel_id="C404404404") == "channel_not_found"
    assert word(share, files=files, channel_id=secret) == "channel_not_found"
    assert "must match" in str(refused(share, files=files, channel_id="#renewals").response)
    assert word(share, files=files, channel_id=channel.id, thread_ts="1.0") == "thread_not_found"
    assert word(share, files=files, thread_ts=slack.post("parent")) == "invalid_arguments"
    assert word(share, files=files * 2, channel_id=channel.id) == "invalid_arguments"
    assert word(share, files=[], channel_id=channel.id) == "invalid_arguments"
    channel.is_archived = True
    assert word(share, files=files, channel_id=channel.id) == "is_archived"
    channel.is_archived = False
    channel.members.clear()
    assert word(share, files=files, channel_id=channel.id) == "not_in_channel"
    assert len(channel.messages) == 1
    slack.state.add_channel("other")
    several = [slack.channel("other").id, slack.channel("general").id]
    share(files=files, channels=several)
    assert [len(slack.channel(name).messages) for name in ("other", "general")] == [1, 1]
    assert word(share, files=files, channels=several) == "file_not_found"


def test_a_file_without_a_channel_stays_private(slack: Workspace) -> None:
    file = uploaded(slack)
    info = slack.client.files_info
    assert word(info, file=file) == "file_not_found"
    slack.client.files_completeUploadExternal(files=[{"id": file, "title": "mine"}])
    assert (info(file=file)["file"]["title"], info(file=file)["file"]["shares"]) == ("mine", {})


def test_without_the_scope_nothing_is_uploaded(slack: Workspace) -> None:
    slack.state.grant(SCOPES - {"files:write"})
    answer = refused(slack.client.files_getUploadURLExternal, filename="a.png", length=1).response
    assert (answer["error"], answer["needed"]) == ("missing_scope", "files:write")
    assert word(slack.client.files_completeUploadExternal, files=[{"id": "F1"}]) == "missing_scope"


def test_blocks_come_with_the_picture_unless_there_is_a_comment(slack: Workspace) -> None:
    channel = slack.channel()
    blocks = [{"type": "section", "text": {"type": "mrkdwn", "text": "*NRR* 104 %"}}]
    share = slack.client.files_completeUploadExternal
    files = [{"id": uploaded(slack), "title": "a"}]
    assert word(share, files=files, channel_id=channel.id, blocks='[{"type": "nope"}]') == "invalid_blocks"
    slack.client.api_call(
        "files.completeUploadExternal", json={"files": files, "channel_id": channel.id, "blocks": blocks}
    )
    (message,) = channel.messages.values()
    assert message.blocks == blocks


def test_a_snapshot_brings_files_back(slack: Workspace) -> None:
    saved = slack.state.snapshot()
    slack.client.files_upload_v2(channel=slack.channel().id, content=PNG, filename="a.png")
    with_file = slack.state.snapshot()
    slack.state.restore(saved)
    assert word(slack.client.files_info, file="F0000000001") == "file_not_found"
    slack.state.restore(with_file)
    assert slack.client.files_info(file="F0000000001")["file"]["name"] == "a.png"
