"""What Salesforce's refusals mean: one table, read from the top, the first row that fits decides.

Sources named in the rows: REST = REST API Developer Guide (status codes and error responses); SOAP = "Core
data types: StatusCode" of the SOAP API guide; AIRBYTE = error handler of source-salesforce, proved against
live orgs; EMULATOR = a public conformance suite verified on Developer Edition orgs; EOL = API end-of-life
policy.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from csops_sync.ports.crm_words import UNREAD, UNWRITTEN
from csops_sync.ports.errors import (
    AuthFailedError,
    BudgetExceededError,
    ConflictError,
    OutsideError,
    PermanentError,
    TransientError,
    UnknownOutcomeError,
)


class Verdict(StrEnum):
    """TRANSIENT: nothing was done. UNCERTAIN: a read may be repeated, a write may have happened or not."""

    TRANSIENT = "transient"
    UNCERTAIN = "uncertain"
    BUDGET = "budget"
    PERMANENT = "permanent"
    AUTH = "auth"
    CONFLICT = "conflict"
    EXISTS = "exists"
    RESTART = "restart"


@dataclass(frozen=True, slots=True)
class Rule:
    """One row. None fits anything; `says` is searched in the message; `retry_after` is in seconds."""

    verdict: Verdict
    code: str | None = None
    status: int | None = None
    says: str | None = None
    retry_after: float | None = None

    def fits(self, *, status: int, code: str, message: str) -> bool:
        """This function will say whether the row is about this refusal."""
        return (
            (self.status is None or self.status == status)
            and (self.code is None or self.code == code)
            and (self.says is None or re.search(self.says, message, re.IGNORECASE) is not None)
        )


_T, _U, _B, _P = Verdict.TRANSIENT, Verdict.UNCERTAIN, Verdict.BUDGET, Verdict.PERMANENT
_A, _C, _E, _R = Verdict.AUTH, Verdict.CONFLICT, Verdict.EXISTS, Verdict.RESTART

TABLE: Final[tuple[Rule, ...]] = (
    Rule(_A, code="INVALID_SESSION_ID"),  # REST: expired or revoked token
    Rule(_A, status=401),  # REST; the body may be HTML or empty (seen with simple-salesforce)
    Rule(_B, code="REQUEST_LIMIT_EXCEEDED", says="TotalRequests", retry_after=900.0),  # REST: the rolling day
    Rule(_T, code="REQUEST_LIMIT_EXCEEDED", says="Concurrent", retry_after=5.0),  # REST: 25 calls over 20 s
    Rule(
        _B, code="REQUEST_LIMIT_EXCEEDED", retry_after=900.0
    ),  # a text we do not know: the longer wait is safe
    Rule(_T, code="UNABLE_TO_LOCK_ROW"),  # SOAP: another transaction holds the row; rolled back
    Rule(
        _T, code="CANNOT_INSERT_UPDATE_ACTIVATE_ENTITY", says="UNABLE_TO_LOCK_ROW|limit|too many"
    ),  # SOAP: a trigger met the lock, or a governor limit that fewer records in the call may not meet
    Rule(_P, code="CANNOT_INSERT_UPDATE_ACTIVATE_ENTITY"),  # SOAP: a trigger or flow refused
    Rule(_T, code="QUERY_TIMEOUT"),  # AIRBYTE
    Rule(_R, code="INVALID_QUERY_LOCATOR"),  # REST: the cursor is over two days old, or gone
    Rule(_T, code="TXN_SECURITY_METERING_ERROR"),  # AIRBYTE: transaction security policy timed out
    Rule(_T, code="LIMIT_EXCEEDED"),  # SOAP: an Apex limit; the row was rolled back
    Rule(_T, code="PROCESSING_HALTED"),  # REST composite: a sibling failed first
    Rule(_T, code="ALL_OR_NONE_OPERATION_ROLLED_BACK"),  # REST collections: a sibling failed, all rolled back
    Rule(_U, code="REQUEST_RUNNING_TOO_LONG"),  # SOAP: cut off by the server's own timeout
    Rule(_U, code="UNKNOWN_EXCEPTION"),  # SOAP: an internal error
    Rule(_U, code="SERVER_UNAVAILABLE"),  # REST: overload or maintenance
    Rule(_P, code="MALFORMED_QUERY"),  # REST
    Rule(_P, code="INVALID_FIELD"),  # REST: gone, or hidden by field-level security
    Rule(_P, code="INVALID_TYPE"),  # REST: object gone or hidden
    Rule(_P, code="MALFORMED_ID"),  # REST
    Rule(_P, code="JSON_PARSER_ERROR"),  # REST, EMULATOR
    Rule(_P, code="NUMBER_OUTSIDE_VALID_RANGE"),  # REST
    Rule(_P, code="QUERY_TOO_COMPLICATED"),  # REST: formula fields expanded beyond the limit
    Rule(_P, code="EXCEEDED_ID_LIMIT"),  # REST getUpdated: over 600,000 ids
    Rule(_P, code="INVALID_REPLICATION_DATE"),  # REST getUpdated: window over 30 days, or in the future
    Rule(_E, code="DUPLICATE_VALUE"),  # SOAP: a unique field holds this value already
    Rule(_P, code="DUPLICATES_DETECTED"),  # REST: a blocking duplicate rule
    Rule(_P, code="FIELD_CUSTOM_VALIDATION_EXCEPTION"),  # SOAP: the org's validation rule
    Rule(_P, code="REQUIRED_FIELD_MISSING"),  # SOAP
    Rule(_P, code="STRING_TOO_LONG"),  # SOAP, EMULATOR
    Rule(_P, code="INVALID_OR_NULL_FOR_RESTRICTED_PICKLIST"),  # SOAP
    Rule(_P, code="FIELD_INTEGRITY_EXCEPTION"),  # SOAP
    Rule(_P, code="FIELD_FILTER_VALIDATION_EXCEPTION"),  # SOAP: a lookup filter
    Rule(_P, code="INVALID_EMAIL_ADDRESS"),  # SOAP
    Rule(_P, code="INVALID_FIELD_FOR_INSERT_UPDATE"),  # REST: read-only for this user
    Rule(_P, code="INSUFFICIENT_ACCESS_OR_READONLY"),  # SOAP
    Rule(_P, code="INSUFFICIENT_ACCESS_ON_CROSS_REFERENCE_ENTITY"),  # SOAP
    Rule(_P, code="CANNOT_EXECUTE_FLOW_TRIGGER"),  # SOAP: a flow failed
    Rule(_P, code="INACTIVE_OWNER_OR_USER"),  # SOAP
    Rule(_P, code="ENTITY_IS_LOCKED"),  # SOAP: an approval process holds the record; a person releases it
    Rule(_C, code="ENTITY_IS_DELETED"),  # SOAP, EMULATOR
    Rule(_C, code="NOT_FOUND", status=404),  # EMULATOR: GET of an unknown id
    Rule(_C, code="INVALID_CROSS_REFERENCE_KEY", status=404),  # EMULATOR: PATCH of an unknown id
    Rule(_P, code="INVALID_CROSS_REFERENCE_KEY"),  # SOAP: a lookup's target is gone or hidden
    Rule(_P, code="API_DISABLED_FOR_ORG"),  # REST: the edition or profile has no API
    Rule(_P, code="API_CURRENTLY_DISABLED"),  # REST
    Rule(_P, code="FUNCTIONALITY_NOT_ENABLED"),  # REST
    Rule(_P, code="OPERATION_TOO_LARGE"),  # SOAP: too many rows without View All Data
    Rule(_C, status=412),  # REST: If-Unmodified-Since did not hold
    Rule(_C, status=428),  # REST: a precondition is required
    Rule(_P, status=300),  # REST: an external id that is not unique; the body lists the records
    Rule(_P, status=405),  # REST: a method that the resource does not know, our mistake
    Rule(_P, status=410),  # EOL: this API version is retired
    Rule(_P, status=414),  # REST: the address is too long, our mistake
    Rule(_P, status=415),  # REST: the body is of no known type, our mistake
    Rule(_P, status=431),  # REST: address and headers are too long, our mistake
    Rule(_U, status=406),  # AIRBYTE: empty body, passes on retry
    Rule(_U, status=408),  # HTTP: the server waited for the request in vain
    Rule(_U, status=420),  # REST: Salesforce Edge
    Rule(_U, status=429),  # HTTP: never documented by Salesforce; a proxy before it may say so
    Rule(_U, status=500),  # REST: with an unknown code or an HTML body
    Rule(_U, status=502),  # REST: Salesforce Edge
    Rule(_U, status=503),  # REST: overload or maintenance, body may be HTML
    Rule(_U, status=504),  # HTTP: gateway timeout
)
_UNKNOWN_REFUSAL = Rule(_P)  # an unknown 3xx or 4xx would be refused again
_UNKNOWN_PAGE = Rule(_U)  # AIRBYTE: a page instead of JSON is not Salesforce's API that speaks, and passes
_UNKNOWN_BREAKDOWN = Rule(_U)  # an unknown 5xx may pass
_OF_THE_ORG: Final = frozenset(
    {"API_DISABLED_FOR_ORG", "API_CURRENTLY_DISABLED", "FUNCTIONALITY_NOT_ENABLED"}
)
_BAD_REQUEST: Final = 400


@dataclass(frozen=True, slots=True)
class Failure:
    """One refusal, judged. `message` and `code` are Salesforce's own; no token is ever part of them."""

    verdict: Verdict
    status: int
    code: str
    message: str
    retry_after: float | None = None

    def words(self) -> str:
        """This function will say it to a person: Salesforce's code and message, or the status."""
        return f"{self.code}: {self.message}" if self.code else f"HTTP {self.status}: {self.message}"


class DataRefusedError(PermanentError):
    """A whole call was refused, and one record of it may be why: a value that cannot be parsed refuses them all."""


class RefusedError(Exception):
    """Salesforce refused a call; carries the judged failure within this package."""

    def __init__(self, failure: Failure) -> None:
        super().__init__(failure.words())
        self.failure = failure


def judge(*, status: int, body: object) -> Failure:
    """This function will read an error answer's body, whatever its shape, and look it up in the table."""
    code, message = _code_and_message(body)
    rule = _rule(status=status, code=code, message=message)
    if rule is _UNKNOWN_REFUSAL and not isinstance(body, list | dict):
        rule = _UNKNOWN_PAGE
    return Failure(
        verdict=rule.verdict,
        status=status,
        code=code,
        message=message or "no message",
        retry_after=rule.retry_after,
    )


def as_read_error(failure: Failure) -> OutsideError:
    """This function will give the error that a failed read raises."""
    words = UNREAD(why=failure.words())
    match failure.verdict:
        case Verdict.TRANSIENT | Verdict.UNCERTAIN | Verdict.RESTART:
            return TransientError(words, code=failure.code, retry_after=failure.retry_after)
        case Verdict.BUDGET:
            return BudgetExceededError(words, code=failure.code, retry_after=failure.retry_after)
        case Verdict.AUTH:
            return AuthFailedError(words, code=failure.code)
        case _:
            return PermanentError(words, code=failure.code)


def as_write_error(failure: Failure) -> OutsideError:
    """This function will give the error that a refused write call, as a whole, raises."""
    words = UNWRITTEN(why=failure.words())
    match failure.verdict:
        case Verdict.UNCERTAIN:
            return UnknownOutcomeError(words, code=failure.code)
        case Verdict.CONFLICT:
            return ConflictError(words, code=failure.code)
        case Verdict.PERMANENT | Verdict.EXISTS if _may_be_the_data(failure):
            return DataRefusedError(words, code=failure.code)
        case _:
            return as_read_error(failure)


def _may_be_the_data(failure: Failure) -> bool:
    return failure.status == _BAD_REQUEST and bool(failure.code) and failure.code not in _OF_THE_ORG


def _rule(*, status: int, code: str, message: str) -> Rule:
    for rule in TABLE:
        if rule.fits(status=status, code=code, message=message):
            return rule
    return _UNKNOWN_BREAKDOWN if status >= 500 else _UNKNOWN_REFUSAL  # noqa: PLR2004 (HTTP's own boundary)


def _code_and_message(body: object) -> tuple[str, str]:
    """REST: a list of `{errorCode, message}`; rows of collections: `statusCode`; Salesforce Edge: HTML."""
    first = body[0] if isinstance(body, Sequence) and not isinstance(body, str | bytes) and body else body
    if isinstance(first, Mapping):
        code = first.get("errorCode") or first.get("statusCode") or first.get("error") or ""
        return str(code), " ".join(str(first.get("message") or first.get("error_description") or "").split())
    if isinstance(first, str) and first.strip():
        return "", _plain(first)
    return "", ""


def _plain(page: str) -> str:
    text = re.sub(r"<(style|script)\b.*?</\1>|<[^>]*>", " ", page, flags=re.DOTALL | re.IGNORECASE)
    return " ".join(text.split())[:200]
