"""The digest against the sandbox's Slack over HTTP: messages, threads, pictures, and everything that Slack refuses."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta

import pytest
from tests.fakes.digest_facts import KEY, RULES, facts, renewal, team
from tests.fakes.plain_charts import PNG
from tests.fakes.slack_workspace import NOON, TOKEN, Workspace, running_workspace
from tests.fakes.stopped_clock import StoppedClock

from csops_sync.adapters.slack.connection import SlackOptions
from csops_sync.adapters.slack.digest_render import render_digest
from csops_sync.adapters.slack.digests import SlackDigests
from csops_sync.adapters.slack.workspace import Workspace as OurWorkspace
from csops_sync.app.forecast.digest import compose
from csops_sync.ports.cards import Place
from csops_sync.ports.chat import PostStatus
from csops_sync.ports.digests import DigestItem, DigestPicture, DigestPost, OutgoingDigest
from csops_sync.ports.errors import AuthFailedError

HOSTILE = "<!channel> *太字* & <@U1> `x` | ~" * 9
LINK = "https://example.lightning.force.com/lightning/r/Opportunity/006000000000001AAA/view"
LEADS = replace(RULES, channel="#renewals", mention=("@cs-leads",))
COMPLETE = "files.completeUploadExternal"


@pytest.fixture(scope="module")
def running() -> Iterator[Workspace]:
    with running_workspace() as workspace:
        workspace.limits.on = False
        yield workspace


@pytest.fixture
def slack(running: Workspace) -> Iterator[Workspace]:
    before = running.state.snapshot()
    yield running
    running.faults.clear()
    running.state.restore(before)


@pytest.fixture
def digests(slack: Workspace) -> SlackDigests:
    options = SlackOptions(token=TOKEN, base_url=f"{slack.base}api/", timeout_seconds=2)
    return SlackDigests(OurWorkspace(options, clock=StoppedClock(NOON)))


def items(**changes: object) -> tuple[DigestItem, ...]:
    return compose(facts(**changes), key=KEY, rules=LEADS)


def send(digests: SlackDigests, item: DigestItem, place: Place | None = None) -> Place:
    """Send an item and give where it stands."""
    links = {"006000000000001AAA": LINK}
    result = digests.send(OutgoingDigest(item=item, links=links, place=place, png=PNG))
    assert result.status is PostStatus.POSTED, result
    return Place(channel_id=result.channel_id, ts=result.ts)


def main_and_picture() -> tuple[DigestPost, DigestPicture]:
    first, second, *_ = items()
    assert isinstance(first, DigestPost)
    assert isinstance(second, DigestPicture)
    return first, second


def refuse(slack: Workspace, method: str, kind: str) -> None:
    slack.faults.add([{"service": "slack", "path": f"/{method}", "fault": kind, "times": 0}])


def test_the_message_carries_its_key_and_calls_whom_the_rules_name(
    slack: Workspace, digests: SlackDigests
) -> None:
    main, _ = main_and_picture()

    place = send(digests, main)

    message = slack.channel().messages[place.ts]
    assert message.metadata == {"event_type": "csops_sync", "event_payload": {"key": KEY}}
    assert message.text.startswith("<!subteam^")
    assert f"<{LINK}|株式会社みなと商事>" in message.text
    found = digests.find(main, place=None, since=NOON - timedelta(hours=1))
    assert found.timestamps == (place.ts,)


def test_the_picture_is_shown_in_the_thread_and_found_by_its_name(
    slack: Workspace, digests: SlackDigests
) -> None:
    main, picture = main_and_picture()
    place = send(digests, main)
    assert digests.find(picture, place=place, since=NOON).messages == ()

    file = send(digests, picture, place)

    shown = [one for one in slack.channel().messages.values() if one.files]
    assert [(one.thread_ts, one.files[0].name) for one in shown] == [(place.ts, picture.file_name)]
    assert shown[0].files[0].content == PNG
    assert (shown[0].files[0].id, shown[0].files[0].title, shown[0].files[0].alt) == (
        file.ts,
        picture.title,
        picture.spoken,
    )
    assert digests.find(picture, place=place, since=NOON).timestamps == (shown[0].ts,)
    other = replace(picture, file_name="another.png")
    assert digests.find(other, place=place, since=NOON).messages == ()


@pytest.mark.parametrize(
    ("method", "kind", "status"),
    [
        ("files.getUploadURLExternal", "drop_after", PostStatus.RETRY),
        ("files.getUploadURLExternal", "ratelimited", PostStatus.RETRY),
        ("files.getUploadURLExternal", "file_uploads_disabled", PostStatus.REJECTED),
        ("files.getUploadURLExternal", "file_upload_size_restricted", PostStatus.REJECTED),
        ("files.getUploadURLExternal", "missing_scope", PostStatus.REJECTED),
        (COMPLETE, "drop_before", PostStatus.UNKNOWN),
        (COMPLETE, "drop_after", PostStatus.UNKNOWN),
        (COMPLETE, "internal_error", PostStatus.UNKNOWN),
        (COMPLETE, "file_not_found", PostStatus.RETRY),
        (COMPLETE, "ratelimited", PostStatus.RETRY),
        (COMPLETE, "missing_scope", PostStatus.REJECTED),
        (COMPLETE, "is_archived", PostStatus.REJECTED),
    ],
)
def test_only_a_lost_answer_to_the_last_step_leaves_a_pictures_outcome_open(
    slack: Workspace, digests: SlackDigests, method: str, kind: str, status: PostStatus
) -> None:
    """What was uploaded and not shared nobody sees, so that it may be uploaded again."""
    main, picture = main_and_picture()
    place = send(digests, main)
    refuse(slack, method, kind)

    result = digests.send(OutgoingDigest(item=picture, links={}, place=place, png=PNG))

    assert result.status is status
    assert TOKEN not in result.message


@pytest.mark.parametrize("method", ["files.getUploadURLExternal", COMPLETE])
def test_a_token_that_is_refused_is_no_pictures_fault(
    slack: Workspace, digests: SlackDigests, method: str
) -> None:
    main, picture = main_and_picture()
    place = send(digests, main)
    refuse(slack, method, "token_revoked")

    with pytest.raises(AuthFailedError):
        digests.send(OutgoingDigest(item=picture, links={}, place=place, png=PNG))


def test_bytes_go_to_slack_and_to_no_address_without_encryption(
    slack: Workspace, digests: SlackDigests
) -> None:
    """An answer that names another place to send the picture to is not followed."""
    main, picture = main_and_picture()
    place = send(digests, main)
    slack.state.home = "http://elsewhere.example/"

    result = digests.send(OutgoingDigest(item=picture, links={}, place=place, png=PNG))

    slack.state.home = slack.base
    assert (result.status, result.code) == (PostStatus.REJECTED, "no_file")


def test_what_belongs_into_a_thread_is_not_posted_beside_it(digests: SlackDigests) -> None:
    _, picture = main_and_picture()
    page = next(one for one in items() if isinstance(one, DigestPost) and one.of)

    for item in (picture, page):
        result = digests.send(OutgoingDigest(item=item, links={}, png=PNG))
        assert (result.status, result.code) == (PostStatus.REJECTED, "no_place")


def test_a_page_of_a_manager_stands_in_its_thread_and_is_found_there(digests: SlackDigests) -> None:
    _, _, head, page = items()
    place = send(digests, head)

    reply = send(digests, page, place)

    assert digests.find(page, place=place, since=NOON).timestamps == (reply.ts,)


def test_the_start_check_says_that_the_app_may_not_write_files(
    slack: Workspace, digests: SlackDigests
) -> None:
    assert digests.check() == ()
    slack.state.grant(slack.state.scopes - {"files:write"})

    (line,) = digests.check()

    assert line.startswith("the Slack app lacks files:write: the weekly digest has no picture.")


def test_org_text_calls_nobody_and_the_largest_digest_fits(digests: SlackDigests) -> None:
    """The sandbox refuses messages above Slack's limits."""
    many = [
        renewal(HOSTILE, key=f"80000{number}-1", step=HOSTILE, opportunity_id=f"006{number}")
        for number in range(120)
    ]
    worst = facts(
        risks=tuple(many[:5]),
        teams=(team(many, name=HOSTILE),),
        accounts=dict.fromkeys(("001A", "001B"), HOSTILE),
    )
    links = {f"006{number}": f"https://{'e' * 60}.example/{'x' * 420}" for number in range(120)}
    places: dict[str, Place] = {}

    for item in compose(worst, key=KEY, rules=replace(LEADS, mention=())):
        place = places.get(item.of or "")
        result = digests.send(OutgoingDigest(item=item, links=links, place=place, png=PNG))
        assert result.status is PostStatus.POSTED, result
        places[item.key] = Place(channel_id=result.channel_id, ts=result.ts)
        if isinstance(item, DigestPost):
            payload = render_digest(item, links=links)
            assert "<!" not in payload.text
            assert "<@" not in payload.text
            assert sum(len(str(block)) for block in payload.blocks) < 13_200

    assert len(places) == 1 + 1 + 1 + 10
