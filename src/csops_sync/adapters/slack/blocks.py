"""Messages as Slack takes them: plain text and Block Kit, always within Slack's limits. Pure.

Limits (docs.slack.dev/reference/block-kit/blocks, /messaging/formatting): 50 blocks, 3,000 characters a section,
10 fields of 2,000, 10 context elements, 75 characters a button label, text cut beyond 40,000. All blocks together
are refused near 13,200 characters (bolt-python issue 2509), which is documented nowhere.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from csops_sync.adapters.slack.draft import Draft, Scene
from csops_sync.adapters.slack.mrkdwn import Mention, link, safe_url, shorten
from csops_sync.adapters.slack.notices import draft
from csops_sync.adapters.slack.texts import Texts
from csops_sync.ports.chat import Outgoing

SECTION_LIMIT = 3000
FIELDS_PER_SECTION = 10
BUTTONS_PER_BLOCK = 25
BUTTON_LABEL_LIMIT = 75
CONTEXT_ELEMENTS = 10
UPDATED_TEXT_LIMIT = 3900
"""chat.update refuses a text of more than 4,000 characters (docs.slack.dev/reference/methods/chat.update)."""
Block = dict[str, object]


@dataclass(frozen=True, slots=True)
class Payload:
    """What `chat.postMessage` takes."""

    text: str
    blocks: Sequence[Block]


def render(outgoing: Outgoing, *, mentions: Mapping[str, Mention], texts: Texts, today: date) -> Payload:
    """This function will write a message down for Slack. `today` is the org's business date.

    `mentions` must hold everyone whom the message's lines mention.
    """
    scene = Scene(
        message=outgoing.message,
        mentions=mentions,
        links=outgoing.links,
        texts=texts,
        today=today,
        remarks=outgoing.remarks,
    )
    drafted = draft(scene)
    return Payload("\n".join(lines_of(drafted, texts)), list(_blocks(drafted)))


def lay_out(drafted: Draft, texts: Texts, *, actions: Sequence[Block] = ()) -> Payload:
    """This function will lay out a draft whose buttons are these blocks, and whose text `chat.update` takes too.

    The text is cut after a whole line, so that no link and no mention is cut in half.
    """
    text = ""
    for line in lines_of(drafted, texts):
        if len(text) + len(line) > UPDATED_TEXT_LIMIT:
            break
        text = f"{text}\n{line}" if text else line
    return Payload(text, list(_blocks(drafted, actions)))


def lines_of(drafted: Draft, texts: Texts) -> list[str]:
    """This function will write a draft as lines of plain text, for notifications and screen readers."""
    separator = texts.catalogue.label_separator
    return [
        drafted.headline,
        *(f"{label}{separator}{value}" for label, value in drafted.facts),
        *drafted.paragraphs,
        *(link(url, label) for label, url in drafted.buttons),
        *drafted.remarks,
    ]


def _blocks(drafted: Draft, actions: Sequence[Block] = ()) -> Iterator[Block]:
    yield _section(drafted.headline)
    for start in range(0, len(drafted.facts), FIELDS_PER_SECTION):
        yield _fields(drafted.facts[start : start + FIELDS_PER_SECTION])
    for paragraph in _packed(drafted.paragraphs):
        yield _section(paragraph)
    buttons = [(label, safe_url(url)) for label, url in drafted.buttons if safe_url(url)]
    if actions:
        yield from actions
    elif buttons:
        yield _actions(buttons[:BUTTONS_PER_BLOCK])
    for start in range(0, len(drafted.remarks), CONTEXT_ELEMENTS):
        yield _context(drafted.remarks[start : start + CONTEXT_ELEMENTS])


def _packed(paragraphs: Sequence[str]) -> Iterator[str]:
    """Put paragraphs together, line by line, into as few sections as hold them."""
    packed = ""
    for paragraph in paragraphs:
        if packed and len(packed) + len(paragraph) + 1 > SECTION_LIMIT:
            yield packed
            packed = ""
        packed = f"{packed}\n{paragraph}" if packed else paragraph
    if packed:
        yield packed


def _section(text: str) -> Block:
    return {"type": "section", "text": _mrkdwn(text)}


def _fields(facts: Sequence[tuple[str, str]]) -> Block:
    return {"type": "section", "fields": [_mrkdwn(f"*{label}*\n{value}") for label, value in facts]}


def _actions(buttons: Sequence[tuple[str, str]]) -> Block:
    elements = [
        {
            "type": "button",
            "action_id": f"open_{number}",
            "text": {"type": "plain_text", "text": shorten(label, BUTTON_LABEL_LIMIT)},
            "url": url,
        }
        for number, (label, url) in enumerate(buttons, start=1)
    ]
    return {"type": "actions", "elements": elements}


def _context(remarks: Sequence[str]) -> Block:
    return {"type": "context", "elements": [_mrkdwn(remark) for remark in remarks]}


def _mrkdwn(text: str) -> Block:
    """Verbatim, so that Slack makes no links or mentions of its own out of a customer's name."""
    return {"type": "mrkdwn", "text": text, "verbatim": True}
