"""Renewals: one row per (contract, term), with the decision as JSON."""

from collections.abc import Sequence
from datetime import date
from functools import lru_cache
from typing import Any

import orjson
from sqlalchemy import ColumnElement, select
from sqlalchemy.engine import Row as Found

from csops_sync.adapters.store.bulk import Record, upsert
from csops_sync.adapters.store.scope import Scope, chunks, from_day, maybe_day, maybe_number, to_day
from csops_sync.adapters.store.tables import RENEWAL
from csops_sync.domain.opening import OpenDecision
from csops_sync.domain.renewal import Cancellation, Renewal, Settled

_C = RENEWAL.c
_DECISIONS_KEPT = 5_000
"""Some 15 MB of texts and values."""


class SqlRenewals:
    """Implements `ports.store.Renewals`. Lists come in order of key within each chunk of ids."""

    def __init__(self, scope: Scope) -> None:
        self._scope = scope

    def of_accounts(self, account_ids: Sequence[str]) -> Sequence[Renewal]:
        """Read all renewals of these accounts."""
        parts = chunks(account_ids)
        return [renewal for part in parts for renewal in self._read(self._scope.among(_C.account_id, part))]

    def of_contracts(self, contract_ids: Sequence[str]) -> Sequence[Renewal]:
        """Read all renewals of these contracts, whatever account they are stored under."""
        parts = chunks(contract_ids)
        return [renewal for part in parts for renewal in self._read(self._scope.among(_C.contract_id, part))]

    def get(self, key: str) -> Renewal | None:
        """Read one renewal."""
        return next(iter(self._read(_C.key == key)), None)

    def put(self, renewals: Sequence[Renewal]) -> None:
        """Insert or replace renewals, in batches."""
        for part in chunks(renewals):
            upsert(self._scope, RENEWAL, [_record(self._scope.org_id, renewal) for renewal in part])

    def due_accounts(self, today: date) -> Sequence[str]:
        """List the accounts, in order, with a renewal whose `review_on` is today or before."""
        statement = select(_C.account_id).where(
            _C.org_id == self._scope.org_id, _C.review_on <= to_day(today)
        )
        return self._scope.connection.execute(statement.distinct().order_by(_C.account_id)).scalars().all()

    def reviewed_after(self, day: date, *, limit: int = 1000) -> Sequence[Renewal]:
        """Read the renewals whose `review_on` lies after a day, the soonest first, then by key."""
        soonest = (
            select(RENEWAL)
            .where(_C.org_id == self._scope.org_id, _C.review_on > to_day(day))
            .order_by(_C.review_on, _C.account_id)
            .limit(limit)
        )
        return sorted((_renewal(each) for each in self._scope.connection.execute(soonest)), key=_by_review)

    def due(self, today: date) -> Sequence[tuple[str, str]]:
        """List (account id, key) of the renewals whose `review_on` is today or before."""
        statement = select(_C.account_id, _C.key).where(
            _C.org_id == self._scope.org_id, _C.review_on <= to_day(today)
        )
        return [(account_id, key) for account_id, key in self._scope.connection.execute(statement)]

    def known(self, keys: Sequence[str]) -> set[str]:
        """Keep the keys that are there."""
        found: set[str] = set()
        for part in chunks(keys):
            mine = (_C.org_id == self._scope.org_id) & self._scope.among(_C.key, part)
            found.update(self._scope.connection.execute(select(_C.key).where(mine)).scalars())
        return found

    def by_opportunity(self, opportunity_id: str) -> Sequence[Renewal]:
        """Read the renewals that share this opportunity."""
        return self._read(_C.opportunity_id == opportunity_id)

    def accounts_of_opportunities(self, opportunity_ids: Sequence[str]) -> Sequence[str]:
        """List, in order, the accounts with a renewal that is tied to any of these opportunities."""
        return sorted({account_id for account_id, _ in self.tied(opportunity_ids)})

    def tied(self, opportunity_ids: Sequence[str]) -> Sequence[tuple[str, str]]:
        """List (account id, key) of the renewals that are tied to any of these opportunities."""
        found: list[tuple[str, str]] = []
        for part in chunks(opportunity_ids):
            mine = (_C.org_id == self._scope.org_id) & self._scope.among(_C.opportunity_id, part)
            rows = self._scope.connection.execute(select(_C.account_id, _C.key).where(mine))
            found.extend((account_id, key) for account_id, key in rows)
        return found

    def _read(self, which: ColumnElement[bool]) -> list[Renewal]:
        # sorted here: asked to sort, SQLite walks the whole key in order rather than seek an index
        statement = select(RENEWAL).where(_C.org_id == self._scope.org_id, which)
        found = self._scope.connection.execute(statement).all()
        return sorted((_renewal(each) for each in found), key=lambda renewal: renewal.key)


def _by_review(renewal: Renewal) -> tuple[date, str]:
    return (renewal.review_on or date.max, renewal.key)


def _record(org_id: str, renewal: Renewal) -> Record:
    decision = renewal.decision
    return (
        org_id,
        renewal.key,
        renewal.contract_id,
        renewal.account_id,
        renewal.ordinal,
        to_day(renewal.term_start),
        to_day(renewal.term_end),
        renewal.anchor_key,
        renewal.rule,
        renewal.rules_hash,
        orjson.dumps(decision.to_dict()).decode() if decision else None,
        maybe_number(renewal.review_on),
        renewal.opportunity_id,
        maybe_number(renewal.opened_on),
        maybe_number(renewal.adopted_on),
        renewal.announced,
        renewal.settled.value if renewal.settled else None,
        orjson.dumps(renewal.refused).decode(),
        renewal.cancellation.value if renewal.cancellation else None,
    )


@lru_cache(maxsize=_DECISIONS_KEPT)
def _decision(text: str) -> OpenDecision:
    """Read a decision; frozen, so that the same text may be the same value: a cycle reads a renewal three times."""
    return OpenDecision.from_dict(orjson.loads(text))


def _renewal(found: Found[*tuple[Any, ...]]) -> Renewal:
    return Renewal(
        key=found.key,
        contract_id=found.contract_id,
        account_id=found.account_id,
        ordinal=found.ordinal,
        term_start=from_day(found.term_start),
        term_end=from_day(found.term_end),
        anchor_key=found.anchor_key,
        rule=found.rule,
        rules_hash=found.rules_hash,
        decision=_decision(found.decision) if found.decision else None,
        review_on=maybe_day(found.review_on),
        opportunity_id=found.opportunity_id,
        opened_on=maybe_day(found.opened_on),
        adopted_on=maybe_day(found.adopted_on),
        announced=found.announced,
        settled=Settled(found.settled) if found.settled else None,
        refused=tuple(orjson.loads(found.refused)),
        cancellation=Cancellation(found.cancellation) if found.cancellation else None,
    )
