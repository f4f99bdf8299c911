"""What a list of renewals is filtered by: the choices of a filter, and the value of a renewal that each is about."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from csops_sync.app.forecast.groups import NOT_SAID, rank_column
from csops_sync.app.forecast.listing_values import RenewalFilter
from csops_sync.domain.forecast.term_state import TermState

CSM, MANAGER, SEGMENT = "csm", "manager", "segment"
"""The columns that a reader's scope, and what a filter offers, are read from."""


@dataclass(frozen=True, slots=True)
class Column:
    """One column. `chosen`: what a filter lets through of it, empty for everything. `value`: that of a renewal."""

    chosen: Callable[[RenewalFilter], frozenset[str]]
    value: Callable[[TermState], str | None]

    def holds(self, state: TermState, allowed: frozenset[str]) -> bool:
        """This function will say whether a renewal stands under one of these keys; what is not said, under `-`."""
        return (self.value(state) or NOT_SAID) in allowed


def columns(ranks: tuple[str, ...]) -> Mapping[str, Column]:
    """This function will give the columns of a renewal itself, under rules that know these ranks."""
    return {
        SEGMENT: Column(lambda wanted: wanted.segments, lambda one: one.grouping.segment),
        "tier": Column(lambda wanted: wanted.tiers, lambda one: one.grouping.tier),
        CSM: Column(lambda wanted: wanted.csm_ids, lambda one: one.grouping.csm_id),
        MANAGER: Column(lambda wanted: wanted.manager_ids, lambda one: one.grouping.manager_id),
        "product": Column(lambda wanted: wanted.products, lambda one: one.grouping.product),
        "rank": Column(lambda wanted: wanted.ranks, lambda one: rank_column(one, ranks=ranks)),
        "standing": Column(
            lambda wanted: frozenset(one.value for one in wanted.standings), lambda one: one.standing.value
        ),
    }
