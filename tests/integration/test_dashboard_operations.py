"""The operations page: whose rows are shown to whom, and what each is about before anybody approves it."""

from collections.abc import Iterator

import pytest
from tests.fakes.dashboard_server import ServedDashboard, serving
from tests.integration.test_dashboard_access import CLOSED, TOKEN, signed_in

HELD, OTHERS_HELD, PARKED = "8000000000011-1", "8000000000012-1", "8000000000013-1"


@pytest.fixture(scope="module")
def closed() -> Iterator[ServedDashboard]:
    """A dashboard that people sign in to."""
    with serving(settings=CLOSED) as served:
        yield served


def test_who_has_row_scope_sees_their_own_rows_and_how_many_others_there_are(closed: ServedDashboard) -> None:
    page = closed.get("/operations", Cookie=signed_in("sato@example.com")).text

    assert HELD in page
    assert not any(key in page for key in (OTHERS_HELD, PARKED))
    assert "Close date" not in page
    assert "4 more, which admins see" in page
    assert "18,240 of 100,000" in page


@pytest.mark.parametrize(
    "sent",
    [
        pytest.param({"Cookie": signed_in("ops@example.com")}, id="an admin"),
        pytest.param({"Cookie": signed_in("head@example.com")}, id="a head"),
        pytest.param({"Authorization": f"Bearer {TOKEN}"}, id="a machine"),
    ],
)
def test_who_may_see_everything_sees_every_row(closed: ServedDashboard, sent: dict[str, str]) -> None:
    page = closed.get("/operations", **sent).text

    assert all(key in page for key in (HELD, OTHERS_HELD, PARKED))
    assert "which admins see" not in page


def test_on_a_dashboard_that_is_open_to_this_machine_every_row_is_shown() -> None:
    with serving() as opened:
        page = opened.get("/operations").text

    assert all(key in page for key in (HELD, OTHERS_HELD, PARKED))


def test_a_held_row_names_the_customer_the_amount_and_the_renewal_before_it_is_approved(
    closed: ServedDashboard,
) -> None:
    page = closed.get("/operations", Cookie=signed_in("ops@example.com")).text

    assert '<a href="/renewals/8000000000003-1">株式会社みなと&lt;b&gt;</a>' in page
    assert "<small>00000003 · ¥4,200,000</small>" in page


@pytest.mark.parametrize(("language", "text"), [("ja", "ほかに 4 件"), ("en", "4 more")])
def test_the_count_of_the_others_is_in_the_reader_s_language(
    closed: ServedDashboard, language: str, text: str
) -> None:
    page = closed.get(f"/operations?lang={language}", Cookie=signed_in("sato@example.com")).text

    assert text in page
