"""auth.test, users.* and usergroups.list: who is there, and who we are."""

from datetime import timedelta
from zoneinfo import ZoneInfo

from babel.dates import get_timezone_name

from csops_sync.sandbox.slack.arguments import Arguments, Kind, flag, required
from csops_sync.sandbox.slack.desk import Answer, Desk, Method
from csops_sync.sandbox.slack.errors import SlackError
from csops_sync.sandbox.slack.model import BOT_ID, BOT_NAME, BOT_USER_ID, TEAM_ID, TEAM_NAME, User, UserGroup
from csops_sync.sandbox.slack.paging import page

MOST_USERS = 1_000
_LOCALES = {"ja": "ja-JP", "en": "en-US"}


def auth_test(desk: Desk, _arguments: Arguments) -> Answer:
    """auth.test: whose token it is, and in which workspace."""
    return {
        "url": desk.home,
        "team": TEAM_NAME,
        "team_id": TEAM_ID,
        "user": BOT_NAME,
        "user_id": BOT_USER_ID,
        "bot_id": BOT_ID,
        "is_enterprise_install": False,
    }


def lookup_by_email(desk: Desk, arguments: Arguments) -> Answer:
    """users.lookupByEmail: deactivated people are not found."""
    user = desk.state.user_by_email(required(arguments, "email"))
    if user is None or user.deleted:
        raise SlackError("users_not_found")
    return {"user": _user(desk, user)}


def info(desk: Desk, arguments: Arguments) -> Answer:
    """users.info: deactivated people too, marked."""
    user = desk.state.users.get(required(arguments, "user"))
    if user is None:
        raise SlackError("user_not_found")
    locale: Answer = {"locale": _LOCALES[desk.state.language]} if flag(arguments, "include_locale") else {}
    return {"user": _user(desk, user) | locale}


def list_users(desk: Desk, arguments: Arguments) -> Answer:
    """users.list: everybody, bots and deactivated people included."""
    users, cursor = page(list(desk.state.users.values()), arguments, default=MOST_USERS, most=MOST_USERS)
    return {"members": [_user(desk, user) for user in users], "response_metadata": {"next_cursor": cursor}}


def list_groups(desk: Desk, arguments: Arguments) -> Answer:
    """usergroups.list: the groups that can be mentioned."""
    wanted = flag(arguments, "include_users")
    return {"usergroups": [_group(group, with_users=wanted) for group in desk.state.groups.values()]}


def list_group_users(desk: Desk, arguments: Arguments) -> Answer:
    """usergroups.users.list: the ids of a group's members."""
    group = desk.state.groups.get(required(arguments, "usergroup"))
    if group is None:
        raise SlackError("no_such_subteam")
    return {"users": list(group.users)}


def _user(desk: Desk, user: User) -> dict[str, object]:
    profile: dict[str, object] = {"real_name": user.real_name, "display_name": user.real_name}
    if user.email:
        profile["email"] = user.email
    zone = {} if user.deleted else _zone(desk, user)
    return {
        "id": user.id,
        "team_id": TEAM_ID,
        "name": user.name,
        "real_name": user.real_name,
        "deleted": user.deleted,
        "is_bot": user.is_bot,
        "is_app_user": False,
        "profile": profile,
        **zone,
    }


def _zone(desk: Desk, user: User) -> dict[str, object]:
    """The offset is today's: it changes with daylight saving time."""
    local = desk.state.clock.now().astimezone(ZoneInfo(user.timezone))
    offset = local.utcoffset() or timedelta()
    return {
        "tz": user.timezone,
        "tz_label": get_timezone_name(local, locale="en_US"),
        "tz_offset": int(offset.total_seconds()),
    }


def _group(group: UserGroup, *, with_users: bool) -> dict[str, object]:
    shown: dict[str, object] = {
        "id": group.id,
        "team_id": TEAM_ID,
        "is_usergroup": True,
        "handle": group.handle,
        "name": group.name,
        "user_count": len(group.users),
        "date_delete": 0,
    }
    return shown | ({"users": list(group.users)} if with_users else {})


METHODS = {
    "auth.test": Method(run=auth_test, known={}, scope=None, tier=4),
    "users.lookupByEmail": Method(
        run=lookup_by_email, known={"email": Kind.REQUIRED}, scope="users:read.email", tier=3
    ),
    "users.info": Method(
        run=info,
        known={"user": Kind.REQUIRED, "include_locale": Kind.FLAG},
        scope="users:read",
        tier=4,
    ),
    "users.list": Method(
        run=list_users,
        known={"cursor": Kind.TEXT, "limit": Kind.NUMBER, "include_locale": Kind.FLAG, "team_id": Kind.TEXT},
        scope="users:read",
        tier=2,
    ),
    "usergroups.list": Method(
        run=list_groups,
        known={
            "include_users": Kind.FLAG,
            "include_count": Kind.FLAG,
            "include_disabled": Kind.FLAG,
            "team_id": Kind.TEXT,
        },
        scope="usergroups:read",
        tier=2,
    ),
    "usergroups.users.list": Method(
        run=list_group_users,
        known={"usergroup": Kind.REQUIRED, "include_disabled": Kind.FLAG, "team_id": Kind.TEXT},
        scope="usergroups:read",
        tier=2,
    ),
}
