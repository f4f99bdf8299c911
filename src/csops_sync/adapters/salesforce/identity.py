"""Which org this is, and who we are in it."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Final
from urllib.parse import urlsplit

from csops_sync.adapters.salesforce.answers import JsonObject, as_object, as_objects, text
from csops_sync.adapters.salesforce.client import Call, Client
from csops_sync.adapters.salesforce.records import long_id
from csops_sync.adapters.salesforce.soql import Select, in_chunks
from csops_sync.ports.crm import OrgIdentity
from csops_sync.ports.errors import PermanentError, TransientError

_COLUMNS: Final = ("Id", "Name", "IsSandbox", "TimeZoneSidKey")
_CURRENCY: Final = "DefaultCurrencyIsoCode"  # not in every org: a single-currency one may not show it
_STAGE_COLUMNS: Final = ("ApiName", "MasterLabel", "IsClosed", "IsWon")
_MY_DOMAIN: Final = ".my.salesforce.com"


def read_identity(client: Client) -> OrgIdentity:
    """This function will read the Organization row, the stages, and userinfo.

    `default_currency` is empty where the org has none.
    """
    organization = _organization(client)
    stages = _rows(client, Select(fields=_STAGE_COLUMNS, table="OpportunityStage"))
    closed = [one for one in stages if one.get("IsClosed") is True]
    return OrgIdentity(
        org_id=long_id(text(organization.get("Id"))),
        name=text(organization.get("Name")),
        is_sandbox=organization.get("IsSandbox") is True,
        timezone=text(organization.get("TimeZoneSidKey")),
        default_currency=text(organization.get(_CURRENCY)),
        integration_user_id=read_user_id(client),
        lightning_url=lightning_url(client.instance_url),
        won_stages=_names(one for one in closed if one.get("IsWon") is True),
        lost_stages=_names(one for one in closed if one.get("IsWon") is not True),
        open_stages=_names(one for one in stages if one.get("IsClosed") is not True),
    )


def read_user_id(client: Client) -> str:
    """This function will say as whom we are logged in (18 characters)."""
    return long_id(text(as_object(client.user_info()).get("user_id")))


def read_user_ids(client: Client, usernames: Sequence[str]) -> Mapping[str, str]:
    """This function will give the ids of users by username, as written by the caller; unknown ones are left out."""
    asked = {username.casefold(): username for username in usernames}
    select = Select(fields=("Id", "Username"), table="User")
    found: dict[str, str] = {}
    for chunk in in_chunks(select, "Username", list(asked.values())):
        for user in _rows(client, chunk):
            username = asked.get(text(user.get("Username")).casefold())
            if username is not None:
                found[username] = long_id(text(user.get("Id")))
    return found


def lightning_url(instance_url: str) -> str:
    """This function will give the address that people's links begin with: `https://acme.lightning.force.com`."""
    host = urlsplit(instance_url).hostname or ""
    if host.endswith(_MY_DOMAIN):
        return f"https://{host.removesuffix(_MY_DOMAIN)}.lightning.force.com"
    return instance_url


def _names(stages: Iterable[JsonObject]) -> frozenset[str]:
    """A row may carry a stage's API name or, in older API versions, its label."""
    return frozenset(text(one.get(name)) for one in stages for name in ("ApiName", "MasterLabel"))


def _organization(client: Client) -> JsonObject:
    try:
        return _query(client, (*_COLUMNS, _CURRENCY))
    except PermanentError as error:
        if error.code != "INVALID_FIELD":
            raise
    return _query(client, _COLUMNS)


def _query(client: Client, columns: tuple[str, ...]) -> JsonObject:
    records = _rows(client, Select(fields=columns, table="Organization", limit=1))
    if not records:
        raise TransientError("Salesforce showed no Organization row.")
    return records[0]


def _rows(client: Client, select: Select) -> Sequence[JsonObject]:
    answer = client.read(Call(path="query", params={"q": select.text()}))
    return as_objects(as_object(answer).get("records"))
