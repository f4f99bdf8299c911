"""Items of the digest as JSON, as the outbox keeps them."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Annotated

from pydantic import Field, TypeAdapter

from csops_sync.app.views import MessageRow
from csops_sync.ports.digests import DigestItem, DigestPicture
from csops_sync.ports.store import OutboxRow, OutboxStatus, Target

_FORM: TypeAdapter[DigestItem] = TypeAdapter(Annotated[DigestItem, Field(discriminator="kind")])


def encode_item(item: DigestItem) -> str:
    """This function will write an item as JSON text."""
    return _FORM.dump_json(item).decode()


def decode_item(payload: str) -> DigestItem:
    """This function will read an item back; raises ValueError where the text is none."""
    return _FORM.validate_json(payload)


def is_digest(row: OutboxRow) -> bool:
    """This function will say whether a row holds a part of a digest."""
    return row.target is Target.DIGEST


def item_words(item: DigestItem) -> str:
    """This function will say in a few words what an item is: its headline, and where it stands."""
    said = item.title if isinstance(item, DigestPicture) else item.headline
    return f"{said}, in its thread" if item.of is not None else said


def digest_row(row: OutboxRow) -> MessageRow:
    """This function will show an outbox row of a digest as `plan` shows messages."""
    item = decode_item(row.payload)
    mentions = () if isinstance(item, DigestPicture) else item.mentions
    return MessageRow(
        key=row.key, channel=item.channel, notice=item.kind, text=item_words(item), mentions=mentions
    )


def digest_rows(
    items: Sequence[DigestItem], *, rules_hash: str, now: datetime, not_before: datetime, is_shadow: bool
) -> tuple[OutboxRow, ...]:
    """This function will make outbox rows of a digest, each after the message in whose thread it stands.

    They are sent in their order, and belong to no account as far as the outbox knows: the evaluation of a customer must
    not cancel them.
    """
    return tuple(
        OutboxRow(
            key=item.key,
            target=Target.DIGEST,
            kind=item.kind,
            account_id="",
            payload=encode_item(item),
            reason=item.reason,
            rules_hash=rules_hash,
            status=OutboxStatus.SHADOW if is_shadow else OutboxStatus.PENDING,
            created_at=now + timedelta(milliseconds=place),
            body_hash="",
            after=_after(item, items[0].key),
            not_before=not_before,
        )
        for place, item in enumerate(items)
    )


def _after(item: DigestItem, first: str) -> tuple[str, ...]:
    """A thread waits for its message, and everything for the first one, which opens the digest."""
    if item.key == first:
        return ()
    return (item.of,) if item.of is not None else (first,)
