"""Who is who in Slack, the other way round: from a Slack user, a person or a handle to what Slack knows of them."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import TypeVar

from csops_sync.adapters.slack.connection import Body, entries, read
from csops_sync.adapters.slack.workspace import Workspace
from csops_sync.ports.cards import SlackPerson
from csops_sync.ports.chat import Addressee
from csops_sync.ports.errors import PermanentError

T = TypeVar("T")
_ABSENT = frozenset({"user_not_found", "user_not_visible"})
_USER, _GROUP = "<@", "<!subteam^"


class Directory:
    """Remembers each answer as long as `People` does."""

    def __init__(self, workspace: Workspace) -> None:
        self._client = workspace.client
        self._clock = workspace.clock
        self._people = workspace.people
        self._keep = timedelta(seconds=workspace.options.cache_seconds)
        self._persons: dict[str, tuple[datetime, SlackPerson]] = {}
        self._groups: dict[str, tuple[datetime, tuple[str, ...]]] = {}

    def person(self, slack_user: str) -> SlackPerson:
        """This function will say who a Slack user is. Raises TransientError, PermanentError, AuthFailedError."""
        return self._remembered(self._persons, slack_user, self._look_up)

    def timezone_of(self, addressee: Addressee) -> str | None:
        """This function will give a person's time zone, None where Slack does not know them. Raises as `person`."""
        markup = self._people.markup(addressee)
        if not markup.startswith(_USER):
            return None
        try:
            return self.person(_id_in(markup)).timezone
        except PermanentError as error:
            if error.code not in _ABSENT:
                raise
            return None

    def user_of(self, addressee: Addressee) -> str | None:
        """This function will give a person's Slack id, None where Slack does not know them. Raises as `person`."""
        markup = self._people.markup(addressee)
        return _id_in(markup) if markup.startswith(_USER) else None

    def members(self, handle: str) -> tuple[str, ...]:
        """This function will list the users behind a `@handle`; nobody where Slack knows none. Raises as `person`."""
        markup = self._people.markup(Addressee(id=handle, name=handle, email=None))
        if markup.startswith(_GROUP):
            return self._remembered(self._groups, _id_in(markup), self._members_of)
        return (_id_in(markup),) if markup else ()

    def _look_up(self, slack_user: str) -> SlackPerson:
        user = read(self._client.users_info, user=slack_user).get("user")
        return _person(slack_user, user if isinstance(user, dict) else {})

    def _members_of(self, group_id: str) -> tuple[str, ...]:
        for group in entries(read(self._client.usergroups_list, include_users=True), "usergroups"):
            users = group.get("users")
            if group.get("id") == group_id and isinstance(users, list):
                return tuple(map(str, users))
        return ()

    def _remembered(self, found: dict[str, tuple[datetime, T]], key: str, look_up: Callable[[str], T]) -> T:
        now = self._clock.now()
        entry = found.get(key)
        if entry is None or entry[0] <= now:
            entry = (now + self._keep, look_up(key))
            found[key] = entry
        return entry[1]


def _person(slack_user: str, user: Body) -> SlackPerson:
    profile = user.get("profile")
    shown = profile if isinstance(profile, dict) else {}
    names = (shown.get("real_name"), user.get("real_name"), shown.get("display_name"), user.get("name"))
    return SlackPerson(
        id=slack_user,
        name=next((str(one) for one in names if one), slack_user),
        email=str(shown["email"]) if shown.get("email") else None,
        timezone=str(user["tz"]) if user.get("tz") else None,
    )


def _id_in(markup: str) -> str:
    return markup.removeprefix(_USER).removeprefix(_GROUP).removesuffix(">")
