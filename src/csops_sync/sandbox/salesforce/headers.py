"""Request headers of the REST API, accepted as documented; a `Sforce-` header that it does not have is refused.

Source: REST API guide, "Headers". `Sforce-Auto-Assign` changes nothing here, for the org has no assignment rules, nor
does `Sforce-Mru`, for an API user has no list of recent items. `Sforce-Query-Options` is read by the queries.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from csops_sync.sandbox.salesforce.errors import ApiError
from csops_sync.sandbox.salesforce.ids import normal

_ASSIGNMENT_RULE = "01Q"
_DUPLICATE_RULES = "sforce-duplicate-rule-header"
_SINCE = {_DUPLICATE_RULES: 52, "sforce-mru": 60}
_PACKAGE = re.compile(r"x-sfdc-packageversion-\w+")
_PACKAGE_VERSION = re.compile(r"\d+\.\d+")


@dataclass(frozen=True, slots=True, kw_only=True)
class DuplicateOptions:
    """What a writer wants of duplicate rules: to save in spite of an alert, to see the other rows, with whose eyes."""

    allow_save: bool = False
    include_record_details: bool = False
    run_as_current_user: bool = False


def check(given: Mapping[str, str], version: str) -> None:
    """This function will look at every header that the REST API defines; ApiError INVALID_HEADER for a wrong one.

    Names are in lower case; `version` is the call's, like `66.0`.
    """
    for name, value in given.items():
        if _PACKAGE.fullmatch(name) and not _PACKAGE_VERSION.fullmatch(value):
            raise _wrong(name, "a version like 1.0", value)
        if not name.startswith("sforce-"):
            continue
        checked = _CHECKS.get(name)
        if checked is None or float(version) < _SINCE.get(name, 0):
            message = f"there is no request header {name.title()} in version {version}"
            raise ApiError(400, "INVALID_HEADER", message)
        checked(name, value)


def duplicate_options(given: Mapping[str, str]) -> DuplicateOptions:
    """This function will read `Sforce-Duplicate-Rule-Header`; everything is false where it is not sent."""
    flags = _flags(_DUPLICATE_RULES, given.get(_DUPLICATE_RULES, ""))
    return DuplicateOptions(
        allow_save=flags.get("allowsave", False),
        include_record_details=flags.get("includerecorddetails", False),
        run_as_current_user=flags.get("runascurrentuser", False),
    )


def _auto_assign(name: str, value: str) -> None:
    if value.lower() in {"true", "false"}:
        return
    if (normal(value) or "").startswith(_ASSIGNMENT_RULE):
        message = f"This org has no assignment rules, so none with the id {value}; send FALSE"
        raise ApiError(400, "INVALID_ASSIGNMENT_RULE", message)
    raise _wrong(name, "TRUE, FALSE or the id of an assignment rule", value)


def _call_options(name: str, value: str) -> None:
    options = _options(name, value, ",")
    if "defaultnamespace" in options:
        message = (
            "the sandbox does not resolve defaultNamespace; write the fields of a package with their prefix"
        )
        raise ApiError(400, "INVALID_HEADER", message)
    if set(options) != {"client"} or not options["client"]:
        raise _wrong(name, "client=NAME", value)


def _duplicate_rules(name: str, value: str) -> None:
    if set(_flags(name, value)) - {"allowsave", "includerecorddetails", "runascurrentuser"}:
        raise _wrong(name, "allowSave, includeRecordDetails and runAsCurrentUser", value)


def _mru(name: str, value: str) -> None:
    if set(_flags(name, value)) != {"updatemru"}:
        raise _wrong(name, "updateMru=true or false", value)


def _flags(name: str, value: str) -> Mapping[str, bool]:
    options = _options(name, value, ";")
    for given in options.values():
        if given.lower() not in {"true", "false"}:
            raise _wrong(name, "true or false for each option", value)
    return {option: given.lower() == "true" for option, given in options.items()}


def _options(name: str, value: str, separator: str) -> Mapping[str, str]:
    """Read `a=b; c=d`: names in lower case, values as they are."""
    options: dict[str, str] = {}
    for part in (part.strip() for part in value.split(separator)):
        option, equals, given = part.partition("=")
        if part and not equals:
            raise _wrong(name, f"options like name=value, apart by {separator!r}", value)
        if part:
            options[option.strip().lower()] = given.strip()
    return options


def _unread(_name: str, _value: str) -> None:
    """Leave a header to the resource that reads it."""


def _wrong(name: str, wanted: str, value: str) -> ApiError:
    return ApiError(400, "INVALID_HEADER", f"{name.title()} takes {wanted}, not {value!r}")


_CHECKS: Mapping[str, Callable[[str, str], None]] = {
    "sforce-auto-assign": _auto_assign,
    "sforce-call-options": _call_options,
    "sforce-mru": _mru,
    "sforce-query-options": _unread,
    _DUPLICATE_RULES: _duplicate_rules,
}
