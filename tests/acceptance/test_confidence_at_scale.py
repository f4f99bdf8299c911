"""Thousands of open renewals: a quiet beginning, a data load told once, and people's own moves told one by one."""

import re
from collections import Counter
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest
from slack_sdk import WebClient
from tests.fakes.lives import back_up, put_back
from tests.fakes.renewal_orgs import HEAD, MANAGERS, csm, write_renewals
from tests.fakes.rig import Rig, running
from tests.fakes.sandbox import Record

from csops_sync.domain.confidence.changes import Verdict

RULES = Path(__file__).parent / "config" / "confidence.yaml"
TODAY = date(2026, 4, 1)
OPEN, LOADED, PEOPLE, MINUTES = 5000, 500, 25, 4
SHOWN = 20
LONGEST_TEXT, LONGEST_SECTION, LONGEST_FIELD, MOST_FIELDS, MOST_BLOCKS = 4000, 3000, 2000, 10, 50
"""Slack's limits: docs.slack.dev/reference/methods/chat.postMessage and /reference/block-kit/blocks."""


@pytest.fixture(scope="module")
def grown(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Rig, str, Path]]:
    """An org of 5,000 open renewals a minute after its baseline, at 10:01 in Tokyo on a Wednesday."""
    folder = tmp_path_factory.mktemp("scale")
    org = write_renewals(folder / "org.yaml", count=OPEN)
    with running(today=TODAY, org=str(org), rules=RULES) as rig:
        rig.sandbox.set_clock(rig.sandbox.now().replace(hour=1, minute=0))
        rig.sync()
        rig.sandbox.advance(seconds=60)
        kept = folder / "state.db"
        back_up(rig, kept)
        yield rig, rig.sandbox.snapshot(), kept


@pytest.fixture
def rig(grown: tuple[Rig, str, Path]) -> Rig:
    """The org as it was after the baseline."""
    made, snapshot, kept = grown
    made.sandbox.restore(snapshot)
    put_back(made, kept)
    return made


def people_of(rig: Rig) -> dict[str, str]:
    """The ids of users by e-mail."""
    return {str(one["Email"]): str(one["Id"]) for one in rig.sandbox.records("User")}


def managers_of(rig: Rig, deals: list[Record]) -> Counter[str]:
    """The e-mails of the managers above the CSMs of these opportunities' customers."""
    users = {str(one["Id"]): one for one in rig.sandbox.records("User")}
    accounts = {str(one["Id"]): one for one in rig.sandbox.records("Account")}
    csms = (users[str(accounts[str(deal["AccountId"])]["CSM__c"])] for deal in deals)
    return Counter(str(users[str(one["ManagerId"])]["Email"]) for one in csms)


def told(rig: Rig, prefix: str) -> list[Record]:
    """Our messages whose key begins so."""
    return [one for one in rig.sandbox.messages() if key_of(one).startswith(prefix)]


def key_of(message: Record) -> str:
    return str(message["metadata"]["event_payload"]["key"])


def mentioned(rig: Rig, messages: list[Record]) -> Counter[str]:
    """The e-mails of who is mentioned, and in how many of the messages."""
    slack = WebClient(token=rig.sandbox.urls.slack_token, base_url=rig.sandbox.urls.slack_api)
    slack.proxy = None
    emails = {one["id"]: one["profile"].get("email") for one in slack.users_list()["members"]}
    found = (set(re.findall(r"<@(U\w+)>", str(one["blocks"]))) for one in messages)
    return Counter(emails[user] for users in found for user in users)


def changes_in(summary: Record) -> int:
    """How many changes a summary says that it is about."""
    (count,) = re.findall(r"([\d,]+)件の更新の確度", summary["text"])
    return int(count.replace(",", ""))


def verdicts(rig: Rig) -> Counter[str]:
    """How many rows of the ledger have which verdict."""
    with rig.engine().store.reading() as tx:
        rows = tx.confidence.ledger.with_status(*(one.value for one in Verdict), limit=2 * OPEN)
    return Counter(row.verdict.value for row in rows)


def work_on(rig: Rig, *, minutes: int) -> None:
    """Poll and deliver once a minute."""
    for _ in range(minutes):
        rig.sandbox.advance(seconds=60)
        rig.sync()


def assert_fits(message: Record) -> None:
    """Within Slack's limits, as its documentation has them."""
    assert len(message["text"]) <= LONGEST_TEXT
    assert len(message["blocks"]) <= MOST_BLOCKS
    for block in message["blocks"]:
        assert len(block.get("text", {}).get("text", "")) <= LONGEST_SECTION
        fields = block.get("fields", [])
        assert len(fields) <= MOST_FIELDS
        assert all(len(one["text"]) <= LONGEST_FIELD for one in fields)


def test_the_baseline_over_5000_open_renewals_is_one_summary_and_no_card(rig: Rig) -> None:
    deals = [str(one["Id"]) for one in rig.sandbox.records("Opportunity")]
    work_on(rig, minutes=2)

    (summary,) = rig.sandbox.messages()
    assert key_of(summary).startswith("baseline/")
    assert "5,000" in summary["text"]
    assert verdicts(rig) == {}
    with rig.engine().store.reading() as tx:
        assert len(tx.confidence.watches.get(deals)) == OPEN
        assert list(tx.confidence.cards.of(deals)) == []


def test_a_data_load_is_one_summary_a_manager_while_25_people_have_25_cards(rig: Rig) -> None:
    people, deals = people_of(rig), rig.sandbox.records("Opportunity")
    loaded, own = deals[:LOADED], deals[LOADED : LOADED + PEOPLE]
    for minute in range(MINUTES):
        for deal in loaded[minute::MINUTES]:
            rig.sandbox.update("Opportunity", deal["Id"], {"Confidence__c": "D"}, by=people[HEAD])
        for number in range(minute, PEOPLE, MINUTES):
            changer = people[csm(number + 1)]
            rig.sandbox.update("Opportunity", own[number]["Id"], {"Confidence__c": "C"}, by=changer)
        work_on(rig, minutes=1)
    work_on(rig, minutes=11)

    summaries, cards = told(rig, "storm/"), told(rig, "card/")
    assert mentioned(rig, summaries) == dict.fromkeys(managers_of(rig, loaded), 1)
    assert len(summaries) == MANAGERS
    assert sorted(changes_in(one) for one in summaries) == sorted(managers_of(rig, loaded).values())
    for summary in summaries:
        assert str(summary["blocks"]).count("顧客") == SHOWN
        assert_fits(summary)
    assert len(cards) == PEOPLE
    assert mentioned(rig, cards) == managers_of(rig, own)
    pages = told(rig, "more/storm/")
    assert {one["thread_ts"] for one in pages} <= {one["ts"] for one in summaries}
    assert sum(str(one["blocks"]).count("顧客") for one in (*summaries, *pages)) == LOADED
    assert mentioned(rig, pages) == {}
    assert len(rig.sandbox.messages()) == 1 + MANAGERS + PEOPLE + len(pages)
    assert verdicts(rig) == {"summarised": LOADED, "told": PEOPLE}
