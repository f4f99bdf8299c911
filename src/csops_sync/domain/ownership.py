"""Whose edit wins: three-way comparison of what we want, what we last wrote, and what stands there now."""

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum

from csops_sync.domain.book import AccountBook
from csops_sync.domain.cheap_values import cheaply_made
from csops_sync.domain.facts import FieldEdit, Opportunity, Scalar
from csops_sync.domain.rules import Automation, Ownership

_MAX_REASSERTIONS = 2


class Editor(StrEnum):
    """Who changed a field since we wrote it."""

    NOBODY = "nobody"
    PERSON = "person"
    AUTOMATION = "automation"
    UNKNOWN = "unknown"


@cheaply_made
@dataclass(frozen=True, slots=True, kw_only=True)
class Claim:
    """Whether a field may be written. `editor_id` is who changed it, `reassert` says that we insist against a flow."""

    writable: bool
    editor: Editor
    editor_id: str | None = None
    reassert: bool = False


def claim(
    book: AccountBook, *, opportunity: Opportunity, field: str, wanted: Scalar, ownership: Ownership
) -> Claim:
    """This function will say whether `field` of an opportunity is ours to change to `wanted`.

    Without a value that we wrote (a rebuilt or older state, a person's opportunity) it is not.
    """
    base = book.written.get((opportunity.id, field))
    if base is None:
        return Claim(writable=False, editor=Editor.UNKNOWN)
    current = opportunity.values.get(field)
    if same(current, base.value):
        return Claim(writable=not same(wanted, base.sent), editor=Editor.NOBODY)
    return _against_an_edit(book, opportunity, field, wanted, ownership)


def same(one: Scalar, other: Scalar) -> bool:
    """This function will compare two values as Salesforce would: 12 is 12.0, a date is its text, empty is None."""
    return _plain(one) == _plain(other)


def _plain(value: Scalar) -> Scalar:
    if isinstance(value, bool) or value is None:
        return value
    if isinstance(value, datetime | date):
        return value.isoformat()
    if isinstance(value, int | float | Decimal):
        return Decimal(str(value)).normalize()
    return value.strip() or None


def _against_an_edit(
    book: AccountBook, opportunity: Opportunity, field: str, wanted: Scalar, ownership: Ownership
) -> Claim:
    base = book.written[(opportunity.id, field)]
    tracked = _last_edit(book, opportunity, field)
    editor_id = tracked.by_id if tracked else opportunity.last_modified_by_id
    if editor_id is not None and editor_id == ownership.our_user_id:
        # Our own write, normalised before it was read back, or of a later life than this state. Only a tracked edit
        # proves that it was this field: as the last to modify the record we may have written another one.
        return Claim(writable=tracked is not None and not same(wanted, base.sent), editor=Editor.UNKNOWN)
    if editor_id not in ownership.automation_user_ids:
        return Claim(writable=False, editor=Editor.PERSON, editor_id=editor_id)
    insist = ownership.automation is Automation.REASSERT and base.reasserted < _MAX_REASSERTIONS
    return Claim(writable=insist, editor=Editor.AUTOMATION, editor_id=editor_id, reassert=insist)


def _last_edit(book: AccountBook, opportunity: Opportunity, field: str) -> FieldEdit | None:
    """Give the last tracked edit that left the value that stands there."""
    current = opportunity.values.get(field)
    edits = [
        edit for edit in book.edits.get(opportunity.id, ()) if edit.field == field and same(edit.new, current)
    ]
    return max(edits, key=lambda edit: (edit.at, edit.id), default=None)
