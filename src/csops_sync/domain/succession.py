"""Successive contracts of one customer: gaps and overlaps between them are reported, never mended."""

from datetime import timedelta

from csops_sync.domain.book import AccountBook
from csops_sync.domain.facts import Contract
from csops_sync.domain.intents import Note, NoteKind

_DAY = timedelta(days=1)


def gaps_and_overlaps(book: AccountBook) -> tuple[Note, ...]:
    """This function will report every successor that does not start the day after its predecessor's end."""
    pairs = ((book.contract(one.predecessor_id), one) for one in book.contracts if one.predecessor_id)
    return tuple(note for before, after in pairs if before is not None for note in _compare(before, after))


def _compare(before: Contract, after: Contract) -> tuple[Note, ...]:
    if before.end is None or after.start is None or after.start == before.end + _DAY:
        return ()
    late = after.start > before.end
    kind = NoteKind.GAP if late else NoteKind.OVERLAP
    word = "a gap" if late else "an overlap"
    text = f"{word} between {before.number} (ends {before.end}) and {after.number} (starts {after.start})"
    return (Note(kind=kind, account_id=after.account_id, subject_id=after.id, text=text),)
