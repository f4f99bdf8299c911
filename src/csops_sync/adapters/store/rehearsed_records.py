"""Renewals, written fields and journal of a rehearsal: a record that was put hides the one with its key below it."""

from collections.abc import Sequence
from datetime import date

from csops_sync.adapters.store.journal import SqlJournal
from csops_sync.adapters.store.renewals import SqlRenewals
from csops_sync.adapters.store.scope import Scope
from csops_sync.adapters.store.written import SqlWrittenFields
from csops_sync.domain.renewal import Renewal
from csops_sync.ports.store import Event
from csops_sync.ports.written import WrittenField

_ALL = 10_000_000


class RehearsedRenewals:
    """Implements `ports.store.Renewals`; each method answers as that of `SqlRenewals` would."""

    def __init__(self, below: Scope, above: Scope) -> None:
        self._below = SqlRenewals(below)
        self._above = SqlRenewals(above)

    def of_accounts(self, account_ids: Sequence[str]) -> Sequence[Renewal]:
        """Read all renewals of these accounts."""
        return self._together(self._above.of_accounts(account_ids), self._below.of_accounts(account_ids))

    def of_contracts(self, contract_ids: Sequence[str]) -> Sequence[Renewal]:
        """Read all renewals of these contracts, whatever account they are stored under."""
        return self._together(self._above.of_contracts(contract_ids), self._below.of_contracts(contract_ids))

    def get(self, key: str) -> Renewal | None:
        """Read one renewal."""
        return self._above.get(key) or self._below.get(key)

    def put(self, renewals: Sequence[Renewal]) -> None:
        """Insert or replace renewals."""
        self._above.put(renewals)

    def due_accounts(self, today: date) -> Sequence[str]:
        """List the accounts with a renewal whose `review_on` is today or before."""
        below = self._below.due(today)
        hidden = self._above.known([key for _, key in below])
        seen = {account_id for account_id, key in below if key not in hidden}
        return sorted(seen.union(self._above.due_accounts(today)))

    def reviewed_after(self, day: date, *, limit: int = 1000) -> Sequence[Renewal]:
        """Read the renewals whose `review_on` lies after a day, the soonest first, then by key."""
        below = self._below.reviewed_after(day, limit=_ALL)  # who knows how many of them are hidden
        seen = self._together(self._above.reviewed_after(day, limit=limit), below)
        return sorted(seen, key=lambda one: (one.review_on or day, one.key))[:limit]

    def by_opportunity(self, opportunity_id: str) -> Sequence[Renewal]:
        """Read the renewals that share this opportunity."""
        return self._together(
            self._above.by_opportunity(opportunity_id), self._below.by_opportunity(opportunity_id)
        )

    def accounts_of_opportunities(self, opportunity_ids: Sequence[str]) -> Sequence[str]:
        """List, in order, the accounts with a renewal that is tied to any of these opportunities."""
        below = self._below.tied(opportunity_ids)
        hidden = self._above.known([key for _, key in below])
        seen = {account_id for account_id, key in below if key not in hidden}
        return sorted(seen.union(self._above.accounts_of_opportunities(opportunity_ids)))

    def _together(self, above: Sequence[Renewal], below: Sequence[Renewal]) -> list[Renewal]:
        hidden = self._above.known([renewal.key for renewal in below])
        seen = [*above, *(renewal for renewal in below if renewal.key not in hidden)]
        return sorted(seen, key=lambda renewal: renewal.key)


class RehearsedWrittenFields:
    """Implements `ports.store.WrittenFields`; each method answers as that of `SqlWrittenFields` would."""

    def __init__(self, below: Scope, above: Scope) -> None:
        self._below = SqlWrittenFields(below)
        self._above = SqlWrittenFields(above)
        self._forgotten: set[tuple[str, str]] = set()

    def of_opportunities(self, ids: Sequence[str]) -> Sequence[WrittenField]:
        """Read the written fields of these opportunities."""
        below = (item for item in self._below.of_opportunities(ids) if _key(item) not in self._forgotten)
        seen = {_key(item): item for item in (*below, *self._above.of_opportunities(ids))}
        return [seen[key] for key in sorted(seen)]

    def put(self, fields: Sequence[WrittenField]) -> None:
        """Insert or replace written fields."""
        self._above.put(fields)

    def forget(self, *, opportunity_id: str, field: str) -> bool:
        """Drop one written field; False where there was none."""
        known = any(item.field == field for item in self.of_opportunities([opportunity_id]))
        self._above.forget(opportunity_id=opportunity_id, field=field)
        self._forgotten.add((opportunity_id, field))
        return known


class RehearsedJournal:
    """Implements `ports.store.Journal`: what is added here comes after all that is there."""

    def __init__(self, below: Scope, above: Scope) -> None:
        self._below = SqlJournal(below)
        self._above = SqlJournal(above)

    def add(self, events: Sequence[Event]) -> None:
        """Append events."""
        self._above.add(events)

    def about(
        self, *, account_id: str | None = None, renewal_key: str | None = None, limit: int = 500
    ) -> Sequence[Event]:
        """Read the newest events that match all that is given, oldest first."""
        below, above = (
            journal.about(account_id=account_id, renewal_key=renewal_key, limit=limit)
            for journal in (self._below, self._above)
        )
        return [*below, *above][-limit:]


def _key(item: WrittenField) -> tuple[str, str]:
    return item.opportunity_id, item.field
