"""The first load: every role read whole, chunk by chunk, resumable; nothing is decided until all of it is there."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from csops_sync.app.engine import Engine
from csops_sync.ports.crm import Role
from csops_sync.ports.errors import PermanentError
from csops_sync.ports.store import LoadState

BASELINE = "baseline_at"
"""The setting that says since when everything has been decided once."""
RULES = "rules_hash"
"""The setting that says under which rules everything was decided last."""
READ_UP_TO = "read_up_to"
"""The setting with the instant up to which the last cycle that had news had read."""
_OVERLAP = timedelta(minutes=10)


@dataclass(frozen=True, slots=True, kw_only=True)
class LoadReport:
    """Rows read in this run by role; `complete` False where a stop signal ended it first."""

    rows: Mapping[Role, int]
    complete: bool


def load_all(engine: Engine) -> LoadReport:
    """This function will bring every role's first load to its end, from where it stood.

    A role whose mapping changed is read anew. Raises PermanentError where the org shows no account or no contract at
    all: that is a missing permission rather than a company without customers.
    """
    report = LoadReport(rows={}, complete=True) if is_loaded(engine) else _load_rest(engine)
    if report.complete and (report.rows or not _has_decided(engine)):
        _refuse_nothing(engine)
    return report


def is_loaded(engine: Engine) -> bool:
    """This function will say whether every role's first load is done under the present mapping."""
    with engine.store.reading() as tx:
        loads = tx.progress.loads()
    return all(
        role in loads and loads[role].done and loads[role].mapping_hash == engine.mapping.hashes[role]
        for role in engine.reader.roles()
    )


def _load_rest(engine: Engine) -> LoadReport:
    """Read what is missing; its commits do not wait for the disk one by one, for all of it can be read again."""
    rows: dict[Role, int] = {}
    with engine.store.bulk_loading():
        for role in engine.reader.roles():
            state = _begin(engine, role)
            while not state.done:
                if engine.stopping():
                    return LoadReport(rows=rows, complete=False)
                state, read = _step(engine, state)
                rows[role] = rows.get(role, 0) + read
    return LoadReport(rows=rows, complete=True)


def _begin(engine: Engine, role: Role) -> LoadState:
    """Give the state of a role's load; a new one fixes the start of its delta before it reads anything.

    What is read anew under another mapping is another base of every decision: all of them are made again after it.
    """
    wanted = engine.mapping.hashes[role]
    with engine.store.reading() as tx:
        state = tx.progress.loads().get(role)
    if state is not None and state.mapping_hash == wanted:
        return state
    fresh = _new_load(engine, role)
    with engine.store.transaction(engine.grant) as tx:
        tx.mirror.clear(role)
        tx.progress.set_load(fresh)
        tx.progress.set_setting(RULES, None)
    return fresh


def _new_load(engine: Engine, role: Role) -> LoadState:
    """Give a load that is to begin, with the safe watermark of this moment as the start of its delta.

    A transaction that is open in the org now may have stamped rows that show themselves only when it ends: Salesforce
    says by `latestDateCovered` before when none has. A watermark never goes back, so this must be known at the start.
    """
    recent = _ms(engine.now() - _OVERLAP)
    covered = engine.reader.pull({role: recent}).covered
    return LoadState(
        role=role,
        mapping_hash=engine.mapping.hashes[role],
        delta_from_ms=min(covered.get(role, recent), recent),
        last_id="",
        done=False,
    )


def _step(engine: Engine, state: LoadState) -> tuple[LoadState, int]:
    page = engine.reader.load(state.role, after_id=state.last_id)
    after = LoadState(
        role=state.role,
        mapping_hash=state.mapping_hash,
        delta_from_ms=state.delta_from_ms,
        last_id=page.last_id or state.last_id,
        done=page.done,
    )
    with engine.store.transaction(engine.grant) as tx:
        tx.mirror.put(page.rows)
        tx.progress.set_load(after)
        if page.done:
            tx.progress.set_watermarks({state.role: state.delta_from_ms})
    return after, len(page.rows)


def _has_decided(engine: Engine) -> bool:
    with engine.store.reading() as tx:
        return tx.progress.setting(BASELINE) is not None


def _refuse_nothing(engine: Engine) -> None:
    """Refuse an org without a single account or contract; what was not to be seen is read again next time."""
    with engine.store.reading() as tx:
        empty = [role for role in (Role.ACCOUNT, Role.CONTRACT) if tx.mirror.count(role) == 0]
    if not empty:
        return
    fresh = [_new_load(engine, role) for role in empty]
    with engine.store.transaction(engine.grant) as tx:
        for state in fresh:
            tx.progress.set_load(state)
    raise PermanentError(
        f"Salesforce shows no {' and no '.join(empty)} at all to the integration user; "
        "grant it View All on the mapped objects, or correct the mapping, and start again"
    )


def _ms(instant: datetime) -> int:
    return int(instant.timestamp() * 1000)
