"""All terms of an org kept in memory between reports: after news only what differs is read.

Which terms those are the database says, by its revision of the stored states and a digest of each, so that every
process that looks sees the same. Snapshots never change: the last ones that were asked for are kept beside, and share
the values of terms that are still as they were.
"""

from collections import OrderedDict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from threading import Lock

from csops_sync.app.forecast.standing import REVISION
from csops_sync.app.office import Office
from csops_sync.domain.forecast.term_state import TermState
from csops_sync.ports.crm import Role
from csops_sync.ports.forecast_store import Snapshot
from csops_sync.ports.store import Transaction

MOST_KEPT = 200_000
"""The contracts up to which all terms are kept in memory: some 1.5 kB each."""
_SNAPSHOTS = 2
_KEYS_AT_ONCE = 20_000
"""With more news than this, reading all is faster than asking for what differs."""


def terms_in(tx: Transaction, office: Office) -> Iterable[TermState]:
    """This function will give all terms, in order of key: those that the office keeps, else they are read."""
    return tx.forecast.states.all() if office.held is None else office.held.now(tx)


def terms_then(tx: Transaction, office: Office, snapshot: Snapshot) -> Iterable[TermState]:
    """This function will give the terms of a snapshot, in order of key: kept ones, else they are read."""
    if office.held is None:
        return tx.forecast.snapshots.read(snapshot.id)
    return office.held.then(tx, snapshot)


@dataclass(frozen=True, slots=True)
class _Known:
    """The terms of one revision, by key in its order, and their digests."""

    revision: str | None = None
    terms: Mapping[str, TermState] = field(default_factory=dict)
    digests: Mapping[str, int] = field(default_factory=dict)


class KeptTerms:
    """Implements `app.office.HeldTerms` for one org. Threads may share it: they wait for one reading.

    An org with more than `most` contracts is read anew for each report, page by page.
    """

    def __init__(self, most: int = MOST_KEPT) -> None:
        self._most = most
        self._lock = Lock()
        self._known: _Known | None = None
        self._snapshots: OrderedDict[tuple[int, datetime], tuple[TermState, ...]] = OrderedDict()

    def now(self, tx: Transaction) -> Iterable[TermState]:
        """Give all terms as a transaction sees them, in order of key."""
        with self._lock:
            known = self._current(tx)
        return tx.forecast.states.all() if known is None else tuple(known.terms.values())

    def then(self, tx: Transaction, snapshot: Snapshot) -> Iterable[TermState]:
        """Give those of a snapshot, in order of key."""
        asked = (snapshot.id, snapshot.taken_at)
        with self._lock:
            known = self._current(tx)
            if known is None:
                return tx.forecast.snapshots.read(snapshot.id)
            found = self._snapshots.get(asked)
            if found is None:
                found = self._snapshots[asked] = _shared(tx.forecast.snapshots.read(snapshot.id), known.terms)
            self._snapshots.move_to_end(asked)
            while len(self._snapshots) > _SNAPSHOTS:
                self._snapshots.popitem(last=False)
            return found

    def _current(self, tx: Transaction) -> _Known | None:
        """Bring what is known up to the transaction's revision; None where the org is too large."""
        revision = tx.progress.setting(REVISION)
        if self._known is None or self._known.revision != revision:
            if tx.mirror.count(Role.CONTRACT) > self._most:
                self._known = None
                return None
            self._known = _brought_up(self._known or _Known(), tx, revision)
        return self._known


def _brought_up(known: _Known, tx: Transaction, revision: str | None) -> _Known:
    digests = dict(tx.forecast.states.digests())
    differing = [key for key, digest in digests.items() if known.digests.get(key) != digest]
    if len(differing) > _KEYS_AT_ONCE:
        read = {one.key: one for one in tx.forecast.states.all()}
    else:
        read = {one.key: one for one in tx.forecast.states.get(differing)}
    terms = {key: read[key] if key in read else known.terms[key] for key in digests}
    return _Known(revision, terms, digests)


def _shared(states: Iterable[TermState], known: Mapping[str, TermState]) -> tuple[TermState, ...]:
    """Give states, each by the value that is there already where it is the same."""
    return tuple(now if (now := known.get(one.key)) == one else one for one in states)
