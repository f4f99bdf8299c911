"""Salesforce's errors, with the codes, texts and HTTP statuses of its REST guide and of real orgs."""

import re
from collections.abc import Mapping, Sequence


class ApiError(Exception):
    """One refusal: `[{"message": …, "errorCode": …, "fields": […]}]` with an HTTP status; `extra` joins them."""

    def __init__(
        self,
        status: int,
        code: str,
        message: str,
        fields: Sequence[str] | None = None,
        *,
        extra: Mapping[str, object] | None = None,
    ) -> None:
        super().__init__(f"{code}: {message}")
        self.status = status
        self.code = code
        self.message = message
        self.fields = None if fields is None else list(fields)
        self.extra = dict(extra or {})

    def as_item(self) -> dict[str, object]:
        """This function will give the error as an element of a REST error list."""
        item: dict[str, object] = {**self.extra, "message": self.message, "errorCode": self.code}
        return item if self.fields is None else {**item, "fields": self.fields}

    def as_row(self) -> dict[str, object]:
        """This function will give the error as a row of a collection gives it (`statusCode`)."""
        error = {
            **self.extra,
            "statusCode": self.code,
            "message": self.message,
            "fields": self.fields or [],
        }
        return {"success": False, "errors": [error]}


class BodyError(ApiError):
    """A body that cannot be read into the fields' types: it fails the whole request, not one row."""

    def __init__(self, kind: str, token: str, value: str, *, field: str = "") -> None:
        self.value, self.field = value, field
        text = f"Cannot deserialize instance of {kind} from {token} value {value}"
        super().__init__(400, "JSON_PARSER_ERROR", f"{text} or request may be missing a required field")

    def located(self, body: bytes) -> ApiError:
        """This function will add where in the body the value stands: behind its field's name, where that is known."""
        text = body.decode("utf-8", "replace")
        named = rf'"{re.escape(self.field)}"\s*:\s*"?(?P<value>{re.escape(self.value)})'
        if not self.value:
            named = rf'"{re.escape(self.field)}"\s*:\s*(?P<value>"")'
        found = re.search(named, text, re.IGNORECASE)
        at = found.start("value") if found else max(text.find(self.value or '""'), 0)
        line, column = text.count("\n", 0, at) + 1, at - (text.rfind("\n", 0, at) + 1) + 1
        return ApiError(self.status, self.code, f"{self.message} at [line:{line}, column:{column}]")


def not_found(message: str = "The requested resource does not exist") -> ApiError:
    """This function will say that there is no such resource, object or row."""
    return ApiError(404, "NOT_FOUND", message)


def method_not_allowed(method: str, allowed: Sequence[str]) -> ApiError:
    """This function will say which methods the resource has."""
    text = f"HTTP Method '{method}' not allowed. Allowed are {','.join(sorted(allowed))}"
    return ApiError(405, "METHOD_NOT_ALLOWED", text)


def no_such_column(column: str, kind: str) -> ApiError:
    """This function will say that a row names a field that is not there, or not shown to this user."""
    return ApiError(400, "INVALID_FIELD", f"No such column '{column}' on sobject of type {kind}")


def bad_parameter(name: str) -> ApiError:
    """This function will refuse a query parameter that the sandbox does not know."""
    return ApiError(400, "INVALID_PARAMETER", f"the sandbox does not know the parameter '{name}' here")


def invalid_reference(status: int = 400) -> ApiError:
    """This function will say that an id leads nowhere."""
    return ApiError(status, "INVALID_CROSS_REFERENCE_KEY", "invalid cross reference id", [])


def deleted(status: int = 400) -> ApiError:
    """This function will say that the row is in the recycle bin."""
    return ApiError(status, "ENTITY_IS_DELETED", "entity is deleted", [])


def locked(record: str | None = None) -> ApiError:
    """This function will say that another transaction holds the row."""
    whom = "this record" if record is None else f"this record or 1 records: {record}"
    return ApiError(400, "UNABLE_TO_LOCK_ROW", f"unable to obtain exclusive access to {whom}", [])


def missing(names: Sequence[str]) -> ApiError:
    """This function will say which required fields are empty."""
    message = f"Required fields are missing: [{', '.join(names)}]"
    return ApiError(400, "REQUIRED_FIELD_MISSING", message, names)


def check_attributes(attributes: object) -> None:
    """This function will refuse `attributes` that are no object; ApiError JSON_PARSER_ERROR."""
    if attributes is not None and not isinstance(attributes, dict):
        message = f'attributes must be an object, as {{"type": "Account"}}, not {attributes!r}'
        raise ApiError(400, "JSON_PARSER_ERROR", message)
