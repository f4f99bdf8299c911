"""Orders of the control endpoint that concern the workspace: what people do in it, and what goes wrong on its sockets.

People are named by e-mail, channels by name, messages by ts. What a person does answers with the envelope on its way;
GET /sandbox/sockets tells what became of it.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from csops_sync.sandbox.clock_orders import OrderError
from csops_sync.sandbox.slack.acts import Acts, Place
from csops_sync.sandbox.slack.envelopes import Delivery
from csops_sync.sandbox.slack.errors import SlackError
from csops_sync.sandbox.slack.model import Channel
from csops_sync.sandbox.slack.pace import Limits
from csops_sync.sandbox.slack.reactions import is_name
from csops_sync.sandbox.slack.sockets import REASONS

Order = Mapping[str, object]
_HELP = (
    "send one of say, react, unreact, click, submit, close_view, view_of, join, leave, scopes, emoji, limits,"
    " edit_window, disconnect, drop, lose_next, twice_next"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class SlackOrders:
    """Reads an order and does it."""

    acts: Acts
    limits: Limits

    def do(self, order: object) -> object:
        """This method will do one order; OrderError says what is wrong with it, or why the workspace refuses."""
        if not isinstance(order, dict):
            raise OrderError(_HELP)
        doers = self._doers()
        verbs = [verb for verb in doers if verb in order]
        if len(verbs) != 1:
            raise OrderError(_HELP)
        work, keys = doers[verbs[0]]
        strange = set(order) - {verbs[0]} - keys
        if strange:
            raise OrderError(
                f"{verbs[0]} goes with {', '.join(sorted(keys)) or 'nothing'}, not with {min(strange)!r}"
            )
        try:
            with self.acts.state.lock:
                return work(order)
        except SlackError as error:
            raise OrderError(f"the workspace refuses: {error.word}") from error

    def _doers(self) -> Mapping[str, tuple[Callable[[Order], object], frozenset[str]]]:
        here = frozenset({"channel", "user", "ts"})
        return {
            "say": (self._say, frozenset({"channel", "user", "thread_ts"})),
            "react": (self._react, here),
            "unreact": (self._unreact, here),
            "click": (self._click, here | {"block_id", "value"}),
            "submit": (self._submit, frozenset({"user"})),
            "close_view": (self._close, frozenset()),
            "view_of": (self._view, frozenset()),
            "join": (self._join, frozenset({"channel"})),
            "leave": (self._leave, frozenset({"channel"})),
            "scopes": (self._scopes, frozenset()),
            "emoji": (self._emoji, frozenset()),
            "limits": (self._limits, frozenset()),
            "edit_window": (self._edit_window, frozenset()),
            "disconnect": (self._disconnect, frozenset()),
            "drop": (self._drop, frozenset()),
            "lose_next": (self._lose, frozenset()),
            "twice_next": (self._twice, frozenset()),
        }

    def _say(self, order: Order) -> object:
        channel, parent = self._channel(order), order.get("thread_ts")
        thread_ts = None if parent is None else str(parent)
        said = self.acts.state.say(
            channel, user=self._user(order.get("user")), text=str(order["say"]), thread_ts=thread_ts
        )
        return {"ts": said.ts}

    def _react(self, order: Order) -> object:
        return _sent(self.acts.react(self._user(order.get("user")), self._place(order), str(order["react"])))

    def _unreact(self, order: Order) -> object:
        user, name = self._user(order.get("user")), str(order["unreact"])
        return _sent(self.acts.unreact(user, self._place(order), name))

    def _click(self, order: Order) -> object:
        delivery = self.acts.click(
            self._user(order.get("user")),
            self._place(order),
            str(order["click"]),
            block_id=_text(order.get("block_id")),
            value=_text(order.get("value")),
        )
        return _sent(delivery)

    def _submit(self, order: Order) -> object:
        """Fill in and submit: `{"block": {"action": text or list of option values}}`."""
        given = order["submit"]
        if not isinstance(given, dict):
            raise OrderError('submit takes {"block_id": {"action_id": "text"}}')
        filled: dict[tuple[str, str], list[str]] = {}
        for block, fields in given.items():
            if not isinstance(fields, dict):
                raise OrderError('submit takes {"block_id": {"action_id": "text"}}')
            for action, value in fields.items():
                texts = value if isinstance(value, list) else [value]
                filled[str(block), str(action)] = [str(text) for text in texts]
        user = self._user(order.get("user"))
        try:
            delivery = self.acts.submit(user, filled)
        except ValueError as error:
            raise OrderError(str(error)) from error
        return _sent(delivery) if delivery else {"held_back": self.acts.view(user).errors}

    def _close(self, order: Order) -> object:
        return _sent(self.acts.close(self._user(order["close_view"])))

    def _view(self, order: Order) -> object:
        view = self.acts.state.surfaces.view_of(self._user(order["view_of"]))
        if view is None:
            return {"view": None}
        return {"view": {"id": view.id, "hash": view.hash, **view.content, "errors": view.errors}}

    def _join(self, order: Order) -> object:
        self._channel(order).members.add(self._user(order["join"]))
        return {"ok": True}

    def _leave(self, order: Order) -> object:
        self._channel(order).members.discard(self._user(order["leave"]))
        return {"ok": True}

    def _scopes(self, order: Order) -> object:
        scopes = order["scopes"]
        if not isinstance(scopes, list):
            raise OrderError("scopes come as a list")
        self.acts.state.grant(str(scope) for scope in scopes)
        return {"scopes": sorted(self.acts.state.scopes)}

    def _emoji(self, order: Order) -> object:
        names = order["emoji"]
        if not isinstance(names, list) or not all(isinstance(name, str) and is_name(name) for name in names):
            raise OrderError('emoji come as a list of names, each of a-z, 0-9, _, - as in ["party-parrot"]')
        self.acts.state.have_emoji(names)
        return {"emoji": sorted(self.acts.state.emoji)}

    def _limits(self, order: Order) -> object:
        match order["limits"]:
            case {"on": bool(on), "tiers": bool(tiers)}:
                self.limits.on, self.limits.tiers = on, tiers
            case _:
                raise OrderError('limits takes {"on": true, "tiers": false}')
        return {"ok": True}

    def _edit_window(self, order: Order) -> object:
        match order["edit_window"]:
            case None:
                self.acts.state.limit_edits(None)
            case bool():
                raise OrderError("edit_window takes seconds, 0 or more, or null")
            case int() | float() as seconds if seconds >= 0:
                self.acts.state.limit_edits(float(seconds))
            case _:
                raise OrderError("edit_window takes seconds, 0 or more, or null")
        return {"ok": True}

    def _disconnect(self, order: Order) -> object:
        reason = str(order["disconnect"])
        if reason not in REASONS:
            raise OrderError(f"disconnect takes one of {', '.join(sorted(REASONS))}")
        return {"connections": self.acts.sockets.disconnect(reason)}

    def _drop(self, _order: Order) -> object:
        return {"connections": self.acts.sockets.drop()}

    def _lose(self, order: Order) -> object:
        self.acts.sockets.lose(_count(order["lose_next"]))
        return {"ok": True}

    def _twice(self, order: Order) -> object:
        self.acts.sockets.twice(_count(order["twice_next"]))
        return {"ok": True}

    def _place(self, order: Order) -> Place:
        return Place(channel=self._channel(order).id, ts=str(order.get("ts")))

    def _channel(self, order: Order) -> Channel:
        name = str(order.get("channel"))
        channel = self.acts.state.channel_named(name)
        if channel is None:
            raise OrderError(f"there is no channel {name!r}")
        return channel

    def _user(self, email: object) -> str:
        if email == "bot":
            return next(user.id for user in self.acts.state.users.values() if user.is_bot)
        user = self.acts.state.user_by_email(str(email))
        if user is None:
            raise OrderError(f"there is no user {email!r}")
        return user.id


def _sent(delivery: Delivery | None) -> object:
    return {"delivery": None if delivery is None else delivery.as_json()}


def _text(given: object) -> str | None:
    return None if given is None else str(given)


def _count(given: object) -> int:
    if isinstance(given, bool) or not isinstance(given, int) or given < 0:
        raise OrderError(f"{given!r} is no count")
    return given
