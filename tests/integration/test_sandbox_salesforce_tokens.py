"""The sandbox's OAuth endpoints beside the login itself: what is refused as a new org refuses it, and a token's end."""

from collections.abc import Iterator

import pytest
import requests
from tests.fakes.sandbox_here import SandboxHere
from tests.fakes.sandbox_rest import Rest, ask_token, error_of

SOAP_LOGIN = (
    '<se:Envelope xmlns:se="http://schemas.xmlsoap.org/soap/envelope/"><se:Header/><se:Body>'
    '<login xmlns="urn:partner.soap.sforce.com"><username>u</username><password>p</password></login>'
    "</se:Body></se:Envelope>"
)


@pytest.fixture(scope="module")
def sandbox() -> Iterator[SandboxHere]:
    with SandboxHere.start(org="none") as here:
        yield here


def _credentials(sandbox: SandboxHere) -> dict[str, str]:
    return {"client_id": sandbox.urls.client_id, "client_secret": sandbox.urls.client_secret}


def _oauth(sandbox: SandboxHere, name: str, **form: str) -> requests.Response:
    return requests.post(f"{sandbox.urls.salesforce}/services/oauth2/{name}", data=form, timeout=30)


def _get(sandbox: SandboxHere, path: str, token: str = "") -> requests.Response:
    headers = {"Authorization": f"Bearer {token}"} if token else {}
    return requests.get(sandbox.urls.salesforce + path, headers=headers, timeout=30)


@pytest.fixture
def token(sandbox: SandboxHere) -> str:
    answer = ask_token(sandbox.urls, grant_type="client_credentials", **_credentials(sandbox))
    return str(answer.json()["access_token"])


@pytest.mark.parametrize(
    ("form", "error", "description"),
    [
        (
            {"grant_type": "password", "username": "u", "password": "p"},
            "invalid_grant",
            "authentication failure",
        ),
        (
            {"grant_type": "refresh_token", "refresh_token": "x"},
            "invalid_grant",
            "expired access/refresh token",
        ),
        ({"grant_type": "authorization_code", "code": "x"}, "invalid_grant", "invalid authorization code"),
        ({"grant_type": "urn:example:bogus"}, "unsupported_grant_type", "grant type not supported"),
        ({}, "unsupported_grant_type", "grant type not supported"),
        (
            {"grant_type": "client_credentials", "client_secret": "no"},
            "invalid_client",
            "invalid client credentials",
        ),
        (
            {"grant_type": "client_credentials", "client_secret": ""},
            "invalid_client",
            "invalid client credentials",
        ),
        (
            {"grant_type": "client_credentials", "client_id": "no"},
            "invalid_client_id",
            "client identifier invalid",
        ),
        ({"grant_type": "password", "client_id": "no"}, "invalid_client_id", "client identifier invalid"),
    ],
)
def test_a_token_is_refused_with_the_words_of_an_org(
    sandbox: SandboxHere, form: dict[str, str], error: str, description: str
) -> None:
    answer = ask_token(sandbox.urls, **{**_credentials(sandbox), **form})
    assert answer.status_code == 400
    assert answer.json() == {"error": error, "error_description": description}


def test_client_credentials_run_as_a_user_who_is_active_and_let_in(sandbox: SandboxHere, token: str) -> None:
    start = sandbox.snapshot()
    people = {row["Username"]: row["Id"] for row in sandbox.records("User")}
    sandbox.update("User", people[sandbox.urls.username], {"IsActive": False})
    form = {"grant_type": "client_credentials", **_credentials(sandbox)}
    inactive = ask_token(sandbox.urls, **form)
    assert inactive.status_code == 400
    assert inactive.json() == {"error": "invalid_grant", "error_description": "inactive user"}
    assert _oauth(sandbox, "introspect", token=token, **_credentials(sandbox)).json() == {"active": False}
    assert _get(sandbox, "/services/oauth2/userinfo", token).text == "Bad_OAuth_Token"
    sandbox.restore(start)
    for row in sandbox.records("SetupEntityAccess"):
        sandbox.delete("SetupEntityAccess", row["Id"])
    stranger = ask_token(sandbox.urls, **form)
    assert (stranger.status_code, stranger.json()["error"]) == (400, "invalid_grant")
    assert stranger.json()["error_description"] == "user hasn't approved this consumer"
    sandbox.restore(start)
    assert ask_token(sandbox.urls, **form).status_code == 200


def test_the_token_endpoint_takes_a_posted_form_and_nothing_else(sandbox: SandboxHere) -> None:
    url = f"{sandbox.urls.salesforce}/services/oauth2/token"
    form = {"grant_type": "client_credentials", **_credentials(sandbox)}
    assert requests.post(url, json=form, timeout=30).json()["error"] == "unsupported_grant_type"
    assert error_of(requests.get(url, params=form, timeout=30)) == (405, "METHOD_NOT_ALLOWED")


def test_a_token_tells_its_own_app_whose_it_is_until_it_is_revoked(sandbox: SandboxHere, token: str) -> None:
    told = _oauth(sandbox, "introspect", token=token, **_credentials(sandbox)).json()
    assert told["active"]
    assert told["username"] == sandbox.urls.username
    assert (told["scope"], told["client_id"]) == ("api id", sandbox.urls.client_id)
    assert told["exp"] - told["iat"] >= 7200
    stranger = _oauth(
        sandbox, "introspect", **{**_credentials(sandbox), "token": token, "client_secret": "no"}
    )
    assert (stranger.status_code, stranger.json()["error"]) == (400, "invalid_client")
    revoked = _oauth(sandbox, "revoke", token=token)
    assert (revoked.status_code, revoked.content) == (200, b"")
    assert _oauth(sandbox, "introspect", token=token, **_credentials(sandbox)).json() == {"active": False}
    assert error_of(_get(sandbox, "/services/data/v66.0/limits", token)) == (401, "INVALID_SESSION_ID")
    again = _get(sandbox, f"/services/oauth2/revoke?token={token}")
    assert (again.status_code, again.json()["error"]) == (400, "invalid_token")


def test_a_revoked_token_leaves_the_other_sessions_alone(sandbox: SandboxHere, token: str) -> None:
    rest = Rest(sandbox)
    assert _get(sandbox, f"/services/oauth2/revoke?token={token}").status_code == 200
    assert rest.call("GET", "/limits").status_code == 200


def test_the_identity_url_of_a_login_tells_who_it_is(sandbox: SandboxHere) -> None:
    login = ask_token(sandbox.urls, grant_type="client_credentials", **_credentials(sandbox)).json()
    path = login["id"].removeprefix(sandbox.urls.salesforce)
    who = _get(sandbox, path, login["access_token"]).json()
    assert (who["username"], who["id"]) == (sandbox.urls.username, login["id"])
    assert who["urls"]["rest"] == f"{sandbox.urls.salesforce}/services/data/v{{version}}/"
    assert _get(sandbox, "/services/data/v66.0", login["access_token"]).json()["identity"] == login["id"]
    organization, user = path.split("/")[-2:]
    for wrong, refusal in [
        (f"/id/{organization[:15]}/{user[:15]}", (200, None)),
        (f"/id/00D000000000001/{user}", (403, "Wrong_Org")),
        (f"/id/{organization}/005000000000001", (404, "Bad_Id")),
    ]:
        answer = _get(sandbox, wrong, login["access_token"])
        assert (answer.status_code, refusal[1] or answer.text) == (refusal[0], answer.text)


@pytest.mark.parametrize("path", ["/services/oauth2/userinfo", "/id/00D000000000001AAA/005000000000001AAA"])
def test_nobody_is_told_who_they_are_without_a_good_token(sandbox: SandboxHere, path: str) -> None:
    bad, missing = _get(sandbox, path, "00D!bad"), _get(sandbox, path)
    assert (bad.status_code, bad.text) == (403, "Bad_OAuth_Token")
    assert (missing.status_code, missing.text) == (403, "Missing_OAuth_Token")
    assert missing.headers["Content-Type"].startswith("text/plain")


@pytest.mark.parametrize(
    ("path", "code", "text"),
    [
        (
            "/services/Soap/u/59.0",
            "sf:INVALID_OPERATION",
            "SOAP API login() is disabled by default in this org",
        ),
        ("/services/Soap/c/64.0/0DF", "sf:INVALID_OPERATION", "SOAP API login() is disabled"),
        ("/services/Soap/u/65.0", "soapenv:Client", "No operation available for request"),
        ("/services/Soap/u/30.0", "sf:UNSUPPORTED_API_VERSION", "Invalid Api version"),
    ],
)
def test_a_soap_login_is_refused_as_a_new_org_refuses_it(
    sandbox: SandboxHere, path: str, code: str, text: str
) -> None:
    headers = {"Content-Type": "text/xml; charset=UTF-8", "SOAPAction": '""'}
    answer = requests.post(sandbox.urls.salesforce + path, data=SOAP_LOGIN, headers=headers, timeout=30)
    assert answer.status_code == 500
    assert answer.headers["Content-Type"].startswith("text/xml")
    assert f"<faultcode>{code}</faultcode>" in answer.text
    assert text in answer.text
