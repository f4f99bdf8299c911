"""The rates that were known when snapshots were taken: a row only where one is not as the snapshot before left it."""

from collections.abc import Sequence
from fractions import Fraction

from sqlalchemy import insert, select

from csops_sync.adapters.store.scope import Scope, from_day, to_day
from csops_sync.adapters.store.tables import SNAPSHOT_RATE
from csops_sync.domain.forecast.rates import DatedRate

_C = SNAPSHOT_RATE.c
_Known = dict[tuple[str, int], str | None]


def keep_rates(scope: Scope, snapshot_id: int, rates: Sequence[DatedRate]) -> None:
    """Append what is new of these rates, what changed, and that some are no more."""
    before = _known(scope, snapshot_id)
    now: _Known = {(one.currency, to_day(one.effective)): str(one.value) for one in rates}
    gone: _Known = dict.fromkeys(key for key, value in before.items() if value is not None and key not in now)
    rows = [
        {
            "org_id": scope.org_id,
            "currency": key[0],
            "effective": key[1],
            "snapshot_id": snapshot_id,
            "value": value,
        }
        for key, value in (now | gone).items()
        if key not in before or before[key] != value
    ]
    if rows:
        scope.connection.execute(insert(SNAPSHOT_RATE), rows)


def kept_rates(scope: Scope, snapshot_id: int) -> Sequence[DatedRate]:
    """Read the rates of a snapshot, in order of currency and day."""
    return [
        DatedRate(currency=currency, effective=from_day(day), value=Fraction(value))
        for (currency, day), value in sorted(_known(scope, snapshot_id).items())
        if value is not None
    ]


def _known(scope: Scope, snapshot_id: int) -> _Known:
    """Give the last word on each rate up to a snapshot; None for one that is no more."""
    mine = (_C.org_id == scope.org_id) & (_C.snapshot_id <= snapshot_id)
    asked = select(_C.currency, _C.effective, _C.value).where(mine)
    found = scope.connection.execute(asked.order_by(_C.currency, _C.effective, _C.snapshot_id))
    return {(currency, day): value for currency, day, value in found}
