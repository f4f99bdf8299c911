"""simple-salesforce on the sandbox: it speaks https only, so what it sends is turned to the sandbox's http."""

from collections.abc import Callable
from typing import Any, TypeAlias

import requests
from requests.adapters import HTTPAdapter
from simple_salesforce.api import Salesforce

Client: TypeAlias = Any
"""A simple-salesforce client: its objects appear as attributes, which no type tells of."""


class Loopback(HTTPAdapter):
    """Sends what a client addresses to any host over https to one address over http."""

    def __init__(self, url: str) -> None:
        super().__init__()
        self._url = url

    def send(self, request: requests.PreparedRequest, *args: Any, **kwargs: Any) -> requests.Response:  # noqa: ANN401  # requests' own signature
        request.url = self._url + (request.path_url or "/")
        return super().send(request, *args, **kwargs)


def client(url: str, **login: str) -> Client:
    """Make a client of the Salesforce at `url`, logged in as `Salesforce(...)` takes it."""
    session = requests.Session()
    session.trust_env = False
    session.mount("https://", Loopback(url))
    make: Callable[..., Client] = Salesforce
    return make(session=session, **login)
