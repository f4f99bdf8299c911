"""The stories of opportunities, from mirrored histories: what rank and amount stood there from which day on.

The rank is that of the tracked field's history, or of the stage history's own columns, as the rules of confidence say;
where the field has no history, the ledger of confidence knows what this product saw itself. The amount is that of the
mapped amount field's history, else of the stage history's snapshots.

What has none of these stands as it does today since the first edit of that field that is mirrored of any opportunity
(`story_reach.py`): from then on an edit would have been seen. Before it, it is a guess, and the story says so.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import NamedTuple
from zoneinfo import ZoneInfo

from csops_sync.app.facts import amount_of, edit_of, instant_of, opportunity_of, scalars
from csops_sync.app.forecast.story_reach import Reach, reach_of
from csops_sync.domain.confidence.changes import ConfidenceChange
from csops_sync.domain.confidence.ranks import RankKind, RankScale
from csops_sync.domain.facts import FieldEdit, Opportunity, Scalar
from csops_sync.domain.forecast.hindsight import Said, Story
from csops_sync.domain.forecast.term_state import TermState
from csops_sync.domain.money import Money
from csops_sync.domain.rules import RuleSet
from csops_sync.domain.standing.renewed import Offer, annual_amount, shared
from csops_sync.domain.terms import Term
from csops_sync.ports.crm import Role, Row
from csops_sync.ports.store import Transaction

_AT_ONCE = 500
_RECURRING, _AMOUNT = "recurring_amount", "amount"
_ODD = (ArithmeticError, ValueError)


class _Moment(NamedTuple):
    """From an instant on a field holds a value."""

    at: datetime
    value: Scalar


@dataclass(frozen=True, slots=True, kw_only=True)
class _Past:
    """One opportunity with all that is mirrored of its past, each in order of instants."""

    deal: Opportunity
    opened_at: datetime
    stages: Sequence[Mapping[str, Scalar]]
    edits: Sequence[FieldEdit]
    changes: Sequence[ConfidenceChange]

    def edited(self, field: str) -> list[_Moment]:
        """Give what a tracked field held, from the opening on; nothing where it was never edited."""
        edits = [one for one in self.edits if one.field == field]
        began = [_Moment(self.opened_at, edits[0].old)] if edits else []
        return began + [_Moment(one.at, one.new) for one in edits]

    def staged(self, column: str) -> list[_Moment]:
        """Give what a column of the stage history held."""
        return [_Moment(instant_of(one.get("at")), one.get(column)) for one in self.stages]


def stories_of(
    tx: Transaction, states: Iterable[TermState], *, rules: RuleSet
) -> Iterator[tuple[TermState, Story | None]]:
    """This function will pass terms on with their stories, None for those without an opportunity.

    One whose rows make no sense has no story; the evaluation of its customer reports it. Terms that share an
    opportunity share its amount in proportion to their priors.
    """
    by_deal: defaultdict[str, list[TermState]] = defaultdict(list)
    for state in states:
        if state.opportunity_id is None:
            yield state, None
        else:
            by_deal[state.opportunity_id].append(state)
    ids = sorted(by_deal)
    reach = reach_of(tx, rules) if ids else Reach()
    for first in range(0, len(ids), _AT_ONCE):
        some = ids[first : first + _AT_ONCE]
        pasts = _read(tx, some, rules=rules)
        for one in some:
            yield from _told(by_deal[one], pasts.get(one), rules, reach)


def _told(
    members: Sequence[TermState], past: _Past | None, rules: RuleSet, reach: Reach
) -> Iterator[tuple[TermState, Story | None]]:
    for state in members:
        try:
            yield state, None if past is None else _story(state, members, past, rules, reach)
        except _ODD:
            yield state, None


def _read(tx: Transaction, ids: Sequence[str], *, rules: RuleSet) -> dict[str, _Past]:
    stages = _by_parent(tx.mirror.children(Role.STAGE_HISTORY, ids))
    edits = _by_parent(tx.mirror.children(Role.FIELD_HISTORY, ids))
    changes: defaultdict[str, list[ConfidenceChange]] = defaultdict(list)
    for kept in tx.confidence.ledger.of(ids):
        changes[kept.change.opportunity_id].append(kept.change)
    found: dict[str, _Past] = {}
    for row in tx.mirror.get(Role.OPPORTUNITY, ids):
        try:
            deal = opportunity_of(row, default_currency=rules.default_currency)
            entries = sorted(
                (scalars(one.values) for one in stages[row.id]), key=lambda one: instant_of(one.get("at"))
            )
            tracked = sorted(map(edit_of, edits[row.id]), key=lambda one: (one.at, one.id))
        except _ODD:
            continue
        opened = deal.values.get("created_at") or (entries[0].get("at") if entries else None)
        found[row.id] = _Past(
            deal=deal,
            opened_at=instant_of(opened),
            stages=entries,
            edits=tracked,
            changes=sorted(changes[row.id], key=lambda one: (one.at, one.place)),
        )
    return found


def _story(
    state: TermState, members: Sequence[TermState], past: _Past, rules: RuleSet, reach: Reach
) -> Story:
    """Raise ValueError where an amount is no number."""
    zone = ZoneInfo(rules.calendar.timezone)

    def day(instant: datetime) -> date:
        return instant.astimezone(zone).date()

    scale = rules.confidence.scale if rules.confidence else None
    ranks = _ranks(past, scale)
    amounts = _amounts(past)
    first, is_ours = amounts[0].value, past.deal.renewal_key is not None
    opened, closed = day(past.opened_at), _closed_on(past, day)
    days = {opened, *(max(day(one.at), opened) for one in (*ranks, *amounts))}
    said = []
    for on in sorted(days):
        rank, value = (_last(moments, on, day) for moments in (ranks, amounts))
        said.append(
            Said(
                on=on,
                rank=None if rank is None else str(rank),
                new=_share(state, members, _annual(state, past.deal, value, rules)),
                proposed=is_ours and rank is None and value == first,
            )
        )
    return Story(said=said, closed_on=closed, known_from=_known_from(past, scale, reach, day))


def _known_from(
    past: _Past, scale: RankScale | None, reach: Reach, day: Callable[[datetime], date]
) -> date | None:
    """Give the day from which an edit of what was never edited would have been seen; None: from the opening on."""
    begins: list[datetime | None] = []
    if scale is not None and not _ranked(past, scale) and not past.changes:
        begins.append(reach.rank)
    if not _priced(past):
        begins.append(reach.of(_source(past.deal)))
    days = [date.max if one is None else day(one) for one in begins if one is None or one > past.opened_at]
    return max(days, default=None)


def _last(moments: Sequence[_Moment], on: date, day: Callable[[datetime], date]) -> Scalar:
    held = [one.value for one in moments if day(one.at) <= on]
    return held[-1] if held else moments[0].value


def _ranks(past: _Past, scale: RankScale | None) -> list[_Moment]:
    if scale is None:
        return [_Moment(past.opened_at, None)]
    held = _ranked(past, scale)
    if held:
        return [_Moment(one.at, scale.rank_of(one.value)) for one in held]
    if past.changes:
        began = _Moment(past.opened_at, past.changes[0].before.rank)
        return [began, *(_Moment(one.at, one.after.rank) for one in past.changes)]
    return [_Moment(past.opened_at, scale.rank_of(past.deal.values.get(scale.field)))]


def _ranked(past: _Past, scale: RankScale) -> list[_Moment]:
    """Give what histories tell of the rank's field."""
    return past.edited(scale.field) if scale.kind is RankKind.FIELD else past.staged(scale.field)


def _priced(past: _Past) -> list[_Moment]:
    """Give what histories tell of the amount's field."""
    field = _source(past.deal)
    return past.edited(field) or (past.staged(_AMOUNT) if field == _AMOUNT else [])


def _amounts(past: _Past) -> list[_Moment]:
    """Give the amounts, in the opportunity's own basis."""
    field = _source(past.deal)
    held = _priced(past)
    now = past.deal.values.get(_RECURRING) if field == _RECURRING else past.deal.amount
    found = held or [_Moment(past.opened_at, now)]
    return [_Moment(one.at, amount_of(one.value)) for one in found]


def _source(deal: Opportunity) -> str:
    return _AMOUNT if deal.values.get(_RECURRING) in (None, "") else _RECURRING


def _annual(state: TermState, deal: Opportunity, value: Scalar, rules: RuleSet) -> Money | None:
    """Give what an amount is a year; a deal that does not say for how long is for as long as the term was."""
    amount = amount_of(value)
    then = (
        replace(deal, amount=amount)
        if _source(deal) == _AMOUNT
        else replace(deal, values={**deal.values, _RECURRING: amount})
    )
    months = Term(state.start, state.end, state.ordinal).exact_months()
    return annual_amount(Offer(opportunity=then, months=months), rules=rules)


def _share(state: TermState, members: Sequence[TermState], whole: Money | None) -> Money | None:
    if whole is None or len(members) == 1:
        return whole
    priors = {
        one.key: one.prior
        for one in members
        if one.prior is not None and one.prior.currency == whole.currency
    }
    parts = dict(zip(priors, shared(whole, priors=tuple(priors.values())), strict=True)) if priors else {}
    return parts.get(state.key)


def _closed_on(past: _Past, day: Callable[[datetime], date]) -> date | None:
    """Give the day since which the deal stands in its closed stage; one that was closed from the first, its own."""
    if not past.deal.is_closed:
        return None
    since: datetime | None = None
    for entry in reversed(past.stages):
        if entry.get("stage") != past.deal.stage:
            return past.deal.close_date if since is None else day(since)
        since = instant_of(entry.get("at"))
    return past.deal.close_date


def _by_parent(rows: Iterable[Row]) -> defaultdict[str, list[Row]]:
    found: defaultdict[str, list[Row]] = defaultdict(list)
    for row in rows:
        if row.parent_id is not None and not row.deleted:
            found[row.parent_id].append(row)
    return found
