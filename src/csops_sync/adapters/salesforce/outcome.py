"""From Salesforce's answer about one record to its `WriteResult`."""

import re
from collections.abc import Mapping
from typing import Final

from csops_sync.adapters.salesforce.answers import JsonObject, as_objects, text
from csops_sync.adapters.salesforce.errors import Failure, Verdict, judge
from csops_sync.adapters.salesforce.records import long_id
from csops_sync.ports.crm import WriteResult, WriteStatus
from csops_sync.ports.errors import OutsideError

_REFUSED: Final = 400  # a row of a collection has no status of its own
_EXISTING_ID: Final = re.compile(r"record with id:\s*([A-Za-z0-9]{15,18})")
_DUPLICATED: Final = re.compile(r"duplicate value found:\s*(\S+)")

_STATUS: Final[Mapping[Verdict, WriteStatus]] = {
    Verdict.TRANSIENT: WriteStatus.RETRY,
    Verdict.BUDGET: WriteStatus.RETRY,
    Verdict.AUTH: WriteStatus.RETRY,  # the session ended within the call, before this record
    Verdict.RESTART: WriteStatus.RETRY,
    Verdict.UNCERTAIN: WriteStatus.UNKNOWN,
    Verdict.CONFLICT: WriteStatus.CONFLICT,
    Verdict.PERMANENT: WriteStatus.REJECTED,
}


def of_row(key: str, row: JsonObject, *, key_column: str) -> WriteResult:
    """This function will read one row of a collections answer. A row that failed was rolled back."""
    if row.get("success") is True:
        return WriteResult(key=key, status=WriteStatus.DONE, id=long_id(text(row.get("id"))))
    errors = as_objects(row.get("errors"))
    result = of_failure(key, judge(status=_REFUSED, body=list(errors)), key_column=key_column)
    if result.status is not WriteStatus.UNKNOWN:
        return result
    return WriteResult(key=key, status=WriteStatus.RETRY, code=result.code, message=result.message)


def of_failure(key: str, failure: Failure, *, key_column: str, record_id: str | None = None) -> WriteResult:
    """This function will say what a refusal means for one record."""
    if failure.verdict is Verdict.EXISTS:
        return _duplicate(key, failure, key_column)
    return WriteResult(
        key=key,
        status=_STATUS[failure.verdict],
        id=record_id,
        code=failure.code,
        message=failure.message,
        retry_after=failure.retry_after,
    )


def of_error(
    key: str, status: WriteStatus, error: OutsideError, *, record_id: str | None = None
) -> WriteResult:
    """This function will give one record the fate of the whole call."""
    return WriteResult(key=key, status=status, id=record_id, code=error.code, message=str(error))


def _duplicate(key: str, failure: Failure, key_column: str) -> WriteResult:
    """Our key is there already, unless the words name another unique field.

    Salesforce writes `<unknown>` for the field and the id where the user may not see the other record.
    """
    named = _DUPLICATED.search(failure.message)
    ours = named is None or named[1] in {key_column, "<unknown>"}
    existing = _EXISTING_ID.search(failure.message)
    return WriteResult(
        key=key,
        status=WriteStatus.EXISTS if ours else WriteStatus.REJECTED,
        id=long_id(existing[1]) if existing and ours else None,
        code=failure.code,
        message=failure.message,
    )
