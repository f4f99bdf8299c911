"""The scheduled sweep: every visible id and stamp against the mirror, to close what late visibility left open."""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass

from csops_sync.app.confidence.following import follow
from csops_sync.app.engine import Engine
from csops_sync.app.evaluation import Handed, chunked, evaluate
from csops_sync.app.forecast.standing import states_keeper
from csops_sync.app.loading import BASELINE, is_loaded
from csops_sync.app.parents import below
from csops_sync.app.pulling import absorb
from csops_sync.app.recording import Recorder
from csops_sync.domain.confidence.watch import Watch
from csops_sync.ports.crm import Role, Row
from csops_sync.ports.errors import PermanentError
from csops_sync.ports.store import Transaction

_HISTORY = frozenset({Role.FIELD_HISTORY, Role.STAGE_HISTORY})
_MAX_REMOVED_SHARE = 0.02
_ALWAYS_ALLOWED = 20
_FETCH = 2000
_EVERYTHING = 1_000_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Reconciled:
    """What one role's sweep found: rows missed or changed, rows gone, and why it stopped, if it did."""

    role: Role
    missed: int
    gone: int
    stopped: str | None = None


@dataclass(frozen=True, slots=True)
class _Difference:
    missed: Sequence[str]
    gone: Sequence[str]
    mirrored: int


def reconcile(engine: Engine, *, approved: bool = False) -> Sequence[Reconciled]:
    """This function will sweep every role but history, which is append-only and swept by its own watermark.

    A role of which more than 2 % would be removed is left as it is, and says so, unless a person `approved` it. Watched
    renewals whose opportunity stands under another account than their contract are decided about and looked at again.

    Raises PermanentError before the first cycle: what it takes in is decided at once, and the first decisions about an
    org are the baseline's, which holds them for approval.
    """
    _refuse_before_the_baseline(engine)
    found = [
        _reconcile(engine, role, approved=approved) for role in engine.reader.roles() if not engine.stopping()
    ]
    _look_again(engine)
    return found


def _refuse_before_the_baseline(engine: Engine) -> None:
    with engine.store.reading() as tx:
        is_decided = tx.progress.setting(BASELINE) is not None
    if not (is_decided and is_loaded(engine)):
        raise PermanentError(
            "nothing can be compared before everything was read and decided once: run `csops-sync run`, or "
            "`csops-sync sync` once, then `csops-sync reconcile`"
        )


def _reconcile(engine: Engine, role: Role, *, approved: bool) -> Reconciled:
    found = _compare(engine, role)
    if role in _HISTORY:
        found = _Difference(found.missed, (), found.mirrored)
    allowed = max(_ALWAYS_ALLOWED, int(found.mirrored * _MAX_REMOVED_SHARE))
    if len(found.gone) > allowed and not approved:
        return Reconciled(role=role, missed=0, gone=len(found.gone), stopped=_why(role, found))
    for ids in chunked(found.missed, _FETCH):
        take(engine, engine.reader.fetch(role, ids))
    for ids in chunked(found.gone, _FETCH):
        _remove(engine, role, ids)
    return Reconciled(role=role, missed=len(found.missed), gone=len(found.gone))


def _compare(engine: Engine, role: Role) -> _Difference:
    """Walk both sides in order of id at once; neither is ever held whole."""
    missed: list[str] = []
    gone: list[str] = []
    mirrored = 0
    theirs, ours = _theirs(engine, role), _ours(engine, role)
    left, right = next(theirs, None), next(ours, None)
    while left is not None or right is not None:
        if right is None or (left is not None and left[0] < right[0]):
            missed.append(left[0] if left else "")
            left = next(theirs, None)
        elif left is None or right[0] < left[0]:
            gone.append(right[0])
            mirrored += 1
            right = next(ours, None)
        else:
            if left[1] != right[1]:
                missed.append(left[0])
            mirrored += 1
            left, right = next(theirs, None), next(ours, None)
    return _Difference(missed, gone, mirrored)


def _theirs(engine: Engine, role: Role) -> Iterator[tuple[str, int]]:
    for page in engine.reader.sweep(role):
        yield from page


def _ours(engine: Engine, role: Role) -> Iterator[tuple[str, int]]:
    after = ""
    while True:
        with engine.store.reading() as tx:
            page = tx.mirror.stamps(role, after_id=after)
        if not page:
            return
        yield from page
        after = page[-1][0]


def take(engine: Engine, rows: Sequence[Row]) -> None:
    """This function will put rows that were read beside the pulls into the mirror, and decide about their customers."""
    with engine.store.transaction(engine.grant) as tx:
        concerned = absorb(tx, rows)
        _decide(engine, tx, concerned.account_ids, opportunity_ids=concerned.opportunity_ids)


def _look_again(engine: Engine) -> None:
    """Decide about what was missed of renewals between two customers: no sweep finds what the mirror has already."""
    with engine.store.reading() as tx:
        watches = tx.confidence.watches.with_status("", limit=_EVERYTHING)
    for some in chunked(watches, _FETCH):
        if engine.stopping():
            return
        with engine.store.reading() as tx:
            apart = _apart(tx, some)
        if apart:
            with engine.store.transaction(engine.grant) as tx:
                accounts = tx.renewals.accounts_of_opportunities(apart)
                _decide(engine, tx, accounts, opportunity_ids=apart)


def _apart(tx: Transaction, watches: Sequence[Watch]) -> Sequence[str]:
    """Give the opportunities under watch that stand under another account than the renewals tied to them."""
    homes = {one.opportunity_id: one.account_id for one in watches}
    rows = tx.mirror.get(Role.OPPORTUNITY, list(homes))
    return [row.id for row in rows if not row.deleted and row.parent_id != homes[row.id]]


def _decide(
    engine: Engine, tx: Transaction, account_ids: Collection[str], *, opportunity_ids: Collection[str]
) -> None:
    accounts = sorted(account_ids)
    _evaluate(engine, tx, accounts)
    follow(engine, tx, account_ids=accounts, opportunity_ids=opportunity_ids, unseen_before=None)


def _evaluate(engine: Engine, tx: Transaction, accounts: Sequence[str]) -> None:
    handed = Handed(decided=[states_keeper(engine, tx)])
    evaluated = evaluate(tx, accounts, rules=engine.rules, today=engine.today(), handed=handed)
    Recorder(tx=tx, now=engine.now(), shadow=engine.is_shadow).record(evaluated)


def _remove(engine: Engine, role: Role, ids: Sequence[str]) -> None:
    with engine.store.transaction(engine.grant) as tx:
        accounts = sorted(_concerned(tx, role, ids))
        tx.mirror.mark_deleted(role, ids)
        _evaluate(engine, tx, accounts)


def _concerned(tx: Transaction, role: Role, ids: Sequence[str]) -> set[str]:
    if role is Role.ACCOUNT:
        return set(ids) | below(tx, ids)
    tied = tx.renewals.accounts_of_opportunities(ids) if role is Role.OPPORTUNITY else ()
    return {row.parent_id for row in tx.mirror.get(role, ids) if row.parent_id}.union(tied)


def _why(role: Role, found: _Difference) -> str:
    return (
        f"Salesforce no longer shows {len(found.gone)} of {found.mirrored} {role.value} rows; that looks like a lost "
        "permission. If they are really gone, run `csops-sync reconcile --approve`"
    )
