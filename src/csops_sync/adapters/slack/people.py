"""Who a Salesforce user is in Slack: override, else e-mail, else the fallback, and the operator hears."""

from collections.abc import Callable, Iterator, Mapping
from datetime import datetime, timedelta

from slack_sdk import WebClient

from csops_sync.adapters.slack.connection import Body, Listing, SlackOptions, entries, read
from csops_sync.adapters.slack.mrkdwn import Mention, group_mention, name, user_mention
from csops_sync.adapters.slack.texts import Texts
from csops_sync.adapters.slack.verdicts import ONE_THING
from csops_sync.ports.chat import Addressee
from csops_sync.ports.clock import Clock
from csops_sync.ports.errors import AuthFailedError, PermanentError

_SANDBOX_SUFFIX = ".invalid"
_ID_LENGTH = 15
_ABSENT = frozenset({"users_not_found", "user_not_found", "user_not_visible"})


class People:
    """Finds the members and groups to mention, and remembers each answer for `cache_seconds`."""

    def __init__(self, client: WebClient, *, options: SlackOptions, clock: Clock, texts: Texts) -> None:
        self._client = client
        self._clock = clock
        self._texts = texts
        self._fallback = options.fallback
        self._overrides = {_override_key(key): value for key, value in options.overrides.items()}
        self._keep = timedelta(seconds=options.cache_seconds)
        self._found: dict[str, tuple[datetime, str]] = {}
        self._reported: set[str] = set()
        self._unreachable: list[str] = []
        self._members = Listing(_active, clock=clock)

    def mention(self, who: str, known: Mapping[str, Addressee]) -> Mention:
        """This function will say how to call `who`, a Salesforce user id or a `@handle`.

        Raises:
            TransientError, AuthFailedError: Slack did not tell; nothing may be posted on a guess.
        """
        person = known.get(who) or Addressee(id=who, name=who, email=None)
        markup = self.markup(person)
        if markup:
            self._reported.discard(who)
            return Mention(markup)
        self._report(who, person)
        standin = self._markup(self._fallback) if self._fallback else ""
        return Mention(standin or name(person.name), missing=person.name)

    def stand_in(self, who: str, known: Mapping[str, Addressee], *, channel: str) -> Mention:
        """This function will call somebody in the place of a person who is not in a channel, and report that once."""
        person = known.get(who) or Addressee(id=who, name=who, email=None)
        said = f"{who} {channel}"
        if said not in self._reported:
            self._reported.add(said)
            self._unreachable.append(self._texts.not_in_channel(person.name, channel))
        standin = self._markup(self._fallback) if self._fallback else ""
        return Mention(standin or name(person.name), absent=person.name)

    def markup(self, person: Addressee) -> str:
        """This function will give the mention of a person or `@handle`, empty where Slack knows no active one.

        Nobody stands in, and nothing is reported. Raises as `mention`.
        """
        return self._markup(self._address(person))

    def unreachable(self) -> tuple[str, ...]:
        """This function will drain what the operator should hear; a person is named once, until found again."""
        drained = tuple(self._unreachable)
        self._unreachable.clear()
        return drained

    def _address(self, person: Addressee) -> str | None:
        """Give what to look up for a person: a member id, a `@handle` or an e-mail, or None."""
        email = plain_email(person.email)
        for key in (person.id, email):
            if key and _override_key(key) in self._overrides:
                return self._overrides[_override_key(key)]
        return person.id if person.id.startswith("@") else email

    def _markup(self, address: str | None) -> str:
        """Give the mention of an address, or an empty text where Slack knows no active one."""
        if not address:
            return ""
        if address.startswith("@"):
            return self._remembered(address, self._by_handle)
        if "@" in address:
            return self._remembered(address.lower(), self._by_email)
        return group_mention(address) if address.startswith("S") else user_mention(address)

    def _remembered(self, key: str, look_up: Callable[[str], str]) -> str:
        now = self._clock.now()
        entry = self._found.get(key)
        if entry is None or entry[0] <= now:
            entry = (now + self._keep, look_up(key))
            self._found[key] = entry
        return entry[1]

    def _by_email(self, email: str) -> str:
        try:
            user = read(self._client.users_lookupByEmail, email=email).get("user")
        except PermanentError as error:
            if error.code in _ABSENT:
                return ""
            raise
        if not isinstance(user, dict) or user.get("deleted"):
            return ""
        return user_mention(str(user.get("id", "")))

    def _by_handle(self, handle: str) -> str:
        wanted = handle.removeprefix("@").lower()
        return self._group(wanted) or self._member(wanted)

    def _group(self, wanted: str) -> str:
        """Look among the user groups; a workspace without them, or without the scope, has none."""
        try:
            body = read(self._client.usergroups_list)
        except (PermanentError, AuthFailedError) as error:
            if isinstance(error, AuthFailedError) and error.code not in ONE_THING:
                raise
            self._unreachable.append(self._texts.no_groups(wanted, error.code))
            return ""
        for group in entries(body, "usergroups"):
            if str(group.get("handle", "")).lower() == wanted and not group.get("date_delete"):
                return group_mention(str(group["id"]))
        return ""

    def _member(self, wanted: str) -> str:
        members = self._members.read(self._client.users_list)
        return next((user_mention(user_id) for handle, user_id in members if handle == wanted), "")

    def _report(self, who: str, person: Addressee) -> None:
        if who in self._reported:
            return
        self._reported.add(who)
        self._unreachable.append(self._texts.unreachable(person.name, plain_email(person.email), who))


def plain_email(email: str | None) -> str | None:
    """This function will take off the `.invalid` that Salesforce adds to e-mails in a refreshed sandbox."""
    return email.strip().removesuffix(_SANDBOX_SUFFIX) or None if email else None


def _override_key(key: str) -> str:
    """Make ids of 15 and 18 characters, and e-mails in any case, one and the same."""
    return key.lower() if "@" in key else key[:_ID_LENGTH]


def _active(page: Body) -> Iterator[tuple[str, str]]:
    """Give the handles of all active members of a page, each with the member's id."""
    for user in entries(page, "members"):
        if not user.get("deleted"):
            yield from ((handle, str(user["id"])) for handle in sorted(_handles(user)))


def _handles(user: Mapping[str, object]) -> set[str]:
    profile = user.get("profile")
    shown = profile.get("display_name") if isinstance(profile, dict) else None
    return {str(entry).lower() for entry in (user.get("name"), shown) if entry}
