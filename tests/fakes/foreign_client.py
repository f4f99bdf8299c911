"""simple-salesforce, which nobody here wrote, logged in to the sandbox."""

from typing import Any, TypeAlias

import requests
from requests.adapters import HTTPAdapter
from simple_salesforce.api import Salesforce
from tests.fakes.sandbox import SandboxProcess
from tests.fakes.sandbox_rest import JWT_BEARER, ask_token, assertion

Client: TypeAlias = Any
"""A simple-salesforce client: its objects appear as attributes, which no type tells of."""


class Loopback(HTTPAdapter):
    """Sends what the client addresses to https to the sandbox, which has no TLS."""

    def __init__(self, url: str) -> None:
        super().__init__()
        self._url = url

    def send(self, request: requests.PreparedRequest, *args: Any, **kwargs: Any) -> requests.Response:  # noqa: ANN401  # requests' own signature
        """Send a request to the sandbox instead."""
        request.url = self._url + (request.path_url or "/")
        return super().send(request, *args, **kwargs)


def log_in(sandbox: SandboxProcess, version: str = "66.0") -> Client:
    """Give a client of the integration user."""
    token = ask_token(sandbox.urls, grant_type=JWT_BEARER, assertion=assertion(sandbox.urls)).json()
    session = requests.Session()
    session.trust_env = False
    session.mount("https://", Loopback(sandbox.urls.salesforce))
    return Salesforce(
        instance="sandbox.invalid", session_id=token["access_token"], session=session, version=version
    )
