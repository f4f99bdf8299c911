"""Who is refused at the dashboard, and how: each strictness with the wrong request that must fail."""

import http.client
import re
from collections.abc import Iterator

import pytest
from pydantic import SecretStr
from tests.fakes.dashboard_book import HASH, SATO, FakeBook
from tests.fakes.dashboard_server import ServedDashboard, serving, session_cookie

from csops_sync.config.settings_dashboard import DashboardSettings
from csops_sync.interfaces.web.dashboard import COOKIE

TOKEN, SECRET = "t" * 40, "s" * 40
CLOSED = DashboardSettings(
    public_url="http://127.0.0.1:8080",
    issuer="https://login.example.com",
    client_id="dashboard",
    client_secret=SecretStr("c" * 40),
    token=SecretStr(TOKEN),
    session_secret=SecretStr(SECRET),
    admins=frozenset({"ops@example.com"}),
    heads=frozenset({"head@example.com"}),
)
PAGES = (
    *("/", "/renewals", "/renewals.csv", "/renewals/8000000000003-1", "/matrix", "/operations"),
    *("/landing.csv", "/retention.csv", "/months.csv", "/matrix.csv"),
    *("/bridge", "/bridge.csv", "/bridge.png", "/accuracy", "/accuracy.csv", "/accuracy.png"),
)
ORDER = {"key": "8000000000013-1"}


@pytest.fixture(scope="module")
def closed() -> Iterator[ServedDashboard]:
    """A dashboard that people sign in to."""
    with serving(settings=CLOSED) as served:
        yield served


@pytest.fixture(scope="module")
def opened() -> Iterator[ServedDashboard]:
    """A dashboard that is open to this machine."""
    with serving() as served:
        yield served


def signed_in(email: str, *, csrf: str = "", secret: str = SECRET) -> str:
    return f"{COOKIE}={session_cookie(secret, {'who': email, 'csrf': csrf})}"


@pytest.mark.parametrize("path", PAGES)
def test_who_is_not_signed_in_is_sent_to_sign_in_and_sees_nothing(closed: ServedDashboard, path: str) -> None:
    answer = closed.get(path)

    assert (answer.status_code, answer.headers["location"]) == (303, "/sign-in")
    assert answer.text == ""


@pytest.mark.parametrize("given", ["Bearer wrong", f"Bearer {TOKEN}x", f"Basic {TOKEN}", "Bearer", TOKEN])
def test_a_token_that_is_not_ours_is_refused(closed: ServedDashboard, given: str) -> None:
    answer = closed.get("/renewals.csv", Authorization=given)

    assert answer.status_code == 401
    assert answer.headers["www-authenticate"] == "Bearer"


def test_a_machine_reads_with_the_token_and_orders_nothing(closed: ServedDashboard) -> None:
    machine = {"Authorization": f"Bearer {TOKEN}"}

    assert closed.get("/renewals.csv", **machine).status_code == 200
    assert closed.post("/operations/drop", ORDER, **machine).status_code == 403
    assert closed.book.ordered == []


def test_a_forged_or_edited_session_is_no_session(closed: ServedDashboard) -> None:
    forged = signed_in("ops@example.com", secret="x" * 40)
    edited = signed_in("sato@example.com").replace("eyJ", "eyK", 1)

    for cookie in (forged, edited, f"{COOKIE}=", f"{COOKIE}=a.b.c"):
        assert closed.get("/operations", Cookie=cookie).status_code == 303


def test_a_real_session_opens_and_one_of_nobody_known_is_refused(closed: ServedDashboard) -> None:
    assert closed.get("/", Cookie=signed_in("Head@Example.com")).status_code == 200

    answer = closed.get("/", Cookie=signed_in("stranger@example.com"))

    assert answer.status_code == 403
    assert "stranger@example.com is no active user in Salesforce" in answer.text


def test_a_csm_sees_their_own_rows_and_nobody_elses(closed: ServedDashboard) -> None:
    cookie = signed_in("sato@example.com")
    own, other = (
        next(one for one in closed.book.lines if (one.state.grouping.csm_id == SATO) is mine)
        for mine in (True, False)
    )

    assert closed.get(f"/renewals/{own.state.key}", Cookie=cookie).status_code == 200
    assert closed.get(f"/renewals/{other.state.key}", Cookie=cookie).status_code == 404
    rows = closed.get("/renewals.csv", Cookie=cookie).text
    assert own.state.key in rows
    assert other.state.key not in rows


def test_a_csm_sees_their_own_movements_and_accuracy_and_nobody_elses(closed: ServedDashboard) -> None:
    own, everybody = (signed_in(email) for email in ("sato@example.com", "head@example.com"))
    keys = {one.state.key for one in closed.book.lines if one.state.grouping.csm_id != SATO}

    moved = closed.get("/bridge.csv", Cookie=own).text
    assert not any(key in moved for key in keys)
    assert any(key in closed.get("/bridge.csv", Cookie=everybody).text for key in keys)
    assert "鈴木 健" not in closed.get("/bridge", Cookie=own).text
    accuracy = closed.get("/accuracy", Cookie=own).text
    assert "佐藤 美咲" in accuracy
    assert not any(name in accuracy for name in ("鈴木 健", "高橋 部長"))


def test_a_filter_by_somebody_else_does_not_widen_the_scope(closed: ServedDashboard) -> None:
    other = next(one for one in closed.book.lines if one.state.grouping.csm_id != SATO)

    answer = closed.get(
        f"/renewals.csv?csm={other.state.grouping.csm_id}", Cookie=signed_in("sato@example.com")
    )

    assert len(answer.text.splitlines()) == 1  # the heading


@pytest.mark.parametrize("email", ["sato@example.com", "head@example.com"])
def test_a_viewer_is_shown_no_order_and_gives_none(closed: ServedDashboard, email: str) -> None:
    cookie = signed_in(email, csrf="known")

    assert '<form method="post" action="/operations' not in closed.get("/operations", Cookie=cookie).text
    answer = closed.post("/operations/retry", {**ORDER, "csrf": "known"}, Cookie=cookie)

    assert answer.status_code == 403
    assert closed.book.ordered == []


@pytest.mark.parametrize(
    ("fields", "headers"),
    [
        pytest.param({}, {}, id="no token"),
        pytest.param({"csrf": "guessed"}, {}, id="another token"),
        pytest.param({"csrf": ""}, {}, id="an empty token"),
        pytest.param({"csrf": "known"}, {"Origin": "https://evil.example"}, id="another origin"),
        pytest.param({"csrf": "known"}, {"Origin": "null"}, id="no origin"),
        pytest.param({"csrf": "known"}, {"Sec-Fetch-Site": "cross-site"}, id="another site"),
        pytest.param({"csrf": "known"}, {"Content-Type": "text/plain"}, id="no form"),
    ],
)
def test_an_order_that_our_page_did_not_send_is_refused(
    closed: ServedDashboard, fields: dict[str, str], headers: dict[str, str]
) -> None:
    cookie = signed_in("ops@example.com", csrf="known")

    answer = closed.post("/operations/drop", {**ORDER, **fields}, Cookie=cookie, **headers)

    assert answer.status_code == 403
    assert closed.book.ordered == []


def test_an_admin_orders_from_the_page() -> None:
    with serving(settings=CLOSED) as served:
        cookie = signed_in("ops@example.com", csrf="known")
        sent = {"Cookie": cookie, "Origin": served.url}

        answer = served.post("/operations/retry", {**ORDER, "csrf": "known"}, **sent)
        served.post("/operations/approve", {"hash": HASH, "csrf": "known"}, **sent)
        stale = served.post("/operations/approve", {"hash": "another", "csrf": "known"}, **sent)

        assert (answer.status_code, answer.headers["location"]) == (303, "/operations?done=retry&n=1")
        assert stale.status_code == 409
        assert served.book.ordered == [
            ("retry", ("8000000000013-1",), "ops@example.com"),
            ("approve", (HASH,), "ops@example.com"),
        ]


def test_on_this_machine_the_pages_own_form_orders_and_names_the_operator() -> None:
    with serving() as served:
        page = served.get("/operations")
        token = re.search(r'name="csrf" value="([^"]+)"', page.text)
        assert token is not None

        answer = served.post("/operations/drop", {**ORDER, "csrf": token[1]})

        assert answer.status_code == 303
        assert served.book.ordered == [("drop", ("8000000000013-1",), "operator")]


@pytest.mark.parametrize("method", ["GET", "PUT", "DELETE"])
def test_an_order_is_a_post_and_nothing_else(opened: ServedDashboard, method: str) -> None:
    answer = opened.session.request(method, f"{opened.url}/operations/drop", timeout=5)

    assert answer.status_code == 405


@pytest.mark.parametrize("host", ["evil.example", "evil.example:8080", "127.0.0.1.evil.example", "[", ""])
def test_another_host_name_that_points_here_is_refused(opened: ServedDashboard, host: str) -> None:
    answer = opened.get("/", Host=host)

    assert answer.status_code == 421
    assert "¥" not in answer.text


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost:9", "[::1]:8080"])
def test_this_machines_own_names_are_taken(opened: ServedDashboard, host: str) -> None:
    assert opened.get("/", Host=host).status_code == 200


@pytest.mark.parametrize(
    "path",
    [
        "/static/../rendering.py",
        "/static/..%2frendering.py",
        "/static/%2e%2e/rendering.py",
        "/static/....//rendering.py",
        "/static/__init__.py",
        "/static//etc/passwd",
        "/static/dashboard.css%00.py",
    ],
)
def test_no_path_leads_out_of_the_static_files(opened: ServedDashboard, path: str) -> None:
    host, port = opened.server.address
    connection = http.client.HTTPConnection(host, port, timeout=5)  # which leaves the path as it is written
    connection.request("GET", path)
    answer = connection.getresponse()
    body = answer.read().decode()
    connection.close()

    assert answer.status == 404
    assert "import" not in body
    assert "root:" not in body


def test_a_question_or_a_form_beyond_the_limits_is_refused(opened: ServedDashboard) -> None:
    assert opened.get("/renewals?text=" + "x" * 3_000).status_code == 414
    assert opened.get("/renewals/" + "x" * 3_000).status_code == 414
    assert opened.get("/renewals?text=" + "x" * 201).status_code == 400
    assert opened.post("/operations/drop", {"key": "x" * 70_000}).status_code == 413
    assert opened.book.ordered == []


@pytest.mark.parametrize(
    "asked",
    [
        *("page=0", "page=-1", "page=x", "page=9999999", "page=1&page=2"),
        *("sort=secret", "order=up", "type=x", "standing=x", "nobody=knows", "text=%00"),
        *("first=yesterday", "last=0001-01-01", "first=2026-02-01&last=2026-01-01"),
    ],
)
def test_a_question_that_cannot_be_meant_is_refused(opened: ServedDashboard, asked: str) -> None:
    assert opened.get(f"/renewals?{asked}").status_code == 400


def test_behind_a_proxy_with_tls_the_session_travels_by_tls_only() -> None:
    with serving(settings=DashboardSettings(public_url="https://renewals.example.com")) as behind:
        answer = behind.get("/operations", Host="renewals.example.com")
    with serving() as plain:
        alone = plain.get("/operations")

    assert "secure" in answer.headers["set-cookie"].lower()
    assert answer.headers["strict-transport-security"] == "max-age=31536000"
    assert "secure" not in alone.headers["set-cookie"].lower()
    assert "httponly; samesite=lax" in alone.headers["set-cookie"].lower()


def test_nothing_is_shown_on_another_address_without_sign_in() -> None:
    with pytest.raises(ValueError, match="without sign-in"):
        serve_on("192.0.2.1")


def serve_on(host: str) -> None:
    with serving(FakeBook(), host=host):
        pass
