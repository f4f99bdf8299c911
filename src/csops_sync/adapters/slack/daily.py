"""The message of a group: its renewals under the people who look after them, as many as fit. Pure."""

from collections.abc import Callable, Sequence
from decimal import Decimal

from csops_sync.adapters.slack.draft import Draft, Scene
from csops_sync.adapters.slack.mrkdwn import bold, link
from csops_sync.domain.intents import NoticeLine

MAX_LINES = 20
_LINES_LENGTH = 6000


def opened_daily(scene: Scene) -> Draft:
    """This function will list the renewals of a group, and count and add up all of them."""
    words, lines = scene.texts.catalogue, scene.message.lines
    grouped = sorted(lines, key=_people_first(lines))
    paragraphs, rest = _listed(scene, grouped)
    if rest:
        paragraphs.append(_and_more(scene, rest))
    headline = scene.texts.counted(words.daily, len(lines), total=_total(scene, lines)).strip()
    return Draft(
        headline=headline,
        paragraphs=paragraphs,
        remarks=(*scene.remarked(lines, is_named=True), *scene.missing(lines)),
    )


def _people_first(lines: Sequence[NoticeLine]) -> Callable[[NoticeLine], int]:
    """Keep the lines of the same people together, people in the order in which they first appear."""
    order: dict[tuple[str, ...], int] = {}
    for line in lines:
        order.setdefault(line.mentions, len(order))
    return lambda line: order[line.mentions]


def _listed(scene: Scene, lines: Sequence[NoticeLine]) -> tuple[list[str], Sequence[NoticeLine]]:
    """Write as many lines as fit, each group of people under its own heading, and give those left over."""
    paragraphs: list[str] = []
    for position, line in enumerate(lines):
        is_first = position == 0 or lines[position - 1].mentions != line.mentions
        heading = [_heading(scene, line)] if is_first and line.mentions else []
        addition = [*heading, _daily_line(scene, line)]
        if position >= MAX_LINES or sum(map(len, paragraphs + addition)) > _LINES_LENGTH:
            return paragraphs, lines[position:]
        paragraphs += addition
    return paragraphs, ()


def _heading(scene: Scene, line: NoticeLine) -> str:
    words = scene.texts.catalogue
    same = [other for other in scene.message.lines if other.mentions == line.mentions]
    people = words.joiner.join(mention.markup for mention in scene.called((line,)))
    return scene.texts.counted(words.daily_person, len(same), people=people)


def _daily_line(scene: Scene, line: NoticeLine) -> str:
    words, texts = scene.texts.catalogue, scene.texts
    because = texts.because(line, today=scene.today)
    url = scene.url(line)
    return words.daily_line.format(
        account=bold(line.account_name),
        date=texts.day(line.renewal_date),
        amount=texts.money(line.amount, line.currency),
        because=f"{words.reason_joiner}{because}" if because else "",
        link=f"{words.reason_joiner}{link(url, words.open_deal)}" if url else "",
    )


def _and_more(scene: Scene, rest: Sequence[NoticeLine]) -> str:
    """Count what is not listed, and still call the people whom it concerns."""
    words = scene.texts.catalogue
    markups = [mention.markup for mention in scene.called(rest)]
    people = words.daily_more_people.format(people=words.joiner.join(markups)) if markups else ""
    return scene.texts.counted(words.daily_more, len(rest), people=people)


def _total(scene: Scene, lines: Sequence[NoticeLine]) -> str:
    """Add up what has an amount, each currency by itself."""
    sums: dict[str, Decimal] = {}
    for line in lines:
        if line.amount is not None:
            sums[line.currency] = sums.get(line.currency, Decimal()) + Decimal(line.amount)
    if not sums:
        return ""
    written = [scene.texts.money_of(total, currency) for currency, total in sorted(sums.items())]
    return scene.texts.catalogue.total.format(total=" + ".join(written))
