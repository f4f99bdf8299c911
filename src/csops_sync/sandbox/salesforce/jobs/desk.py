"""Everything that Bulk API 2.0 keeps between calls: the jobs of both resources and what was used of the allowances."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import Protocol

from csops_sync.sandbox.salesforce.ids import IdFactory
from csops_sync.sandbox.salesforce.jobs.ingest_work import IngestWork
from csops_sync.sandbox.salesforce.jobs.jobs import Jobs
from csops_sync.sandbox.salesforce.jobs.query_work import QueryWork
from csops_sync.sandbox.salesforce.jobs.quota import Quota
from csops_sync.sandbox.salesforce.jobs.settings import BulkSettings

MEGABYTE = 1 << 20
_JOB_PREFIX = "750"


class Switches(Protocol):
    """The part of an org's switches that jobs ask for."""

    @property
    def bulk(self) -> BulkSettings:
        """How fast jobs go and how much they may do."""


class Host(Protocol):
    """The part of an org that jobs need. `restores` counts how often it went back to a snapshot."""

    viewer: str
    restores: int

    @property
    def toggles(self) -> Switches:
        """The switches in force."""

    def now(self) -> datetime:
        """This method will give the org's instant."""


class BulkDesk:
    """The jobs. They are no part of a snapshot: whoever restores one starts without jobs and with whole allowances.

    `stored` counts bytes of query results.
    """

    def __init__(self, org: Host) -> None:
        self._org = org
        self._restores = org.restores
        ids = IdFactory(_JOB_PREFIX)
        self.queries: Jobs[QueryWork] = Jobs(ids, self)
        self.ingests: Jobs[IngestWork] = Jobs(ids, self)
        self.query_jobs, self.batches, self.stored = Quota(), Quota(), Quota()

    def now(self) -> datetime:
        """This function will give the org's instant."""
        return self._org.now()

    @contextmanager
    def acting(self, user: str) -> Iterator[None]:
        """This function will let a job go on as its own user, whoever's call it is that lets it."""
        before, self._org.viewer = self._org.viewer, user
        try:
            yield
        finally:
            self._org.viewer = before

    def settings(self) -> BulkSettings:
        """This function will give the settings in force."""
        return self._org.toggles.bulk

    def settle(self) -> None:
        """This function will bring every job on by the time that has passed, or forget all after a restore."""
        if self._restores != self._org.restores:
            self._start_anew()
        self.queries.settle()
        self.ingests.settle()

    def _start_anew(self) -> None:
        self._restores = self._org.restores
        self.queries.forget()
        self.ingests.forget()
        self.query_jobs, self.batches, self.stored = Quota(), Quota(), Quota()

    def left(self) -> dict[str, object]:
        """This function will give the allowances as the limits resource shows them."""
        now, settings = self._org.now(), self.settings()
        stored = -(-self.stored.used(now) // MEGABYTE)
        return {
            "DailyBulkApiBatches": _left(settings.batches, self.batches.used(now)),
            "DailyBulkV2QueryFileStorageMB": _left(settings.storage_mb, stored),
            "DailyBulkV2QueryJobs": _left(settings.query_jobs, self.query_jobs.used(now)),
        }


def _left(most: int, used: int) -> dict[str, int]:
    return {"Max": most, "Remaining": max(0, most - used)}
