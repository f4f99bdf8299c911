"""References between subrequests: `@{account.id}` in a url or a body stands for a value in an earlier answer.

Source: REST API guide, "Composite Subrequest": `.` names a field, `[n]` an element, names and case are exact, and a
value that is there but null may be referred to since version 52.0.
"""

import re
from urllib.parse import quote

import orjson

from csops_sync.sandbox.salesforce.errors import ApiError
from csops_sync.sandbox.salesforce.request import Answer

REFERENCE_ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9_]*")
NULLS_SINCE = 52
_REFERENCE = re.compile(r"@\{([^{}]*)\}")
_PATH = re.compile(r"([A-Za-z0-9][A-Za-z0-9_]*)((?:\.[A-Za-z0-9_]+|\[\d+\])+)")
_STEP = re.compile(r"\.([A-Za-z0-9_]+)|\[(\d+)\]")
_MISSING = object()


class References:
    """Fills in what is referred to. `version` is the API version of the whole request."""

    def __init__(self, version: float) -> None:
        self._nulls = version >= NULLS_SINCE
        self._answers: dict[str, Answer] = {}

    def add(self, reference: str, answer: Answer) -> None:
        """This function will keep an answer for those that refer to it; one that failed gives nothing."""
        self._answers[reference] = answer

    def in_url(self, url: str) -> str:
        """This function will fill in a url, percent-encoded; ApiError PROCESSING_HALTED where a value is missing."""
        return _REFERENCE.sub(lambda found: quote(_text(self._value(found[1])), safe=""), url)

    def in_body(self, value: object) -> object:
        """This function will fill in a body; a text that is one reference becomes the value itself."""
        match value:
            case str():
                return self._in_text(value)
            case list():
                return [self.in_body(item) for item in value]
            case dict():
                return {key: self.in_body(item) for key, item in value.items()}
            case _:
                return value

    def _in_text(self, text: str) -> object:
        whole = _REFERENCE.fullmatch(text)
        if whole is not None:
            return self._value(whole[1])
        return _REFERENCE.sub(lambda found: _text(self._value(found[1])), text)

    def _value(self, inner: str) -> object:
        path = _PATH.fullmatch(inner)
        answer = None if path is None else self._answers.get(path[1])
        if path is None or answer is None or failed(answer):
            raise _invalid(inner)
        value = answer.body
        for name, place in _STEP.findall(path[2]):
            value = _step(value, name, place)
        if value is _MISSING or isinstance(value, (dict, list)) or (value is None and not self._nulls):
            raise _invalid(inner)
        return value


def failed(answer: Answer) -> bool:
    """This function will say whether a subrequest was refused; so is an upsert whose key leads to several rows."""
    return answer.status >= 400 or answer.status == 300  # noqa: PLR2004  # HTTP's own lines


def referred(*parts: object) -> set[str]:
    """This function will give the reference ids that a url or a body names."""
    inner = _REFERENCE.findall(" ".join(orjson.dumps(part).decode() for part in parts))
    return {path[1] for path in (_PATH.fullmatch(text) for text in inner) if path is not None}


def _step(value: object, name: str, place: str) -> object:
    if name and isinstance(value, dict):
        return value.get(name, _MISSING)
    if place and isinstance(value, list) and int(place) < len(value):
        return value[int(place)]
    return _MISSING


def _text(value: object) -> str:
    match value:
        case None:
            return ""
        case bool():
            return str(value).lower()
        case _:
            return str(value)


def _invalid(inner: str) -> ApiError:
    reference = re.split(r"[.\[]", inner, maxsplit=1)[0]
    message = (
        f"Invalid reference specified. No value for {inner} found in {reference}. Provided referenceId ('{inner}')"
        " must start with a letter or a number, and it can contain only letters, numbers and underscores ('_')."
    )
    return ApiError(400, "PROCESSING_HALTED", message)
