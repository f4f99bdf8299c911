"""Who a token speaks for: `/services/oauth2/userinfo` and the identity URL `/id/{organization}/{user}`.

Source: Salesforce Help, "Identity URLs" and "Query for User Information". A refusal is one word in plain text.
"""

from csops_sync.sandbox.salesforce.ids import normal
from csops_sync.sandbox.salesforce.org import Org
from csops_sync.sandbox.salesforce.request import Answer
from csops_sync.sandbox.salesforce.sessions import Sessions, token_of

_RESOURCES = {
    "rest": "",
    "sobjects": "sobjects/",
    "query": "query/",
    "search": "search/",
    "recent": "recent/",
}


class Identity:
    """Answers for the user of a session. `url` is the address under which the org answers."""

    def __init__(self, org: Org, sessions: Sessions, url: str) -> None:
        self._org = org
        self._sessions = sessions
        self._url = url

    def user_info(self, authorization: str | None) -> Answer:
        """This function will answer `/services/oauth2/userinfo`, an OpenID Connect response."""
        user, refusal = self._user(authorization)
        return refusal or Answer(200, {"sub": self._identity(user), **self._claims(user)})

    def identity(self, authorization: str | None, organization: str, user: str) -> Answer:
        """This function will answer `/id/{organization}/{user}`, for the token's own user."""
        own, refusal = self._user(authorization)
        if refusal is not None:
            return refusal
        if normal(organization) != self._organization():
            return Answer(403, "Wrong_Org")
        if normal(user) != own:
            return Answer(404, "Bad_Id")
        record = self._org.record("User", own) or {}
        shown = {
            "id": self._identity(own),
            "asserted_user": True,
            "user_id": own,
            "organization_id": self._organization(),
            "username": record["Username"],
            "nick_name": record["Alias"],
            "display_name": record["Name"],
            "email": record["Email"],
            "first_name": record["FirstName"],
            "last_name": record["LastName"],
            "timezone": record["TimeZoneSidKey"],
            "locale": record["LocaleSidKey"],
            "language": record["LanguageLocaleKey"],
            "active": record["IsActive"],
            "user_type": "STANDARD",
            "urls": self._urls(),
            "last_modified_date": record["LastModifiedDate"],
        }
        return Answer(200, shown)

    def _user(self, authorization: str | None) -> tuple[str, Answer | None]:
        token = token_of(authorization)
        session = self._sessions.of_token(token)
        if session is None:
            return "", Answer(403, "Bad_OAuth_Token" if token else "Missing_OAuth_Token")
        return session.user, None

    def _claims(self, user: str) -> dict[str, object]:
        record = self._org.record("User", user) or {}
        return {
            "user_id": user,
            "organization_id": self._organization(),
            "preferred_username": record["Username"],
            "nickname": record["Alias"],
            "name": record["Name"],
            "given_name": record["FirstName"],
            "family_name": record["LastName"],
            "email": record["Email"],
            "email_verified": True,
            "zoneinfo": record["TimeZoneSidKey"],
            "locale": record["LocaleSidKey"],
            "language": record["LanguageLocaleKey"],
            "user_type": "STANDARD",
            "active": record["IsActive"],
            "urls": self._urls(),
        }

    def _urls(self) -> dict[str, str]:
        base = f"{self._url}/services/data/v{{version}}/"
        return {name: base + path for name, path in _RESOURCES.items()} | {"custom_domain": self._url}

    def _identity(self, user: str) -> str:
        return f"{self._url}/id/{self._organization()}/{user}"

    def _organization(self) -> str:
        return str(next(iter(self._org.tables["Organization"]))[0])
