"""Logs on standard error: one event name and key/values, JSON in a container, columns on a terminal, no secrets."""

import logging
import sys
from collections.abc import Iterable, MutableMapping, Sequence
from typing import TextIO

import orjson
import structlog
from structlog.typing import EventDict, Processor, WrappedLogger

from csops_sync.config.addresses import passwords_in
from csops_sync.config.settings import Settings
from csops_sync.interfaces.redaction import Redactor

_LIBRARIES = {
    "apscheduler": logging.WARNING,
    "apscheduler.executors": logging.CRITICAL,  # the daemon's listener tells of failed jobs, with traceback
    "apscheduler.scheduler": logging.ERROR,  # a run that waits for the one before it is no news
    "urllib3": logging.WARNING,
    "slack_sdk": logging.WARNING,
    "simple_salesforce": logging.WARNING,
    "sqlalchemy": logging.WARNING,
    "alembic": logging.WARNING,
    "uvicorn": logging.WARNING,
    "asyncio": logging.WARNING,
}


class StructuredLog:
    """Implements `ports.log.EventLog` with structlog."""

    def __init__(self, name: str = "csops_sync") -> None:
        self._logger: structlog.stdlib.BoundLogger = structlog.stdlib.get_logger(name)

    def info(self, event: str, **details: object) -> None:
        """This function will log what went as it should."""
        self._logger.info(event, **details)

    def warning(self, event: str, **details: object) -> None:
        """This function will log what passes by itself, or what a person should look at some day."""
        self._logger.warning(event, **details)

    def error(self, event: str, **details: object) -> None:
        """This function will log what needs a person."""
        self._logger.error(event, **details)

    def bug(self, event: str, raised: BaseException, /, **details: object) -> None:
        """This function will log what nobody foresaw, with its traceback."""
        self._logger.error(event, exc_info=raised, **details)


def configure(
    *,
    secrets: Iterable[str] = (),
    stream: TextIO | None = None,
    as_json: bool | None = None,
    level: int = logging.INFO,
) -> StructuredLog:
    """This function will set logging up for the whole process, libraries included.

    `as_json` None: JSON unless the stream is a terminal. Every line is masked as a whole before it is written.
    """
    target = stream or sys.stderr
    json_lines = not target.isatty() if as_json is None else as_json
    redactor = Redactor(secrets)
    shared = _shared(redactor)
    structlog.configure(
        processors=[
            structlog.stdlib.filter_by_level,
            *shared,
            structlog.stdlib.ProcessorFormatter.wrap_for_formatter,
        ],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=False,
    )
    handler = logging.StreamHandler(target)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=shared,
            processors=[
                structlog.stdlib.ProcessorFormatter.remove_processors_meta,
                _MaskedLine(_renderer(json_lines=json_lines), redactor),
            ],
        )
    )
    _route(handler, level)
    return StructuredLog()


def secrets_of(settings: Settings) -> Sequence[str]:
    """This function will list the texts that must never be printed."""
    org, slack = settings.salesforce, settings.slack
    held = (org.private_key, org.client_secret, slack.token, slack.app_token)
    url = settings.store_url.get_secret_value()
    password = url.partition("://")[2].rpartition("@")[0].partition(":")[2]
    behind = passwords_in(url.partition("?")[2])
    return [
        *(one.get_secret_value() for one in held if one is not None),
        password,
        *behind,
        *settings.dashboard.secrets,
    ]


def _shared(redactor: Redactor) -> list[Processor]:
    return [
        structlog.stdlib.add_log_level,
        structlog.stdlib.add_logger_name,
        structlog.stdlib.ExtraAdder(),
        structlog.processors.TimeStamper(fmt="iso", utc=True, key="at"),
        structlog.processors.StackInfoRenderer(),
        structlog.processors.format_exc_info,  # to text here, so that it is masked; never with local variables
        _Masked(redactor),
    ]


def _renderer(*, json_lines: bool) -> Processor:
    if json_lines:
        return structlog.processors.JSONRenderer(serializer=_as_json)
    return structlog.dev.ConsoleRenderer(
        colors=False, pad_event_to=24, sort_keys=False, timestamp_key="at", exception_formatter=_plain
    )


def _as_json(value: object, **_options: object) -> str:
    return orjson.dumps(value, default=str, option=orjson.OPT_NON_STR_KEYS).decode()


def _plain(stream: TextIO, exc_info: object) -> None:
    stream.write(str(exc_info))


class _Masked:
    """A processor that masks every value, by its name and by its text."""

    def __init__(self, redactor: Redactor) -> None:
        self._redactor = redactor

    def __call__(self, _logger: WrappedLogger, _method: str, event: EventDict) -> EventDict:
        return {
            name: one if name.startswith("_") else self._redactor.value(one, name)
            for name, one in event.items()
        }


class _MaskedLine:
    """The last processor: renders the line, and masks it once more as a whole."""

    def __init__(self, render: Processor, redactor: Redactor) -> None:
        self._render = render
        self._redactor = redactor

    def __call__(self, logger: WrappedLogger, method: str, event: MutableMapping[str, object]) -> str:
        return self._redactor.text(str(self._render(logger, method, event)))


def _route(handler: logging.Handler, level: int) -> None:
    root = logging.getLogger()
    for old in list(root.handlers):
        root.removeHandler(old)
    root.addHandler(handler)
    root.setLevel(level)
    for name, least in _LIBRARIES.items():
        logging.getLogger(name).setLevel(max(least, level))
    logging.captureWarnings(capture=True)
