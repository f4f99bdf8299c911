"""Whoever is to be mentioned and cannot be is stood in for by the fallback, and the operator hears of it once.

Inactive in Salesforce or in Slack, missing in either, or not in the channel: through the daemon's jobs, the real
adapter, and the sandbox's Slack.
"""

from collections.abc import Callable, Iterator
from dataclasses import replace

import pytest
from tests.fakes.confidence_shop import RULES
from tests.fakes.slack_office import BOSS, SlackOffice
from tests.fakes.slack_office import office_building as building_of
from tests.fakes.slack_workspace import TOKEN

from csops_sync.adapters.slack.cards import SlackCards
from csops_sync.adapters.slack.client import SlackChat
from csops_sync.adapters.slack.connection import SlackOptions
from csops_sync.ports.crm import Role
from csops_sync.ports.store import OutboxRow, OutboxStatus

FALLBACK = "lead"


class StaffedOffice(SlackOffice):
    """An office whose rules mention the CSM's manager, and whose workspace falls back to the lead."""

    def begin_anew(self) -> None:
        """As a new process, with the fallback of `csops-sync.yaml`."""
        routes = tuple(replace(one, mention=("csm.manager",)) for one in RULES.routes)
        confidence = replace(RULES, routes=routes, fallback=f"@{FALLBACK}")
        self.shop.rules = replace(self.shop.rules, confidence=confidence)
        options = SlackOptions(
            token=TOKEN, base_url=f"{self.slack.base}api/", timeout_seconds=5, fallback=f"@{FALLBACK}"
        )
        self._slack_chat = SlackChat(options, clock=self.shop.crm)
        self._cards = SlackCards(self._slack_chat.workspace)

    def lead(self) -> str:
        """The fallback's mention."""
        with self.slack.state.lock:
            (found,) = [one.id for one in self.slack.state.users.values() if one.name == FALLBACK]
        return f"<@{found}>"

    def last_text(self) -> str:
        """What the newest message of a card says."""
        sent = [one for one in self.rows(OutboxStatus.SENT) if one.kind in ("card", "reply")]
        (message,) = self.standing(sent[-1].key)
        return message.text

    def told_operator(self) -> list[OutboxRow]:
        """What the operator was told of people."""
        return [one for one in self.outbox(OutboxStatus.SENT) if one.key.startswith(("operator/un",))]


@pytest.fixture(scope="module")
def office_of() -> Iterator[Callable[[], StaffedOffice]]:
    with building_of() as building:

        def make() -> StaffedOffice:
            building.slack.state.restore(building.empty)
            made = StaffedOffice(building.slack)
            made.work()
            made.begin_anew()
            return made

        yield make


def inactive_in_salesforce(office: StaffedOffice) -> None:
    office.shop.crm.edit(Role.USER, office.shop.boss, {"active": False})


def missing_in_salesforce(office: StaffedOffice) -> None:
    """The user record is one that csops-sync may not read."""
    office.shop.crm.edit(Role.USER, office.shop.csm, {"manager": "005000000000999AAA"})


def nobody_above(office: StaffedOffice) -> None:
    office.shop.crm.edit(Role.USER, office.shop.csm, {"manager": None})


def inactive_in_slack(office: StaffedOffice) -> None:
    with office.slack.state.lock:
        office.slack.state.users[BOSS].deleted = True


def missing_in_slack(office: StaffedOffice) -> None:
    office.shop.crm.edit(Role.USER, office.shop.boss, {"email": "elsewhere@example.com"})


def not_in_the_channel(office: StaffedOffice) -> None:
    with office.slack.state.lock:
        office.slack.channel("risk").members.discard(BOSS)


CASES = [
    (inactive_in_salesforce, "csm.manager"),
    (missing_in_salesforce, "csm.manager"),
    (nobody_above, "csm.manager"),
    (inactive_in_slack, "課長"),
    (missing_in_slack, "課長"),
    (not_in_the_channel, "#risk"),
]


@pytest.mark.parametrize(("befalls", "named"), CASES, ids=[case[0].__name__ for case in CASES])
def test_the_fallback_is_mentioned_and_the_operator_hears_of_it_once(
    office_of: Callable[[], StaffedOffice], befalls: Callable[[StaffedOffice], None], named: str
) -> None:
    office = office_of()
    befalls(office)
    for rank in ("D", "E"):
        office.move(rank)
        office.work()
        assert office.lead() in office.last_text()
        assert f"<@{BOSS}>" not in office.last_text()
        office.begin_anew()  # what a process remembers of people is not what makes it once
    office.work()

    (told,) = office.told_operator()
    assert named in told.reason


def test_whoever_is_there_is_mentioned_and_the_operator_hears_nothing(
    office_of: Callable[[], StaffedOffice],
) -> None:
    office = office_of()
    office.move("D")
    office.work()

    assert f"<@{BOSS}>" in office.last_text()
    assert office.lead() not in office.last_text()
    assert office.told_operator() == []
