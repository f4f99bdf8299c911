"""The composite resource: up to 25 subrequests in one call, which may refer to one another's answers.

Source: REST API guide, "Composite".
"""

import re

from csops_sync.sandbox.salesforce import subrequests
from csops_sync.sandbox.salesforce.errors import ApiError
from csops_sync.sandbox.salesforce.request import Answer, Call, Context
from csops_sync.sandbox.salesforce.subrequests import Subrequest

MAX_REQUESTS, MAX_HEAVY = 25, 5
RESOURCES = ("tree", "batch", "sobjects", "graph")
_HEAVY = re.compile(r"/(query|queryAll|composite/sobjects)\b.*", re.IGNORECASE)
_OFFERED = re.compile(r"/(sobjects|query|queryAll|composite/sobjects)(/.*)?", re.IGNORECASE)


def listing(_context: Context, call: Call) -> Answer:
    """This function will answer `GET composite`: what there is below it."""
    call.parameters()
    return Answer(200, {name: f"{call.base}/composite/{name}" for name in RESOURCES})


def composite(context: Context, call: Call) -> Answer:
    """This function will answer `POST composite`."""
    call.parameters()
    body = call.json()
    subrequests.only_keys(body, "allOrNone", "compositeRequest", "collateSubrequests")
    subrequests.flag(body, "collateSubrequests")
    all_or_none = subrequests.flag(body, "allOrNone")
    subs = subrequests.read(body.get("compositeRequest"), _check)
    _check_counts(subs)
    answers = subrequests.run(context, call, subs, all_or_none=all_or_none)
    return Answer(200, {"compositeResponse": subrequests.parts(subs, answers)})


def _check(sub: Subrequest) -> None:
    if not _OFFERED.fullmatch(sub.resource):
        message = (
            f"{sub.url} cannot be part of a composite: only sobjects, query, queryAll and collections can"
        )
        raise ApiError(400, "INVALID_INPUT", message)


def _check_counts(subs: list[Subrequest]) -> None:
    if len(subs) > MAX_REQUESTS:
        raise _too_many(f"Composite requests take up to {MAX_REQUESTS} subrequests, not {len(subs)}")
    if sum(1 for sub in subs if _HEAVY.fullmatch(sub.resource)) > MAX_HEAVY:
        raise _too_many(f"No more than {MAX_HEAVY} subrequests may be queries or collections")


def _too_many(message: str) -> ApiError:
    return ApiError(400, "LIMIT_EXCEEDED", message)
