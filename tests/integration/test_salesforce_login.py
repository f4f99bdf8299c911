"""Logging in: both flows, one at a time, renewed by age and on 401, and never in a loop."""

import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from urllib.parse import parse_qs

import jwt
import pytest
import requests
import responses
from cryptography.hazmat.primitives.serialization import load_pem_private_key
from tests.fakes.salesforce_http import HOST, Stage, html, page, refusal, reply
from tests.fakes.salesforce_org import (
    SYSTEM_NOW,
    PlainSecret,
    SteppedSeconds,
    connected,
    jwt_connection,
    private_key,
    secret_connection,
)

from csops_sync.adapters.salesforce.connect import Hooks
from csops_sync.adapters.salesforce.connection import Flow, SalesforceConnection
from csops_sync.ports.crm import Role
from csops_sync.ports.errors import AuthFailedError, OutsideError, TransientError

RECORD = "001000000000001AAA"
EXPIRED = refusal(401, "INVALID_SESSION_ID", "Session expired or invalid")


@pytest.fixture
def stage() -> Iterator[Stage]:
    """A scripted Salesforce."""
    with responses.RequestsMock(assert_all_requests_are_fired=False) as mock:
        yield Stage(mock)


def test_jwt_bearer_signs_who_we_are_for_three_minutes(stage: Stage) -> None:
    """The assertion is checked with the public key, as Salesforce would."""
    connected(jwt_connection()).reader.fetch(Role.ACCOUNT, [RECORD])
    form = parse_qs(str(stage.logins[0].body))
    public = load_pem_private_key(private_key().encode(), None).public_key()
    claims = jwt.decode(
        form["assertion"][0],
        public,  # type: ignore[arg-type]  # the loader names every kind of key, ours is RSA
        algorithms=["RS256"],
        audience="https://login.salesforce.com",
        options={"verify_exp": False},
    )
    assert form["grant_type"] == ["urn:ietf:params:oauth:grant-type:jwt-bearer"]
    assert (claims["iss"], claims["sub"]) == ("app", "sync@example.com")
    assert claims["exp"] == SYSTEM_NOW.timestamp() + 180


def test_client_credentials_travel_as_basic_auth_and_not_in_the_body(stage: Stage) -> None:
    """A body ends up in more logs than a header does."""
    connected(secret_connection()).reader.fetch(Role.ACCOUNT, [RECORD])
    assert str(stage.logins[0].headers["Authorization"]).startswith("Basic ")
    assert "hush" not in str(stage.logins[0].body)


def test_one_login_serves_many_calls(stage: Stage) -> None:
    """Every login that is not needed brings the org's login limit nearer."""
    salesforce = connected()
    for _ in range(3):
        salesforce.reader.fetch(Role.ACCOUNT, [RECORD])
    assert len(stage.logins) == 1


def test_threads_that_need_a_token_at_once_share_one_login(stage: Stage) -> None:
    """Pull and delivery run side by side, and their sessions end at the same moment."""
    salesforce = connected()
    start = threading.Barrier(4)

    def fetch(_: int) -> object:
        start.wait()
        return salesforce.reader.fetch(Role.ACCOUNT, [RECORD])

    with ThreadPoolExecutor(4) as pool:
        assert list(pool.map(fetch, range(4))) == [[], [], [], []]
    assert len(stage.logins) == 1


def test_a_token_is_replaced_before_the_shortest_session_ends(stage: Stage) -> None:
    """14 minutes: an org can end sessions after 15."""
    seconds = SteppedSeconds()
    salesforce = connected(hooks=Hooks(system_clock=lambda: SYSTEM_NOW, monotonic=seconds))
    salesforce.reader.fetch(Role.ACCOUNT, [RECORD])
    seconds.now += 14 * 60
    salesforce.reader.fetch(Role.ACCOUNT, [RECORD])
    assert len(stage.logins) == 2


def test_an_old_token_goes_on_while_nobody_answers_the_login(stage: Stage) -> None:
    """It may still be good; a 401 would tell."""
    seconds = SteppedSeconds()
    salesforce = connected(hooks=Hooks(system_clock=lambda: SYSTEM_NOW, monotonic=seconds))
    salesforce.reader.fetch(Role.ACCOUNT, [RECORD])
    seconds.now += 14 * 60
    stage.login_replies = [html(503)]
    assert salesforce.reader.fetch(Role.ACCOUNT, [RECORD]) == []


def test_a_login_at_an_address_that_has_none_says_which_address_it_must_be(stage: Stage) -> None:
    """It may pass, so it is tried again; a wrong address does not, and its reader must know what to do."""
    stage.login_replies = [html(404)] * 9
    with pytest.raises(
        TransientError, match=r"HTTP 404; it is tried again\. To do, .*salesforce\.url must be"
    ):
        connected().reader.fetch(Role.ACCOUNT, [RECORD])


@pytest.mark.parametrize("body", ['[{"errorCode": "INVALID_SESSION_ID"}]', "<html>no</html>", ""])
def test_a_401_of_any_shape_logs_in_once_and_asks_again(stage: Stage, body: str) -> None:
    """simple-salesforce alone would fail on a body that is not JSON."""
    stage.scripted = [(401, {}, body), page([])]
    assert connected().reader.fetch(Role.ACCOUNT, [RECORD]) == []
    assert (len(stage.logins), len(stage.api_calls)) == (2, 2)
    assert stage.api_calls[1].headers["Authorization"] == "Bearer 00D!token-2"


def test_a_fresh_session_that_is_refused_too_ends_in_words_and_not_in_a_loop(stage: Stage) -> None:
    """The second and third ask are answered from memory."""
    stage.scripted = [EXPIRED] * 10
    salesforce = connected()
    for _ in range(3):
        with pytest.raises(AuthFailedError, match="refuses the new session"):
            salesforce.reader.fetch(Role.ACCOUNT, [RECORD])
    assert (len(stage.logins), len(stage.api_calls)) == (2, 2)


@pytest.mark.parametrize(
    ("error", "hint"),
    [
        ("invalid_grant", "approve the External Client App"),
        ("invalid_client", "client secret"),
        ("invalid_client_id", "consumer key"),
        ("unauthorized_client", "enable this OAuth flow"),
        ("inactive_user", "activate the integration user"),
        ("something_new", "check the External Client App"),
    ],
)
def test_refused_credentials_are_said_with_what_to_do(stage: Stage, error: str, hint: str) -> None:
    """OAuth's own word, Salesforce's description, and a hint."""
    stage.login_replies = [reply({"error": error, "error_description": "because"}, status=400)]
    with pytest.raises(AuthFailedError, match=f"{error} .because.*{hint}") as caught:
        connected().reader.fetch(Role.ACCOUNT, [RECORD])
    assert caught.value.code == error


def test_refused_credentials_are_asked_again_after_minutes_only(stage: Stage) -> None:
    """Repeated logins with bad credentials lock the user out."""
    seconds = SteppedSeconds()
    salesforce = connected(hooks=Hooks(system_clock=lambda: SYSTEM_NOW, monotonic=seconds))
    stage.login_replies = [reply({"error": "invalid_grant"}, status=400) for _ in range(2)]
    for _ in range(5):
        with pytest.raises(AuthFailedError):
            salesforce.reader.fetch(Role.ACCOUNT, [RECORD])
    assert len(stage.logins) == 1
    seconds.now += 300
    with pytest.raises(AuthFailedError):
        salesforce.reader.fetch(Role.ACCOUNT, [RECORD])
    seconds.now += 899
    with pytest.raises(AuthFailedError):
        salesforce.reader.fetch(Role.ACCOUNT, [RECORD])
    assert len(stage.logins) == 2


def test_reset_asks_again_at_once(stage: Stage) -> None:
    """A person has mended something and says so."""
    stage.login_replies = [reply({"error": "invalid_grant"}, status=400)]
    salesforce = connected()
    with pytest.raises(AuthFailedError):
        salesforce.reader.fetch(Role.ACCOUNT, [RECORD])
    salesforce.oauth.reset()
    assert salesforce.reader.fetch(Role.ACCOUNT, [RECORD]) == []


@pytest.mark.parametrize(
    "answer",
    [
        html(503),
        reply({"error": "temporarily_unavailable"}, status=400),
        reply({"access_token": "", "instance_url": HOST}),
        requests.ConnectionError("reset"),
    ],
)
def test_a_login_that_nobody_answered_is_tried_again(stage: Stage, answer: object) -> None:
    """Nothing was refused, so nothing is remembered."""
    stage.login_replies = [answer] * 3  # type: ignore[list-item]  # replies and exceptions alike
    salesforce = connected()
    with pytest.raises(TransientError):
        salesforce.reader.fetch(Role.ACCOUNT, [RECORD])
    assert salesforce.reader.fetch(Role.ACCOUNT, [RECORD]) == []


def test_the_instance_is_read_again_at_every_login(stage: Stage) -> None:
    """An org can move; simple-salesforce would go on asking the old address."""
    salesforce = connected()
    salesforce.reader.fetch(Role.ACCOUNT, [RECORD])
    stage.instance = "https://moved.my.salesforce.com"
    stage.scripted = [EXPIRED]
    salesforce.reader.fetch(Role.ACCOUNT, [RECORD])
    assert str(stage.api_calls[-1].url).startswith("https://moved.my.salesforce.com/")


def test_an_instance_that_would_take_the_token_in_the_clear_is_refused(stage: Stage) -> None:
    """Https only, but for loopback."""
    stage.instance = "http://acme.my.salesforce.com"
    with pytest.raises(AuthFailedError, match="unsafe instance"):
        connected().reader.fetch(Role.ACCOUNT, [RECORD])
    assert stage.api_calls == []


def test_an_address_in_the_clear_is_refused_before_anything_is_sent() -> None:
    """Https only, but for loopback."""
    with pytest.raises(ValueError, match="write https://"):
        secret_connection("http://acme.my.salesforce.com")
    assert secret_connection("http://127.0.0.1:8080").url == "http://127.0.0.1:8080"


def test_a_key_that_cannot_be_read_is_said_without_showing_it(stage: Stage) -> None:
    """Not in the words, and not in what caused them."""
    connection = jwt_connection(key="-----BEGIN PRIVATE KEY-----SECRETPART-----END PRIVATE KEY-----")
    with pytest.raises(AuthFailedError, match="PEM form") as caught:
        connected(connection).reader.fetch(Role.ACCOUNT, [RECORD])
    assert "SECRETPART" not in f"{caught.value}{caught.value.__cause__}{caught.value.__context__}"
    assert stage.logins == []


@pytest.mark.parametrize("status", [400, 403, 503])
def test_no_error_carries_the_token_or_the_secret(stage: Stage, status: int) -> None:
    """The whole chain is read, as a traceback would print it."""
    stage.scripted = [refusal(status, "MALFORMED_QUERY")] * 3
    salesforce = connected()
    with pytest.raises(OutsideError) as caught:
        salesforce.reader.fetch(Role.ACCOUNT, [RECORD])
    said: list[str] = []
    error: BaseException | None = caught.value
    while error is not None:
        said.append(f"{error!r} {error}")
        error = error.__cause__ or error.__context__
    assert "token-1" not in " ".join(said)
    assert "hush" not in f"{' '.join(said)} {secret_connection()!r}"


def test_incomplete_credentials_are_refused_by_name() -> None:
    """At construction, not at the first poll."""
    with pytest.raises(ValueError, match="username and a private key"):
        SalesforceConnection(url=HOST, flow=Flow.JWT_BEARER, client_id="app", private_key=PlainSecret("x"))
    with pytest.raises(ValueError, match="client secret"):
        SalesforceConnection(url=HOST, flow=Flow.CLIENT_CREDENTIALS, client_id="app")


def test_a_redirect_is_not_followed(stage: Stage) -> None:
    """A token must not travel to wherever an answer points."""
    stage.scripted = [(302, {"Location": "https://elsewhere.example/"}, "")] * 3
    with pytest.raises(TransientError):
        connected().reader.fetch(Role.ACCOUNT, [RECORD])
    assert all(str(call.url).startswith(HOST) for call in stage.calls)
