"""The REST API: which resource answers a path, who may call it, and how a refusal looks."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import TypeAlias
from urllib.parse import unquote

from csops_sync.sandbox.faults import Fault, Faults
from csops_sync.sandbox.ledger import Ledger
from csops_sync.sandbox.salesforce import (
    absent,
    composite,
    composite_batch,
    composite_graph,
    describe,
    errors,
    headers,
    keyed_rows,
    named_faults,
    queries,
    record_sets,
    replication,
    resources,
    retrieving,
    rows,
    trees,
    ui_api,
)
from csops_sync.sandbox.salesforce.bulk import ingest_jobs, query_jobs
from csops_sync.sandbox.salesforce.cursors import Cursors
from csops_sync.sandbox.salesforce.errors import ApiError, BodyError
from csops_sync.sandbox.salesforce.jobs.desk import BulkDesk
from csops_sync.sandbox.salesforce.org import Org
from csops_sync.sandbox.salesforce.request import Answer, Call, Context
from csops_sync.sandbox.salesforce.sessions import Sessions

OLDEST, NEWEST, FIRST_RETIRED, LAST_RETIRED = 46, 68, 7, 30
_VERSION = re.compile(r"/services/data/v(\d{1,2}\.0)(/.*)?")
_BODY_METHODS = frozenset({"POST", "PATCH"})
Handler: TypeAlias = Callable[[Context, Call], Answer]

ROUTES: Mapping[str, Mapping[str, Handler]] = {
    "": {"GET": resources.resource_map},
    "/limits": {"GET": resources.limits},
    "/query": {"GET": queries.query},
    "/queryAll": {"GET": queries.query},
    "/query/{locator}": {"GET": queries.more},
    "/queryAll/{locator}": {"GET": queries.more},
    "/jobs/query": {"GET": query_jobs.everything, "POST": query_jobs.create},
    "/jobs/query/{id}": {"GET": query_jobs.read, "PATCH": query_jobs.abort, "DELETE": query_jobs.delete},
    "/jobs/query/{id}/results": {"GET": query_jobs.results},
    "/jobs/query/{id}/resultPages": {"GET": query_jobs.result_pages},
    "/jobs/ingest": {"GET": ingest_jobs.everything, "POST": ingest_jobs.create},
    "/jobs/ingest/{id}": {"GET": ingest_jobs.read, "PATCH": ingest_jobs.change, "DELETE": ingest_jobs.delete},
    "/jobs/ingest/{id}/batches": {"PUT": ingest_jobs.upload},
    "/jobs/ingest/{id}/successfulResults": {"GET": ingest_jobs.successful},
    "/jobs/ingest/{id}/failedResults": {"GET": ingest_jobs.failed},
    "/jobs/ingest/{id}/unprocessedrecords": {"GET": ingest_jobs.unprocessed},
    "/jobs/ingest/{id}/unprocessedRecords": {"GET": ingest_jobs.unprocessed},
    "/composite": {"GET": composite.listing, "POST": composite.composite},
    "/composite/batch": {"POST": composite_batch.batch},
    "/composite/graph": {"POST": composite_graph.graph},
    "/composite/tree/{object}": {"POST": trees.create},
    "/composite/sobjects": {
        "POST": record_sets.create,
        "PATCH": record_sets.update,
        "DELETE": record_sets.delete,
    },
    "/composite/sobjects/{object}": {"GET": retrieving.by_query, "POST": retrieving.by_body},
    "/composite/sobjects/{object}/{field}": {"PATCH": record_sets.upsert},
    "/ui-api/object-info/{object}/picklist-values/{record_type}": {"GET": ui_api.picklist_values},
    "/sobjects": {"GET": describe.everything},
    "/sobjects/{object}": {"GET": describe.basics, "POST": rows.create},
    "/sobjects/{object}/describe": {"GET": describe.one},
    "/sobjects/{object}/updated": {"GET": replication.updated},
    "/sobjects/{object}/deleted": {"GET": replication.deleted},
    "/sobjects/{object}/{id}": {
        "GET": rows.read,
        "HEAD": rows.read,
        "PATCH": rows.update,
        "DELETE": rows.delete,
        "POST": keyed_rows.create,
    },
    "/sobjects/{object}/{field}/{value}": {
        "GET": keyed_rows.read,
        "HEAD": keyed_rows.read,
        "PATCH": keyed_rows.upsert,
        "DELETE": keyed_rows.delete,
    },
}
"""Resources below `/services/data/vNN.0`, the more special ones first."""


@dataclass(frozen=True, slots=True)
class _Route:
    template: str
    pattern: re.Pattern[str]
    handlers: Mapping[str, Handler]


def _route(template: str, handlers: Mapping[str, Handler]) -> _Route:
    pattern = re.sub(r"\{(\w+)\}", r"(?P<\1>[^/]+)", template)
    return _Route(template, re.compile(f"{pattern}/?"), handlers)


_TABLE = [_route(template, handlers) for template, handlers in ROUTES.items()]


class Api:
    """Answers calls. Everything that is refused comes back as an answer, nothing is raised."""

    def __init__(self, org: Org, sessions: Sessions, faults: Faults, ledger: Ledger) -> None:
        self._sessions = sessions
        self._faults = faults
        self._org = org
        self._context = Context(
            org=org,
            faults=faults,
            ledger=ledger,
            cursors=Cursors(),
            bulk=BulkDesk(org),
            dispatch=self._subrequest,
        )

    def handle(self, call: Call) -> Answer:
        """This function will answer one HTTP request under `/services/data`."""
        if call.path.rstrip("/") == "/services/data":
            return _guarded(call, lambda: resources.versions(call, OLDEST, NEWEST))
        answer = _guarded(call, lambda: self._authorised(call))
        usage = f"api-usage={self._org.calls}/{self._org.toggles.api_allowance}"
        return replace(answer, headers={**answer.headers, "Sforce-Limit-Info": usage})

    def _authorised(self, call: Call) -> Answer:
        _version(call.path)
        session = self._sessions.user_of(call.headers.get("authorization"))
        self._org.count_call()
        if self._org.calls > self._org.toggles.api_allowance:
            raise _limit("TotalRequests Limit exceeded.")
        fault = self._fault(call)
        if fault is not None and fault.kind == "expired_session":
            self._sessions.expire()
            session = self._sessions.user_of(call.headers.get("authorization"))
        self._context.bulk.settle()
        self._org.viewer = session
        return self._routed(replace(call, user=session, spared=call.spared or fault is not None), fault)

    def _subrequest(self, call: Call) -> Answer:
        fault = self._fault(call)
        return _guarded(call, lambda: self._routed(call, fault))

    def _fault(self, call: Call) -> Fault | None:
        return self._faults.answer("salesforce", call.method, call.target, call.body, spared=call.spared)

    def _routed(self, call: Call, fault: Fault | None) -> Answer:
        version, rest = _version(call.path)
        for route in _TABLE:
            found = route.pattern.fullmatch(rest)
            if found is None:
                continue
            handler = route.handlers.get(call.method)
            if handler is None:
                raise errors.method_not_allowed(call.method, list(route.handlers))
            _check_content(call)
            groups = {name: unquote(value) for name, value in found.groupdict().items()}
            asked = replace(call, version=version, groups=groups, fault=named_faults.before(fault))
            headers.check(asked.headers, version)
            answer = handler(self._context, asked)
            named_faults.after(fault)
            return answer
        raise absent.refusal(rest)


def _guarded(call: Call, work: Callable[[], Answer]) -> Answer:
    try:
        return work()
    except BodyError as error:
        return Answer(error.status, [error.located(call.body).as_item()])
    except ApiError as error:
        return Answer(error.status, [error.as_item()])


def _version(path: str) -> tuple[str, str]:
    found = _VERSION.fullmatch(path)
    number = 0 if found is None else int(float(found[1]))
    if found is None or not OLDEST <= number <= NEWEST:
        if FIRST_RETIRED <= number <= LAST_RETIRED:
            raise ApiError(410, "UNSUPPORTED_API_VERSION", "The requested resource is no longer available")
        raise errors.not_found()
    return found[1], (found[2] or "").rstrip("/")


def template(path: str) -> str:
    """This function will give the route that a path takes, for counting: `/sobjects/{object}`."""
    found = _VERSION.fullmatch(path)
    if found is None:
        return path.rstrip("/")
    rest = (found[2] or "").rstrip("/")
    return next((route.template for route in _TABLE if route.pattern.fullmatch(rest)), path) or "/"


def _check_content(call: Call) -> None:
    kind = call.headers.get("content-type", "").partition(";")[0].strip().lower()
    multipart = kind == "multipart/form-data" and call.path.rstrip("/").endswith("/jobs/ingest")
    if call.method in _BODY_METHODS and kind != "application/json" and not multipart:
        message = f"Content type '{kind}' is not supported here; send application/json"
        raise ApiError(415, "UNSUPPORTED_MEDIA_TYPE", message)


def _limit(message: str) -> ApiError:
    return ApiError(403, "REQUEST_LIMIT_EXCEEDED", message)
