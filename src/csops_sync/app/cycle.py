"""One cycle: pull, detect, decide, guard, commit. No network between detect and commit."""

from collections.abc import Iterable, Iterator
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import UTC, datetime

from csops_sync.app.at_hand import BooksAtHand
from csops_sync.app.confidence.following import NOTHING_FOLLOWED, Followed, follow
from csops_sync.app.confidence.silenced_routes import outdate_lines
from csops_sync.app.engine import Engine
from csops_sync.app.evaluation import Evaluated, Handed, evaluate, every_account
from csops_sync.app.forecast.figures import figure_desk
from csops_sync.app.forecast.standing import is_filled, mark_filled, states_keeper
from csops_sync.app.loading import BASELINE, READ_UP_TO, RULES, load_all
from csops_sync.app.operator_notices import baseline_summary, held_notice
from csops_sync.app.pulling import Concerned, absorb
from csops_sync.app.recording import Recorder
from csops_sync.domain.plan import Plan, plan_hash
from csops_sync.ports.crm import Pulled, Role
from csops_sync.ports.store import OutboxStatus, Transaction

__all__ = [
    "BASELINE",
    "HELD",
    "READ_UP_TO",
    "RULES",
    "CycleReport",
    "decide_and_store",
    "run_cycle",
]

HELD = "held_hash"


@dataclass(frozen=True, slots=True, kw_only=True)
class CycleReport:
    """What a cycle did. `plan` is None where nothing had to be decided; `held` is the hash that would approve."""

    baseline: bool
    changed_rows: int
    evaluated_accounts: int
    plan: Plan | None
    held: str | None
    read_at: datetime
    degraded: tuple[str, ...] = ()
    complete: bool = True
    account_ids: tuple[str, ...] = ()
    followed: Followed = NOTHING_FOLLOWED


def run_cycle(engine: Engine) -> CycleReport:
    """This function will run one cycle under the engine's grant.

    Raises TransientError, PermanentError, AuthFailedError, BudgetExceededError from Salesforce and LeaseLostError
    from the store; in each case nothing of the cycle is stored.
    """
    loaded = load_all(engine)
    if not loaded.complete:
        return CycleReport(
            baseline=True,
            changed_rows=sum(loaded.rows.values()),
            evaluated_accounts=0,
            plan=None,
            held=None,
            read_at=engine.now(),
            complete=False,
        )
    pulled = _pull(engine)
    return decide_and_store(engine, pulled, engine.store.transaction(engine.grant), keeps_states=True)


def decide_and_store(
    engine: Engine,
    pulled: Pulled,
    opening: AbstractContextManager[Transaction],
    *,
    all_accounts: bool = False,
    keeps_states: bool = False,
) -> CycleReport:
    """This function will do steps 4-7 in one transaction; `plan` gives it one that is rolled back.

    States of terms are kept by cycles, and by no plan: nothing of it depends on them.
    """
    with opening as tx:
        concerned = absorb(tx, pulled.rows)
        if _has_new_rules(engine, tx):
            outdate_lines(tx)
        whom = _whom(engine, tx, concerned, all_accounts=all_accounts, keeps_states=keeps_states)
        evaluated, at_hand = _evaluate(engine, tx, whom)
        followed = follow(
            engine,
            tx,
            account_ids=evaluated.account_ids if evaluated else (),
            opportunity_ids=concerned.opportunity_ids,
            unseen_before=_unseen_before(tx),
            books=at_hand.books,
        )
        tx.progress.set_watermarks(pulled.covered)
        if concerned.rows or evaluated is not None:
            tx.progress.set_setting(READ_UP_TO, pulled.read_at.isoformat())
        held = tx.progress.setting(HELD)
    return CycleReport(
        baseline=whom.baseline,
        changed_rows=concerned.rows,
        evaluated_accounts=len(evaluated.account_ids) if evaluated else 0,
        plan=evaluated.plan if evaluated else None,
        held=held,
        read_at=pulled.read_at,
        degraded=tuple(sorted(role.value for role in pulled.degraded)),
        account_ids=evaluated.account_ids if evaluated else (),
        followed=followed,
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class _Whom:
    """Whom a cycle evaluates: `accounts`, which are `everybody` there is, or who changed and who falls due.

    `fills`: states of terms are kept for the first time, or anew.
    """

    accounts: Iterable[str]
    everybody: bool
    baseline: bool
    keeps_states: bool
    fills: bool


def _whom(
    engine: Engine, tx: Transaction, concerned: Concerned, *, all_accounts: bool, keeps_states: bool
) -> _Whom:
    baseline = tx.progress.setting(BASELINE) is None
    fills = keeps_states and not is_filled(engine, tx)
    everybody = baseline or all_accounts or fills or concerned.everyone or _has_new_rules(engine, tx)
    return _Whom(
        accounts=every_account(tx) if everybody else _dirty(engine, tx, concerned),
        everybody=everybody,
        baseline=baseline,
        keeps_states=keeps_states,
        fills=fills,
    )


def _unseen_before(tx: Transaction) -> datetime | None:
    """Give how far opportunities had been read before this cycle; None before the first one."""
    covered = tx.progress.watermarks().get(Role.OPPORTUNITY)
    return None if covered is None else datetime.fromtimestamp(covered / 1000, UTC)


def _pull(engine: Engine) -> Pulled:
    with engine.store.reading() as tx:
        watermarks = tx.progress.watermarks()
    return engine.reader.pull(watermarks)


def _has_new_rules(engine: Engine, tx: Transaction) -> bool:
    return tx.progress.setting(RULES) != engine.rules.hash


def _evaluate(engine: Engine, tx: Transaction, whom: _Whom) -> tuple[Evaluated | None, BooksAtHand]:
    """Evaluate whom it concerns, if anybody, and write down what follows; a few customers are kept at hand."""
    recorder = Recorder(tx=tx, now=engine.now(), shadow=engine.is_shadow, baseline=whom.baseline)
    figures = figure_desk(engine, tx) if whom.keeps_states else None
    stands = [states_keeper(engine, tx, figures=figures)] if whom.keeps_states else []
    at_hand = BooksAtHand(most=0) if whom.everybody else BooksAtHand()
    handed = Handed(changes=recorder.keep, decided=[*stands, at_hand.keep])
    evaluated = _evaluated(engine, recorder, whom.accounts, handed)
    if evaluated is not None:
        _record(engine, recorder, evaluated)
    if whom.fills:
        mark_filled(engine, tx)
    if figures is not None:
        figures.settle(everybody=whom.everybody)
    return evaluated, at_hand


def _evaluated(
    engine: Engine, recorder: Recorder, accounts: Iterable[str], handed: Handed
) -> Evaluated | None:
    first = next(iterator := iter(accounts), None)
    if first is None:
        return None
    return evaluate(
        recorder.tx,
        _chain(first, iterator),
        rules=engine.rules,
        today=engine.today(),
        baseline=recorder.baseline,
        handed=handed,
    )


def _dirty(engine: Engine, tx: Transaction, concerned: Concerned) -> Iterator[str]:
    """Give whom to evaluate on a day like any other: what changed, and what falls due today."""
    due = tx.renewals.due_accounts(engine.today())
    return iter(sorted(concerned.account_ids | set(due)))


def _chain(first: str, rest: Iterable[str]) -> Iterator[str]:
    yield first
    yield from rest


def _record(engine: Engine, recorder: Recorder, evaluated: Evaluated) -> None:
    tx = recorder.tx
    holds_more = recorder.record(evaluated)
    tx.progress.set_setting(RULES, engine.rules.hash)
    held = tx.outbox.digests(OutboxStatus.HELD)
    approval = plan_hash(held.items()) if held else None
    if approval != tx.progress.setting(HELD):
        tx.progress.set_setting(HELD, approval)
    if recorder.baseline:
        tx.progress.set_setting(BASELINE, recorder.now.isoformat())
        tx.outbox.put(baseline_summary(engine, tx, evaluated))
    elif approval is not None and holds_more:
        tx.outbox.put(held_notice(engine, count=len(held), approval=approval))
