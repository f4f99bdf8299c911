"""What does not fit on cards and summaries goes into their threads, page by page, and is kept in step there.

A page is one message under a key of its own, `more/<the card's>/001`. Where the card's text changes, the page is
edited, and every edit has its key too, `more/<the card's>/001/001` and so on; the last of them counts. Where somebody
removed the page meanwhile, it is posted anew with the next change, as `more/<the card's>/001-2`.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import count

from csops_sync.app.confidence.telling_form import decode_telling
from csops_sync.app.confidence.telling_reasons import LEFT_OVER
from csops_sync.domain.confidence.face import ReplyKind
from csops_sync.domain.confidence.overflow import (
    Page,
    card_overflow,
    note_overflow,
    summary_overflow,
)
from csops_sync.domain.confidence.telling import (
    Overflow,
    PostCard,
    PostOverflow,
    PostReply,
    PostSummary,
    Telling,
    UpdateCard,
    UpdateOverflow,
)
from csops_sync.ports.store import OutboxRow, OutboxStatus, Transaction

_EMPTY = Page()
_WORDS = LEFT_OVER()
_GONE = "message_not_found"


@dataclass(frozen=True, slots=True, kw_only=True)
class _Shown:
    """What a page shows, or is about to, under which key, how often it was edited, and whether somebody removed it."""

    key: str
    page: Page
    edits: int
    is_gone: bool = False


def overflow_of(tx: Transaction, tellings: Sequence[Telling]) -> Sequence[Overflow]:
    """This function will give what must be told in threads besides these tellings, and edited there.

    Of several faces of one card the last counts: it is what the card will show.
    """
    faces: dict[str, Telling] = {}
    for one in tellings:
        faces[one.of if isinstance(one, UpdateCard) else one.key] = one
    anchors = [one.of for one in tellings if isinstance(one, UpdateCard)]
    begun = {row.key for row in tx.outbox.get([_page_key(one, 1) for one in anchors])}
    return [more for one in faces.values() for more in _overflow(tx, one, begun)]


def is_outdated_page(tx: Transaction, telling: UpdateOverflow) -> bool:
    """This function will say whether a newer edit of a page follows."""
    page, _, number = telling.key.rpartition("/")
    return bool(tx.outbox.get([_edit_key(page, int(number) + 1)]))


def is_removed(row: OutboxRow, telling: Telling) -> bool:
    """This function will say whether a page could not be edited because somebody removed it."""
    return isinstance(telling, UpdateOverflow) and _GONE in (row.error or "")


def _overflow(tx: Transaction, telling: Telling, begun: set[str]) -> Iterator[Overflow]:
    match telling:
        case PostCard():
            yield from _first(card_overflow(telling.face), of=telling.key, channel=telling.channel)
        case UpdateCard() if _page_key(telling.of, 1) in begun:
            yield from _in_step(tx, telling, card_overflow(telling.face))
        case UpdateCard():
            yield from _first(card_overflow(telling.face), of=telling.of, channel=_channel(telling))
        case PostReply(about=ReplyKind.NOTED):
            pages = note_overflow(telling.text)
            yield from _first(pages, of=telling.of, channel=_channel(telling), under=telling.key)
        case PostSummary():
            yield from _first(summary_overflow(telling.lines), of=telling.key, channel=telling.channel)
        case _:
            return


def _channel(telling: UpdateCard | PostReply) -> str:
    return telling.card_id.partition("/")[2]


def _page_key(anchor: str, number: int, *, times: int = 1) -> str:
    return f"more/{anchor}/{number:03d}" + (f"-{times}" if times > 1 else "")


def _edit_key(page: str, number: int) -> str:
    return f"{page}/{number:03d}"


def _first(
    pages: Sequence[Page], *, of: str, channel: str, under: str | None = None, begin: int = 1
) -> Iterator[PostOverflow]:
    """Post pages one after the other: `under` is the message that they continue, where that is a reply."""
    anchor = under or of
    follows = _page_key(anchor, begin - 1) if begin > 1 else under
    for number, page in enumerate(pages, start=begin):
        key = _page_key(anchor, number)
        yield PostOverflow(key=key, channel=channel, of=of, page=page, reason=_WORDS, follows=follows)
        follows = key


def _in_step(tx: Transaction, card: UpdateCard, pages: Sequence[Page]) -> Iterator[Overflow]:
    """Edit the pages that stand there, empty those that are not needed any more, and post what is new or gone."""
    channel = _channel(card)
    for number in count(1):
        shown = _newest(tx, card.of, number)
        if shown is None:
            yield from _first(pages[number - 1 :], of=card.of, channel=channel, begin=number)
            return
        page = pages[number - 1] if number <= len(pages) else _EMPTY
        if shown.is_gone and page != _EMPTY:
            yield PostOverflow(key=shown.key, channel=channel, of=card.of, page=page, reason=_WORDS)
        elif page != shown.page and not shown.is_gone:
            key = _edit_key(shown.key, shown.edits + 1)
            yield UpdateOverflow(key=key, channel=channel, of=shown.key, page=page, reason=_WORDS)


def _newest(tx: Transaction, anchor: str, number: int) -> _Shown | None:
    """Find a page as it was posted last; one that is gone with the key by which it is posted anew. None for no page."""
    times, shown = 1, _shown(tx, _page_key(anchor, number))
    while shown is not None and shown.is_gone:
        times += 1
        key = _page_key(anchor, number, times=times)
        after = _shown(tx, key)
        if after is None:
            return replace(shown, key=key)
        shown = after
    return shown


def _shown(tx: Transaction, key: str) -> _Shown | None:
    shown: Page | None = None
    is_gone = False
    edits = 0
    (row,) = tx.outbox.get([key]) or (None,)
    while row is not None:
        telling = decode_telling(row.payload)
        shown = telling.page if isinstance(telling, PostOverflow | UpdateOverflow) else shown
        is_gone = row.status is OutboxStatus.CANCELLED and is_removed(row, telling)
        edits += 1
        (row,) = tx.outbox.get([_edit_key(key, edits)]) or (None,)
    return None if shown is None else _Shown(key=key, page=shown, edits=max(0, edits - 1), is_gone=is_gone)
