"""What `sync` would send now: the cycle itself, in a transaction that is rolled back, and the outbox as it leaves it.

The rows are those of the outbox and not those of the decision, because `sync` sends the outbox: what waits from before,
what is held, and what was told already are in it.
"""

from collections.abc import Iterator, Sequence
from contextlib import nullcontext
from dataclasses import dataclass, replace

from csops_sync.app.confidence.detecting import COMPARED_AT, COMPUTED, TRACKED
from csops_sync.app.confidence.kept_zones import ZONES
from csops_sync.app.confidence.scope import BEGUN, LOADED
from csops_sync.app.cycle import BASELINE, HELD, READ_UP_TO, RULES, CycleReport, decide_and_store
from csops_sync.app.engine import Engine
from csops_sync.app.evaluation import chunked, evaluate, every_account
from csops_sync.app.forecast.figures import FIGURES, OWED
from csops_sync.app.forecast.standing import STATES
from csops_sync.app.loading import is_loaded, load_all
from csops_sync.app.pausing import PAUSE_SLACK, PAUSED
from csops_sync.app.plan_rows import PlannedRows, planned_rows
from csops_sync.app.recording import Recorder
from csops_sync.app.remarks import remarks_of
from csops_sync.app.views import LimitsView, PlanView, RemarkRow
from csops_sync.domain.intents import Note, NoteKind
from csops_sync.ports.crm import Pulled, Role
from csops_sync.ports.errors import PermanentError
from csops_sync.ports.shelves import Confidence
from csops_sync.ports.store import OutboxRow, OutboxStatus, Store, Transaction

_EVERYTHING = 1_000_000
_CARRIED = 500
_UNSETTLED = (
    OutboxStatus.PENDING,
    OutboxStatus.HELD,
    OutboxStatus.SHADOW,
    OutboxStatus.SENDING,
    OutboxStatus.UNKNOWN,
    OutboxStatus.PARKED,
)
_SETTINGS = (
    *(BASELINE, RULES, HELD, PAUSED, READ_UP_TO, BEGUN, LOADED, TRACKED, COMPUTED, COMPARED_AT),
    *(STATES, FIGURES, OWED, ZONES),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Rehearsed:
    """What the rolled-back cycle left: its report, the rows, and what else is written down beside them."""

    report: CycleReport
    rows: PlannedRows
    paused: str | None


def plan_view(engine: Engine) -> PlanView:
    """This function will read what changed and show what the next `sync` sends, key for key; nothing stays written.

    Raises PermanentError where the first load is not whole (plan in a scratch store then: `rehearsed_in`), and what
    reading Salesforce raises.
    """
    if not is_loaded(engine):
        raise PermanentError("the first load is not whole yet; wait for the daemon, or run `csops-sync sync`")
    with engine.store.reading() as tx:
        watermarks = tx.progress.watermarks()
    pulled = engine.reader.pull(watermarks)
    found = _rehearse(engine, pulled)
    remarks = _remarks(engine, found.report)
    return PlanView(
        as_of=engine.today(),
        timezone=engine.rules.calendar.timezone,
        read_up_to=pulled.read_at,
        rules_hash=engine.rules.hash,
        creates=found.rows.creates,
        updates=found.rows.updates,
        adoptions=found.rows.adoptions,
        left_alone=tuple(one for one in remarks if one.kind == NoteKind.LEFT_ALONE),
        ambiguous=tuple(one for one in remarks if one.kind == NoteKind.AMBIGUOUS),
        messages=found.rows.messages,
        figures=found.rows.figures,
        notes=(*(one for one in remarks if _is_other(one)), *found.rows.stuck),
        limits=_limits(engine),
        held_hash=found.report.held,
        blocked=tuple(_blocked(engine, found)),
    )


def rehearsed_in(engine: Engine, scratch: Store) -> Engine:
    """This function will give an engine on an empty scratch store: loaded from Salesforce, what is known carried over.

    It is for `plan` where the first load is not whole, or the mapping changed, so that there is nothing to plan on.
    """
    rehearsing = replace(engine, store=scratch, grant=None)
    with scratch.bulk_loading():
        load_all(rehearsing)
    _carry_over(engine.store, scratch)
    return rehearsing


def _rehearse(engine: Engine, pulled: Pulled) -> _Rehearsed:
    with engine.store.rehearsal() as tx:
        report = decide_and_store(engine, pulled, nullcontext(tx), keeps_states=bool(engine.mapping.figures))
        rows = {row.key: row for row in _unsettled(tx)}
        held = [row for row in rows.values() if row.status is OutboxStatus.HELD]
        later = _after_approval(engine, tx, held, frozenset(rows))
        shown = planned_rows(
            tx,
            [*rows.values(), *later],
            held=frozenset(row.key for row in (*held, *later)),
            rules=engine.rules,
        )
        return _Rehearsed(report=report, rows=shown, paused=tx.progress.setting(PAUSED))


def _unsettled(tx: Transaction) -> Sequence[OutboxRow]:
    return tx.outbox.with_status(*_UNSETTLED, limit=_EVERYTHING)


def _after_approval(
    engine: Engine, tx: Transaction, held: Sequence[OutboxRow], known: frozenset[str]
) -> Sequence[OutboxRow]:
    """Give what approving would add: what is held is announced only once it is let go, when it is decided again."""
    accounts = sorted({row.account_id for row in held if row.kind == "create"})
    if not accounts:
        return ()
    tx.outbox.put([replace(row, status=OutboxStatus.PENDING) for row in held])
    evaluated = evaluate(tx, accounts, rules=engine.rules, today=engine.today())
    Recorder(tx=tx, now=engine.now(), shadow=engine.is_shadow).record(evaluated)
    return [row for row in _unsettled(tx) if row.key not in known]


def _remarks(engine: Engine, report: CycleReport) -> Sequence[RemarkRow]:
    """Say what a person should see, about those whom the cycle evaluated and about everybody else."""
    done = frozenset(report.account_ids)
    own: Sequence[Note] = report.plan.notes if report.plan else ()
    with engine.store.reading() as tx:
        others = (one for one in every_account(tx) if one not in done)
        rest = evaluate(tx, others, rules=engine.rules, today=engine.today()).plan.notes
        return remarks_of(tx, sorted({*own, *rest}, key=lambda one: (one.kind, one.account_id, one.text)))


def _is_other(remark: RemarkRow) -> bool:
    return remark.kind not in (NoteKind.LEFT_ALONE, NoteKind.AMBIGUOUS)


def _limits(engine: Engine) -> LimitsView:
    guards = engine.rules.guards
    return LimitsView(creates=guards.creates, updates=guards.updates, messages=guards.messages)


def _blocked(engine: Engine, found: _Rehearsed) -> Iterator[str]:
    if engine.desk.creation_blocked:
        yield f"nothing is created before this is mended: {engine.desk.creation_blocked}"
    if engine.is_shadow:
        yield "mode is shadow: everything is decided and recorded, and nothing is sent"
    if found.paused is not None:
        what = "messages to Slack are" if found.paused == PAUSE_SLACK else "everything is"
        yield f"{what} paused by a person; `csops-sync resume` lets it go on"


def _carry_over(state: Store, scratch: Store) -> None:
    """Copy what Salesforce cannot tell: renewals, outbox, written fields, states, confidence, where it stands."""
    with state.reading() as old, scratch.transaction() as new:
        for name in _SETTINGS:
            new.progress.set_setting(name, old.progress.setting(name))
        new.outbox.put(old.outbox.with_status(*OutboxStatus, limit=_EVERYTHING))
        for accounts in chunked(every_account(new), _CARRIED):
            new.renewals.put(old.renewals.of_accounts(accounts))
            deals = [row.id for row in new.mirror.children(Role.OPPORTUNITY, accounts)]
            new.written.put(old.written.of_opportunities(deals))
            new.forecast.states.replace_of_accounts(accounts, old.forecast.states.of_accounts(accounts))
            _carry_confidence(old.confidence, new.confidence, deals)
        new.confidence.silences.put(old.confidence.silences.with_status("on", limit=_EVERYTHING))


def _carry_confidence(old: Confidence, new: Confidence, opportunity_ids: Sequence[str]) -> None:
    new.watches.put(old.watches.get(opportunity_ids))
    new.ledger.put(old.ledger.of(opportunity_ids))
    new.cards.put(old.cards.of(opportunity_ids))
