"""Credentials and addresses from the environment, or from mounted files; never from YAML, never printed."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from pydantic import SecretStr

from csops_sync.config.addresses import check_database_url, read_client_id, read_web_url
from csops_sync.config.problems import Problem
from csops_sync.config.settings import (
    CLIENT_ID,
    CLIENT_SECRET,
    DATABASE_URL,
    PRIVATE_KEY,
    SALESFORCE_URL,
    SLACK_API_URL,
    SLACK_APP_TOKEN,
    SLACK_TOKEN,
    USERNAME,
)
from csops_sync.config.settings_dashboard import (
    DASHBOARD_CLIENT_ID,
    DASHBOARD_CLIENT_SECRET,
    DASHBOARD_SESSION_SECRET,
    DASHBOARD_TOKEN,
    SHORTEST_SECRET,
)

_LONGEST_SECRET = 65_536
_FIRST_SIGN, _LAST_SIGN = "!", "~"  # what may be seen of ASCII


@dataclass(frozen=True, slots=True, kw_only=True)
class Surroundings:
    """What the environment says; None or empty where it says nothing."""

    salesforce_url: str
    client_id: str
    username: str
    private_key: SecretStr | None
    client_secret: SecretStr | None
    slack_token: SecretStr | None
    slack_app_token: SecretStr | None
    slack_api_url: str
    database_url: SecretStr | None
    dashboard_client_id: str
    dashboard_client_secret: SecretStr | None
    dashboard_token: SecretStr | None
    dashboard_session_secret: SecretStr | None


def read_environment(environment: Mapping[str, str]) -> tuple[Surroundings, tuple[Problem, ...]]:
    """This function will read what concerns us, and list what is wrong with it; no value is ever repeated."""
    reader = _Reader(environment)
    surroundings = Surroundings(
        salesforce_url=reader.checked(SALESFORCE_URL, read_web_url),
        client_id=reader.checked(CLIENT_ID, read_client_id),
        username=reader.plain(USERNAME),
        private_key=reader.private_key(),
        client_secret=reader.secret(CLIENT_SECRET),
        slack_token=reader.secret(SLACK_TOKEN),
        slack_app_token=reader.secret(SLACK_APP_TOKEN),
        slack_api_url=reader.checked(SLACK_API_URL, read_web_url),
        database_url=reader.database_url(),
        dashboard_client_id=reader.checked(DASHBOARD_CLIENT_ID, read_client_id),
        dashboard_client_secret=reader.secret(DASHBOARD_CLIENT_SECRET),
        dashboard_token=reader.long_secret(DASHBOARD_TOKEN),
        dashboard_session_secret=reader.long_secret(DASHBOARD_SESSION_SECRET),
    )
    return surroundings, tuple(reader.problems)


@dataclass(slots=True)
class _Reader:
    environment: Mapping[str, str]
    problems: list[Problem] = field(default_factory=list)

    def plain(self, name: str) -> str:
        return self.environment.get(name, "").strip()

    def checked(self, name: str, check: Callable[[object], str]) -> str:
        value = self.plain(name)
        if not value:
            return ""
        try:
            return check(value)
        except ValueError as error:
            self._refuse(name, str(error))
            return ""

    def secret(self, name: str) -> SecretStr | None:
        """A secret that travels in a header: a space or a letter beyond ASCII in it was never part of it."""
        value = self._secret_text(name)
        if value and not all(_FIRST_SIGN <= sign <= _LAST_SIGN for sign in value):
            self._refuse(
                name, "holds a space, a line break or a letter that is not ASCII; store it again, without"
            )
            return None
        return SecretStr(value) if value else None

    def long_secret(self, name: str) -> SecretStr | None:
        """A secret of our own making, which nobody may guess."""
        found = self.secret(name)
        if found is not None and len(found.get_secret_value()) < SHORTEST_SECRET:
            self._refuse(
                name, f"is shorter than {SHORTEST_SECRET} characters; make one: openssl rand -hex 32"
            )
            return None
        return found

    def private_key(self) -> SecretStr | None:
        value = self._secret_text(PRIVATE_KEY)
        if not value:
            return None
        if "\n" not in value:
            value = value.replace("\\n", "\n")  # how most shells and dashboards keep a key in one line
        if "PRIVATE KEY-----" not in value:
            self._refuse(PRIVATE_KEY, "is no PEM private key; it begins with -----BEGIN PRIVATE KEY-----")
            return None
        return SecretStr(value)

    def database_url(self) -> SecretStr | None:
        value = self._secret_text(DATABASE_URL)
        if not value:
            return None
        try:
            return SecretStr(check_database_url(value))
        except ValueError as error:
            self._refuse(DATABASE_URL, str(error))
            return None

    def _secret_text(self, name: str) -> str:
        file_name = f"{name}_FILE"
        value, path = self.plain(name), self.plain(file_name)
        if value and path:
            self._refuse(name, f"is given twice, as itself and by {file_name}; keep one")
            return ""
        return self._file_text(file_name, Path(path)) if path else value

    def _file_text(self, name: str, path: Path) -> str:
        try:
            with path.open(encoding="utf-8") as stream:
                value = stream.read(_LONGEST_SECRET).strip()
        except OSError as error:
            self._refuse(name, f"{path} cannot be read: {error.strerror}; check the path and its permissions")
            return ""
        except UnicodeDecodeError:
            self._refuse(name, f"{path} is not text")
            return ""
        if not value:
            self._refuse(name, f"{path} is empty")
        return value

    def _refuse(self, name: str, message: str) -> None:
        self.problems.append(Problem(file="environment", line=0, column=0, path=name, message=message))
