"""Notes of the domain as people read them: about whom, and what there is to say."""

from collections.abc import Sequence
from typing import cast

from csops_sync.app.views import RemarkRow
from csops_sync.domain.intents import Note
from csops_sync.domain.sentences import ABOUT, Sentence
from csops_sync.ports.crm import Role, Row
from csops_sync.ports.store import Transaction


def remarks_of(tx: Transaction, notes: Sequence[Note]) -> tuple[RemarkRow, ...]:
    """This function will name what each note is about: an opportunity, or a contract with its customer."""
    accounts = _names(tx, Role.ACCOUNT, {one.account_id for one in notes}, "name")
    subjects = {one.subject_id for one in notes}
    deals = _names(tx, Role.OPPORTUNITY, subjects, "name")
    numbers = _names(tx, Role.CONTRACT, subjects, "number")
    found = []
    for note in notes:
        name = numbers.get(note.subject_id) or deals.get(note.subject_id) or note.subject_id
        customer = accounts.get(note.account_id, note.account_id)
        subject = f"{customer} {name}" if note.subject_id in numbers else name
        found.append(
            RemarkRow(
                subject_id=note.subject_id,
                subject=subject,
                text=_without(name, note.text),
                kind=note.kind.value,
            )
        )
    return tuple(found)


def _without(name: str, text: str) -> str:
    """Leave out the name of what a text is about; the sentence behind it stays one."""
    if isinstance(text, Sentence) and text.code == ABOUT and text.values["name"] == name:
        return cast("str", text.values["text"])
    prefix = f"{name}: "
    return text.removeprefix(prefix) if text.startswith(prefix) else text


def _names(tx: Transaction, role: Role, ids: set[str], field: str) -> dict[str, str]:
    rows: Sequence[Row] = tx.mirror.get(role, sorted(ids)) if ids else ()
    return {row.id: str(row.values.get(field) or row.id) for row in rows}
