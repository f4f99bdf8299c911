"""Successive contracts of one customer: gaps and overlaps between them are reported, never mended."""

from datetime import timedelta

from csops_sync.domain.book import AccountBook
from csops_sync.domain.facts import Contract
from csops_sync.domain.intents import Note, NoteKind
from csops_sync.domain.sentences import Wording

_DAY = timedelta(days=1)
_GAP = Wording("note.gap", "a gap between {before} (ends {end}) and {after} (starts {start})")
_OVERLAP = Wording("note.overlap", "an overlap between {before} (ends {end}) and {after} (starts {start})")


def gaps_and_overlaps(book: AccountBook) -> tuple[Note, ...]:
    """This function will report every successor that does not start the day after its predecessor's end."""
    pairs = ((book.contract(one.predecessor_id), one) for one in book.contracts if one.predecessor_id)
    return tuple(note for before, after in pairs if before is not None for note in _compare(before, after))


def _compare(before: Contract, after: Contract) -> tuple[Note, ...]:
    if before.end is None or after.start is None or after.start == before.end + _DAY:
        return ()
    late = after.start > before.end
    kind = NoteKind.GAP if late else NoteKind.OVERLAP
    words = _GAP if late else _OVERLAP
    text = words(before=before.number, end=before.end, after=after.number, start=after.start)
    return (Note(kind=kind, account_id=after.account_id, subject_id=after.id, text=text),)
