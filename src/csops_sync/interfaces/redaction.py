"""Keeping secrets out of whatever is printed: known ones by their text, unknown ones by their looks."""

import re
from collections.abc import Iterable, Mapping
from typing import Final

MASK: Final = "***"
_SHORTEST = 6  # a shorter "secret" would blank out ordinary words

_LOOKS: Final = (
    re.compile(r"-----BEGIN [A-Z ]+-----.*?(?:-----END [A-Z ]+-----|\Z)", re.DOTALL),
    re.compile(r"\bxox[a-z](?:\.xox[a-z])?-[\w-]+"),  # Slack: bot, user, refresh tokens
    re.compile(r"\bxapp-[\w-]+"),
    re.compile(r"\b00D[0-9A-Za-z]{12,15}![\w.]+"),  # a Salesforce session id
    re.compile(r"\beyJ[\w-]+\.[\w-]+\.[\w-]*"),  # a JSON web token
    re.compile(r"(?<=hooks\.slack\.com/services/)[\w/]+"),
)
_WITH_NAME: Final = (
    re.compile(r"(?i)\b(bearer\s+)[\w.!~+/=-]{8,}"),
    re.compile(r"(://[^:/@\s]*:)[^@\s]+(?=@)"),
    re.compile(
        r"(?i)([\w-]*(?:secret|token|password|passwd|private_key|api_key|assertion)[\w-]*[\"']?\s*[=:]\s*[\"']?)"
        r"[^\s\"',;&}]{6,}"
    ),
)
_NAMES: Final = re.compile(r"(?i)secret|token|password|passwd|private_key|api_key|authorization|assertion")


class Redactor:
    """Masks secrets in text and in nested values. `secrets` are the texts that must never be printed."""

    def __init__(self, secrets: Iterable[str] = ()) -> None:
        longest_first = sorted({part for one in secrets for part in _parts(one)}, key=len, reverse=True)
        self._known = re.compile("|".join(map(re.escape, longest_first))) if longest_first else None

    def text(self, text: str) -> str:
        """This function will mask every secret in a text."""
        if self._known is not None:
            text = self._known.sub(MASK, text)
        for looks in _LOOKS:
            text = looks.sub(MASK, text)
        for named in _WITH_NAME:
            text = named.sub(rf"\1{MASK}", text)
        return text

    def value(self, value: object, name: str = "") -> object:
        """This function will mask a value of any shape; under a telling name, all of it."""
        if value is None or isinstance(value, bool | int | float):
            return value
        if _NAMES.search(name):
            return MASK
        if isinstance(value, str):
            return self.text(value)
        if isinstance(value, Mapping):
            return {str(key): self.value(one, str(key)) for key, one in value.items()}
        if isinstance(value, list | tuple | set | frozenset):
            return [self.value(one) for one in value]
        return self.text(str(value))


def _parts(secret: str) -> list[str]:
    """A secret of several lines is known line by line too: tracebacks and JSON break it up."""
    whole = secret.strip()
    lines = [line.strip() for line in whole.splitlines()]
    return [one for one in (whole, *lines) if len(one) >= _SHORTEST and not one.startswith("-----")]
