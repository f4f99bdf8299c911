"""What Salesforce's history says of known edits. Plain.

Written from the words of the issue, beside the product's own code and not with it: the judge of random edits.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from tests.fakes.busy_people import Edit, State
from tests.fakes.sandbox import Record, SandboxProcess

Standing = tuple[str | None, str]
"""Rank and outcome (`open`, `won`, `lost`)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One row of either history. `number` is the place of its save in the order in which saves were really made.

    Polls from number `poll` on see it, from the instant `visible_at` on.
    """

    id: str
    deal: str
    at: datetime
    by: str
    number: int
    before: State
    after: State
    is_rank: bool
    poll: int
    visible_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """One ledger row as it must be: of one row, of a row of each history, or of a second without an order.

    `name` is its id in the ledger; `still` says that its rows by themselves move neither rank nor outcome.
    """

    deal: str
    ids: tuple[str, ...]
    at: datetime
    place: int
    before: Standing
    after: Standing
    by: str | None
    ordered: bool = True
    still: bool = False
    name: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Sent:
    """An edit with the number of the poll before which it was sent, and when any reader sees it."""

    edit: Edit
    poll: int
    visible_at: datetime


def rows_of(
    sandbox: SandboxProcess, sent: Sequence[Sent], *, deals: Iterable[str], people: Mapping[str, str]
) -> dict[str, list[Row]]:
    """This function will give the sandbox's own rows by opportunity, each with the edit that made it.

    `people` are user ids by username. Raises AssertionError where a row has no edit, KeyError or IndexError where an
    edit has not its rows.
    """
    ranks = [one for one in sandbox.records("OpportunityFieldHistory") if one["Field"] == "Confidence__c"]
    stages = sandbox.records("OpportunityHistory")
    ids: dict[tuple[object, ...], list[str]] = {}
    for row in ranks:
        ids.setdefault(_face_of_rank(row), []).append(str(row["Id"]))
    for row in stages:
        ids.setdefault(_face_of_stage(row), []).append(str(row["Id"]))
    found: dict[str, list[Row]] = {deal: [] for deal in deals}
    for number, one in enumerate(sent):
        found[one.edit.deal].extend(_rows(one, number, ids, people))
    assert sum(map(len, found.values())) + len(found) == len(ranks) + len(stages), "a row without an edit"
    return found


def _rows(
    sent: Sent, number: int, ids: dict[tuple[object, ...], list[str]], people: Mapping[str, str]
) -> Iterator[Row]:
    edit, by = sent.edit, people[sent.edit.by]
    head = (edit.deal, edit.at, by)
    faces: list[tuple[bool, tuple[object, ...]]] = []
    if edit.before.rank != edit.after.rank:
        faces.append((True, (*head, edit.before.rank, edit.after.rank)))
    if (edit.before.stage, edit.before.amount) != (edit.after.stage, edit.after.amount):
        faces.append((False, (*head, edit.after.stage, edit.before.amount, edit.after.amount)))
    for is_rank, face in faces:
        yield Row(
            id=ids[face].pop(0),
            deal=edit.deal,
            at=edit.at,
            by=by,
            number=number,
            before=edit.before,
            after=edit.after,
            is_rank=is_rank,
            poll=sent.poll,
            visible_at=sent.visible_at,
        )


def _face_of_rank(row: Record) -> tuple[object, ...]:
    return (*_head(row), row["OldValue"], row["NewValue"])


def _face_of_stage(row: Record) -> tuple[object, ...]:
    return (*_head(row), row["StageName"], row["PrevAmount"], row["Amount"])


def _head(row: Record) -> tuple[object, ...]:
    return row["OpportunityId"], datetime.fromisoformat(row["CreatedDate"]), row["CreatedById"]
