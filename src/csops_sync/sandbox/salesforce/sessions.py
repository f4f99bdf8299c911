"""The sessions that access tokens open. They live by the system's clock; business time has no part in them.

A session ends when nobody has used it for two hours (the session setting of a new org), when its token is revoked, when
its user is deactivated, or when an order ends them all.
"""

import secrets
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from csops_sync.sandbox.salesforce.errors import ApiError

IDLE = timedelta(hours=2)
_SCHEMES = frozenset({"bearer", "oauth"})


@dataclass(slots=True)
class Session:
    """One session: whose, and when it was opened and last used (aware, system's clock)."""

    user: str
    opened: datetime
    used: datetime

    @property
    def ends(self) -> datetime:
        """When it ends if nobody uses it again."""
        return self.used + IDLE


class Sessions:
    """Open sessions by access token. `now` is the system's clock, `is_active` says whether a user may still work."""

    def __init__(self, now: Callable[[], datetime], is_active: Callable[[str], bool]) -> None:
        self._now = now
        self._is_active = is_active
        self._open: dict[str, Session] = {}

    def now(self) -> datetime:
        """This function will give the instant that sessions and tokens live by."""
        return self._now()

    def open(self, organization: str, user: str) -> str:
        """This function will open a session and give its access token: the org's id, `!`, and a secret."""
        now = self._now()
        token = f"{organization[:15]}!{secrets.token_urlsafe(60)}"
        self._open = {old: session for old, session in self._open.items() if session.ends > now}
        self._open[token] = Session(user, now, now)
        return token

    def of_token(self, token: str) -> Session | None:
        """This function will give a session that is still open, without counting as its use."""
        session = self._open.get(token)
        if session is None or session.ends <= self._now():
            return None
        if not self._is_active(session.user):
            del self._open[token]  # it stays closed when the user comes back
            return None
        return session

    def user_of(self, authorization: str | None) -> str:
        """This function will give the user of a session, and use it; ApiError INVALID_SESSION_ID for none."""
        session = self.of_token(token_of(authorization))
        if session is None:
            raise ApiError(401, "INVALID_SESSION_ID", "Session expired or invalid")
        session.used = self._now()
        return session.user

    def revoke(self, token: str) -> bool:
        """This function will close one session; False where there is none."""
        found = self.of_token(token) is not None
        self._open.pop(token, None)
        return found

    def end_of(self, user: str) -> None:
        """This function will close a user's sessions: they stay closed when the user comes back."""
        self._open = {token: session for token, session in self._open.items() if session.user != user}

    def expire(self) -> int:
        """This function will close every session and say how many there were."""
        count, self._open = len(self._open), {}
        return count


def token_of(authorization: str | None) -> str:
    """This function will give the token of an `Authorization` header, empty where it carries none."""
    scheme, _, token = (authorization or "").partition(" ")
    return token.strip() if scheme.lower() in _SCHEMES else ""
