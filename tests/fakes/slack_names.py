"""Ids of a workspace by the names that people use, as Slack's own methods give them."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

import requests
from tests.fakes.sandbox import Record, SandboxProcess


@dataclass(frozen=True)
class SlackNames:
    """Reads each list once. Groups go by their handle, as in `@cs-ops`."""

    sandbox: SandboxProcess

    @cached_property
    def channels(self) -> Mapping[str, str]:
        """Channel ids by name."""
        return {one["name"]: one["id"] for one in self._listed("conversations.list", "channels", limit="200")}

    @cached_property
    def people(self) -> Mapping[str, str]:
        """User ids by e-mail; who has none is no person."""
        members = self._listed("users.list", "members", limit="200")
        return {one["profile"]["email"]: one["id"] for one in members if one["profile"].get("email")}

    @cached_property
    def groups(self) -> Mapping[str, str]:
        """Group ids by handle."""
        return {f"@{one['handle']}": one["id"] for one in self._listed("usergroups.list", "usergroups")}

    @cached_property
    def members(self) -> Mapping[str, frozenset[str]]:
        """The user ids of a group's members by its handle."""
        return {
            handle: frozenset(map(str, self._answer("usergroups.users.list", usergroup=group)["users"]))
            for handle, group in self.groups.items()
        }

    def _listed(self, method: str, what: str, **options: str) -> list[Record]:
        return list(self._answer(method, **options)[what])

    def _answer(self, method: str, **options: str) -> Record:
        urls = self.sandbox.urls
        head = {"Authorization": f"Bearer {urls.slack_token}"}
        answer = requests.get(f"{urls.slack_api}{method}", headers=head, params=options, timeout=30)
        return dict(answer.json())
