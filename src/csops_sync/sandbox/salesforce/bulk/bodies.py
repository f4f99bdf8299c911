"""Reading the bodies of job requests."""

from collections.abc import Mapping

from csops_sync.sandbox.salesforce.errors import ApiError
from csops_sync.sandbox.salesforce.jobs.dialect import choice
from csops_sync.sandbox.salesforce.jobs.jobs import State
from csops_sync.sandbox.salesforce.request import Call


def check_keys(body: Mapping[str, object], *known: str) -> None:
    """This function will refuse a property that a job does not have; ApiError JSON_PARSER_ERROR."""
    unknown = set(body) - set(known)
    if unknown:
        names = ", ".join(sorted(known))
        raise ApiError(400, "JSON_PARSER_ERROR", f'Unrecognized field "{min(unknown)}"; a job has {names}')


def text(body: Mapping[str, object], name: str) -> str:
    """This function will read a property that must be a text; ApiError INVALIDJOB."""
    value = body.get(name)
    if not isinstance(value, str) or not value.strip():
        raise ApiError(400, "INVALIDJOB", f"{name} must be specified as text")
    return value


def wanted_state(call: Call, *known: State) -> State:
    """This function will read the state that a PATCH asks for."""
    call.parameters()
    body = call.json()
    check_keys(body, "state")
    return State(choice(body, "state", tuple(map(str, known))))
