"""A state of a term as a row, and back: the columns that `term_state` and `snapshot_term` share."""

import hashlib
from typing import Any

import orjson
from sqlalchemy.engine import Row as Found

from csops_sync.adapters.store.bulk import Cell, Record
from csops_sync.adapters.store.scope import from_day, maybe_day, maybe_number, to_day
from csops_sync.domain.forecast.term_state import Grouping, RenewalType, TermStanding, TermState
from csops_sync.domain.money import Money

_DIGEST_BYTES = 8


def record_of(org_id: str, state: TermState) -> Record:
    """This function will give a row of `term_state`, the digest of all its fields last."""
    fields = (
        state.contract_id,
        state.account_id,
        state.customer_id,
        state.ordinal,
        to_day(state.start),
        to_day(state.end),
        to_day(state.in_force_until),
        state.standing.value,
        *_cells(state.prior),
        *_cells(state.new),
        state.proposed,
        state.rank,
        state.chosen_type.value if state.chosen_type else None,
        state.follows_on,
        state.announced_cancellation,
        maybe_number(state.open_date),
        state.opportunity_id,
        maybe_number(state.settled_on),
        state.loss_reason,
        state.grouping.segment,
        state.grouping.tier,
        state.grouping.csm_id,
        state.grouping.manager_id,
        state.grouping.product,
    )
    return (org_id, state.key, *fields, _digest(fields))


def state_from(found: Found[*tuple[Any, ...]]) -> TermState:
    """This function will read a row of `term_state` or `snapshot_term`."""
    return TermState(
        key=found.key,
        contract_id=found.contract_id,
        account_id=found.account_id,
        customer_id=found.customer_id,
        ordinal=found.ordinal,
        start=from_day(found.start_day),
        end=from_day(found.end_day),
        in_force_until=from_day(found.in_force_until),
        standing=TermStanding(found.standing),
        prior=_money(found.prior_minor, found.prior_currency),
        new=_money(found.new_minor, found.new_currency),
        proposed=found.proposed,
        rank=found.rank,
        chosen_type=RenewalType(found.chosen_type) if found.chosen_type else None,
        follows_on=found.follows_on,
        announced_cancellation=found.announced_cancellation,
        open_date=maybe_day(found.open_date),
        opportunity_id=found.opportunity_id,
        settled_on=maybe_day(found.settled_on),
        loss_reason=found.loss_reason,
        grouping=Grouping(
            segment=found.segment,
            tier=found.tier,
            csm_id=found.csm_id,
            manager_id=found.manager_id,
            product=found.product,
        ),
    )


def _cells(money: Money | None) -> tuple[int | None, str | None]:
    return (None, None) if money is None else (money.to_minor(), money.currency)


def _money(minor: int | None, currency: str | None) -> Money | None:
    return None if minor is None or currency is None else Money.from_minor(minor, currency)


def _digest(fields: tuple[Cell, ...]) -> int:
    """Tell states apart by eight bytes, so that a snapshot need not compare column by column."""
    digest = hashlib.blake2b(orjson.dumps(fields), digest_size=_DIGEST_BYTES).digest()
    return int.from_bytes(digest, signed=True)
