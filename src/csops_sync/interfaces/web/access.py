"""Who asks, what they may do, and whose renewals they may see."""

import hmac
from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum

from starlette.requests import Request

from csops_sync.config.settings_dashboard import DashboardSettings
from csops_sync.domain.sentences import Sentence
from csops_sync.interfaces.web.dashboard_data import People

WHO = "who"
"""Where the session keeps the e-mail address of who signed in."""
_BEARER = "bearer "
_OPEN_TO = "operator"
_MACHINE = "token"


class Role(StrEnum):
    """`admin` may approve, retry and drop; `viewer` looks."""

    VIEWER = "viewer"
    ADMIN = "admin"


@dataclass(frozen=True, slots=True, kw_only=True)
class Identity:
    """Who asks. `people` None: they see every renewal.

    `signed_in` is False for a machine's token and where the dashboard is open to this machine.
    """

    name: str
    role: Role
    people: People
    signed_in: bool = False


class NotSignedInError(Exception):
    """Nobody said who they are, or not in a way that holds."""


class NotAllowedError(Exception):
    """They are known, and may not do this. The text says what to do next."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Door:
    """Decides by the settings; `people_of` gives whose renewals a Salesforce user may see, by e-mail address."""

    settings: DashboardSettings
    people_of: Callable[[str], People]

    def identity(self, request: Request) -> Identity:
        """This function will say who asks. The role is looked up anew for each request.

        Raises NotSignedInError, or NotAllowedError for somebody who is nobody here.
        """
        given = request.headers.get("authorization")
        if given is not None:
            return self._machine(given)
        if not self.settings.is_closed:
            return Identity(name=_OPEN_TO, role=Role.ADMIN, people=None)
        email = request.session.get(WHO)
        if not isinstance(email, str) or not email or not self.settings.signs_in:
            raise NotSignedInError
        return self._person(email)

    def _machine(self, given: str) -> Identity:
        token = self.settings.token
        held = given[len(_BEARER) :] if given.lower().startswith(_BEARER) else ""
        if token is None or not _same(held, token.get_secret_value()):
            raise NotSignedInError
        return Identity(name=_MACHINE, role=Role.VIEWER, people=None)

    def _person(self, email: str) -> Identity:
        known = email.casefold()
        if known in self.settings.admins:
            return Identity(name=email, role=Role.ADMIN, people=None, signed_in=True)
        if known in self.settings.heads:
            return Identity(name=email, role=Role.VIEWER, people=None, signed_in=True)
        people = self.people_of(email)
        if people is None:
            raise NotAllowedError(
                Sentence(
                    "door.unknown",
                    "{email} is no active user in Salesforce, nor one of `dashboard.heads` or `dashboard.admins`",
                    email=email,
                )
            )
        return Identity(name=email, role=Role.VIEWER, people=people, signed_in=True)


def needs_admin(identity: Identity) -> None:
    """This function will raise NotAllowedError unless an admin asks."""
    if identity.role is not Role.ADMIN:
        raise NotAllowedError(
            Sentence(
                "door.admins", "only an admin may do this: `dashboard.admins` in csops-sync.yaml lists them"
            )
        )


def may_call(identity: Identity | None) -> bool:
    """This function will say whether somebody can be asked for a call: an admin, or a person who signed in."""
    return identity is not None and (identity.role is Role.ADMIN or identity.signed_in)


def _same(one: str, other: str) -> bool:
    return hmac.compare_digest(one.encode(), other.encode())
