"""The rights that an interaction gives an app: to open a view (three seconds, once), and to answer without a token."""

import secrets
from typing import Final

from csops_sync.sandbox.slack.errors import SlackError
from csops_sync.sandbox.slack.model import TEAM_ID, ResponseUrl, Trigger
from csops_sync.sandbox.slack.state import SlackState

TRIGGER_SECONDS: Final = 3.0
URL_SECONDS: Final = 30 * 60.0
URL_USES: Final = 5
URL_PATH: Final = f"/actions/{TEAM_ID}"


def new_trigger(state: SlackState, user: str) -> str:
    """This function will give a person's interaction its `trigger_id`."""
    surfaces = state.surfaces
    surfaces.made += 1
    made = f"{surfaces.made}.{secrets.randbelow(10**12):012d}.{secrets.token_hex(16)}"
    surfaces.triggers[made] = Trigger(user=user, made=state.watch.now())
    return made


def exchange(state: SlackState, trigger_id: str) -> str:
    """This function will use a trigger up and give whose it is.

    SlackErrors: `invalid_trigger_id`, `exchanged_trigger_id`, `expired_trigger_id`.
    """
    trigger = state.surfaces.triggers.get(trigger_id)
    if trigger is None:
        raise SlackError("invalid_trigger_id")
    if trigger.exchanged:
        raise SlackError("exchanged_trigger_id")
    if state.watch.since(trigger.made) > TRIGGER_SECONDS:
        raise SlackError("expired_trigger_id")
    trigger.exchanged = True
    return trigger.user


def new_response_url(state: SlackState, *, user: str, channel: str, ts: str) -> str:
    """This function will give an interaction its `response_url`."""
    secret = secrets.token_urlsafe(18)
    state.surfaces.response_urls[secret] = ResponseUrl(
        user=user, channel=channel, ts=ts, made=state.watch.now()
    )
    return f"{state.home.rstrip('/')}{URL_PATH}/{secret}"


def use_response_url(state: SlackState, secret: str) -> ResponseUrl:
    """This function will count one use; SlackErrors `invalid_url`, `expired_url`, `used_url` (words are observed)."""
    url = state.surfaces.response_urls.get(secret)
    if url is None:
        raise SlackError("invalid_url")
    if state.watch.since(url.made) > URL_SECONDS:
        raise SlackError("expired_url")
    if url.used >= URL_USES:
        raise SlackError("used_url")
    url.used += 1
    return url
