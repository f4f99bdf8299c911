"""What people do in the workspace: react, click, choose, fill a modal in, close it. The app is told over its sockets.

The page and the control endpoint both act through here, so that what a test does is what a person can do.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from csops_sync.sandbox.slack import events, interactions, reactions, views
from csops_sync.sandbox.slack.content import blocks_as_stored
from csops_sync.sandbox.slack.envelopes import Delivery, Kind
from csops_sync.sandbox.slack.errors import SlackError
from csops_sync.sandbox.slack.identifying import Control, controls
from csops_sync.sandbox.slack.model import Channel, Json, Message, View
from csops_sync.sandbox.slack.sockets import Sockets
from csops_sync.sandbox.slack.state import SlackState


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """A message, by its channel's id and its ts."""

    channel: str
    ts: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Acts:
    """Everything a person can do. SlackError says why they cannot: there is no such message, button or modal."""

    state: SlackState
    sockets: Sockets

    def react(self, user: str, place: Place, name: str) -> Delivery | None:
        """This method will add a person's reaction; None where the app may not hear of it."""
        with self.state.lock:
            channel, message = self._message(user, place)
            emoji = reactions.canonical(name, self.state.emoji)
            reactions.add(message, user, emoji)
            return self._reacted(channel, message, user, emoji, "reaction_added")

    def unreact(self, user: str, place: Place, name: str) -> Delivery | None:
        """This method will take a person's reaction back."""
        with self.state.lock:
            channel, message = self._message(user, place)
            emoji = reactions.canonical(name, self.state.emoji)
            reactions.remove(message, user, emoji)
            return self._reacted(channel, message, user, emoji, "reaction_removed")

    def toggle(self, user: str, place: Place, name: str) -> Delivery | None:
        """This method will add a reaction, or take it back where it is there: a click on it."""
        with self.state.lock:
            _, message = self._message(user, place)
            there = user in message.reactions.get(reactions.canonical(name, self.state.emoji), ())
            return self.unreact(user, place, name) if there else self.react(user, place, name)

    def click(
        self,
        user: str,
        place: Place,
        action_id: str,
        *,
        block_id: str | None = None,
        value: str | None = None,
    ) -> Delivery:
        """This method will press a button, or choose the option with `value` in a menu.

        Without `block_id` the action must stand in one block only.
        """
        with self.state.lock:
            channel, message = self._message(user, place)
            control = self.control(message, action_id, block_id)
            action = interactions.action(self.state, control, value)
            payload = interactions.block_actions(self.state, channel, message, user=user, action=action)
            return self.sockets.deliver(Delivery(kind=Kind.INTERACTION, payload=payload))

    def submit(self, user: str, filled: views.Filled) -> Delivery | None:
        """This method will submit a person's modal; None where Slack itself holds it back for what is missing.

        The app's answer closes it, replaces it or puts errors into it; no answer in time leaves it as it is.
        """
        with self.state.lock:
            view = self.view(user)
            values = views.state_values(view, filled)
            view.values, view.errors = values, views.missing(view, filled)
            if view.errors:
                return None

            def answered(answer: Mapping[str, Json]) -> None:
                interactions.follow(self.state, view, answer)

            payload = interactions.view_submission(self.state, view)
            return self.sockets.deliver(
                Delivery(kind=Kind.INTERACTION, payload=payload, accepts=True, answered=answered)
            )

    def close(self, user: str) -> Delivery | None:
        """This method will close a person's modal; None where the app did not want to hear of that."""
        with self.state.lock:
            view = self.view(user)
            del self.state.surfaces.views[view.id]
            if view.content.get("notify_on_close") is not True:
                return None
            payload = interactions.view_closed(self.state, view)
            return self.sockets.deliver(Delivery(kind=Kind.INTERACTION, payload=payload))

    def view(self, user: str) -> View:
        """This method will give the modal that a person has before them; SlackError `not_found` where none is."""
        view = self.state.surfaces.view_of(user)
        if view is None:
            raise SlackError("not_found")
        return view

    def control(self, message: Message, action_id: str, block_id: str | None) -> Control:
        """This method will find a message's element; SlackErrors `action_not_found`, `action_ambiguous`."""
        found = [
            control
            for control in controls(blocks_as_stored(message))
            if control.action_id == action_id and block_id in (None, control.block_id)
        ]
        if not found:
            raise SlackError("action_not_found")
        if len(found) > 1:
            raise SlackError("action_ambiguous")
        return found[0]

    def message(self, user: str, place: Place) -> Message:
        """This method will find a message that a person can see."""
        return self._message(user, place)[1]

    def _message(self, user: str, place: Place) -> tuple[Channel, Message]:
        channel = self.state.channels.get(place.channel)
        if channel is None or user not in self.state.users or user not in channel.members:
            raise SlackError("channel_not_found")
        message = channel.messages.get(place.ts)
        if message is None:
            raise SlackError("message_not_found")
        return channel, message

    def _reacted(
        self, channel: Channel, message: Message, user: str, emoji: str, kind: str
    ) -> Delivery | None:
        return events.reaction_changed(
            self.state, self.sockets, channel, message, user=user, name=emoji, kind=kind
        )
