"""The sandbox's org in this process, without HTTP: users and metadata, and what a test puts in."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import Any

from csops_sync.sandbox.clock import VirtualClock
from csops_sync.sandbox.orgs.none import empty_org
from csops_sync.sandbox.salesforce import writing
from csops_sync.sandbox.salesforce.cursors import Asker, Cursors
from csops_sync.sandbox.salesforce.errors import ApiError
from csops_sync.sandbox.salesforce.loader import load_org
from csops_sync.sandbox.salesforce.org import Org
from csops_sync.sandbox.salesforce.org_state import People, SavedOrg
from csops_sync.sandbox.salesforce.query import Plan, compiled
from csops_sync.sandbox.salesforce.reader import Reader
from csops_sync.sandbox.salesforce.rendering import Rendered, Renderer
from csops_sync.sandbox.salesforce.schema import Json, Row, Schema
from csops_sync.sandbox.salesforce.schema_loading import load
from csops_sync.sandbox.salesforce.writing import Hand

BASE = "/services/data/v66.0"
START = datetime(2026, 4, 1, 0, 0, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class _Made:
    """An org as it is made, before a test has touched it."""

    schema: Schema
    people: People
    saved: SavedOrg


@cache
def _made(metadata: tuple[Path, ...]) -> _Made:
    """Load an org once for all tests: it takes longer than most of them."""
    org = load_org(load(metadata), VirtualClock(START, frozen=True), empty_org())
    return _Made(org.schema, org.people, org.save())


class LocalOrg:
    """An org on a clock that stands still until it is moved."""

    def __init__(self, *metadata: Path) -> None:
        self.clock = VirtualClock(START, frozen=True)
        self.cursors = Cursors()
        made = _made(metadata)
        self.org = Org(made.schema, self.clock)
        self.org.people = made.people
        self.org.restore(made.saved)

    def user(self, username: str) -> str:
        """Give the id of a user by the part of the username before the @."""
        for row in self.org.records("User"):
            if str(row["Username"]).partition("@")[0] == username:
                return str(row["Id"])
        raise LookupError(f"there is no user {username!r}")

    def add(self, name: str, **values: object) -> str:
        """Create a record as the admin, of values that a test keeps in a dictionary."""
        return self.create(name, visible_at=None, **values)

    def create(self, name: str, *, visible_at: datetime | None = None, **values: object) -> str:
        """Create a record as the admin."""
        hand = Hand(user=self.org.people.admin, at=self.clock.now(), visible_at=visible_at)
        return writing.create(self.org, self.org.schema[name], values, hand)

    def update(self, name: str, record: str, **values: object) -> None:
        """Edit a record as the admin."""
        hand = Hand(user=self.org.people.admin, at=self.clock.now())
        writing.update(self.org, self.org.schema[name], record, values, hand)

    def delete(self, name: str, record: str) -> None:
        """Delete a record as the admin."""
        hand = Hand(user=self.org.people.admin, at=self.clock.now())
        writing.delete(self.org, self.org.schema[name], record, hand)

    def undelete(self, name: str, record: str) -> None:
        """Take a record out of the recycle bin as the admin."""
        hand = Hand(user=self.org.people.admin, at=self.clock.now())
        writing.undelete(self.org, self.org.schema[name], record, hand)

    def opportunity(self, **values: object) -> str:
        """Create an opportunity with what is required, unless it is given."""
        filled: dict[str, Any] = {
            "Name": "更新",
            "StageName": "更新準備",
            "CloseDate": "2026-06-15",
            **values,
        }
        return self.create("Opportunity", **filled)

    def get(self, name: str, record: str) -> Mapping[str, Json]:
        """Give a committed row."""
        found = self.org.record(name, record)
        assert found is not None
        return found

    def query(self, text: str, *, deleted: bool = False) -> list[dict[str, object]]:
        """Give a query's rows as the API renders them."""
        plan = self.plan(text, deleted=deleted)
        assert not plan.counted
        render = plan.renderer(self._keep)
        return [render(row) for row in plan.rows()]

    def plan(self, text: str, *, deleted: bool = False) -> Plan:
        """Give a query that is checked and not run yet."""
        return compiled(Reader(org=self.org, base=BASE, deleted=deleted), text)

    def refusal(self, text: str) -> ApiError:
        """Give what a query is refused with."""
        try:
            self.query(text)
        except ApiError as error:
            return error
        raise AssertionError(f"not refused: {text}")

    def _keep(self, rows: Sequence[Row], render: Renderer) -> Rendered:
        return self.cursors.first(rows, render, 200, self.asker)

    @property
    def asker(self) -> Asker:
        """Who asks for the pages of a query: the integration user, now."""
        return Asker(user=self.org.people.integration, at=self.clock.now(), base=BASE)

    def names(self, text: str) -> list[object]:
        """Give the `Name` of a query's rows."""
        return [row["Name"] for row in self.query(text)]

    def history(self, opportunity: str) -> list[dict[str, Json]]:
        """Give an opportunity's stage history, oldest first."""
        rows = self.org.related("OpportunityHistory", "OpportunityId", opportunity)
        return sorted(rows, key=lambda row: str(row["CreatedDate"]))

    def changes(self, opportunity: str) -> list[tuple[Json, Json, Json]]:
        """Give an opportunity's field history as (field, old, new)."""
        rows = self.org.related("OpportunityFieldHistory", "OpportunityId", opportunity)
        return [(row["Field"], row["OldValue"], row["NewValue"]) for row in rows]
