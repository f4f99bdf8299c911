"""Reactions on messages: their names, who may add how many, and what both `reactions.*` and people do with them."""

import json
import re
from collections.abc import Collection
from functools import cache
from importlib import resources

from csops_sync.sandbox.slack.errors import SlackError
from csops_sync.sandbox.slack.model import Json, Message

MOST_EMOJI = 23
"""Different emoji on one message, and what one person may add to it."""

_EMOJI = re.compile(r"[a-z0-9_+'-]+(::skin-tone-[2-6])?")
_ALIASES = {"thumbsup": "+1", "thumbsdown": "-1"}


def is_name(text: str) -> bool:
    """This function will say whether a custom emoji could be called so."""
    return bool(_EMOJI.fullmatch(text)) and "::" not in text


def canonical(name: str, custom: Collection[str]) -> str:
    """This function will give an emoji's name as Slack keeps it; SlackError `invalid_name` where there is none.

    `custom` are the workspace's own.
    """
    bare = name.removeprefix(":").removesuffix(":")
    base, separator, tone = bare.partition("::")
    if not _EMOJI.fullmatch(bare) or not (base in _standard() or base in custom):
        raise SlackError("invalid_name")
    return _ALIASES.get(base, base) + separator + tone


@cache
def _standard() -> frozenset[str]:
    """Give the names that every workspace has; where the list is from stands in it."""
    text = (resources.files("csops_sync.sandbox.slack") / "emoji_names.json").read_text("utf-8")
    read = json.loads(text)
    lines: list[str] = [read["of_every_workspace"], *read["standard"].values()]
    return frozenset(name for line in lines for name in line.split())


def add(message: Message, user: str, name: str) -> None:
    """This function will add a reaction; SlackErrors `already_reacted`, `too_many_emoji`."""
    if user in message.reactions.get(name, ()):
        raise SlackError("already_reacted")
    if name not in message.reactions and len(message.reactions) >= MOST_EMOJI:
        raise SlackError("too_many_emoji")
    message.reactions.setdefault(name, []).append(user)


def remove(message: Message, user: str, name: str) -> None:
    """This function will take a reaction back; SlackError `no_reaction` where the user gave none of that name."""
    users = message.reactions.get(name, [])
    if user not in users:
        raise SlackError("no_reaction")
    users.remove(user)
    if not users:
        del message.reactions[name]


def shown(message: Message) -> list[Json]:
    """This function will list a message's reactions as the API shows them."""
    return [
        {"name": name, "users": [*users], "count": len(users)} for name, users in message.reactions.items()
    ]
