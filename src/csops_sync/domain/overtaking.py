"""The window that a guarded update leaves: a person's edit within the same second, overtaken by ours.

`If-Unmodified-Since` compares whole seconds, so an edit that lands between our read and our write in one second passes
it. The field's history shows it afterwards: our edit replaced a value that a person had written in that second. Where
the field is tracked, the person's value is put back, and the field is theirs from then on.
"""

import hashlib
from collections.abc import Iterator
from datetime import timedelta

from csops_sync.domain.book import AccountBook
from csops_sync.domain.facts import FieldEdit, Opportunity
from csops_sync.domain.intent_reasons import PUT_BACK
from csops_sync.domain.intents import FieldChange, UpdateOpportunity
from csops_sync.domain.opportunity_fields import MAINTAINED
from csops_sync.domain.ownership import same
from csops_sync.domain.rules import Ownership

_RESOLUTION = timedelta(seconds=1)
_DIGEST_BYTES = 6


def give_back(
    book: AccountBook, *, opportunity: Opportunity, ownership: Ownership
) -> UpdateOpportunity | None:
    """This function will restore, in one update, every value of a person that a write of ours overtook."""
    changes = tuple(_overtaken(book, opportunity, ownership))
    if not changes:
        return None
    text = "|".join(f"{one.field}:{one.before}>{one.after}" for one in changes)
    digest = hashlib.blake2b(text.encode(), digest_size=_DIGEST_BYTES).hexdigest()
    return UpdateOpportunity(
        key=f"update/{opportunity.id}/{digest}-back",
        account_id=book.account.id,
        opportunity_id=opportunity.id,
        changes=changes,
        reason=PUT_BACK(),
        rule="",
        gives_back=True,
    )


def _overtaken(book: AccountBook, opportunity: Opportunity, ownership: Ownership) -> Iterator[FieldChange]:
    edits = book.edits.get(opportunity.id, ())
    for ours in edits:
        base = book.written.get((opportunity.id, ours.field))
        ours_still = ours.by_id == ownership.our_user_id and base is not None and same(base.sent, ours.new)
        if base is None or not ours_still or ours.field not in MAINTAINED or same(ours.old, base.replaced):
            continue  # what we replaced is what we had read: nobody came between (a field handed back to us, say)
        current = opportunity.values.get(ours.field)
        if same(current, base.value) and any(_just_before(one, ours, ownership) for one in edits):
            yield FieldChange(field=ours.field, before=current, after=ours.old)


def _just_before(theirs: FieldEdit, ours: FieldEdit, ownership: Ownership) -> bool:
    """Say whether a person's edit of the field left the value that ours replaced, within the guard's resolution."""
    is_person = theirs.by_id != ours.by_id and theirs.by_id not in ownership.automation_user_ids
    replaced = theirs.field == ours.field and same(theirs.new, ours.old)
    return is_person and replaced and timedelta(0) <= ours.at - theirs.at <= _RESOLUTION
