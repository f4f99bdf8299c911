"""Which renewals a cycle looks at: what changed, what falls due, and every one after their rows were read anew."""

import hashlib
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import datetime

from csops_sync.app.engine import Engine
from csops_sync.app.evaluation import every_account
from csops_sync.domain.confidence.comparing import HISTORY_IS_LATE_FOR
from csops_sync.domain.confidence.ranks import RankScale
from csops_sync.domain.confidence.watch import Watch
from csops_sync.ports.crm import Role
from csops_sync.ports.mapping import OrgMapping
from csops_sync.ports.store import Transaction

BEGUN = "confidence_scale"
"""The setting with the basis on which every renewal is watched; another basis begins all watches anew."""
LOADED = "confidence_loads"
"""The setting that names the loads whose rows were all looked at; after another load everything is looked at."""
_STANDING = ("stage", "closed", "won")
"""Mapped fields, beside the rank's own, that say how a renewal stands."""
_READ = (Role.OPPORTUNITY, Role.STAGE_HISTORY, Role.FIELD_HISTORY)


@dataclass(frozen=True, slots=True, kw_only=True)
class Scope:
    """What a look is about.

    `account_ids` are the customers whose renewals may be new, `opportunity_ids` what is looked at of them: what changed
    itself or in its history, or (None) all. An opportunity that was created after `unseen_before` could not be seen
    before: its changes since its creation are news. `due` are watches that are looked at because their time has come.
    """

    account_ids: Iterable[str]
    opportunity_ids: Collection[str] | None
    unseen_before: datetime | None
    due: tuple[Watch, ...] = ()


def widened(engine: Engine, tx: Transaction, asked: Scope, *, scale: RankScale) -> Scope:
    """This function will add to what a cycle asks for what must be looked at besides.

    All renewals on a new basis, and all of them after a load: a change that came with its rows is told like any other.
    Beside them those whose value has differed from its history for so long that the difference itself counts.
    """
    if not is_begun(engine, tx, scale=scale):
        return replace(asked, account_ids=every_account(tx))
    now = engine.now()  # a stored due time is cut to milliseconds: it may come a moment early
    due = tuple(
        one
        for one in tx.confidence.watches.due(now)
        if one.differs_since is not None and now - one.differs_since >= HISTORY_IS_LATE_FOR
    )
    if tx.progress.setting(LOADED) != _loads(tx):
        return replace(asked, account_ids=every_account(tx), opportunity_ids=None, due=due)
    if not due:
        return asked
    return replace(
        asked,
        account_ids=_with(asked.account_ids, {one.account_id for one in due}),
        opportunity_ids=None
        if asked.opportunity_ids is None
        else {*asked.opportunity_ids, *(one.opportunity_id for one in due)},
        due=due,
    )


def mark_looked(engine: Engine, tx: Transaction, looked: Scope, *, scale: RankScale) -> None:
    """This function will note what a look has covered; a due watch whose renewal is gone rests until it is back."""
    _set(tx, BEGUN, basis_of(engine.mapping, scale))
    _set(tx, LOADED, _loads(tx))
    if looked.due:
        asked = {one.opportunity_id for one in looked.due}
        left = [one for one in tx.confidence.watches.due(engine.now()) if one.opportunity_id in asked]
        tx.confidence.watches.put([replace(one, differs_since=None) for one in left])


def is_begun(engine: Engine, tx: Transaction, *, scale: RankScale) -> bool:
    """This function will say whether every renewal is watched under this scale and this mapping of it."""
    return tx.progress.setting(BEGUN) == basis_of(engine.mapping, scale)


def leave(tx: Transaction) -> None:
    """This function will note that nothing is watched any more, so that a gap in the rules is a gap in what is told."""
    if tx.progress.setting(BEGUN):
        tx.progress.set_setting(BEGUN, "")


def basis_of(mapping: OrgMapping, scale: RankScale) -> str:
    """This function will digest what a standing is read from: the scale, and where its fields stand in the org.

    Read from other fields, every renewal may stand elsewhere without anybody having moved it.
    """
    sources = [rank_source(mapping, scale), *(f"{one}={_path(mapping, one)}" for one in _STANDING)]
    text = f"{scale.kind}|{scale.ranks}|{scale.at_least}|{sources}"
    return hashlib.blake2b(text.encode(), digest_size=8).hexdigest()


def rank_source(mapping: OrgMapping, scale: RankScale) -> str:
    """This function will name the rank's field with its place in the org: `confidence=Confidence__c`."""
    return f"{scale.field}={_path(mapping, scale.field)}"


def _path(mapping: OrgMapping, name: str) -> str:
    mapped = mapping.objects.get(Role.OPPORTUNITY)
    field = mapped.fields.get(name) if mapped else None
    return field.path if field else ""


def _loads(tx: Transaction) -> str:
    """Name the loads that brought the mirrored rows; each began at an instant of its own."""
    loads = tx.progress.loads()
    known = [(role, loads[role]) for role in _READ if role in loads]
    return " ".join(f"{role.value}:{one.mapping_hash}:{one.delta_from_ms}" for role, one in known)


def _with(account_ids: Iterable[str], more: Collection[str]) -> Iterator[str]:
    left = set(more)
    for account_id in account_ids:
        left.discard(account_id)
        yield account_id
    yield from sorted(left)


def _set(tx: Transaction, name: str, value: str) -> None:
    if tx.progress.setting(name) != value:
        tx.progress.set_setting(name, value)
