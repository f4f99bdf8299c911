"""The query job resources: `jobs/query` and what is below it."""

import base64
import binascii
from collections.abc import Mapping

from csops_sync.sandbox.salesforce import errors, rows
from csops_sync.sandbox.salesforce.bulk import info
from csops_sync.sandbox.salesforce.bulk.bodies import check_keys, text, wanted_state
from csops_sync.sandbox.salesforce.bulk.csv_answer import csv_answer
from csops_sync.sandbox.salesforce.bulk.query_rows import heading, planned, written
from csops_sync.sandbox.salesforce.errors import ApiError
from csops_sync.sandbox.salesforce.jobs.dialect import Dialect, choice, read_dialect
from csops_sync.sandbox.salesforce.jobs.jobs import Job, JobFailure, Request, State, wrong_state
from csops_sync.sandbox.salesforce.jobs.pages import Pages
from csops_sync.sandbox.salesforce.jobs.query_work import QueryWork
from csops_sync.sandbox.salesforce.query import Plan
from csops_sync.sandbox.salesforce.reader import Reader
from csops_sync.sandbox.salesforce.request import Answer, Call, Context

_PARALLEL, _PARALLEL_SINCE = 5, 58


def create(context: Context, call: Call) -> Answer:
    """This function will answer `POST jobs/query`. The rows are those of this moment.

    A row_error fault makes the job fail.
    """
    call.parameters()
    body = call.json()
    check_keys(body, "operation", "query", "contentType", "columnDelimiter", "lineEnding")
    operation = choice(body, "operation", ("query", "queryAll"))
    dialect = read_dialect(body)
    query = text(body, "query")
    context.ledger.query(query)
    plan = planned(Reader(org=context.org, base=call.base, deleted=operation == "queryAll"), query)
    _take(context)
    work = _work(context, plan, dialect, _asked_failure(call))
    jobs = context.bulk.queries
    job = jobs.open(
        Request(
            user=call.user,
            operation=operation,
            object=plan.scope.kind.name,
            version=call.version,
            dialect=dialect,
            work=work,
        )
    )
    jobs.start(job)
    return Answer(200, info.opened(job))


def everything(context: Context, call: Call) -> Answer:
    """This function will answer `GET jobs/query`."""
    jobs = [info.query_job(job) for job in context.bulk.queries.of(call.user)]
    return Answer(200, info.listing(call, info.QUERY, jobs))


def read(context: Context, call: Call) -> Answer:
    """This function will answer `GET jobs/query/{id}`."""
    call.parameters()
    job = _job(context, call)
    context.bulk.queries.poll(job)
    return Answer(200, info.query_job(job))


def abort(context: Context, call: Call) -> Answer:
    """This function will answer `PATCH jobs/query/{id}` with the state Aborted."""
    wanted_state(call, State.ABORTED)
    job = _job(context, call)
    context.bulk.queries.abort(job)
    return Answer(200, info.opened(job))


def delete(context: Context, call: Call) -> Answer:
    """This function will answer `DELETE jobs/query/{id}`."""
    call.parameters()
    context.bulk.queries.delete(_job(context, call))
    return Answer(204)


def results(context: Context, call: Call) -> Answer:
    """This function will answer `GET jobs/query/{id}/results?locator=&maxRecords=` with CSV."""
    given = call.parameters("locator", "maxRecords")
    job = _complete(context, call)
    pages, start = job.work.pages, _start(job, given)
    stop = min(len(pages), start + min(_most(given), context.bulk.settings().page_rows))
    headers = {
        "Sforce-NumberOfRecords": str(stop - start),
        "Sforce-Locator": _locator(job, stop) if stop < len(pages) else "null",
    }
    return csv_answer(call, pages, start, stop, headers)


def result_pages(context: Context, call: Call) -> Answer:
    """This function will answer `GET jobs/query/{id}/resultPages`: up to five urls to be read side by side."""
    given = call.parameters("locator")
    if float(call.version) < _PARALLEL_SINCE:
        raise errors.not_found()
    job = _complete(context, call)
    size, total = context.bulk.settings().page_rows, len(job.work.pages)
    starts = list(range(_start(job, given), max(total, 1), size))
    base = f"{call.base}/jobs/query/{job.id}"
    urls = [f"{base}/results?locator={_locator(job, start)}" for start in starts[:_PARALLEL]]
    rest = starts[_PARALLEL:]
    following = f"{base}/resultPages?locator={_locator(job, rest[0])}" if rest else None
    shown = [{"resultUrl": url} for url in urls]
    return Answer(200, {"resultPages": shown, "nextRecordsUrl": following, "done": not rest})


def _take(context: Context) -> None:
    desk, now = context.bulk, context.org.now()
    most = desk.settings().query_jobs
    kilobytes = desk.settings().storage_mb * 1024
    if desk.stored.used(now) >= kilobytes * 1024:
        message = f"Max bulk v2 query result size stored ({kilobytes}) kb per 24 hrs has been exceeded"
        raise ApiError(400, "LIMIT_EXCEEDED", message)
    if not desk.query_jobs.take(1, most, now):
        used = desk.query_jobs.used(now)
        message = f"Max bulk v2 query jobs ({most}) per 24 hrs has been reached ({used})"
        raise ApiError(400, "LIMIT_EXCEEDED", message)


def _work(context: Context, plan: Plan, dialect: Dialect, failure: JobFailure | None) -> QueryWork:
    """Give the work of a job: whatever is about to change, its rows are read to the end before."""
    pages, tables = Pages(heading(plan, dialect)), list(context.org.tables.values())

    def ended() -> None:
        context.bulk.stored.add(pages.size, context.org.now())
        for table in tables:
            if work.finish in table.watchers:
                table.watchers.remove(work.finish)

    work = QueryWork(pages, written(plan, dialect), ended, failure)
    for table in tables:
        table.watchers.append(work.finish)
    return work


def _asked_failure(call: Call) -> JobFailure | None:
    if call.fault is None:
        return None
    error = rows.row_fault(call)
    return JobFailure(error.code, error.message)


def _job(context: Context, call: Call) -> Job[QueryWork]:
    return context.bulk.queries.get(call.groups["id"], call.user)


def _complete(context: Context, call: Call) -> Job[QueryWork]:
    job = _job(context, call)
    if job.version != call.version:
        message = f"Job {job.id} was created with API version {job.version}; use it to get the results"
        raise ApiError(409, "INVALIDVERSION", message)
    if job.state is not State.JOB_COMPLETE:
        raise wrong_state(f"Job {job.id} is {job.state}; its results can be read when it is JobComplete")
    return job


def _most(given: Mapping[str, str]) -> int:
    asked = given.get("maxRecords")
    if asked is None:
        return 1 << 62
    if not (asked.isascii() and asked.isdecimal()) or int(asked) < 1:
        raise ApiError(400, "INVALID_PARAMETER", f"maxRecords must be a number from 1 on, not {asked!r}")
    return int(asked)


def _locator(job: Job[QueryWork], start: int) -> str:
    return base64.urlsafe_b64encode(f"0:{job.id}:{start}".encode()).decode().rstrip("=")


def _start(job: Job[QueryWork], given: Mapping[str, str]) -> int:
    """Read a locator, which belongs to its job; ApiError INVALID_QUERY_LOCATOR."""
    locator = given.get("locator")
    if locator is None:
        return 0
    start = _offset(job, locator)
    if start is None or not 0 <= start < max(len(job.work.pages), 1):
        raise ApiError(400, "INVALID_QUERY_LOCATOR", f"Locator {locator} is none of job {job.id}")
    return start


def _offset(job: Job[QueryWork], locator: str) -> int | None:
    try:
        written = base64.urlsafe_b64decode(locator + "=" * (-len(locator) % 4)).decode("ascii")
    except (binascii.Error, ValueError):
        return None
    head, _, offset = written.rpartition(":")
    return int(offset) if head == f"0:{job.id}" and offset.isascii() and offset.isdecimal() else None
