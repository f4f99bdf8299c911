"""Reactions on messages: their names, who may add how many, and what both `reactions.*` and people do with them."""

import re

from csops_sync.sandbox.slack.errors import SlackError
from csops_sync.sandbox.slack.model import Json, Message

MOST_EMOJI = 23
"""Different emoji on one message, and what one person may add to it."""

_EMOJI = re.compile(r"[a-z0-9_+'-]+(::skin-tone-[2-6])?")
_ALIASES = {"thumbsup": "+1", "thumbsdown": "-1"}


def canonical(name: str) -> str:
    """This function will give an emoji's name as Slack keeps it; SlackError `invalid_name` where it is none."""
    bare = name.removeprefix(":").removesuffix(":")
    if not _EMOJI.fullmatch(bare):
        raise SlackError("invalid_name")
    base, separator, tone = bare.partition("::")
    return _ALIASES.get(base, base) + separator + tone


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
