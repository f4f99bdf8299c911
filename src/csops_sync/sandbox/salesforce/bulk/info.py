"""What the job resources answer. Source: Bulk API 2.0 guide, "Get Information About a … Job"."""

from collections.abc import Mapping, Sequence
from typing import Any

from csops_sync.sandbox.salesforce.errors import ApiError
from csops_sync.sandbox.salesforce.jobs.ingest_work import IngestWork
from csops_sync.sandbox.salesforce.jobs.jobs import Job, State
from csops_sync.sandbox.salesforce.jobs.query_work import QueryWork
from csops_sync.sandbox.salesforce.request import Call
from csops_sync.sandbox.salesforce.stamps import second

Shown = dict[str, object]
QUERY, INGEST = "V2Query", "V2Ingest"
_PAGE = 1_000
_TYPES = ("Classic", "BigObjectIngest", QUERY, INGEST)
_FILTERS = ("isPkChunkingEnabled", "jobType", "concurrencyMode", "queryLocator")


def opened(job: Job[Any]) -> Shown:  # Any: whatever the job does
    """This function will show a job as its creation and its change of state answer."""
    shown: Shown = {
        "id": job.id,
        "operation": job.operation,
        "object": job.object,
        "createdById": job.user,
        "createdDate": second(job.created),
        "systemModstamp": second(job.changed),
        "state": str(job.state),
        "concurrencyMode": "Parallel",
        "contentType": "CSV",
        "apiVersion": float(job.version),
        "lineEnding": job.dialect.line_ending,
        "columnDelimiter": job.dialect.column_delimiter,
    }
    if job.key is not None:
        shown["externalIdFieldName"] = job.key
    if job.state is State.OPEN:
        shown["contentUrl"] = f"services/data/v{job.version}/jobs/ingest/{job.id}/batches"
    return shown


def query_job(job: Job[QueryWork]) -> Shown:
    """This function will show a query job in whole."""
    return {**opened(job), "jobType": QUERY, **_progress(job), "isPkChunkingSupported": True}


def ingest_job(job: Job[IngestWork]) -> Shown:
    """This function will show an ingest job in whole."""
    shown = {**opened(job), "jobType": INGEST, **_progress(job)}
    shown["numberRecordsFailed"] = job.work.failed
    shown["apiActiveProcessingTime"] = job.milliseconds
    shown["apexProcessingTime"] = 0
    return shown


def listing(call: Call, kind: str, jobs: Sequence[Shown]) -> Shown:
    """This function will answer a list of jobs, filtered as the call asks, 1,000 a page."""
    given = call.parameters(*_FILTERS)
    start = _start(given)
    wanted = jobs if _wanted(given, kind, chunking=call.flag("isPkChunkingEnabled")) else ()
    rest = len(wanted) > start + _PAGE
    following = f"{call.path.rstrip('/')}?queryLocator={start + _PAGE}" if rest else None
    return {"done": not rest, "records": list(wanted[start : start + _PAGE]), "nextRecordsUrl": following}


def _progress(job: Job[Any]) -> Shown:  # Any: whatever the job does
    shown: Shown = {
        "numberRecordsProcessed": job.work.processed,
        "retries": 0,
        "totalProcessingTime": job.milliseconds,
    }
    return shown if job.error is None else {**shown, "errorMessage": job.error}


def _start(given: Mapping[str, str]) -> int:
    locator = given.get("queryLocator", "0")
    if not (locator.isascii() and locator.isdecimal()):
        raise ApiError(400, "INVALID_QUERY_LOCATOR", "invalid query locator")
    return int(locator)


def _wanted(given: Mapping[str, str], kind: str, *, chunking: bool) -> bool:
    """Say whether the filters let this kind of job through: there are no jobs of Bulk API 1.0, which alone chunk."""
    asked = given.get("jobType", kind)
    if asked not in _TYPES:
        raise ApiError(400, "INVALID_PARAMETER", f"jobType is one of {', '.join(_TYPES)}, not {asked!r}")
    mode = given.get("concurrencyMode", "parallel").lower()
    if mode not in {"parallel", "serial"}:
        raise ApiError(400, "INVALID_PARAMETER", f"concurrencyMode is parallel or serial, not {mode!r}")
    return asked == kind and mode == "parallel" and not chunking
