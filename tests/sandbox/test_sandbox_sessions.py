"""A session of the sandbox lives as long as somebody uses it, by the clock that it is given."""

from datetime import UTC, datetime, timedelta

import pytest

from csops_sync.sandbox.salesforce.errors import ApiError
from csops_sync.sandbox.salesforce.sessions import IDLE, Sessions

ORG, USER = "00D5j000000000UEAQ", "0055j000000000UAAQ"


class _Clock:
    """A clock that stands where it is put."""

    def __init__(self) -> None:
        self.now = datetime(2026, 4, 1, tzinfo=UTC)

    def __call__(self) -> datetime:
        return self.now


@pytest.fixture
def clock() -> _Clock:
    return _Clock()


def _sessions(clock: _Clock) -> Sessions:
    return Sessions(clock, {USER}.__contains__)


def test_a_token_names_its_org_and_opens_a_session_by_either_scheme(clock: _Clock) -> None:
    sessions = _sessions(clock)
    token = sessions.open(ORG, USER)
    assert token.startswith("00D5j000000000U!")
    assert sessions.user_of(f"Bearer {token}") == sessions.user_of(f"OAuth {token}") == USER


@pytest.mark.parametrize("authorization", [None, "", "Bearer", "Bearer nope", "Basic {token}", "{token}"])
def test_anything_but_a_token_is_no_session(clock: _Clock, authorization: str | None) -> None:
    sessions = _sessions(clock)
    token = sessions.open(ORG, USER)
    given = authorization and authorization.format(token=token)
    with pytest.raises(ApiError) as refusal:
        sessions.user_of(given)
    assert (refusal.value.status, refusal.value.code) == (401, "INVALID_SESSION_ID")


def test_a_session_that_is_used_goes_on_and_one_that_is_not_ends(clock: _Clock) -> None:
    sessions = _sessions(clock)
    used, left = sessions.open(ORG, USER), sessions.open(ORG, USER)
    for _ in range(3):
        clock.now += IDLE - timedelta(minutes=1)
        assert sessions.user_of(f"Bearer {used}") == USER
    with pytest.raises(ApiError):
        sessions.user_of(f"Bearer {left}")
    clock.now += IDLE
    assert sessions.of_token(used) is None


def test_looking_at_a_session_does_not_keep_it_open(clock: _Clock) -> None:
    sessions = _sessions(clock)
    token = sessions.open(ORG, USER)
    clock.now += IDLE - timedelta(seconds=1)
    assert sessions.of_token(token) is not None
    clock.now += timedelta(seconds=1)
    assert sessions.of_token(token) is None
    assert not sessions.revoke(token)


def test_all_sessions_end_by_one_order(clock: _Clock) -> None:
    sessions = _sessions(clock)
    tokens = [sessions.open(ORG, USER) for _ in range(2)]
    assert sessions.expire() == 2
    assert [sessions.of_token(token) for token in tokens] == [None, None]


def test_a_users_sessions_end_with_the_user_and_do_not_come_back(clock: _Clock) -> None:
    active = {USER, "another"}
    sessions = Sessions(clock, active.__contains__)
    token, other = sessions.open(ORG, USER), sessions.open(ORG, "another")
    active.remove(USER)
    with pytest.raises(ApiError) as refusal:
        sessions.user_of(f"Bearer {token}")
    assert (refusal.value.status, refusal.value.code) == (401, "INVALID_SESSION_ID")
    assert sessions.user_of(f"Bearer {other}") == "another"
    active.add(USER)
    assert sessions.of_token(token) is None


def test_who_is_put_out_stays_out_and_others_stay_in(clock: _Clock) -> None:
    sessions = Sessions(clock, {USER, "another"}.__contains__)
    gone, stays = sessions.open(ORG, USER), sessions.open(ORG, "another")
    sessions.end_of(USER)
    assert sessions.of_token(gone) is None
    assert sessions.of_token(stays) is not None
