"""A message of the digest as Slack takes it. Pure.

The words come as plain text with names from the org in them, so all of it is escaped here. A line is cut, and a message
has few of them, so that all blocks together stay below the 13,200 characters that Slack takes.
"""

from collections.abc import Iterator, Mapping, Sequence

from csops_sync.adapters.slack.blocks import Payload, lay_out
from csops_sync.adapters.slack.draft import Draft
from csops_sync.adapters.slack.mrkdwn import Mention, link, safe
from csops_sync.adapters.slack.texts import texts_for
from csops_sync.ports.digests import DigestFigure, DigestLine, DigestPost, DigestSection

HEADLINE_LIMIT = 300
LABEL_LIMIT = 100
FIGURE_LIMIT = 300
LINE_LIMIT = 300
NOTE_LIMIT = 500


def render_digest(post: DigestPost, *, links: Mapping[str, str], mentions: Sequence[Mention] = ()) -> Payload:
    """This function will write a message down; `links` are addresses by opportunity id.

    `mentions` are those that the rules name; nothing in the text can call anybody else.
    """
    texts = texts_for(post.locale)
    drafted = Draft(
        headline=f"{texts.address(list(mentions))}*{safe(post.headline, limit=HEADLINE_LIMIT)}*",
        facts=[_figure(one) for one in post.figures],
        paragraphs=[line for section in post.sections for line in _section(section, links)],
        remarks=[
            *(remark for one in mentions if (remark := texts.missing(one))),
            *(safe(note, limit=NOTE_LIMIT) for note in post.footnotes),
        ],
    )
    return lay_out(drafted, texts)


def _figure(figure: DigestFigure) -> tuple[str, str]:
    value = safe(figure.value, limit=FIGURE_LIMIT)
    beside = safe(figure.beside, limit=FIGURE_LIMIT)
    return safe(figure.label, limit=LABEL_LIMIT), f"{value}\n{beside}" if beside else value


def _section(section: DigestSection, links: Mapping[str, str]) -> Iterator[str]:
    if section.heading:
        yield f"\n*{safe(section.heading, limit=LINE_LIMIT)}*"
    for line in section.lines:
        yield _line(line, links)
    if section.more:
        yield safe(section.more, limit=LINE_LIMIT)


def _line(line: DigestLine, links: Mapping[str, str]) -> str:
    subject = link(links.get(line.opportunity_id or "", ""), line.subject)
    return f"• {subject}  {safe(line.text, limit=LINE_LIMIT)}"
