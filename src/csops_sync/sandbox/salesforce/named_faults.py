"""Plays the faults that Salesforce itself answers: a refusal by name, an error of one's own, or one row's failure."""

from csops_sync.sandbox.fault_table import SALESFORCE, Refusal
from csops_sync.sandbox.faults import Fault
from csops_sync.sandbox.salesforce.errors import ApiError

_ROW = "row_error"


def before(fault: Fault | None) -> Fault | None:
    """This function will raise what a fault asks for, unless the work is to be done first.

    A failure of one row is left to the handler, which is given it back.
    """
    if fault is None or fault.kind == _ROW:
        return fault
    if fault.arguments.get("row") is not None:
        return _row_error(fault)
    if not fault.arguments.get("after"):
        raise _refusal(fault)
    return None


def after(fault: Fault | None) -> None:
    """This function will raise what a fault asks for once the work is done."""
    if fault is not None and fault.kind != _ROW and fault.arguments.get("row") is None:
        raise _refusal(fault)


def _row_error(fault: Fault) -> Fault:
    named = _named(fault)
    arguments = {"code": named.code, "message": named.message or None, **fault.arguments}
    return Fault(kind=_ROW, arguments=arguments)


def _refusal(fault: Fault) -> ApiError:
    named = _named(fault)
    code = named.code or "UNKNOWN_EXCEPTION"
    message = fault.text("message", named.message or f"{code} asked for by a fault")
    return ApiError(int(fault.number("status", named.status)), code, message, named.fields, extra=named.extra)


def _named(fault: Fault) -> Refusal:
    if fault.kind == "expired_session":  # of a composite's subrequest: the session itself was good
        return SALESFORCE["invalid_session_id"]
    code = fault.text("code", "UNKNOWN_EXCEPTION")
    return SALESFORCE.get(fault.kind, Refusal(status=400, code=code))
