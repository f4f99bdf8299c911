"""People's opportunities are adopted, ambiguity is left to people, and people's edits stay; flows are no people."""

from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest
from tests.fakes.contract_shapes import SHAPES
from tests.fakes.rig import Rig, Sold, running

from csops_sync.app.cycle import CycleReport
from csops_sync.domain.intents import NoteKind

DUE = date(2025, 7, 2)
"""A year from here is renewed on 2026-07-02; less 90 days is 2026-04-03, the Friday after TODAY."""
TODAY = date(2026, 4, 1)


@pytest.fixture(params=SHAPES, ids=lambda shape: shape.kind)
def rig(request: pytest.FixtureRequest) -> Iterator[Rig]:
    with running(today=TODAY, shape=request.param) as made:
        yield made


def by_hand(rig: Rig, sold: Sold, **values: object) -> str:
    """A CSM makes an open renewal opportunity for the customer."""
    plain: dict[str, object] = {
        "Name": "手作りの更新",
        "AccountId": sold.account,
        "StageName": "提案",
        "CloseDate": "2026-06-30",
        "RecordTypeId": record_type(rig),
    }
    return rig.sandbox.create("Opportunity", plain | values, by=rig.csm())


def record_type(rig: Rig) -> str:
    """The id of the record type Renewal."""
    found = [one for one in rig.sandbox.records("RecordType") if one["DeveloperName"] == "Renewal"]
    return str(found[0]["Id"])


def kinds(report: CycleReport) -> list[NoteKind]:
    """The kinds of a report's notes."""
    return [note.kind for note in report.plan.notes] if report.plan else []


@pytest.mark.parametrize("linked", [True, False], ids=["linked", "unlinked"])
def test_what_a_person_made_first_is_adopted_and_nothing_else_of_it_changed(
    rig: Rig, *, linked: bool
) -> None:
    sold = rig.sell("手作り", start=DUE)
    made = by_hand(rig, sold, **({rig.shape.link: sold.contract} if linked else {}))
    rig.sync()
    rig.next_day(3)

    (adopted,) = rig.renewals()
    assert (adopted["Id"], adopted["Renewal_Key__c"]) == (made, sold.key)
    assert (adopted["CloseDate"], adopted["StageName"], adopted["Name"]) == (
        "2026-06-30",
        "提案",
        "手作りの更新",
    )
    assert rig.told("opened/") == []


def test_two_candidates_are_listed_as_ambiguous_and_nothing_is_stamped(rig: Rig) -> None:
    sold = rig.sell("候補二つ", start=DUE)
    by_hand(rig, sold)
    by_hand(rig, sold, Name="もう一つの更新")
    rig.sync()
    report = rig.next_day(3)

    assert rig.renewals() == []
    assert NoteKind.AMBIGUOUS in kinds(report)


def test_one_candidate_for_two_contracts_is_ambiguous_too(rig: Rig) -> None:
    sold = rig.sell("契約二つ", start=DUE)
    rig.contract(sold.account, start=DUE)
    by_hand(rig, sold)
    rig.sync()
    report = rig.next_day(3)

    assert rig.renewals() == []
    assert kinds(report).count(NoteKind.AMBIGUOUS) == 2


def test_a_close_date_that_a_person_changed_stays(rig: Rig) -> None:
    rig.sell("変更", start=DUE)
    rig.sync()
    rig.next_day(3)
    (opened,) = rig.renewals()
    rig.sandbox.update("Opportunity", opened["Id"], {"CloseDate": "2026-06-20"}, by=rig.csm())
    report = rig.next_day()

    (kept,) = rig.renewals()
    assert kept["CloseDate"] == "2026-06-20"
    left = (
        [note.text for note in report.plan.notes if note.kind is NoteKind.LEFT_ALONE] if report.plan else []
    )
    assert ["2026-06-20" in text and "automation" not in text for text in left] == [True]


def test_a_flow_that_moves_close_dates_to_the_months_end_is_no_person(rig: Rig) -> None:
    rig.connections = with_flow(rig)
    rig.sandbox.toggles(flow_month_end=True)
    sold = rig.sell("月末", start=DUE)
    rig.sync()
    rig.next_day(3)
    rig.next_day()
    assert [(one["Renewal_Key__c"], one["CloseDate"]) for one in rig.renewals()] == [(sold.key, "2026-07-31")]

    rig.change(sold.contract, months=13)
    report = rig.next_day()

    assert [one["CloseDate"] for one in rig.renewals()] == ["2026-08-31"]
    assert NoteKind.LEFT_ALONE not in kinds(report)
    assert rig.next_day().plan is None or not rig.next_day().plan


def with_flow(rig: Rig) -> Path:
    """The connections with the sandbox's flow user listed as automation."""
    text = rig.shape.connections.read_text(encoding="utf-8")
    path = Path(rig.database.removeprefix("sqlite:///")).with_name("connections.yaml")
    listed = "ownership: {automation_users: [flow@csops.example], automation: yield}\n"
    path.write_text(text + listed, encoding="utf-8")
    return path
