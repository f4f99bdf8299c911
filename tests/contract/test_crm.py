"""What the app may rely on from any CRM: kept by the fake in memory and by the adapter on the sandbox."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Protocol

import pytest
from tests.fakes.crm import FakeCrm
from tests.fakes.salesforce_sandbox import on_sandbox
from tests.fakes.sandbox import SandboxProcess

from csops_sync.adapters.salesforce.connect import Salesforce
from csops_sync.ports.clock import Clock
from csops_sync.ports.crm import CrmReader, CrmWriter, Insert, Json, Overwrite, Patch, Role, WriteStatus


class People(Protocol):
    """What people and time do to an org, by the mapping's names."""

    def create(self, role: Role, values: Mapping[str, Json]) -> str: ...
    def edit(self, role: Role, record_id: str, values: Mapping[str, Json]) -> None: ...
    def delete(self, role: Role, record_id: str) -> None: ...
    def advance(self, *, days: float = 0, seconds: float = 0) -> None: ...


@dataclass(frozen=True)
class Crm:
    """One org under test."""

    reader: CrmReader
    writer: CrmWriter
    clock: Clock
    people: People


@dataclass(frozen=True)
class SandboxPeople:
    """The same doings, in the sandbox's own names."""

    sandbox: SandboxProcess
    salesforce: Salesforce

    def create(self, role: Role, values: Mapping[str, Json]) -> str:
        return self.sandbox.create(_OBJECTS[role], {_COLUMNS[name]: value for name, value in values.items()})

    def edit(self, role: Role, record_id: str, values: Mapping[str, Json]) -> None:
        columns = {_COLUMNS[name]: value for name, value in values.items()}
        self.sandbox.update(_OBJECTS[role], record_id, columns)

    def delete(self, role: Role, record_id: str) -> None:
        self.sandbox.delete(_OBJECTS[role], record_id)

    def advance(self, *, days: float = 0, seconds: float = 0) -> None:
        self.sandbox.advance(days=days, seconds=seconds)
        self.salesforce.reader.identity()  # an answer, so that the clock knows


_OBJECTS = {Role.ACCOUNT: "Account", Role.CONTRACT: "Contract", Role.OPPORTUNITY: "Opportunity"}
_COLUMNS = {
    "name": "Name",
    "account": "AccountId",
    "start": "StartDate",
    "term_months": "ContractTerm",
    "close_date": "CloseDate",
    "stage": "StageName",
    "next_step": "NextStep",
}


@pytest.fixture(scope="module")
def process() -> Iterator[SandboxProcess]:
    """One sandbox for the module."""
    with SandboxProcess.start(org="small", today=date(2026, 4, 1)) as sandbox:
        yield sandbox


@pytest.fixture(params=["fake", "sandbox"])
def crm(request: pytest.FixtureRequest) -> Iterator[Crm]:
    """An org with time standing still."""
    if request.param == "fake":
        fake = FakeCrm()
        yield Crm(reader=fake, writer=fake, clock=fake, people=fake)
        return
    sandbox: SandboxProcess = request.getfixturevalue("process")
    start = sandbox.snapshot()
    salesforce = on_sandbox(sandbox)
    people = SandboxPeople(sandbox, salesforce)
    yield Crm(reader=salesforce.reader, writer=salesforce.writer, clock=salesforce.clock, people=people)
    sandbox.restore(start)


def _account(crm: Crm) -> str:
    return crm.people.create(Role.ACCOUNT, {"name": "株式会社 契約"})


def _renewal(account: str, key: str = "k-1") -> Insert:
    return Insert(
        key=key,
        values={
            "account": account,
            "name": "更新",
            "stage": "更新準備",
            "close_date": "2026-06-30",
            "renewal_key": key,
        },
    )


def _now_ms(crm: Crm) -> int:
    return int(crm.clock.now().timestamp()) * 1000


def test_an_insert_can_be_found_by_its_key(crm: Crm) -> None:
    """With its parent and its values by our names."""
    account = _account(crm)
    (result,) = crm.writer.insert([_renewal(account)])
    row = crm.writer.find_by_key(["k-1", "k-2"])["k-1"]
    assert (result.status, result.id, row.parent_id) == (WriteStatus.DONE, row.id, account)
    assert row.values["close_date"] == "2026-06-30"


def test_a_key_is_inserted_once(crm: Crm) -> None:
    """The second says which record is there."""
    account = _account(crm)
    (first,) = crm.writer.insert([_renewal(account)])
    (second,) = crm.writer.insert([_renewal(account)])
    assert (second.status, second.id) == (WriteStatus.EXISTS, first.id)


def test_results_come_in_the_order_of_the_records(crm: Crm) -> None:
    """By key, too."""
    account = _account(crm)
    keys = [f"k-{n}" for n in range(5)]
    assert [result.key for result in crm.writer.insert([_renewal(account, key) for key in keys])] == keys


def test_an_update_under_its_guard_is_made_and_read_back(crm: Crm) -> None:
    """Nobody edited since."""
    (made,) = crm.writer.insert([_renewal(_account(crm))])
    patch = Patch(key="p", id=str(made.id), values={"next_step": "call"}, unmodified_since=crm.clock.now())
    assert [result.status for result in crm.writer.patch([patch])] == [WriteStatus.DONE]
    (row,) = crm.reader.fetch(Role.OPPORTUNITY, [str(made.id)])
    assert row.values["next_step"] == "call"


def test_a_persons_later_edit_is_a_conflict(crm: Crm) -> None:
    """And stays."""
    (made,) = crm.writer.insert([_renewal(_account(crm))])
    patch = Patch(key="p", id=str(made.id), values={"next_step": "ours"}, unmodified_since=crm.clock.now())
    crm.people.advance(seconds=5)
    crm.people.edit(Role.OPPORTUNITY, str(made.id), {"next_step": "theirs"})
    assert [result.status for result in crm.writer.patch([patch])] == [WriteStatus.CONFLICT]
    (row,) = crm.reader.fetch(Role.OPPORTUNITY, [str(made.id)])
    assert row.values["next_step"] == "theirs"


def test_a_pull_is_inclusive_of_its_watermark_and_blind_before_it(crm: Crm) -> None:
    """Stamps tie by the hundred."""
    crm.people.advance(days=1)
    account = _account(crm)
    stamp = _now_ms(crm)
    marks = dict.fromkeys(crm.reader.roles(), stamp)
    assert account in {row.id for row in crm.reader.pull(marks).rows}
    assert account not in {row.id for row in crm.reader.pull(dict.fromkeys(marks, stamp + 1000)).rows}


def test_a_pull_covers_every_role_it_was_given_and_nothing_of_the_last_minutes(crm: Crm) -> None:
    """Rows may still become visible there."""
    marks = dict.fromkeys(crm.reader.roles(), _now_ms(crm) - 3_600_000)
    pulled = crm.reader.pull(marks)
    assert set(pulled.covered) == set(marks)
    assert max(pulled.covered.values()) <= crm.clock.now().timestamp() * 1000 - 600_000
    assert pulled.degraded == frozenset()


def test_an_edit_of_a_tracked_field_leaves_history(crm: Crm) -> None:
    """With who, what and our name of the field."""
    (made,) = crm.writer.insert([_renewal(_account(crm))])
    crm.people.advance(seconds=60)
    since = _now_ms(crm)
    crm.people.edit(Role.OPPORTUNITY, str(made.id), {"close_date": "2026-07-31"})
    pulled = crm.reader.pull(dict.fromkeys(crm.reader.roles(), since))
    (edit,) = [row for row in pulled.rows if row.role is Role.FIELD_HISTORY and row.parent_id == made.id]
    assert (edit.values["field"], edit.values["old"], edit.values["new"]) == (
        "close_date",
        "2026-06-30",
        "2026-07-31",
    )
    assert str(edit.values["by"]).startswith("005")


def test_a_deleted_record_is_still_fetched_and_no_longer_swept(crm: Crm) -> None:
    """A deletion is news; a sweep is about what is there."""
    (made,) = crm.writer.insert([_renewal(_account(crm))])
    crm.people.delete(Role.OPPORTUNITY, str(made.id))
    assert [row.deleted for row in crm.reader.fetch(Role.OPPORTUNITY, [str(made.id)])] == [True]
    assert made.id not in {row_id for page in crm.reader.sweep(Role.OPPORTUNITY) for row_id, _ in page}
    assert crm.writer.find_by_key(["k-1"])["k-1"].deleted


def test_a_load_goes_on_after_the_last_id_and_ends(crm: Crm) -> None:
    """Every row once, in order of id."""
    for _ in range(3):
        _account(crm)
    page = crm.reader.load(Role.ACCOUNT, after_id="")
    rest = crm.reader.load(Role.ACCOUNT, after_id=page.rows[1].id)
    assert [row.id for row in page.rows] == sorted(row.id for row in page.rows)
    assert [row.id for row in rest.rows] == [row.id for row in page.rows[2:]]
    assert page.done
    assert crm.reader.load(Role.ACCOUNT, after_id=page.last_id).rows in ([], ())


def test_an_accounts_contracts_and_opportunities_come_together(crm: Crm) -> None:
    """And nobody else's."""
    account, other = _account(crm), _account(crm)
    contract = crm.people.create(
        Role.CONTRACT, {"account": account, "start": "2026-04-01", "term_months": 12}
    )
    (made,) = crm.writer.insert([_renewal(account)])
    crm.writer.insert([_renewal(other, "k-2")])
    assert {row.id for row in crm.writer.fetch_accounts([account])} == {contract, made.id}


def test_nothing_asked_is_nothing_found(crm: Crm) -> None:
    """Empty lists are no query."""
    assert list(crm.reader.fetch(Role.ACCOUNT, [])) == []
    assert list(crm.writer.fetch_accounts([])) == []
    assert crm.writer.find_by_key([]) == {}
    assert list(crm.writer.insert([])) == []


def _task(deal: str, key: str, **values: Json) -> Insert:
    return Insert(key=key, values={"subject": "確認した", "what": deal, "date": "2026-04-01", **values})


def test_a_task_is_logged_once_however_often_its_key_comes(crm: Crm) -> None:
    """A lost answer is sent again, and makes no second one."""
    (deal,) = crm.writer.insert([_renewal(_account(crm))])
    task = _task(str(deal.id), "006-noted-1", description="電話しました")
    (first,) = crm.writer.log_tasks([task])
    (again, other) = crm.writer.log_tasks([task, _task(str(deal.id), "006-noted-2")])
    assert [one.status for one in (first, again, other)] == [WriteStatus.DONE] * 3
    assert (again.key, again.id) == ("006-noted-1", first.id)
    assert other.id not in (None, first.id)


def test_no_task_is_no_call(crm: Crm) -> None:
    """Nothing is asked of anybody."""
    assert list(crm.writer.log_tasks([])) == []


def _next_step(crm: Crm, record: str) -> Json:
    (row,) = crm.writer.fetch(Role.OPPORTUNITY, [record])
    return row.values["next_step"]


def test_fields_that_are_ours_alone_are_written_over_whatever_a_person_did_meanwhile(crm: Crm) -> None:
    """And in the same way however often they are sent."""
    (made,) = crm.writer.insert([_renewal(_account(crm))])
    crm.people.advance(seconds=5)
    crm.people.edit(Role.OPPORTUNITY, str(made.id), {"next_step": "a person's"})
    ours = Overwrite(key="f-1", id=str(made.id), values={"next_step": "ours"})
    results = [*crm.writer.overwrite([ours]), *crm.writer.overwrite([ours])]
    assert [(one.key, one.status, one.id) for one in results] == [("f-1", WriteStatus.DONE, made.id)] * 2
    assert _next_step(crm, str(made.id)) == "ours"


def test_one_that_is_gone_keeps_no_other_from_being_written_over(crm: Crm) -> None:
    """Each row has an outcome of its own; an empty value empties the field."""
    keys = ["k-1", "k-2", "k-3"]
    account = _account(crm)
    made = crm.writer.insert([_renewal(account, key) for key in keys])
    crm.people.delete(Role.OPPORTUNITY, str(made[1].id))
    results = crm.writer.overwrite(
        [Overwrite(key=one.key, id=str(one.id), values={"next_step": None}) for one in made]
    )
    assert [(one.key, one.status) for one in results] == [
        ("k-1", WriteStatus.DONE),
        ("k-2", WriteStatus.CONFLICT),
        ("k-3", WriteStatus.DONE),
    ]
    assert _next_step(crm, str(made[0].id)) is None


def test_nothing_to_write_over_is_no_call(crm: Crm) -> None:
    """Nothing is asked of anybody."""
    assert list(crm.writer.overwrite([])) == []
