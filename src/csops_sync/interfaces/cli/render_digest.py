"""A digest on the terminal: its messages as they will stand in Slack, without markup. Pure."""

from collections import Counter
from collections.abc import Iterator, Sequence

from csops_sync.app.forecast.digest_week import Digest
from csops_sync.interfaces.cli.render_columns import clean
from csops_sync.interfaces.cli.render_values import count_text
from csops_sync.ports.digests import DigestPicture, DigestPost
from csops_sync.ports.store import OutboxRow, OutboxStatus


def digest_text(digest: Digest) -> str:
    """This function will write all messages of a digest, threads indented, with a line feed at the end."""
    lines = [line for item in digest.items for line in _item(item)]
    return "\n".join(lines) + "\n"


def picture_of(digest: Digest) -> DigestPicture:
    """This function will find the picture of a digest, which every digest has."""
    return next(item for item in digest.items if isinstance(item, DigestPicture))


def sent_text(rows: Sequence[OutboxRow], *, sender: str | None) -> str:
    """This function will say what became of a digest that was ordered; `sender` is who else sends it."""
    if sender is not None:
        return f"{count_text(len(rows), 'message')} in the outbox; sent by {sender}"
    counts = Counter(row.status for row in rows)
    done = counts.pop(OutboxStatus.SENT, 0)
    rest = "".join(f", {number} {status.value}" for status, number in sorted(counts.items()))
    return f"{count_text(done, 'message')} sent{rest}"


def _item(item: DigestPost | DigestPicture) -> Iterator[str]:
    indent = "    " if item.of is not None else ""
    if isinstance(item, DigestPicture):
        yield f"{indent}[{clean(item.title)}] {item.file_name}"
        yield f"{indent}{clean(item.spoken)}"
    else:
        yield from (f"{indent}{line}".rstrip() for line in _post(item))
    yield ""


def _post(post: DigestPost) -> Iterator[str]:
    called = "".join(f"{handle} " for handle in post.mentions)
    yield f"{called}{clean(post.headline)}" + ("" if post.of else f"  ({post.channel})")
    for figure in post.figures:
        beside = f"  {clean(figure.beside)}" if figure.beside else ""
        yield f"  {clean(figure.label)}: {clean(figure.value)}{beside}"
    for section in post.sections:
        if section.heading:
            yield f"  {clean(section.heading)}"
        yield from (f"    {clean(line.subject)}: {clean(line.text)}" for line in section.lines)
        if section.more:
            yield f"    {clean(section.more)}"
    yield from (f"  {clean(note)}" for note in post.footnotes)
