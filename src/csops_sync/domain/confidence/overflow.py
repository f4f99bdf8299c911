"""What does not fit on a card: told in full in its thread, cut into pages that one message holds. Pure.

A card shows so many characters of each text, counted as a chat that escapes `&`, `<` and `>` counts them.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum

from csops_sync.domain.confidence.face import CardFace, StormLine, Who
from csops_sync.domain.confidence.ranks import Standing

PROSE_LENGTH = 600
REASON_LENGTH = 160
NOTE_LENGTH = 2500
NAME_LENGTH = 80
ESCAPED_NAME_LENGTH = 160
RANK_LENGTH = 40
MOST_STANDINGS = 8
MOST_PEOPLE = 5
MOST_LINES = 20
LINES_LENGTH = 5000
PAGE_LENGTH = 2500
_LINE_LENGTH = 120
"""Of the table of a storm: a line's date, amount and signs."""
_ARROW_LENGTH = 3
_LABEL_LENGTH = 40
_LONGEST_WORD = 60
_WEIGHTS = {"&": 5, "<": 4, ">": 4}
_HEAVIEST = max(_WEIGHTS.values())


class OverflowPart(StrEnum):
    """Which text of a card goes on in its thread."""

    ACCOUNT = "account"
    TIER = "tier"
    PATH = "path"
    CHANGED_BY = "changed_by"
    REASON = "reason"
    NEXT_STEP = "next_step"
    NOTE = "note"


@dataclass(frozen=True, slots=True, kw_only=True)
class Piece:
    """One text in full, as it came, or as much of it as a page holds; of a path, its standings."""

    part: OverflowPart
    text: str = ""
    path: tuple[Standing, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """What one message in a thread holds: pieces of texts, or lines of a storm's table."""

    pieces: tuple[Piece, ...] = ()
    lines: tuple[StormLine, ...] = ()


def card_overflow(face: CardFace) -> tuple[Page, ...]:
    """This function will give what a card leaves out. Its note is not in it: a note is told in the thread anyway."""
    people = "\n".join(one.name for one in face.changed_by)
    found = [
        *_named(OverflowPart.ACCOUNT, face.account_name),
        *_named(OverflowPart.TIER, face.tier or ""),
        *_way(face.path),
        *([Piece(part=OverflowPart.CHANGED_BY, text=people)] if _too_many(face.changed_by) else []),
        *_long(OverflowPart.REASON, face.reason or "", REASON_LENGTH),
        *_long(OverflowPart.NEXT_STEP, face.next_step or "", PROSE_LENGTH),
    ]
    return _pages(found)


def note_overflow(text: str) -> tuple[Page, ...]:
    """This function will give a note that its message in the thread has to cut."""
    return _pages(list(_long(OverflowPart.NOTE, text, NOTE_LENGTH)))


def goes_on(face: CardFace) -> bool:
    """This function will say whether a card's thread holds more than the card does."""
    return not _fits(face.note, PROSE_LENGTH) or bool(card_overflow(face))


def first_lines(lines: Sequence[StormLine]) -> tuple[StormLine, ...]:
    """This function will give the lines of a storm's table that one message holds."""
    room = LINES_LENGTH
    fitting: list[StormLine] = []
    for line in lines[:MOST_LINES]:
        room -= _line_length(line)
        if room < 0 and fitting:
            break
        fitting.append(line)
    return tuple(fitting)


def summary_overflow(lines: Sequence[StormLine]) -> tuple[Page, ...]:
    """This function will give the lines that a storm's summary leaves out, and in full what its lines had to cut."""
    pages = []
    rest = lines[len(first_lines(lines)) :]
    while rest:
        fitting = first_lines(rest)
        pages.append(Page(lines=fitting))
        rest = rest[len(fitting) :]
    return (*pages, *_pages([piece for line in lines for piece in _cut(line)]))


def escaped_length(text: str) -> int:
    """This function will count a text's characters with the escapes that a chat wants."""
    return len(text) + sum(text.count(sign) * (weight - 1) for sign, weight in _WEIGHTS.items())


def _cut(line: StormLine) -> list[Piece]:
    name, way = list(_named(OverflowPart.ACCOUNT, line.account_name)), list(_way(line.path))
    if way and not name:
        name = [Piece(part=OverflowPart.ACCOUNT, text=line.account_name)]
    return [*name, *way]


def _line_length(line: StormLine) -> int:
    half = MOST_STANDINGS // 2
    shown = [*line.path[:half], *line.path[half:][-half:]]
    way = sum(min(RANK_LENGTH, escaped_length(one.rank or "") + RANK_LENGTH // 2) for one in shown)
    return _LINE_LENGTH + min(ESCAPED_NAME_LENGTH, escaped_length(line.account_name)) + way


def _one_line(text: str) -> str:
    return " ".join(text.split())


def _long(part: OverflowPart, text: str, limit: int) -> Iterator[Piece]:
    if not _fits(text, limit):
        yield Piece(part=part, text=text)


def _named(part: OverflowPart, text: str) -> Iterator[Piece]:
    if _is_long_name(text):
        yield Piece(part=part, text=text)


def _is_long_name(text: str) -> bool:
    return len(_one_line(text)) > NAME_LENGTH or not _fits(text, ESCAPED_NAME_LENGTH)


def _fits(text: str, limit: int) -> bool:
    """Say whether a chat counts so many characters at most, on one line; most texts are too short to be counted."""
    return len(text) * _HEAVIEST <= limit or escaped_length(_one_line(text)) <= limit


def _too_many(people: Sequence[Who]) -> bool:
    return len(people) > MOST_PEOPLE or any(_is_long_name(one.name) for one in people)


def _way(path: tuple[Standing, ...]) -> Iterator[Piece]:
    long = not all(_fits(one.rank or "", RANK_LENGTH) for one in path)
    if long or len(path) > MOST_STANDINGS:
        yield Piece(part=OverflowPart.PATH, path=path)


def _pages(pieces: Sequence[Piece]) -> tuple[Page, ...]:
    """Fill pages one after the other; a piece that is too long for what is left of one goes on in the next."""
    pages: list[Page] = []
    held: list[Piece] = []
    room = PAGE_LENGTH
    for piece in pieces:
        left: Piece | None = piece
        while left is not None:
            head, left = _split(left, room - _LABEL_LENGTH)
            if head is not None:
                held.append(head)
                room -= _LABEL_LENGTH + _weight(head)
            if left is not None:
                pages.append(Page(pieces=tuple(held)))
                held, room = [], PAGE_LENGTH
    return (*pages, Page(pieces=tuple(held))) if held else tuple(pages)


def _split(piece: Piece, room: int) -> tuple[Piece | None, Piece | None]:
    """Cut a piece in two, the first of which has room: a text on a space where there is one near."""
    units: Sequence[str | Standing] = piece.text or piece.path
    fitting = 0
    for unit in units:
        room -= _unit_weight(unit)
        if room < 0:
            break
        fitting += 1
    if fitting == len(units):
        return piece, None
    fitting = _after_a_space(piece.text, fitting)
    return (_part_of(piece, 0, fitting) if fitting else None), _part_of(piece, fitting, len(units))


def _after_a_space(text: str, end: int) -> int:
    for place in range(end, max(0, end - _LONGEST_WORD), -1):
        if text[place - 1 : place].isspace():
            return place
    return end


def _part_of(piece: Piece, start: int, end: int) -> Piece:
    return replace(piece, text=piece.text[start:end], path=piece.path[start:end])


def _weight(piece: Piece) -> int:
    units: Sequence[str | Standing] = piece.text or piece.path
    return sum(map(_unit_weight, units))


def _unit_weight(unit: str | Standing) -> int:
    """Characters outside the Basic Multilingual Plane count twice, as in a chat that counts in UTF-16."""
    if isinstance(unit, Standing):
        return _ARROW_LENGTH + min(PAGE_LENGTH // 2, escaped_length(unit.rank or "") + RANK_LENGTH // 2)
    return _WEIGHTS.get(unit, 1 + (ord(unit) > 0xFFFF))  # noqa: PLR2004  # the last code point of that plane
