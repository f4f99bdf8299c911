"""Addresses: of Salesforce and Slack, of the database, and our own."""

from ipaddress import ip_address
from typing import Annotated
from urllib.parse import parse_qsl, urlsplit

from pydantic import PlainValidator, WithJsonSchema

from csops_sync.config.section import text

_DATABASES = ("sqlite", "postgresql", "postgres")
_HIGHEST_PORT = 65_535


def read_web_url(value: object) -> str:
    """This function will check an https address, http only on this machine, and drop a slash at its end.

    Raises:
        ValueError: it is no such address, or holds a user or password.
    """
    url = text(value)
    parts = urlsplit(url)
    if parts.scheme not in ("http", "https") or not parts.hostname or any(map(str.isspace, url)):
        raise ValueError("is not a web address; write it like https://example.my.salesforce.com")
    if parts.scheme == "http" and not is_loopback(parts.hostname):
        raise ValueError("must begin with https; http is taken only on this machine (127.0.0.1)")
    if parts.username or parts.password:
        raise ValueError("must not hold a user or a password")
    return url.rstrip("/")


def is_loopback(host: str) -> bool:
    """Whether a host is this machine itself."""
    try:
        return host == "localhost" or ip_address(host).is_loopback
    except ValueError:
        return False


def read_database_url(value: object) -> str:
    """This function will check a database URL; one with a password belongs to the environment.

    Raises:
        ValueError: it is neither SQLite nor PostgreSQL, or holds a password.
    """
    url = check_database_url(text(value))
    if urlsplit(url).password or passwords_in(urlsplit(url).query):
        raise ValueError(
            "must not hold a password; set CSOPS_SYNC_DATABASE_URL (or _FILE) in the environment instead"
        )
    return url


def passwords_in(query: str) -> tuple[str, ...]:
    """This function will give the passwords that stand behind the `?` of a database URL."""
    return tuple(value for name, value in parse_qsl(query) if "password" in name.lower())


def check_database_url(url: str) -> str:
    """This function will check the kind of a database URL.

    Raises:
        ValueError: it is neither SQLite nor PostgreSQL; the text never repeats the URL.
    """
    if urlsplit(url).scheme.split("+")[0] not in _DATABASES:
        raise ValueError("is no database; write sqlite:///var/csops-sync.db or postgresql://host/name")
    return url


def read_client_id(value: object) -> str:
    """This function will check a consumer key, which travels in a header; ValueError where it cannot be one."""
    key = text(value)
    if not key.isascii() or any(map(str.isspace, key)):
        raise ValueError("is no consumer key: it holds a space or a letter that is not ASCII; copy it again")
    return key


def read_listen(value: object) -> tuple[str, int]:
    """This function will read `127.0.0.1:8080` as host and port; ValueError shows the form."""
    host, colon, port = text(value).rpartition(":")
    if not (colon and host and port.isdecimal() and int(port) <= _HIGHEST_PORT):
        raise ValueError(f'{value!r} is no address to listen on; write it in quotes, as in "127.0.0.1:8080"')
    return host.strip("[]"), int(port)


WebUrl = Annotated[
    str,
    PlainValidator(read_web_url),
    WithJsonSchema({"type": "string", "format": "uri", "examples": ["https://example.my.salesforce.com"]}),
]
DatabaseUrl = Annotated[
    str,
    PlainValidator(read_database_url),
    WithJsonSchema({"type": "string", "examples": ["sqlite:///var/csops-sync.db"]}),
]
Listen = Annotated[
    tuple[str, int],
    PlainValidator(read_listen),
    WithJsonSchema({"type": "string", "examples": ["127.0.0.1:8080"]}),
]
