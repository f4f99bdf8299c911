"""What does not fit on a card is told in its thread, once, and is kept in step with the card."""

from tests.fakes.confidence_shop import ConfidenceShop, watched

from csops_sync.app.confidence.outgoing_cards import place_of
from csops_sync.app.confidence.telling_form import decode_telling
from csops_sync.domain.confidence.overflow import OverflowPart, Page
from csops_sync.domain.confidence.telling import PostCard, PostOverflow, PostSummary, UpdateOverflow
from csops_sync.ports.cards import AnswerKind, Place
from csops_sync.ports.crm import Role
from csops_sync.ports.store import OutboxRow, OutboxStatus

FATES = {"001": "cancelled", "002": "sent"}
LONG, OTHER, SHORT = "長い" * 2000, "別の" * 2000, "短い"


def told(text: str) -> tuple[ConfidenceShop, str]:
    """A shop with one card, whose renewal has this next step."""
    shop, (deal,) = watched()
    plan(shop, deal, text)
    shop.move(deal, "C")
    shop.settle()
    shop.deliver()
    return shop, deal


def plan(shop: ConfidenceShop, deal: str, text: str) -> None:
    shop.crm.edit(Role.OPPORTUNITY, deal, {"next_step": text}, by=shop.csm)


def move_on(shop: ConfidenceShop, deal: str, text: str, rank: str) -> None:
    plan(shop, deal, text)
    shop.move(deal, rank)
    shop.settle()
    shop.deliver()


def rows(shop: ConfidenceShop) -> list[OutboxRow]:
    """The rows of what did not fit."""
    return [row for row in shop.rows() if row.key.startswith("more/")]


def posts(shop: ConfidenceShop) -> list[OutboxRow]:
    return [row for row in rows(shop) if row.kind == "overflow"]


def shown(shop: ConfidenceShop) -> str:
    """The next step as the thread shows it now, all pages together."""
    found = (shop.slack.shown(_place(row)).telling for row in posts(shop))
    pages = [one.page for one in found if isinstance(one, PostOverflow | UpdateOverflow)]
    return "".join(piece.text for page in pages for piece in page.pieces)


def _place(row: OutboxRow) -> Place:
    place = place_of(row.result)
    assert place is not None
    return place


def test_a_next_step_that_is_too_long_goes_on_in_the_thread() -> None:
    shop, _ = told(LONG)

    card, *rest = [one.telling for one in shop.slack.tellings]
    assert isinstance(card, PostCard)
    assert [one.kind for one in rest] == ["overflow", "overflow"]
    assert shown(shop) == LONG
    assert {row.status for row in posts(shop)} == {OutboxStatus.SENT}


def test_a_card_that_fits_has_no_more_to_say() -> None:
    shop, _ = told(SHORT)

    assert rows(shop) == []


def test_a_move_that_leaves_the_text_as_it_was_says_nothing_twice() -> None:
    shop, deal = told(LONG)
    move_on(shop, deal, LONG, "D")

    assert [row.kind for row in rows(shop)] == ["overflow", "overflow"]


def test_a_text_that_changes_is_edited_where_it_stands() -> None:
    shop, deal = told(LONG)
    move_on(shop, deal, OTHER, "D")

    assert shown(shop) == OTHER
    assert len(posts(shop)) == 2

    move_on(shop, deal, LONG, "E")
    assert shown(shop) == LONG


def test_a_text_that_grows_takes_another_page_and_one_that_fits_leaves_none() -> None:
    shop, deal = told(LONG)
    move_on(shop, deal, LONG * 2, "D")
    assert (shown(shop), len(posts(shop))) == (LONG * 2, 4)

    move_on(shop, deal, SHORT, "E")
    assert shown(shop) == ""
    assert {row.status for row in rows(shop)} == {OutboxStatus.SENT}


def test_a_text_that_is_too_long_only_later_goes_on_from_then() -> None:
    shop, deal = told(SHORT)
    move_on(shop, deal, LONG, "D")

    assert shown(shop) == LONG


def test_of_a_card_that_moves_on_before_it_was_posted_the_last_face_counts() -> None:
    """Two moves are decided in one cycle: one posts the card with a long way, the other with a short one."""
    shop, (deal,) = watched()
    for rank in "CEDCEDCED":
        shop.move(deal, rank)
        shop.crm.advance(seconds=20)
    shop.crm.advance(seconds=360)
    shop.move(deal, "E")
    shop.cycle(minutes=6)
    shop.deliver()

    assert [type(one).__name__ for one in shop.tellings()] == ["PostCard", "UpdateCard", "PostReply"]


def test_an_edit_that_a_newer_one_follows_is_never_sent() -> None:
    shop, deal = told(LONG)
    for text, rank in ((OTHER, "D"), (LONG, "E")):
        plan(shop, deal, text)
        shop.move(deal, rank)
        shop.settle()
    shop.deliver()

    edits = {row.key[-7:]: row.status.value for row in rows(shop) if row.kind == "overflow_update"}
    assert edits == {f"{page}/{edit}": fate for page in ("001", "002") for edit, fate in FATES.items()}
    assert shown(shop) == LONG


def test_a_page_whose_answer_was_lost_is_found_in_the_thread_and_not_sent_again() -> None:
    shop, (deal,) = watched()
    plan(shop, deal, LONG)
    shop.move(deal, "D")
    shop.settle()
    (first, _) = posts(shop)
    shop.slack.lose_answer_of(first.key)
    shop.deliver()
    assert [row.status.value for row in posts(shop)] == ["unknown", "pending"]
    for _ in range(3):
        shop.crm.advance(seconds=120)
        shop.deliver()

    arrived = [one.telling.key for one in shop.slack.tellings]
    assert len(arrived) == len(set(arrived)) == 3
    assert shown(shop) == LONG


def test_a_long_note_stands_in_full_in_the_thread_and_the_next_note_leaves_it_there() -> None:
    shop, _ = told(SHORT)
    shop.answer(AnswerKind.NOTED, by="U3SATO", value="&" * 3000, key="Ev1")
    shop.answer(AnswerKind.NOTED, by="U3SATO", value="短い", key="Ev2")
    shop.deliver()

    parts = {piece.part for row in posts(shop) for piece in _page(row).pieces}
    assert parts == {OverflowPart.NOTE}
    assert shown(shop) == "&" * 3000
    assert all(row.after[0] == shop.cards()[0].key for row in posts(shop))


def test_the_lines_of_a_storm_that_its_summary_leaves_out_stand_in_its_thread() -> None:
    shop, deals = watched(deals=25)
    for deal in deals:
        shop.move(deal, "A", by=shop.head)
    shop.cycle()
    shop.cycle(minutes=20)
    shop.deliver()

    (summary,) = [one for one in shop.tellings() if isinstance(one, PostSummary)]
    (row,) = posts(shop)
    assert row.after == (summary.key,)
    assert len(_page(row).lines) == 5
    assert row.status is OutboxStatus.SENT


def _page(row: OutboxRow) -> Page:
    telling = decode_telling(row.payload)
    assert isinstance(telling, PostOverflow)
    return telling.page


def remove(shop: ConfidenceShop, row: OutboxRow) -> None:
    """Let a person delete a page in Slack."""
    shop.slack.remove(_place(row))


def test_a_page_that_somebody_removed_is_posted_anew_with_the_next_change_and_nobody_is_asked_about_it() -> (
    None
):
    shop, deal = told(LONG)
    first, _ = posts(shop)
    remove(shop, first)
    move_on(shop, deal, OTHER, "D")

    (edit,) = [one for one in rows(shop) if one.key == f"{first.key}/001"]
    assert edit.status is OutboxStatus.CANCELLED
    assert "message_not_found" in str(edit.error)
    assert "posted anew with its card's next change" in str(edit.error)
    move_on(shop, deal, LONG, "E")
    (anew,) = [one for one in posts(shop) if one.key == f"{first.key}-2"]
    assert anew.status is OutboxStatus.SENT
    assert not [one for one in shop.rows() if one.status is OutboxStatus.PARKED]
    standing = [one for one in posts(shop) if one.key != first.key]
    pages = [shop.slack.shown(_place(one)).telling for one in standing]
    texts = {
        piece.text
        for one in pages
        if isinstance(one, PostOverflow | UpdateOverflow)
        for piece in one.page.pieces
    }
    assert sum(map(len, texts)) == len(LONG)

    move_on(shop, deal, OTHER, "D")
    assert [one.key for one in rows(shop) if one.key.startswith(f"{first.key}-")] == [
        f"{first.key}-2",
        f"{first.key}-2/001",
    ]


def test_a_removed_page_that_is_not_needed_any_more_stays_away() -> None:
    shop, deal = told(LONG)
    for row in posts(shop):
        remove(shop, row)
    move_on(shop, deal, OTHER, "D")
    before = len(posts(shop))
    move_on(shop, deal, SHORT, "E")

    assert len(posts(shop)) == before
