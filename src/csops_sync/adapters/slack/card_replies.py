"""What is said in a card's thread, and the summary of a storm, before they are laid out. Pure."""

from collections.abc import Sequence

from csops_sync.adapters.slack.card_drafts import CardScene
from csops_sync.adapters.slack.card_texts import sentence
from csops_sync.adapters.slack.draft import Draft
from csops_sync.adapters.slack.mrkdwn import bold, link, name, prose, whole
from csops_sync.domain.confidence.face import CardState, ReplyKind, StormLine
from csops_sync.domain.confidence.overflow import (
    NOTE_LENGTH,
    Page,
    Piece,
    first_lines,
    note_overflow,
    summary_overflow,
)
from csops_sync.domain.confidence.telling import PostReply, PostSummary

_LINES_LENGTH = 6500
_TELLING = frozenset({ReplyKind.MOVED, ReplyKind.CALLED})
_ASKING_AGAIN = frozenset({ReplyKind.ESCALATED, ReplyKind.ASKED_AGAIN})


def reply_draft(scene: CardScene, reply: PostReply) -> Draft:
    """This function will write down what is said in a card's thread."""
    face, texts, words = reply.face, scene.texts, scene.texts.words
    template = words.told[face.direction] if reply.about is ReplyKind.MOVED else words.replies[reply.about]
    headline = sentence(
        template,
        scene.address(),
        account=bold(face.account_name),
        net=texts.net(face.path),
        way=texts.way(face.path),
        changed=texts.changed(face),
        person=name(reply.by.name) if reply.by else words.somebody,
        text=prose(reply.text, limit=NOTE_LENGTH),
    )
    order = () if face.order_known or reply.about is ReplyKind.NOTED else (words.order_unknown,)
    more = (words.goes_on,) if reply.about is ReplyKind.NOTED and note_overflow(reply.text) else ()
    return Draft(
        headline=headline,
        paragraphs=_please(scene, reply),
        remarks=(*more, *order, *scene.asleep(), *scene.missing()),
    )


def summary_draft(scene: CardScene, summary: PostSummary) -> Draft:
    """This function will tell a storm: who changed how much, and a table of as much of it as fits."""
    texts, words = scene.texts, scene.texts.words
    template = words.summary[len(summary.lines) != 1]
    headline = sentence(
        template, scene.address(), person=name(summary.changed_by.name), n=f"{len(summary.lines):,}"
    )
    first = first_lines(summary.lines)
    rest = len(summary.lines) - len(first)
    more = (texts.plain.counted(texts.plain.catalogue.daily_more, rest, people=""),) if rest else ()
    goes_on = (words.goes_on,) if summary_overflow(summary.lines) else ()
    return Draft(
        headline=headline,
        facts=_rows(scene, first),
        paragraphs=more,
        remarks=(*goes_on, *scene.missing()),
    )


def page_draft(scene: CardScene, page: Page) -> Draft:
    """This function will write a page of what did not fit: texts in full, and lines of a storm's table."""
    words = scene.texts.words
    if not page.pieces and not page.lines:
        return Draft(headline=words.fits_now)
    paragraphs = [words.overflow[piece.part].format(text=_whole(scene, piece)) for piece in page.pieces]
    return Draft(headline=words.went_on, facts=_rows(scene, page.lines), paragraphs=paragraphs)


def _whole(scene: CardScene, piece: Piece) -> str:
    return scene.texts.whole_way(piece.path) if piece.path else whole(piece.text)


def _please(scene: CardScene, reply: PostReply) -> tuple[str, ...]:
    """Say in the thread how to answer, where a person is called there for an answer."""
    is_called = reply.about in _TELLING and reply.face.state is CardState.ASKING and bool(reply.mentions)
    return (scene.texts.words.please,) if is_called or reply.about in _ASKING_AGAIN else ()


def _rows(scene: CardScene, lines: Sequence[StormLine]) -> list[tuple[str, str]]:
    """Give the rows of the table, without their links where these make it too long for a message."""
    rows = [_row(scene, line, url=scene.link(line.opportunity_id)) for line in lines]
    if sum(len(text) for row in rows for text in row) <= _LINES_LENGTH:
        return rows
    return [_row(scene, line, url="") for line in lines]


def _row(scene: CardScene, line: StormLine, *, url: str) -> tuple[str, str]:
    """Give a row of the table: the renewal, and what happened to it."""
    texts = scene.texts
    account = link(url, line.account_name) if url else name(line.account_name)
    day = texts.words.summary_date.format(date=texts.plain.day(line.renewal_date))
    separator = texts.plain.catalogue.reason_joiner
    amount = texts.plain.money(line.amount, line.currency)
    return account, separator.join((texts.way(line.path), amount, day))
