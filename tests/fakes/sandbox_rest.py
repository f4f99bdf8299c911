"""A plain REST client of the sandbox's Salesforce, so that tests see statuses, headers and bodies as they are."""

from pathlib import Path
from typing import Any

import jwt
import requests
from tests.fakes.sandbox import SandboxControl, SandboxUrls

JWT_BEARER = "urn:ietf:params:oauth:grant-type:jwt-bearer"
VERSION = "/services/data/v66.0"


def assertion(urls: SandboxUrls, *, key: str | None = None, **changed: object) -> str:
    """Sign a JWT as the product does, with some claims changed."""
    claims = {
        "iss": urls.client_id,
        "sub": urls.username,
        "aud": urls.salesforce,
        "exp": _system_seconds(urls) + 180,
        **changed,
    }
    return jwt.encode(claims, key or Path(urls.private_key_file).read_text("ascii"), algorithm="RS256")


def ask_token(urls: SandboxUrls, **form: str) -> requests.Response:
    """Ask the token endpoint."""
    return requests.post(f"{urls.salesforce}/services/oauth2/token", data=form, timeout=30)


def _system_seconds(urls: SandboxUrls) -> int:
    """Give the system's time, which tokens live by, as the token endpoint tells it."""
    form = {
        "grant_type": "client_credentials",
        "client_id": urls.client_id,
        "client_secret": urls.client_secret,
    }
    return int(ask_token(urls, **form).json()["issued_at"]) // 1000


class Rest:
    """Logged in as the integration user. Paths are below `/services/data/v66.0`."""

    def __init__(self, sandbox: SandboxControl) -> None:
        self.urls = sandbox.urls
        self.http = requests.Session()
        self.http.trust_env = False
        self.log_in()

    def log_in(self) -> None:
        """Get a new token by JWT bearer."""
        answer = ask_token(self.urls, grant_type=JWT_BEARER, assertion=assertion(self.urls))
        self.http.headers["Authorization"] = f"Bearer {answer.json()['access_token']}"

    def call(self, method: str, path: str, **how: Any) -> requests.Response:  # noqa: ANN401  # as requests takes them
        """Send one request; a path that begins with /services is taken as it is."""
        url = path if path.startswith("/services") else VERSION + path
        return self.http.request(method, self.urls.salesforce + url, timeout=30, **how)

    def create(self, name: str, **values: object) -> str:
        """Create a record over the API and give its id."""
        answer = self.call("POST", f"/sobjects/{name}", json=values)
        assert answer.status_code == 201, answer.text
        return str(answer.json()["id"])

    def opportunity(self, **values: object) -> str:
        """Create an opportunity with what is required, unless it is given."""
        filled: dict[str, object] = {"Name": "更新", "StageName": "提案", "CloseDate": "2026-06-15", **values}
        return self.create("Opportunity", **filled)

    def read(self, name: str, record: str) -> dict[str, Any]:
        """Read a record in whole."""
        answer = self.call("GET", f"/sobjects/{name}/{record}")
        assert answer.status_code == 200, answer.text
        return dict(answer.json())

    def query(self, text: str, **how: Any) -> dict[str, Any]:  # noqa: ANN401  # as requests takes them
        """Query and give the first page."""
        answer = self.call("GET", "/query", params={"q": text}, **how)
        assert answer.status_code == 200, answer.text
        return dict(answer.json())


def error_of(answer: requests.Response) -> tuple[int, str]:
    """Give the status and the first error's code."""
    return answer.status_code, str(answer.json()[0]["errorCode"])
