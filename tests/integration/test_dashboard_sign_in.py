"""Sign-in against a provider that speaks OpenID Connect: who comes in, and which answers are refused."""

from collections.abc import Iterator
from dataclasses import dataclass, replace

import pytest
import requests
from joserfc.jwk import RSAKey
from pydantic import SecretStr
from tests.fakes.dashboard_server import ENOUGH, ServedDashboard, serving
from tests.fakes.openid_provider import CLIENT_ID, CLIENT_SECRET, Provider, providing

from csops_sync.config.settings_dashboard import DashboardSettings
from csops_sync.interfaces.web.dashboard import COOKIE

ADDRESS = "http://127.0.0.1:1"
"""Where people open it; the answers name it, and the tests put the port that was free in its place."""


@dataclass
class Door:
    """A dashboard, its provider, and a browser in front of both."""

    served: ServedDashboard
    provider: Provider

    def sign_in(self, browser: requests.Session) -> requests.Response:
        """Walk the way there and back, as a browser does."""
        start = browser.get(f"{self.served.url}/sign-in/start", allow_redirects=False, timeout=ENOUGH)
        back = browser.get(start.headers["location"], allow_redirects=False, timeout=ENOUGH)
        return self.come_back(browser, back.headers["location"])

    def come_back(self, browser: requests.Session, address: str) -> requests.Response:
        assert address.startswith(f"{ADDRESS}/sign-in/callback")
        return browser.get(address.replace(ADDRESS, self.served.url), allow_redirects=False, timeout=ENOUGH)

    def get(self, browser: requests.Session, path: str) -> requests.Response:
        return browser.get(self.served.url + path, allow_redirects=False, timeout=ENOUGH)


@pytest.fixture
def door() -> Iterator[Door]:
    """A provider, and a dashboard that trusts it."""
    with providing() as provider:
        settings = DashboardSettings(
            public_url=ADDRESS,
            issuer=provider.issuer,
            client_id=CLIENT_ID,
            client_secret=SecretStr(CLIENT_SECRET),
            session_secret=SecretStr("s" * 40),
            heads=frozenset({"head@example.com"}),
        )
        with serving(settings=settings) as served:
            yield Door(served, provider)


@pytest.fixture
def tab() -> Iterator[requests.Session]:
    """A browser of its own."""
    with requests.Session() as browser:
        yield browser


def test_a_person_signs_in_sees_and_signs_out(door: Door, tab: requests.Session) -> None:
    assert door.get(tab, "/").headers["location"] == "/sign-in"

    answer = door.sign_in(tab)
    page = door.get(tab, "/?lang=en")

    assert (answer.status_code, answer.headers["location"]) == (303, "/")
    assert page.status_code == 200
    assert "Signed in as head@example.com" in page.text
    token = page.text.partition('name="csrf" value="')[2].partition('"')[0]
    tab.post(f"{door.served.url}/sign-out", data={"csrf": token}, timeout=ENOUGH)
    assert door.get(tab, "/").headers["location"] == "/sign-in"


def test_the_session_is_out_of_reach_of_scripts_and_other_sites(door: Door, tab: requests.Session) -> None:
    cookie = door.sign_in(tab).headers["set-cookie"].lower()

    assert cookie.startswith(COOKIE)
    assert "httponly" in cookie
    assert "samesite=lax" in cookie


def test_a_row_scope_is_that_of_who_signed_in(door: Door, tab: requests.Session) -> None:
    door.provider.claims["email"] = "Sato@Example.com"
    door.sign_in(tab)

    page = door.get(tab, "/renewals?lang=en")

    assert "You and your team only" in page.text
    assert "鈴木 健" not in page.text


def test_a_stranger_of_the_same_provider_is_refused(door: Door, tab: requests.Session) -> None:
    door.provider.claims["email"] = "stranger@example.com"
    door.sign_in(tab)

    assert door.get(tab, "/").status_code == 403


@pytest.mark.parametrize(
    "overrides",
    [
        pytest.param({"email_verified": False}, id="an address that nobody verified"),
        pytest.param({"email_verified": "true"}, id="a verification that is a text"),
        pytest.param({"email": ""}, id="no address"),
        pytest.param({"aud": "another"}, id="a token for another client"),
        pytest.param({"iss": "https://evil.example"}, id="another issuer"),
        pytest.param({"nonce": "replayed"}, id="a token of another sign-in"),
        pytest.param({"exp": 1}, id="a token that is over"),
    ],
)
def test_an_answer_that_does_not_hold_signs_nobody_in(
    door: Door, tab: requests.Session, overrides: dict[str, object]
) -> None:
    door.provider.overrides = overrides

    assert door.sign_in(tab).status_code == 403
    assert door.get(tab, "/").status_code == 303


def test_a_token_that_somebody_else_signed_signs_nobody_in(door: Door, tab: requests.Session) -> None:
    door.provider.signing = RSAKey.generate_key(2048, {"kid": "1", "use": "sig"})

    assert door.sign_in(tab).status_code == 403


@pytest.mark.parametrize(("language", "text"), [("ja", "サインイン"), ("en", "did not come to its end")])
def test_a_provider_that_cannot_be_reached_is_said_in_the_reader_s_language_with_the_way_back(
    tab: requests.Session, language: str, text: str
) -> None:
    settings = DashboardSettings(
        public_url=ADDRESS,
        issuer="http://127.0.0.1:9",
        client_id=CLIENT_ID,
        client_secret=SecretStr(CLIENT_SECRET),
        session_secret=SecretStr("s" * 40),
    )
    with serving(settings=settings) as served:
        answer = tab.get(f"{served.url}/sign-in/start?lang={language}", allow_redirects=False, timeout=ENOUGH)

    assert answer.status_code == 403
    assert text in answer.text
    assert "ConnectError" in answer.text
    assert 'href="/sign-in"' in answer.text


@pytest.mark.parametrize("said", ["<html>maintenance</html>", "{}"])
def test_a_provider_whose_discovery_says_nothing_signs_nobody_in(
    door: Door, tab: requests.Session, said: str
) -> None:
    door.provider.discovery_text = said

    assert door.get(tab, "/sign-in/start").status_code == 403


@pytest.mark.parametrize("answer", ["", "?code=one-time-code&state=guessed", "?error=access_denied&state=x"])
def test_a_way_back_that_nobody_set_out_on_signs_nobody_in(
    door: Door, tab: requests.Session, answer: str
) -> None:
    assert door.get(tab, f"/sign-in/callback{answer}").status_code == 403


def test_another_browser_cannot_end_a_sign_in_that_it_did_not_begin(
    door: Door, tab: requests.Session
) -> None:
    start = door.get(tab, "/sign-in/start")
    back = tab.get(start.headers["location"], allow_redirects=False, timeout=ENOUGH).headers["location"]

    with requests.Session() as other:
        assert door.come_back(other, back).status_code == 403
        assert door.get(other, "/").status_code == 303


def test_settings_that_cannot_sign_anybody_in_are_refused_with_what_is_missing() -> None:
    whole = DashboardSettings(
        public_url="https://renewals.example.com",
        issuer="https://login.example.com",
        client_id="x",
        client_secret=SecretStr("y"),
    )
    everywhere = ("192.0.2.1", 8080)

    assert whole.refusal(everywhere) is None
    assert "public_url" in str(replace(whole, public_url="").refusal(everywhere))
    assert "CSOPS_SYNC_DASHBOARD_CLIENT_ID" in str(replace(whole, client_id="").refusal(everywhere))
    assert "CSOPS_SYNC_DASHBOARD_CLIENT_SECRET" in str(replace(whole, client_secret=None).refusal(everywhere))
    assert "without sign-in" in str(DashboardSettings().refusal(everywhere))
    assert DashboardSettings().refusal(("127.0.0.1", 8080)) is None
    assert DashboardSettings(enabled=False).refusal(everywhere) is None
