"""Logging in to the sandbox's Salesforce, and what every answer carries."""

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
import requests
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from tests.fakes.sandbox import SandboxProcess
from tests.fakes.sandbox_here import SandboxHere
from tests.fakes.sandbox_rest import JWT_BEARER, Rest, ask_token, assertion, error_of


@pytest.fixture(scope="module")
def sandbox() -> Iterator[SandboxHere]:
    with SandboxHere.start(org="none") as here:
        yield here


def _foreign_key() -> str:
    key = rsa.generate_private_key(public_exponent=65_537, key_size=2048)
    return key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode("ascii")


def test_a_signed_assertion_opens_a_session_of_the_integration_user(sandbox: SandboxHere) -> None:
    answer = ask_token(sandbox.urls, grant_type=JWT_BEARER, assertion=assertion(sandbox.urls))
    body = answer.json()
    assert answer.status_code == 200
    assert body["instance_url"] == sandbox.urls.salesforce
    assert body["token_type"] == "Bearer"  # noqa: S105  # a kind of token, not one
    assert "expires_in" not in body
    headers = {"Authorization": f"Bearer {body['access_token']}"}
    user = requests.get(
        f"{sandbox.urls.salesforce}/services/oauth2/userinfo", headers=headers, timeout=30
    ).json()
    assert user["preferred_username"] == sandbox.urls.username
    assert body["id"].endswith(f"{user['organization_id']}/{user['user_id']}")


@pytest.mark.parametrize(
    ("changed", "error"),
    [
        ({"aud": "https://example.com"}, "invalid_grant"),
        ({"exp": 1_600_000_000}, "invalid_grant"),
        ({"exp": 4_000_000_000}, "invalid_grant"),
        ({"iss": "another-app"}, "invalid_client_id"),
        ({"sub": "admin@csops.example"}, "invalid_grant"),
        ({"sub": "nobody@csops.example"}, "invalid_grant"),
    ],
)
def test_an_assertion_with_a_wrong_claim_is_refused(
    sandbox: SandboxHere, changed: dict[str, Any], error: str
) -> None:
    signed = assertion(sandbox.urls, **changed)
    answer = ask_token(sandbox.urls, grant_type=JWT_BEARER, assertion=signed)
    assert answer.status_code == 400
    assert answer.json()["error"] == error
    assert answer.json()["error_description"]


def test_an_assertion_signed_by_another_key_is_refused(sandbox: SandboxHere) -> None:
    forged = assertion(sandbox.urls, key=_foreign_key())
    answer = ask_token(sandbox.urls, grant_type=JWT_BEARER, assertion=forged)
    assert (answer.status_code, answer.json()["error"]) == (400, "invalid_grant")


def test_client_credentials_are_taken_from_the_form_and_from_basic(sandbox: SandboxHere) -> None:
    urls = sandbox.urls
    wrong = ask_token(urls, grant_type="client_credentials", client_id=urls.client_id, client_secret="no")  # noqa: S106
    assert wrong.json() == {"error": "invalid_client", "error_description": "invalid client credentials"}
    basic = requests.post(
        f"{urls.salesforce}/services/oauth2/token",
        data={"grant_type": "client_credentials"},
        auth=(urls.client_id, urls.client_secret),
        timeout=30,
    )
    assert basic.status_code == 200


def test_the_private_key_is_readable_by_its_owner_alone_and_goes_with_the_process() -> None:
    with SandboxProcess.start(org="none") as process:
        path = Path(process.urls.private_key_file)
        assert path.stat().st_mode & 0o777 == 0o600
    assert not path.exists()


def test_a_session_ends_when_it_is_expired_and_only_the_versions_need_none(sandbox: SandboxHere) -> None:
    rest = Rest(sandbox)
    assert rest.call("GET", "/limits").status_code == 200
    sandbox.expire_sessions()
    assert error_of(rest.call("GET", "/limits")) == (401, "INVALID_SESSION_ID")
    versions = requests.get(f"{sandbox.urls.salesforce}/services/data", timeout=30)
    assert versions.json()[-1]["version"] == "68.0"
    assert "Sforce-Limit-Info" not in versions.headers
    rest.log_in()
    assert rest.call("GET", "/limits").status_code == 200


def test_every_counted_answer_carries_the_usage_and_the_limit_ends_it(sandbox: SandboxHere) -> None:
    rest = Rest(sandbox)
    first = rest.call("GET", "/limits").headers["Sforce-Limit-Info"]
    second = rest.call("GET", "/limits").headers["Sforce-Limit-Info"]
    used, allowed = second.removeprefix("api-usage=").split("/")
    assert int(used) == int(first.removeprefix("api-usage=").split("/")[0]) + 1
    sandbox.toggles(api_allowance=int(used) + 1)
    assert rest.call("GET", "/limits").json()["DailyApiRequests"] == {"Max": int(used) + 1, "Remaining": 0}
    refused = rest.call("GET", "/limits")
    assert error_of(refused) == (403, "REQUEST_LIMIT_EXCEEDED")
    assert refused.json()[0]["message"] == "TotalRequests Limit exceeded."
    sandbox.advance(days=1, seconds=3600)
    assert rest.call("GET", "/limits").status_code == 200
    sandbox.toggles(api_allowance=int(allowed))


def test_the_only_date_is_the_sandboxs_own(sandbox: SandboxHere) -> None:
    sandbox.set_clock(datetime(2027, 1, 2, 3, 4, 5, tzinfo=UTC))
    for url in (sandbox.urls.salesforce + "/services/data", sandbox.urls.slack_api + "api.test"):
        answer = requests.get(url, timeout=30)
        assert answer.raw.headers.getlist("Date") == ["Sat, 02 Jan 2027 03:04:05 GMT"]
    with SandboxHere.start(org="none") as other:
        assert other.now() == datetime(2026, 4, 1, tzinfo=UTC)
        assert other.advance_business_days(3) == datetime(2026, 4, 6, tzinfo=UTC)


@pytest.mark.parametrize(
    ("path", "refusal"),
    [
        ("/services/data/v1.0/limits", (404, "NOT_FOUND")),
        ("/services/data/v69.0/limits", (404, "NOT_FOUND")),
        ("/services/data/v30.0/limits", (410, "UNSUPPORTED_API_VERSION")),
        ("/nothing", (404, "NOT_FOUND")),
        ("/query?q=SELECT+Id+FROM+User&nope=true", (400, "INVALID_PARAMETER")),
        ("/query", (400, "MALFORMED_QUERY")),
        (f"/query?q={'x' * 16_384}", (414, "URI_TOO_LONG")),
        (f"/query?q={'x' * 16_200}", (431, "REQUEST_HEADER_FIELDS_TOO_LARGE")),
    ],
)
def test_what_is_not_there_is_refused(sandbox: SandboxHere, path: str, refusal: tuple[int, str]) -> None:
    assert error_of(Rest(sandbox).call("GET", path)) == refusal
