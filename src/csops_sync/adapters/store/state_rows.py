"""A state of a term as a row, and back: the columns that `term_state` and `snapshot_term` share."""

import hashlib
from collections.abc import Sequence
from functools import lru_cache
from typing import Any

import orjson

from csops_sync.adapters.store.bulk import Cell, Record
from csops_sync.adapters.store.scope import from_day, maybe_day, maybe_number, to_day
from csops_sync.adapters.store.tables import TERM_STATE
from csops_sync.domain.dates import REMEMBERED
from csops_sync.domain.forecast.term_state import Grouping, RenewalType, Step, TermStanding, TermState
from csops_sync.domain.money import Money

STATE = tuple(column.name for column in TERM_STATE.columns if column.name not in ("org_id", "digest"))
"""The columns of a state, its key first."""

_DIGEST_BYTES = 8
_STANDINGS = {one.value: one for one in TermStanding}


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
    steps = _steps_text(state.steps)
    booked = None if state.bookings is None else state.bookings.to_minor()
    told = (
        *fields,
        *(one for one in (steps, booked) if one is not None),
    )  # digests from before there were any hold
    return (org_id, state.key, *fields, steps, booked, _digest(told))


def state_from(found: Sequence[Any]) -> TermState:
    """This function will read the columns `STATE` of `term_state` or `snapshot_term`, in their order."""
    key, contract_id, account_id, customer_id, ordinal, start, end, until, standing = found[:9]
    prior_minor, prior_currency, new_minor, new_currency, proposed, rank, chosen_type = found[9:16]
    follows_on, announced, open_date, opportunity_id, settled_on, loss_reason = found[16:22]
    *grouping, steps, booked = found[22:]
    return TermState(
        key=key,
        contract_id=contract_id,
        account_id=account_id,
        customer_id=customer_id,
        ordinal=ordinal,
        start=from_day(start),
        end=from_day(end),
        in_force_until=from_day(until),
        standing=_STANDINGS[standing],
        prior=_money(prior_minor, prior_currency),
        new=_money(new_minor, new_currency),
        proposed=proposed,
        rank=rank,
        chosen_type=RenewalType(chosen_type) if chosen_type else None,
        follows_on=follows_on,
        announced_cancellation=announced,
        open_date=maybe_day(open_date),
        opportunity_id=opportunity_id,
        settled_on=maybe_day(settled_on),
        loss_reason=loss_reason,
        grouping=_grouping(*grouping),
        steps=_steps(steps, prior_currency) if steps else (),
        bookings=_money(booked, new_currency),
    )


@lru_cache(maxsize=REMEMBERED)
def _grouping(
    segment: str | None, tier: str | None, csm_id: str | None, manager_id: str | None, product: str | None
) -> Grouping:
    """Cached because a million terms are counted under the same few thousand."""
    return Grouping(segment=segment, tier=tier, csm_id=csm_id, manager_id=manager_id, product=product)


def _cells(money: Money | None) -> tuple[int | None, str | None]:
    return (None, None) if money is None else (money.to_minor(), money.currency)


def _steps_text(steps: Sequence[Step]) -> str | None:
    """Write steps as JSON, days and minor units; their currency is that of the prior amount."""
    if not steps:
        return None
    return orjson.dumps([(to_day(one.effective), one.amount.to_minor()) for one in steps]).decode()


def _steps(text: str, currency: str) -> tuple[Step, ...]:
    return tuple(
        Step(effective=from_day(day), amount=Money.from_minor(minor, currency))
        for day, minor in orjson.loads(text)
    )


@lru_cache(maxsize=REMEMBERED)
def _money(minor: int | None, currency: str | None) -> Money | None:
    return None if minor is None or currency is None else Money.from_minor(minor, currency)


def _digest(fields: tuple[Cell, ...]) -> int:
    """Tell states apart by eight bytes, so that a snapshot need not compare column by column."""
    digest = hashlib.blake2b(orjson.dumps(fields), digest_size=_DIGEST_BYTES).digest()
    return int.from_bytes(digest, signed=True)
