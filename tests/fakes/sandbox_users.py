"""Users of an org in this process: each works as a session of theirs does, with their own permissions."""

from tests.fakes.sandbox_org import LocalOrg

from csops_sync.sandbox.salesforce import writing
from csops_sync.sandbox.salesforce.headers import DuplicateOptions
from csops_sync.sandbox.salesforce.writing import Hand


def as_user(local: LocalOrg, username: str) -> "UserOfOrg":
    """Give what a user can do over the API, by the part of the username before the @."""
    return UserOfOrg(local, local.user(username))


class UserOfOrg:
    """A session's way into the org: with the permissions of its user."""

    def __init__(self, local: LocalOrg, user: str, duplicates: DuplicateOptions | None = None) -> None:
        self.local = local
        self.id = user
        self._duplicates = duplicates or DuplicateOptions()

    def wishing(self, **wishes: bool) -> "UserOfOrg":
        """Give the same user with a Sforce-Duplicate-Rule-Header."""
        return UserOfOrg(self.local, self.id, DuplicateOptions(**wishes))

    def names(self, text: str) -> list[object]:
        """Give the `Name` of the rows that a query gives this user, in order of name."""
        return sorted((row["Name"] for row in self.query(text)), key=str)

    def query(self, text: str) -> list[dict[str, object]]:
        """Give a query's rows as this user gets them."""
        self.local.org.viewer = self.id
        return self.local.query(text)

    def create(self, name: str, **values: object) -> str:
        """Create a record as the API does."""
        return writing.create(self.local.org, self.local.org.schema[name], values, self._hand())

    def update(self, name: str, record: str, **values: object) -> None:
        """Edit a record as the API does."""
        writing.update(self.local.org, self.local.org.schema[name], record, values, self._hand())

    def delete(self, name: str, record: str) -> None:
        """Delete a record as the API does."""
        writing.delete(self.local.org, self.local.org.schema[name], record, self._hand())

    def _hand(self) -> Hand:
        return Hand(user=self.id, at=self.local.clock.now(), api=True, duplicates=self._duplicates)
