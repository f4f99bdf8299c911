"""Every refusal of the error table as Salesforce would send it, with what it must mean.

Written out by hand and not read from the table, so that a changed row changes a test.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from csops_sync.adapters.salesforce.errors import Verdict


@dataclass(frozen=True, slots=True, kw_only=True)
class Refusal:
    """One answer. `body` is JSON, or text where Salesforce Edge speaks."""

    status: int
    body: object
    verdict: Verdict

    @property
    def code(self) -> str:
        """The errorCode, or the status where there is none."""
        return (
            str(self.body[0]["errorCode"])
            if isinstance(self.body, list) and self.body and isinstance(self.body[0], dict)
            else str(self.status)
        )

    @property
    def names_data(self) -> bool:
        """Whether the refusal of a whole call may be about a value in it: a 400 with a code that is not the org's."""
        org = {"API_DISABLED_FOR_ORG", "API_CURRENTLY_DISABLED", "FUNCTIONALITY_NOT_ENABLED"}
        return self.status == 400 and self.code not in {"400", *org}


def _coded(status: int, code: str, verdict: Verdict, message: str = "words") -> Refusal:
    return Refusal(status=status, body=[{"errorCode": code, "message": message}], verdict=verdict)


def _bare(status: int, verdict: Verdict) -> Refusal:
    return Refusal(status=status, body="<html><body>Service Unavailable</body></html>", verdict=verdict)


_PERMANENT_400: Final = [
    "CANNOT_INSERT_UPDATE_ACTIVATE_ENTITY",
    "MALFORMED_QUERY",
    "INVALID_FIELD",
    "INVALID_TYPE",
    "MALFORMED_ID",
    "JSON_PARSER_ERROR",
    "NUMBER_OUTSIDE_VALID_RANGE",
    "QUERY_TOO_COMPLICATED",
    "EXCEEDED_ID_LIMIT",
    "INVALID_REPLICATION_DATE",
    "DUPLICATES_DETECTED",
    "FIELD_CUSTOM_VALIDATION_EXCEPTION",
    "REQUIRED_FIELD_MISSING",
    "STRING_TOO_LONG",
    "INVALID_OR_NULL_FOR_RESTRICTED_PICKLIST",
    "FIELD_INTEGRITY_EXCEPTION",
    "FIELD_FILTER_VALIDATION_EXCEPTION",
    "INVALID_EMAIL_ADDRESS",
    "INVALID_FIELD_FOR_INSERT_UPDATE",
    "INSUFFICIENT_ACCESS_OR_READONLY",
    "INSUFFICIENT_ACCESS_ON_CROSS_REFERENCE_ENTITY",
    "CANNOT_EXECUTE_FLOW_TRIGGER",
    "INACTIVE_OWNER_OR_USER",
    "ENTITY_IS_LOCKED",
    "INVALID_CROSS_REFERENCE_KEY",
    "SOMETHING_NEW",
]
_PERMANENT_403: Final = [
    "API_DISABLED_FOR_ORG",
    "API_CURRENTLY_DISABLED",
    "FUNCTIONALITY_NOT_ENABLED",
    "OPERATION_TOO_LARGE",
]

REFUSALS: Final[Sequence[Refusal]] = (
    _coded(401, "INVALID_SESSION_ID", Verdict.AUTH),
    _coded(403, "INVALID_SESSION_ID", Verdict.AUTH),
    _bare(401, Verdict.AUTH),
    Refusal(status=401, body="", verdict=Verdict.AUTH),
    _coded(403, "REQUEST_LIMIT_EXCEEDED", Verdict.BUDGET, "TotalRequests Limit exceeded."),
    _coded(403, "REQUEST_LIMIT_EXCEEDED", Verdict.TRANSIENT, "ConcurrentPerOrgLongTxn Limit exceeded."),
    _coded(403, "REQUEST_LIMIT_EXCEEDED", Verdict.BUDGET, "a text of next year"),
    _coded(400, "UNABLE_TO_LOCK_ROW", Verdict.TRANSIENT),
    _coded(500, "UNABLE_TO_LOCK_ROW", Verdict.TRANSIENT),
    _coded(400, "CANNOT_INSERT_UPDATE_ACTIVATE_ENTITY", Verdict.TRANSIENT, "Trigger: UNABLE_TO_LOCK_ROW"),
    *(
        _coded(
            400,
            "CANNOT_INSERT_UPDATE_ACTIVATE_ENTITY",
            Verdict.TRANSIENT,
            f"Trig: System.LimitException: {why}",
        )
        for why in ("Apex CPU time limit exceeded", "Too many SOQL queries: 101")
    ),
    _coded(400, "QUERY_TIMEOUT", Verdict.TRANSIENT),
    _coded(400, "INVALID_QUERY_LOCATOR", Verdict.RESTART),
    _coded(400, "TXN_SECURITY_METERING_ERROR", Verdict.TRANSIENT),
    _coded(400, "LIMIT_EXCEEDED", Verdict.TRANSIENT),
    _coded(400, "PROCESSING_HALTED", Verdict.TRANSIENT),
    _coded(400, "ALL_OR_NONE_OPERATION_ROLLED_BACK", Verdict.TRANSIENT),
    _coded(400, "REQUEST_RUNNING_TOO_LONG", Verdict.UNCERTAIN),
    _coded(500, "UNKNOWN_EXCEPTION", Verdict.UNCERTAIN),
    _coded(503, "SERVER_UNAVAILABLE", Verdict.UNCERTAIN),
    *(_coded(400, code, Verdict.PERMANENT) for code in _PERMANENT_400),
    *(_coded(403, code, Verdict.PERMANENT) for code in _PERMANENT_403),
    _coded(400, "DUPLICATE_VALUE", Verdict.EXISTS, "duplicate value found: Renewal_Key__c duplicates value"),
    _coded(404, "ENTITY_IS_DELETED", Verdict.CONFLICT),
    _coded(404, "NOT_FOUND", Verdict.CONFLICT),
    _coded(404, "INVALID_CROSS_REFERENCE_KEY", Verdict.CONFLICT),
    _coded(412, "PRECONDITION_FAILED", Verdict.CONFLICT),
    _bare(428, Verdict.CONFLICT),
    _bare(410, Verdict.PERMANENT),
    *(_bare(status, Verdict.UNCERTAIN) for status in (406, 408, 420, 429, 500, 502, 503, 504, 599)),
    *(_bare(status, Verdict.PERMANENT) for status in (300, 405, 414, 415, 431)),
    *(_bare(status, Verdict.UNCERTAIN) for status in (302, 307, 400, 403, 404)),
    Refusal(status=403, body="", verdict=Verdict.UNCERTAIN),
    Refusal(status=403, body=[], verdict=Verdict.PERMANENT),
    Refusal(status=300, body=["/services/data/v66.0/sobjects/Opportunity/006"], verdict=Verdict.PERMANENT),
)
