"""A rehearsal: it reads a still view of the database, and what it writes goes to a scratch database over that.

So `plan` can go through a whole cycle beside the daemon: it takes no lock, and cannot change a row, whatever it does.
"""

from csops_sync.adapters.store.forecast import RehearsedForecast
from csops_sync.adapters.store.rehearsed_mirror import RehearsedMirror
from csops_sync.adapters.store.rehearsed_outbox import RehearsedOutbox
from csops_sync.adapters.store.rehearsed_progress import RehearsedProgress
from csops_sync.adapters.store.rehearsed_records import (
    RehearsedJournal,
    RehearsedRenewals,
    RehearsedWrittenFields,
)
from csops_sync.adapters.store.scope import Scope
from csops_sync.adapters.store.shelves import RehearsedConfidence
from csops_sync.ports.forecast_store import Forecast
from csops_sync.ports.shelves import Confidence
from csops_sync.ports.store import Journal, Mirror, Outbox, Progress, Renewals
from csops_sync.ports.written import WrittenFields


class Rehearsal:
    """Implements `ports.store.Transaction` over a view (`below`) and a scratch database (`above`)."""

    def __init__(self, below: Scope, above: Scope) -> None:
        self.mirror: Mirror = RehearsedMirror(below, above)
        self.progress: Progress = RehearsedProgress(below, above)
        self.renewals: Renewals = RehearsedRenewals(below, above)
        self.outbox: Outbox = RehearsedOutbox(below, above)
        self.written: WrittenFields = RehearsedWrittenFields(below, above)
        self.journal: Journal = RehearsedJournal(below, above)
        self.confidence: Confidence = RehearsedConfidence(below, above)
        self.forecast: Forecast = RehearsedForecast(below, above)
