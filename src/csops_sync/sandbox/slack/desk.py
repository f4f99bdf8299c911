"""What a method works with, and how methods are declared."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass

from csops_sync.sandbox.ledger import Ledger
from csops_sync.sandbox.slack.arguments import Arguments, Known
from csops_sync.sandbox.slack.errors import SlackError
from csops_sync.sandbox.slack.model import BOT_USER_ID, Channel, Message
from csops_sync.sandbox.slack.pace import Limits
from csops_sync.sandbox.slack.sockets import Sockets
from csops_sync.sandbox.slack.state import SlackState

Answer = dict[str, object]


@dataclass(frozen=True, slots=True, kw_only=True)
class Desk:
    """One call's surroundings. `home` is the workspace's address, `http://127.0.0.1:PORT/`."""

    state: SlackState
    sockets: Sockets
    limits: Limits
    home: str

    def channel(self, channel_id: str) -> Channel:
        """This method will find a channel by id; a private one that the bot is not in is hidden from it."""
        channel = self.state.channels.get(channel_id)
        if channel is None or (channel.is_private and BOT_USER_ID not in channel.members):
            raise SlackError("channel_not_found")
        return channel

    def joined(self, channel_id: str) -> Channel:
        """This method will find a channel that the bot is in; SlackError `not_in_channel` else."""
        channel = self.channel(channel_id)
        if BOT_USER_ID not in channel.members:
            raise SlackError("not_in_channel")
        return channel

    def need(self, scope: str) -> None:
        """This method will make sure of a scope; SlackError `missing_scope` says which, and which there are."""
        if scope not in self.state.scopes:
            raise missing_scope(scope, self.state.scopes)

    def permalink(self, channel: Channel, message: Message) -> str:
        """This method will give a message's address, which the sandbox's own page answers."""
        link = f"{self.home}archives/{channel.id}/p{message.ts.replace('.', '')}"
        return f"{link}?thread_ts={message.thread_ts}&cid={channel.id}" if message.is_reply else link


@dataclass(frozen=True, slots=True, kw_only=True)
class Method:
    """One Web API method. `writes` is noted in the ledger and takes JSON; `scope` None needs none.

    A scope of `channels:` is for public channels, and there is one of `groups:` for private ones. `app_level` methods
    take the app-level token, and no other.
    """

    run: Callable[[Desk, Arguments], Answer]
    known: Known
    scope: str | None
    tier: int
    writes: bool = False
    app_level: bool = False

    @property
    def scopes(self) -> tuple[str, ...]:
        """The scopes of which the token needs one."""
        if self.scope is None:
            return ()
        private = private_scope(self.scope)
        return (self.scope,) if private is None else (self.scope, private)


def missing_scope(needed: str, provided: Iterable[str]) -> SlackError:
    """This function will make the error of a token that may not do something."""
    return SlackError("missing_scope", extra={"needed": needed, "provided": ",".join(sorted(provided))})


def private_scope(scope: str) -> str | None:
    """This function will give what a scope for public channels is called for private ones; None where it has none."""
    kind, _, what = scope.partition(":")
    return f"groups:{what}" if kind == "channels" and what != "join" else None


def note(
    ledger: Ledger, name: str, arguments: Mapping[str, object], *, answer: Answer | None, outcome: str
) -> None:
    """This function will put a write into the sandbox's ledger, done or refused."""
    target = str(arguments.get("channel", arguments.get("channel_id", "")))
    done = answer or {}
    ledger.write(
        service="slack",
        actor=BOT_USER_ID,
        operation=name,
        target=str(done.get("channel") if isinstance(done.get("channel"), str) else target),
        id=str(done["ts"]) if "ts" in done else _named(arguments),
        values=arguments,
        outcome=outcome,
    )


def _named(arguments: Mapping[str, object]) -> str | None:
    """The message that the caller spoke of."""
    given = arguments.get("ts", arguments.get("timestamp"))
    return given if isinstance(given, str) else None
