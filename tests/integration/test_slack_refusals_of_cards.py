"""Every refusal of Slack at every call that a card takes on its way out: nothing is lost, and nothing is told twice."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import pytest
from tests.fakes.slack_office import Building, SlackOffice, office_building
from tests.fakes.slack_refusals import REFERENCE

from csops_sync.adapters.slack.verdicts import ONE_THING
from csops_sync.app.orders_outbox import retry
from csops_sync.domain.confidence.telling import (
    PostCard,
    PostOverflow,
    PostReply,
    PostSummary,
    React,
    UpdateCard,
    UpdateOverflow,
)
from csops_sync.ports.store import OutboxRow, OutboxStatus
from csops_sync.sandbox.slack.model import BOT_USER_ID

POST, PERMALINK = "chat.postMessage", "chat.getPermalink"


@dataclass(frozen=True)
class Site:
    """A call: its method, the telling that needs it, and what brings that telling up."""

    method: str
    telling: type[object]
    bring_up: Callable[[SlackOffice], None]
    deals: int = 1
    anew: bool = False
    where: Callable[[SlackOffice], str] = lambda _: ""

    def refuse(self, office: SlackOffice, word: str, *, times: int = 0, after: bool = False) -> None:
        """Let Slack refuse this call, and no other of its method, with a word: for ever unless so many `times`."""
        office.refuse(self.method, word, times=times, after=after, contains=self.where(office))


def worsen(office: SlackOffice) -> None:
    office.move("D")


def improve(office: SlackOffice) -> None:
    office.move("A")


def move_on(office: SlackOffice) -> None:
    """The card is told first, so that it moves on."""
    office.tell()
    office.begin_anew()
    office.move("E")


def load(office: SlackOffice) -> None:
    for deal in office.deals:
        office.shop.move(deal, "D", by=office.shop.head)
    office.decide()


def each_their_own(office: SlackOffice) -> None:
    for deal in office.deals:
        office.shop.move(deal, "D")
    office.decide()


def leave_and_worsen(office: SlackOffice) -> None:
    """The app is not in the channel, and may join it."""
    channel = office.slack.channel("risk")
    channel.members.discard(BOT_USER_ID)
    office.move("D")


def go_on(office: SlackOffice) -> None:
    """The card is told first, then it moves on with a next step that is too long for it."""
    office.tell()
    office.begin_anew()
    office.plan("長い" * 1000)
    office.move("E")


def go_on_otherwise(office: SlackOffice) -> None:
    """What was too long stands in the thread, and is another text now."""
    go_on(office)
    office.work()
    office.plan("別の" * 1000)
    office.move("D")


def first_page(office: SlackOffice) -> str:
    """How a request names the first page that stands there."""
    page = next(one for one in office.rows(OutboxStatus.SENT) if one.key.endswith("/001"))
    return str(page.result).rpartition("/")[2]


POSTS = {
    "a card": Site(POST, PostCard, worsen),
    "a reply": Site(POST, PostReply, move_on),
    "a summary": Site(POST, PostSummary, load, deals=5),
    "a page": Site(POST, PostOverflow, go_on, where=lambda _: "more/card/"),
}
REPEATABLE = {
    "an update": Site("chat.update", UpdateCard, move_on),
    "an update of a page": Site("chat.update", UpdateOverflow, go_on_otherwise, where=first_page),
    "a reaction": Site("reactions.add", React, improve),
}
LOOKUPS = {
    "channels": Site("conversations.list", PostCard, worsen),
    "joining": Site("conversations.join", PostCard, leave_and_worsen),
    "people by e-mail": Site("users.lookupByEmail", PostCard, worsen),
    "people by name": Site("users.list", PostCard, worsen),
    "groups": Site("usergroups.list", PostCard, worsen),
    "members": Site("conversations.members", PostCard, worsen),
    "the address of a new card": Site(PERMALINK, UpdateCard, move_on, anew=True),
}
TWICE: dict[str, Site] = {**REPEATABLE, **LOOKUPS}
EVERYWHERE: dict[str, Site] = {**POSTS, **TWICE}
SPARED = {
    *(
        (method, word)
        for method in ("conversations.join", "usergroups.list", PERMALINK)
        for word in ONE_THING
    ),
    ("conversations.members", "missing_scope"),
    ("reactions.add", "missing_scope"),
    ("users.lookupByEmail", "users_not_found"),
}
"""What Slack refuses here keeps nobody from being told the rest."""
OPTIONAL = ("groups", "members", "the address of a new card")
"""Where these are refused for good, the card is told with what is known."""
PARKING = [name for name in EVERYWHERE if name not in (*OPTIONAL, "joining")]


@pytest.fixture(scope="module")
def building() -> Iterator[Building]:
    with office_building() as made:
        yield made


@pytest.fixture
def offices(building: Building) -> Callable[[Site], SlackOffice]:
    """Makes an office just before a site's call."""

    def make(site: Site) -> SlackOffice:
        office = building.office(deals=site.deals, anew=site.anew)
        site.bring_up(office)
        return office

    return make


Offices = Callable[[Site], SlackOffice]


def told_once(office: SlackOffice, site: Site) -> bool:
    """Whether the telling stands in Slack exactly once, or was done where it is no message."""
    row = office.row(site.telling)
    stands = (
        office.standing(row.key) if site.method not in {"chat.update", "reactions.add", PERMALINK} else [row]
    )
    return row.status is OutboxStatus.SENT and len(stands) == 1


def why(row: OutboxRow) -> str:
    return f"{row.status}: {row.error}"


@pytest.mark.parametrize("name", EVERYWHERE)
def test_what_slack_asks_to_wait_for_waits_and_is_told_once(name: str, offices: Offices) -> None:
    site = EVERYWHERE[name]
    for word in REFERENCE["wait"]:
        office = offices(site)
        site.refuse(office, word)
        office.delivery.run()
        row = office.row(site.telling)

        assert office.refused(), word
        assert (row.status, office.problems()) == (OutboxStatus.PENDING, ()), (word, why(row))
        assert word in str(row.error)
        office.mend()
        office.work()
        assert told_once(office, site), (word, why(office.row(site.telling)))


@pytest.mark.parametrize("name", POSTS)
@pytest.mark.parametrize("happened", [False, True], ids=["not done", "done"])
def test_a_post_whose_answer_says_nothing_is_looked_for_and_stands_once(
    name: str, offices: Offices, *, happened: bool
) -> None:
    site = POSTS[name]
    for word in REFERENCE["uncertain"]:
        office = offices(site)
        is_dropped = word == "drop" and happened
        site.refuse(office, "drop_after" if is_dropped else word, times=1, after=happened)
        office.delivery.run()
        row = office.row(site.telling)

        assert row.status is OutboxStatus.UNKNOWN, (word, why(row))
        assert len(office.standing(row.key)) == happened
        office.pass_time(30)
        office.delivery.run()
        assert len(office.standing(row.key)) == happened, "it was not looked for first"
        office.work()
        assert told_once(office, site), (word, why(office.row(site.telling)))


@pytest.mark.parametrize("name", TWICE)
def test_what_may_be_done_twice_is_done_again_where_nobody_knows(name: str, offices: Offices) -> None:
    site = EVERYWHERE[name]
    for word in REFERENCE["uncertain"]:
        office = offices(site)
        site.refuse(office, word)
        office.delivery.run()
        row = office.row(site.telling)

        assert (row.status, office.problems()) == (OutboxStatus.PENDING, ()), (word, why(row))
        office.mend()
        office.work()
        assert told_once(office, site), (word, why(office.row(site.telling)))


@pytest.mark.parametrize("name", EVERYWHERE)
def test_a_refusal_of_ourselves_stops_slack_keeps_everything_and_shows_on_readyz(
    name: str, offices: Offices
) -> None:
    site = EVERYWHERE[name]
    for word in REFERENCE["auth"]:
        if (site.method, word) in SPARED:
            continue
        office = offices(site)
        site.refuse(office, word)
        office.delivery.run()
        row, calls = office.row(site.telling), office.refused()

        assert (row.status, row.attempts) == (OutboxStatus.PENDING, 0), (word, why(row))
        (problem,) = office.problems()
        assert problem.startswith("slack: ")
        assert word in problem
        office.pass_time(60)
        office.delivery.run()
        assert office.refused() == calls, "Slack is not asked in a loop"
        office.mend()
        office.work()
        assert office.problems() == ()
        assert told_once(office, site), (word, why(office.row(site.telling)))


@pytest.mark.parametrize("name", PARKING)
def test_what_a_person_must_mend_is_parked_with_words_and_sent_once_when_they_retry_it(
    name: str, offices: Offices
) -> None:
    site = EVERYWHERE[name]
    for word in (*REFERENCE["config"], *REFERENCE["payload"]):
        if (site.method, word) in SPARED:
            continue
        office = offices(site)
        site.refuse(office, word)
        office.delivery.run()
        row = office.row(site.telling)

        assert row.status is OutboxStatus.PARKED, (word, why(row))
        assert word in str(row.error)
        assert len(str(row.error)) > len(word) + 20, "it says what to do"
        assert office.problems() == ()
        assert any("parked" in one for one in office.ready().warnings)
        office.mend()
        retry(office.shop.office(), [row.key])
        office.work()
        assert told_once(office, site), (word, why(office.row(site.telling)))


@pytest.mark.parametrize("name", OPTIONAL)
def test_what_only_says_more_of_people_keeps_no_card_back(name: str, offices: Offices) -> None:
    site = LOOKUPS[name]
    for word in (*REFERENCE["config"], *REFERENCE["payload"], "missing_scope"):
        office = offices(site)
        site.refuse(office, word)
        office.delivery.run()

        assert office.refused(), word
        assert told_once(office, site), (word, why(office.row(site.telling)))


def test_where_the_app_may_not_join_the_post_says_what_to_do_and_is_sent_once_it_was_invited(
    offices: Offices,
) -> None:
    site = LOOKUPS["joining"]
    for word in (*REFERENCE["config"], *REFERENCE["payload"], *ONE_THING):
        office = offices(site)
        site.refuse(office, word)
        office.delivery.run()
        row = office.row(site.telling)

        assert (row.status, "/invite" in str(row.error)) == (OutboxStatus.PARKED, True), (word, why(row))
        office.mend()
        office.slack.channel("risk").members.add(BOT_USER_ID)
        retry(office.shop.office(), [row.key])
        office.work()
        assert told_once(office, site), (word, why(office.row(site.telling)))


def test_a_person_whom_slack_does_not_know_is_named_and_the_operator_hears(offices: Offices) -> None:
    site = LOOKUPS["people by e-mail"]
    office = offices(site)
    office.refuse(site.method, "users_not_found")
    office.work()
    office.delivery.run()

    assert told_once(office, site)
    assert any(row.key.startswith("operator/unreachable/") for row in office.outbox(OutboxStatus.SENT))


def test_a_reaction_that_stands_already_is_done_and_one_that_is_not_allowed_is_parked(
    offices: Offices,
) -> None:
    site = REPEATABLE["a reaction"]
    ends = {}
    for word in ("already_reacted", "missing_scope"):
        office = offices(site)
        site.refuse(office, word)
        office.delivery.run()
        ends[word] = office.row(site.telling).status
        assert office.problems() == ()

    assert ends == {"already_reacted": OutboxStatus.SENT, "missing_scope": OutboxStatus.PARKED}


def test_an_update_of_a_page_that_somebody_removed_is_over_and_nobody_has_to_mend_it(
    offices: Offices,
) -> None:
    site = REPEATABLE["an update of a page"]
    office = offices(site)
    site.refuse(office, "message_not_found")
    office.delivery.run()
    row = office.row(site.telling)

    assert row.status is OutboxStatus.CANCELLED
    assert "message_not_found" in str(row.error)
    assert "posted anew" in str(row.error)
    assert (office.problems(), office.ready().warnings) == ((), ())


def test_one_parked_card_keeps_no_other_back(offices: Offices) -> None:
    office = offices(Site(POST, PostCard, each_their_own, deals=2))
    office.refuse(POST, "msg_too_long", times=1)
    office.delivery.run()

    assert [row.status for row in office.rows()] == [OutboxStatus.PARKED, OutboxStatus.SENT]
