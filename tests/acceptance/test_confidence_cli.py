"""Confidence from the terminal: planned before it is sent, explained after it, silenced by order, kept as Tasks."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any

import pytest
from tests.fakes.command_line import CommandLine
from tests.fakes.sandbox import Record, SandboxProcess

TODAY = date(2026, 4, 1)


@dataclass(frozen=True)
class Desk:
    """A terminal, and one opened renewal that was rated B."""

    cli: CommandLine
    deal: str

    def move(self, rank: str) -> None:
        """Set the rank as the renewal's owner, let its window pass after it was seen."""
        owner = str(self.record("Opportunity", self.deal)["OwnerId"])
        self.cli.sandbox.advance(seconds=2)  # Salesforce's history knows whole seconds only
        self.cli.sandbox.update("Opportunity", self.deal, {"Confidence__c": rank}, by=owner)
        self.cli("sync")
        self.cli.sandbox.advance(seconds=360)

    def record(self, table: str, record_id: str) -> Record:
        """A record as the sandbox holds it."""
        return next(one for one in self.cli.sandbox.records(table) if one["Id"] == record_id)

    def explained(self) -> dict[str, Any]:
        """The renewal as `explain` gives it."""
        view = self.cli("explain", self.deal[:15], "--json").json
        return next(one for one in view["renewals"] if one["opportunity_id"] == self.deal)

    def changes(self) -> list[tuple[str, str]]:
        """The ledger as `explain` gives it: the move and its verdict."""
        events = self.explained()["events"]
        return [(one["name"], one["detail"]["verdict"]) for one in events if " -> " in one["name"]]


@pytest.fixture(scope="module")
def terminal(tmp_path_factory: pytest.TempPathFactory) -> Iterator[CommandLine]:
    """At 10:00 in Tokyo on a business day after the openings."""
    with SandboxProcess.start(org="small", today=TODAY) as sandbox:
        cli = CommandLine(sandbox, tmp_path_factory.mktemp("confidence"))
        cli("sync")
        cli.approved()
        sandbox.advance_business_days(1)
        sandbox.set_clock(sandbox.now().replace(hour=1, minute=0))
        cli("sync")
        yield cli


@pytest.fixture
def desk(terminal: CommandLine) -> Desk:
    """The terminal, and a renewal that was not rated before."""
    deals = [one for one in terminal.sandbox.records("Opportunity") if one["Renewal_Key__c"]]
    deal = next(str(one["Id"]) for one in deals if one["Confidence__c"] is None)
    terminal.sandbox.update("Opportunity", deal, {"Confidence__c": "B"})
    terminal("sync")
    terminal.sandbox.advance(seconds=360)
    terminal("sync")
    return Desk(terminal, deal)


def test_a_move_is_planned_key_for_key_then_sent_and_explained(desk: Desk) -> None:
    desk.move("D")
    planned = {one["key"]: one for one in desk.cli.plan()["messages"]}
    assert [one["notice"] for one in planned.values()] == ["card"]

    sent = desk.cli("sync", "--json").json

    assert {one["key"] for one in sent["settled"]} == set(planned)
    assert {(one["target"], one["kind"]) for one in sent["settled"]} == {("cards", "card")}
    assert desk.cli.plan()["messages"] == []
    assert desk.changes() == [("- -> B", "unrouted"), ("B -> D", "told")]
    text = desk.cli("explain", desk.deal).out
    assert re.search(
        r"B -> D +changed in Salesforce by .+; told in #renewals\S* \((large risks|rules\.yaml:\d+)\)", text
    ), text
    assert re.search(r"card in #renewals\S* +(asks|asks nothing)", text), text


def test_what_is_silenced_from_the_terminal_is_told_to_nobody_until_it_is_ended(desk: Desk) -> None:
    silence = desk.cli(
        "silence", "add", "--opportunity", desk.deal[:15], "--for", "3 days", "--reason", "移行"
    )
    assert "told to nobody until 2026-04-" in silence.out
    (item,) = desk.cli("silence", "list", "--json").json["items"]
    assert (item["subject"], item["kind"], item["reason"], item["state"]) == (
        desk.deal,
        "opportunity",
        "移行",
        "on",
    )

    desk.move("D")
    desk.cli("sync")
    assert desk.changes()[-1] == ("B -> D", "silenced")

    desk.cli("silence", "end", item["id"])
    desk.move("E")
    desk.cli("sync")
    assert desk.changes()[-1] == ("D -> E", "told")
    assert desk.cli("silence", "list").out == "Nothing is silenced.\n"
    assert item["id"] in desk.cli("silence", "list", "--all").out
    names = [one["name"] for one in desk.explained()["events"] if one["name"] != "figures"]
    assert names[names.index("silenced") :] == ["silenced", "B -> D", "unsilenced", "D -> E", "told"]


@pytest.mark.parametrize("scope", ["--account", "--owner", "--rule"])
def test_each_scope_is_silenced_explained_and_told_again_after_its_end(desk: Desk, scope: str) -> None:
    desk.move("C")
    desk.cli("sync")
    assert desk.changes()[-1] == ("B -> C", "told")
    route = re.findall(r"told in \S+ \(([^)]+)\)", desk.cli("explain", desk.deal).out)[-1]
    deal = desk.record("Opportunity", desk.deal)
    owner = str(desk.record("User", str(deal["OwnerId"]))["Email"])
    subject = {"--account": str(deal["AccountId"]), "--owner": owner, "--rule": route}[scope]

    desk.cli("silence", "add", scope, subject, "--for", "4 hours", "--reason", "移行")
    desk.move("D")
    desk.cli("sync")
    assert desk.changes()[-1] == ("C -> D", "silenced")
    text = desk.cli("explain", desk.deal).out
    assert re.search(r"C -> D +changed in Salesforce by .+; silenced by .+ until .+Z: 移行", text), text
    assert re.search(r"silenced +by .+ until .+ \(.+\): 移行", text), text

    desk.cli("silence", "end", desk.cli("silence", "list", "--json").json["items"][0]["id"])
    desk.move("E")
    desk.cli("sync")
    assert desk.changes()[-1] == ("D -> E", "told")


@pytest.mark.parametrize(
    ("words", "code", "said"),
    [
        (("--opportunity", "006000000000999", "--for", "3 days"), 1, "there is no opportunity"),
        (("--rule", "rules.yaml:1", "--for", "3 days"), 1, "the routes of `confidence` begin at rules.yaml:"),
        (("--owner", "nobody", "--until", "2026-12-01"), 1, "there is no user nobody"),
        (("--owner", "x", "--account", "y", "--for", "1 day"), 2, "name exactly one"),
        (("--owner", "x"), 2, "either how long or until which day"),
        (("--owner", "x", "--for", "a while"), 2, "no span of time"),
    ],
)
def test_a_silence_that_makes_no_sense_is_refused_in_words(
    terminal: CommandLine, words: tuple[str, ...], code: int, said: str
) -> None:
    answer = terminal("silence", "add", *words, "--reason", "x", code=code)
    assert said in " ".join(answer.err.split())


def test_the_task_key_is_checked_at_the_start_and_named_by_its_place(terminal: CommandLine) -> None:
    assert terminal("validate", "--org").out == "No problems found.\n"
    terminal.sandbox.toggles(fls_hidden={"Task": ["Renewal_Task_Key__c"]})

    said = terminal("validate", "--org", code=1).out
    terminal.sandbox.toggles(fls_hidden={})

    assert said.startswith("mapping.task.key: ")
    assert "Renewal_Task_Key__c" in said


def test_status_counts_what_waits(desk: Desk) -> None:
    owner = str(desk.record("Opportunity", desk.deal)["OwnerId"])
    desk.cli.sandbox.update("Opportunity", desk.deal, {"Confidence__c": "E"}, by=owner)
    desk.cli("sync")

    assert desk.cli("status", "--json").json["confidence"]["waiting"] == 1
    assert "1 change waiting" in desk.cli("status").out
