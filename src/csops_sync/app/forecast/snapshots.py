"""Snapshots: once a business day what is known of all terms, and once more for the close of each month.

A snapshot waits until the customers that fall due on its day have been evaluated, so that time has done to every term
what it does on that day. The last day of a month stands for quarters and fiscal years too; what is known of it is what
was stored on the first day after it on which this product ran, and only where it ran before it as well. What weighs a
snapshot is kept with it, once for each version of the rules.
"""

from collections.abc import Sequence
from datetime import date, timedelta

import orjson

from csops_sync.app.engine import Engine
from csops_sync.app.forecast.frames import weighing_of
from csops_sync.app.forecast.kept_rules import weighing_text
from csops_sync.app.forecast.org_rates import org_rates
from csops_sync.app.forecast.standing import grow_revision, is_filled
from csops_sync.app.loading import BASELINE
from csops_sync.domain.rules import RuleSet
from csops_sync.ports.forecast_store import Snapshot, SnapshotKind, Taking, Tally
from csops_sync.ports.store import Transaction

_DAY = timedelta(days=1)


def take_snapshot(engine: Engine) -> tuple[Snapshot, ...]:
    """This function will take what is due today and was not taken; nothing where it was, or the day is not decided yet.

    Raises what the store raises; nothing is kept then, and it can be called again.
    """
    today = engine.today()
    with engine.store.reading() as tx:
        if not _is_due(engine, tx, today):
            return ()
    with engine.store.transaction(engine.grant) as tx:
        wanted = _wanted(tx, today) if _is_due(engine, tx, today) else ()
        totals = totals_of(tx.forecast.states.tallies()) if wanted else ""
        asked = (
            tx.forecast.snapshots.take(
                Taking(
                    kind=kind,
                    as_of=day,
                    taken_at=engine.now(),
                    rules_hash=engine.rules.hash,
                    totals=totals,
                    rules=_weighed_by(engine.rules),
                    rates=org_rates(tx),
                )
            )
            for kind, day in wanted
        )
        taken = tuple(one for one in asked if one is not None)
        if taken:
            grow_revision(tx)  # reports stand on closes and on bridges from a day, too
        return taken


def totals_of(tallies: Sequence[Tally]) -> str:
    """This function will give the totals of a snapshot as JSON: terms, and each tally with its prior in minor units."""
    lines = [
        {
            "standing": one.standing.value,
            "currency": one.currency,
            "terms": one.terms,
            "prior_minor": one.prior_minor,
        }
        for one in tallies
    ]
    return orjson.dumps({"terms": sum(one.terms for one in tallies), "tallies": lines}).decode()


def _weighed_by(rules: RuleSet) -> str | None:
    """Write down what weighs the snapshot; nothing while the rules have no forecast."""
    return weighing_text(weighing_of(rules)) if rules.forecast is not None else None


def _is_due(engine: Engine, tx: Transaction, today: date) -> bool:
    last = tx.forecast.snapshots.latest(kind=SnapshotKind.DAY, until=today)
    if last is not None and last.as_of == today:
        return False
    is_known = tx.progress.setting(BASELINE) is not None and is_filled(engine, tx)
    return is_known and not tx.renewals.due_accounts(today)


def _wanted(tx: Transaction, today: date) -> tuple[tuple[SnapshotKind, date], ...]:
    """Give the day, and before it the close of the month before, if this product has seen that month."""
    closed = today.replace(day=1) - _DAY
    ran_before = tx.forecast.snapshots.latest(kind=SnapshotKind.DAY, until=closed) is not None
    is_taken = tx.forecast.snapshots.latest(kind=SnapshotKind.PERIOD_END, until=closed)
    day = (SnapshotKind.DAY, today)
    if not ran_before or (is_taken is not None and is_taken.as_of == closed):
        return (day,)
    return ((SnapshotKind.PERIOD_END, closed), day)
