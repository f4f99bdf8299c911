"""What is said in a card's thread, and the summary of a storm, before they are laid out. Pure."""

from collections.abc import Sequence

from csops_sync.adapters.slack.card_drafts import CardScene
from csops_sync.adapters.slack.card_texts import sentence
from csops_sync.adapters.slack.draft import Draft
from csops_sync.adapters.slack.mrkdwn import bold, link, name, prose
from csops_sync.domain.confidence.face import CardState, ReplyKind, StormLine
from csops_sync.domain.confidence.telling import PostReply, PostSummary

MAX_LINES = 20
_NOTE_LENGTH = 2500
_LINES_LENGTH = 6000
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
        text=prose(reply.text, limit=_NOTE_LENGTH),
    )
    order = () if face.order_known or reply.about is ReplyKind.NOTED else (words.order_unknown,)
    return Draft(headline=headline, paragraphs=_please(scene, reply), remarks=(*order, *scene.missing()))


def summary_draft(scene: CardScene, summary: PostSummary) -> Draft:
    """This function will tell a storm: who changed how much, and a table of as much of it as fits."""
    texts, words = scene.texts, scene.texts.words
    template = words.summary[len(summary.lines) != 1]
    headline = sentence(
        template, scene.address(), person=name(summary.changed_by.name), n=f"{len(summary.lines):,}"
    )
    rows = _fitting([_row(scene, line) for line in summary.lines])
    rest = len(summary.lines) - len(rows)
    more = (texts.plain.counted(texts.plain.catalogue.daily_more, rest, people=""),) if rest else ()
    return Draft(headline=headline, facts=rows, paragraphs=more, remarks=scene.missing())


def _please(scene: CardScene, reply: PostReply) -> tuple[str, ...]:
    """Say in the thread how to answer, where a person is called there for an answer."""
    asks = reply.about is ReplyKind.MOVED and reply.face.state is CardState.ASKING and bool(reply.mentions)
    return (scene.texts.words.please,) if asks or reply.about in _ASKING_AGAIN else ()


def _row(scene: CardScene, line: StormLine) -> tuple[str, str]:
    """Give a row of the table: the renewal, and what happened to it."""
    texts = scene.texts
    url = scene.link(line.opportunity_id)
    account = link(url, line.account_name) if url else name(line.account_name)
    day = texts.words.summary_date.format(date=texts.plain.day(line.renewal_date))
    separator = texts.plain.catalogue.reason_joiner
    amount = texts.plain.money(line.amount, line.currency)
    return account, separator.join((texts.way(line.path), amount, day))


def _fitting(rows: Sequence[tuple[str, str]]) -> list[tuple[str, str]]:
    room, fitting = _LINES_LENGTH, []
    for row in rows[:MAX_LINES]:
        room -= sum(map(len, row))
        if room < 0:
            break
        fitting.append(row)
    return fitting
