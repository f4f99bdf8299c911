"""The ingest job resources: `jobs/ingest` and what is below it."""

import math
from collections.abc import Mapping

from csops_sync.sandbox.salesforce.bulk import info
from csops_sync.sandbox.salesforce.bulk.bodies import check_keys, text, wanted_state
from csops_sync.sandbox.salesforce.bulk.columns import read_header
from csops_sync.sandbox.salesforce.bulk.csv_answer import csv_answer, csv_text
from csops_sync.sandbox.salesforce.bulk.multipart import is_multipart, read_parts
from csops_sync.sandbox.salesforce.bulk.row_writer import OPERATIONS, RowWriter
from csops_sync.sandbox.salesforce.errors import ApiError
from csops_sync.sandbox.salesforce.jobs.dialect import choice, read_dialect
from csops_sync.sandbox.salesforce.jobs.ingest_work import IngestWork, Preparation
from csops_sync.sandbox.salesforce.jobs.jobs import ENDED, Job, JobFailure, Request, State, wrong_state
from csops_sync.sandbox.salesforce.jobs.upload import Upload
from csops_sync.sandbox.salesforce.request import Answer, Call, Context
from csops_sync.sandbox.salesforce.schema import ObjectType

_BATCH = 10_000
_KEYS = ("object", "operation", "contentType", "columnDelimiter", "lineEnding", "externalIdFieldName")
_DELETES = frozenset({"delete", "hardDelete"})
_NOT_ALLOWED = (
    "hardDelete operation requires special user profile permission, please contact your system administrator"
)


def create(context: Context, call: Call) -> Answer:
    """This function will answer `POST jobs/ingest`, with the data in the same request where it is multipart."""
    call.parameters()
    if not is_multipart(call):
        return Answer(200, info.opened(_opened(context, call, call.json())))
    parts = read_parts(call)
    job = _opened(context, call, parts.job)
    job.work.take(parts.content)
    _close(context, call, job)
    return Answer(200, info.opened(job))


def everything(context: Context, call: Call) -> Answer:
    """This function will answer `GET jobs/ingest`."""
    jobs = [info.ingest_job(job) for job in context.bulk.ingests.of(call.user)]
    return Answer(200, info.listing(call, info.INGEST, jobs))


def read(context: Context, call: Call) -> Answer:
    """This function will answer `GET jobs/ingest/{id}`."""
    call.parameters()
    job = _job(context, call)
    context.bulk.ingests.poll(job)
    return Answer(200, info.ingest_job(job))


def upload(context: Context, call: Call) -> Answer:
    """This function will answer `PUT jobs/ingest/{id}/batches`: all the data, once."""
    call.parameters()
    job = _job(context, call)
    kind = call.headers.get("content-type", "").partition(";")[0].strip().lower()
    if kind != "text/csv":
        raise ApiError(
            415, "UNSUPPORTED_MEDIA_TYPE", f"Content type '{kind}' is not supported; send text/csv"
        )
    if job.state is not State.OPEN:
        raise wrong_state(f"Job {job.id} is {job.state}; data can be uploaded while it is Open")
    if job.work.uploaded:
        message = (
            f"Found multiple contents for job: <{job.id}>, please 'Abort' it and upload only once to a job"
        )
        raise ApiError(400, "INVALIDJOBSTATE", message)
    most = context.bulk.settings().upload_bytes
    if len(call.body) > most:
        raise ApiError(
            413, "REQUEST_TOO_LARGE", f"Job data cannot be larger than {most} bytes; use several jobs"
        )
    job.work.take(call.body)
    return Answer(201)


def change(context: Context, call: Call) -> Answer:
    """This function will answer `PATCH jobs/ingest/{id}`: UploadComplete or Aborted.

    A row_error fault on UploadComplete refuses one of the job's rows.
    """
    wanted = wanted_state(call, State.UPLOAD_COMPLETE, State.ABORTED)
    job = _job(context, call)
    if wanted is State.ABORTED:
        context.bulk.ingests.abort(job)
    else:
        _close(context, call, job)
    return Answer(200, info.opened(job))


def delete(context: Context, call: Call) -> Answer:
    """This function will answer `DELETE jobs/ingest/{id}`."""
    call.parameters()
    context.bulk.ingests.delete(_job(context, call))
    return Answer(204)


def successful(context: Context, call: Call) -> Answer:
    """This function will answer `GET jobs/ingest/{id}/successfulResults`."""
    pages = _ended(context, call).work.successful
    return csv_answer(call, pages, 0, len(pages))


def failed(context: Context, call: Call) -> Answer:
    """This function will answer `GET jobs/ingest/{id}/failedResults`."""
    pages = _ended(context, call).work.refused
    return csv_answer(call, pages, 0, len(pages))


def unprocessed(context: Context, call: Call) -> Answer:
    """This function will answer `GET jobs/ingest/{id}/unprocessedrecords`."""
    return csv_text(_ended(context, call).work.unprocessed())


def _opened(context: Context, call: Call, body: Mapping[str, object]) -> Job[IngestWork]:
    check_keys(body, *_KEYS)
    operation, dialect = choice(body, "operation", OPERATIONS), read_dialect(body)
    kind = _kind(context, text(body, "object"))
    if operation == "hardDelete" and not context.bulk.settings().hard_delete:
        raise ApiError(400, "FEATURENOTENABLED", _NOT_ALLOWED)
    return context.bulk.ingests.open(
        Request(
            user=call.user,
            operation=operation,
            object=kind.name,
            version=call.version,
            dialect=dialect,
            work=IngestWork(dialect),
            key=_key(context, kind, operation, body.get("externalIdFieldName")),
        )
    )


def _kind(context: Context, name: str) -> ObjectType:
    kind = context.org.find(name)
    if kind is None:
        raise ApiError(400, "INVALIDENTITY", f"Unable to find object: {name}")
    if kind.read_only:
        raise ApiError(400, "INVALIDENTITY", f"Entity '{kind.name}' is not supported by the Bulk API.")
    return kind


def _key(context: Context, kind: ObjectType, operation: str, name: object) -> str | None:
    if operation != "upsert":
        if name is not None:
            raise ApiError(400, "INVALIDJOB", f"externalIdFieldName is for upsert, not for {operation}")
        return None
    if not isinstance(name, str) or not name:
        message = f"External ID was blank for {kind.name}. An External ID must be specified for upsert."
        raise ApiError(400, "INVALIDJOB", message)
    one = context.org.field(kind, name)
    if one is None or not (one.external_id or one.name == "Id"):
        message = (
            f"Field name provided, {name} does not match an External ID, Salesforce Id, or indexed field"
            f" for {kind.name}"
        )
        raise ApiError(400, "INVALIDJOB", message)
    return one.name


def _close(context: Context, call: Call, job: Job[IngestWork]) -> None:
    context.bulk.ingests.close(job)
    job.work.ready(_preparation(context, call, job))


def _preparation(context: Context, call: Call, job: Job[IngestWork]) -> Preparation:
    kind = context.org.schema[job.object]

    def prepare(upload: Upload) -> RowWriter:
        columns = read_header(context.org, kind, upload.header)
        if job.operation in _DELETES and [column.field.name for column in columns] != ["Id"]:
            raise JobFailure("InvalidBatch", f"The '{job.operation}' batch must contain only ids")
        _take(context, math.ceil(upload.count / _BATCH))
        key = None if job.key in {None, "Id"} else kind.by_name[str(job.key).lower()]
        return RowWriter(
            context=context, call=call, kind=kind, operation=job.operation, key=key, columns=tuple(columns)
        )

    return prepare


def _take(context: Context, batches: int) -> None:
    desk = context.bulk
    if not desk.batches.take(batches, desk.settings().batches, context.org.now()):
        raise JobFailure("ExceededQuota", "ApiBatchItems Limit exceeded.")


def _job(context: Context, call: Call) -> Job[IngestWork]:
    return context.bulk.ingests.get(call.groups["id"], call.user)


def _ended(context: Context, call: Call) -> Job[IngestWork]:
    call.parameters()
    job = _job(context, call)
    if job.state not in ENDED:
        raise wrong_state(f"Job {job.id} is {job.state}; its results can be read when it has ended")
    return job
