"""The call that counts on each renewal of a list."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from csops_sync.app.forecast.calls import KnownCalls, calls_known
from csops_sync.app.forecast.mirror_names import MirrorNames
from csops_sync.app.forecast.report_values import RenewalCall, RenewalLine
from csops_sync.ports.store import Transaction

_BY_KEY = 1000
"""Up to so many renewals are asked about one by one; of more, all calls are read."""


def with_calls(tx: Transaction, lines: Sequence[RenewalLine], *, at: datetime) -> tuple[RenewalLine, ...]:
    """This function will put beside each renewal what somebody had called it by an instant (aware)."""
    keys = [one.state.key for one in lines] if len(lines) <= _BY_KEY else None
    return beside_calls(tx, lines, calls_known(tx, at=at, keys=keys))


def beside_calls(tx: Transaction, lines: Sequence[RenewalLine], calls: KnownCalls) -> tuple[RenewalLine, ...]:
    """This function will put beside each renewal its call of these."""
    known = calls.renewals
    if not known:
        return tuple(lines)
    names = MirrorNames(tx.mirror).people({one.by_id for one in known.values()})
    found = {
        key: RenewalCall(amount=one.amount, by=names.get(one.by_id, one.by_id), at=one.at, note=one.note)
        for key, one in known.items()
        if one.amount is not None
    }
    return tuple(replace(one, call=found.get(one.state.key)) for one in lines)
