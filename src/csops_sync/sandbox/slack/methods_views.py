"""views.open and views.update: modals."""

from csops_sync.sandbox.slack import views
from csops_sync.sandbox.slack.arguments import Arguments, Kind, required, text
from csops_sync.sandbox.slack.desk import Answer, Desk, Method
from csops_sync.sandbox.slack.errors import SlackError, bad_argument
from csops_sync.sandbox.slack.triggers import exchange


def open_view(desk: Desk, arguments: Arguments) -> Answer:
    """views.open: a modal for whoever's interaction gave the trigger; a bad view leaves the trigger as it was."""
    content = views.content_of(arguments["view"])
    user = exchange(desk.state, required(arguments, "trigger_id"))
    return {"view": views.as_json(views.opened(desk.state, user, content))}


def update(desk: Desk, arguments: Arguments) -> Answer:
    """views.update: another content for an open modal; with `hash` only while nobody else has changed it."""
    content = views.content_of(arguments["view"])
    view_id, external_id = text(arguments, "view_id"), text(arguments, "external_id")
    if view_id is None and external_id is None:
        raise bad_argument("missing required field: view_id")
    view = views.named(desk.state, view_id=view_id, external_id=external_id)
    if text(arguments, "hash") not in (None, view.hash):
        raise SlackError("hash_conflict")
    views.replace(desk.state, view, content)
    return {"view": views.as_json(view)}


METHODS = {
    "views.open": Method(
        run=open_view,
        known={"trigger_id": Kind.REQUIRED, "view": Kind.REQUIRED_DATA},
        scope=None,
        tier=4,
        writes=True,
    ),
    "views.update": Method(
        run=update,
        known={
            "view": Kind.REQUIRED_DATA,
            "view_id": Kind.TEXT,
            "external_id": Kind.TEXT,
            "hash": Kind.TEXT,
        },
        scope=None,
        tier=4,
        writes=True,
    ),
}
