"""What a card leaves out is told in full elsewhere, on pages that one message holds."""

from dataclasses import replace

import pytest
from tests.fakes.card_faces import WORSENED, B, C, summary

from csops_sync.domain.confidence.face import CardFace, Who
from csops_sync.domain.confidence.overflow import (
    MOST_LINES,
    NOTE_LENGTH,
    PAGE_LENGTH,
    PROSE_LENGTH,
    OverflowPart,
    Page,
    card_overflow,
    escaped_length,
    first_lines,
    goes_on,
    note_overflow,
    summary_overflow,
)
from csops_sync.domain.confidence.ranks import Standing


def told(pages: tuple[Page, ...], part: OverflowPart) -> str:
    return "".join(piece.text for page in pages for piece in page.pieces if piece.part is part)


def test_a_card_that_shows_everything_leaves_nothing_for_its_thread() -> None:
    assert card_overflow(WORSENED) == ()
    assert card_overflow(replace(WORSENED, next_step="x" * PROSE_LENGTH, account_name="y" * 80)) == ()
    assert not goes_on(WORSENED)


@pytest.mark.parametrize(
    "text", ["あ" * 10_000, "word " * 2000, "<!channel>&" * 900, "🎉" * 10_000, "a\n\nb" * 999]
)
def test_a_text_of_thousands_of_characters_is_told_in_full_on_pages_within_their_length(text: str) -> None:
    pages = card_overflow(replace(WORSENED, next_step=text))

    assert told(pages, OverflowPart.NEXT_STEP) == text
    assert all(escaped_length(piece.text) <= PAGE_LENGTH for page in pages for piece in page.pieces)
    assert all(
        len(piece.text.encode("utf-16-le")) <= 2 * PAGE_LENGTH for page in pages for piece in page.pieces
    )


def test_pages_end_on_a_space_where_there_is_one_near() -> None:
    pages = card_overflow(replace(WORSENED, next_step="word " * 2000))

    assert all(page.pieces[-1].text.endswith(" ") for page in pages)


@pytest.mark.parametrize(
    ("face", "part"),
    [
        (replace(WORSENED, account_name="商" * 81), OverflowPart.ACCOUNT),
        (replace(WORSENED, account_name="&" * 40), OverflowPart.ACCOUNT),
        (replace(WORSENED, tier="t" * 81), OverflowPart.TIER),
        (replace(WORSENED, path=(B, C) * 5), OverflowPart.PATH),
        (replace(WORSENED, path=(B, Standing("r" * 41))), OverflowPart.PATH),
        (replace(WORSENED, reason="r" * 161), OverflowPart.REASON),
        (replace(WORSENED, next_step="n" * 601), OverflowPart.NEXT_STEP),
        (replace(WORSENED, changed_by=(Who(id=None, name="x"),) * 6), OverflowPart.CHANGED_BY),
        (replace(WORSENED, changed_by=(Who(id=None, name="x" * 99),)), OverflowPart.CHANGED_BY),
    ],
)
def test_each_text_that_a_card_cuts_is_told_in_its_thread(face: CardFace, part: OverflowPart) -> None:
    assert [piece.part for page in card_overflow(face) for piece in page.pieces] == [part]
    assert goes_on(face)


def test_a_path_of_a_hundred_moves_is_told_step_by_step() -> None:
    path = tuple(Standing(f"rank {number}") for number in range(300))
    pages = card_overflow(replace(WORSENED, path=path))

    assert len(pages) > 1
    assert tuple(step for page in pages for piece in page.pieces for step in piece.path) == path


def test_a_long_note_of_a_card_is_in_the_thread_already() -> None:
    noted = replace(WORSENED, note="n" * 601)

    assert card_overflow(noted) == ()
    assert goes_on(noted)


def test_a_note_that_its_message_cuts_is_told_in_full_after_it() -> None:
    assert note_overflow("n" * NOTE_LENGTH) == ()
    assert told(note_overflow("&" * 3000), OverflowPart.NOTE) == "&" * 3000


def test_the_table_of_a_storm_goes_on_line_by_line() -> None:
    lines = summary(57).lines
    pages = summary_overflow(lines)

    assert [len(page.lines) for page in pages] == [MOST_LINES, 17]
    assert (*first_lines(lines), *(line for page in pages for line in page.lines)) == lines
    assert summary_overflow(lines[:20]) == ()


def test_lines_with_long_names_take_the_room_of_others_and_are_told_in_full() -> None:
    lines = tuple(replace(line, account_name="<" * 200, path=(B, C) * 6) for line in summary(20).lines)
    pages = summary_overflow(lines)

    assert len(first_lines(lines)) < MOST_LINES
    assert sum(len(page.lines) for page in pages) + len(first_lines(lines)) == 20
    assert told(pages, OverflowPart.ACCOUNT) == "<" * 200 * 20
