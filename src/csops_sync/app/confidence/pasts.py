"""Mirrored rows of opportunities and their histories as confidence reads them."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date

from csops_sync.app.engine import Engine
from csops_sync.app.facts import amount_of, edit_of, instant_of, opportunity_of, scalars
from csops_sync.domain.confidence.history import StageEntry
from csops_sync.domain.confidence.ranks import Outcome, RankKind, RankScale, Standing
from csops_sync.domain.confidence.seconds import Past
from csops_sync.domain.confidence.watch import Sight
from csops_sync.domain.facts import FieldEdit, Opportunity, Scalar
from csops_sync.ports.crm import OrgIdentity, Role, Row
from csops_sync.ports.store import Transaction

_STAGE = "stage"


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    """One opportunity as the mirror has it: what it is, how it stands, and how it came there."""

    opportunity: Opportunity
    past: Past
    sight: Sight


@dataclass(frozen=True, slots=True)
class Known:
    """What is known of the rank's field in this org: that its history was seen, that the org computes its value."""

    is_tracked: bool = False
    is_computed: bool = False


@dataclass(frozen=True, slots=True)
class AtHand:
    """What the cycle has read before, by opportunity: how it is, and all its tracked edits."""

    opportunities: Mapping[str, Opportunity]
    edits: Mapping[str, tuple[FieldEdit, ...]]


NOTHING_AT_HAND = AtHand({}, {})


def read_seen(
    engine: Engine,
    tx: Transaction,
    opportunity_ids: Sequence[str],
    *,
    scale: RankScale,
    known: Known,
    at_hand: AtHand = NOTHING_AT_HAND,
) -> Sequence[Seen]:
    """This function will read opportunities with their histories, in three queries for all; deleted ones are left out.

    What is `at_hand` is not read again. An opportunity whose row makes no sense is left out too: the evaluation of its
    customer says so.
    """
    opportunities = list(_opportunities(engine, tx, opportunity_ids, at_hand.opportunities))
    ids = [one.id for one in opportunities]
    stages = _by_parent(tx.mirror.children(Role.STAGE_HISTORY, ids))
    unread = [one for one in ids if one not in at_hand.edits]
    edits = _by_parent(tx.mirror.children(Role.FIELD_HISTORY, unread))
    found: list[Seen] = []
    for one in opportunities:
        try:
            tracked = at_hand.edits.get(one.id) or tuple(map(edit_of, edits.get(one.id, ())))
            histories = _Histories(stages=stages.get(one.id, ()), edits=sorted(tracked, key=_id))
            found.append(_seen(engine, one, histories, scale=scale, known=known))
        except (ArithmeticError, ValueError):
            continue
    return found


def _opportunities(
    engine: Engine, tx: Transaction, opportunity_ids: Sequence[str], at_hand: Mapping[str, Opportunity]
) -> Iterator[Opportunity]:
    """Give these opportunities, those that are not at hand from the mirror; deleted and odd ones are left out."""
    yield from (at_hand[one] for one in opportunity_ids if one in at_hand and not at_hand[one].is_deleted)
    for row in tx.mirror.get(Role.OPPORTUNITY, [one for one in opportunity_ids if one not in at_hand]):
        if row.deleted:
            continue
        try:
            yield opportunity_of(row, default_currency=engine.rules.default_currency)
        except (ArithmeticError, ValueError):
            continue


def standing_of(opportunity: Opportunity, *, scale: RankScale) -> Standing:
    """This function will say where an opportunity stands now."""
    return Standing(scale.rank_of(opportunity.values.get(scale.field)), outcome_of(opportunity))


def outcome_of(opportunity: Opportunity) -> Outcome:
    """This function will say whether an opportunity is closed, and how."""
    if not opportunity.is_closed:
        return Outcome.OPEN
    return Outcome.WON if opportunity.is_won else Outcome.LOST


@dataclass(frozen=True, slots=True, kw_only=True)
class _Histories:
    stages: Sequence[Row]
    edits: Sequence[FieldEdit]


def _seen(
    engine: Engine, opportunity: Opportunity, histories: _Histories, *, scale: RankScale, known: Known
) -> Seen:
    outcomes = {**outcomes_of(engine.identity), opportunity.stage: outcome_of(opportunity)}
    created = opportunity.values.get("created_at")
    edits = tuple(one for one in histories.edits if one.field == scale.field)
    by_snapshots = scale.kind is not RankKind.FIELD
    has_no_edits = by_snapshots or known.is_computed
    past = Past(
        opportunity_id=opportunity.id,
        value=opportunity.values.get(scale.field),
        entries=tuple(_entry(one) for one in histories.stages),
        edits=() if has_no_edits else edits,
        stage_edits=tuple(one for one in histories.edits if one.field == _STAGE),
        outcomes=outcomes,
        made_at=instant_of(created) if created else None,
    )
    sight = Sight(
        standing=standing_of(opportunity, scale=scale),
        amount=opportunity.amount,
        by_id=opportunity.last_modified_by_id,
        modified_at=opportunity.last_modified_at,
        read_at=engine.now(),
        is_tracked=by_snapshots or (not known.is_computed and (known.is_tracked or bool(edits))),
        is_computed=known.is_computed and not by_snapshots,
    )
    return Seen(opportunity=opportunity, past=past, sight=sight)


def outcomes_of(identity: OrgIdentity) -> Mapping[str, Outcome]:
    """This function will give the closed stages of the org; all others are open."""
    lost = dict.fromkeys(identity.lost_stages, Outcome.LOST)
    return {**lost, **dict.fromkeys(identity.won_stages, Outcome.WON)}


def _entry(row: Row) -> StageEntry:
    values = scalars(row.values)
    plain = StageEntry(
        id=row.id,
        at=instant_of(values.get("at")),
        by_id=str(values.get("by") or ""),
        stage=str(values.get("stage") or ""),
        probability=values.get("probability"),
        forecast_category=_text(values.get("forecast_category")),
        amount=amount_of(values.get("amount")),
        close_date=_day(values.get("close_date")),
    )
    before = values.get("replaced_close_date")
    if before is None:
        return plain
    return replace(
        plain,
        replaced_amount=amount_of(values.get("replaced_amount")),
        replaced_close_date=_day(before),
        knows_replaced=True,
    )


def _by_parent(rows: Iterable[Row]) -> dict[str, list[Row]]:
    found: dict[str, list[Row]] = defaultdict(list)
    for row in rows:
        if row.parent_id is not None and not row.deleted:
            found[row.parent_id].append(row)
    return found


def _id(edit: FieldEdit) -> str:
    return edit.id


def _text(value: Scalar) -> str | None:
    return str(value) if value not in (None, "") else None


def _day(value: Scalar) -> date | None:
    return date.fromisoformat(str(value)[:10]) if value else None
