"""Resources that an org has and the sandbox has not: refused like any unknown one, but the refusal says so."""

from collections.abc import Mapping

from csops_sync.sandbox.salesforce import errors
from csops_sync.sandbox.salesforce.errors import ApiError

RESOURCES: Mapping[str, str] = {
    "actions": "invocable actions, flows among them",
    "analytics": "reports and dashboards",
    "appMenu": "the app menu",
    "apexrest": "Apex classes",
    "async": "Bulk API 1.0; use jobs/query and jobs/ingest",
    "chatter": "Chatter",
    "commerce": "commerce",
    "compactLayouts": "layouts",
    "connect": "the Connect API",
    "consent": "consent",
    "dedupe": "duplicate jobs",
    "event": "event schemas",
    "graphql": "GraphQL",
    "jobs": "other jobs than query and ingest",
    "metadata": "the Metadata API",
    "parameterizedSearch": "search; query instead",
    "process": "approvals and process rules",
    "quickActions": "quick actions",
    "recent": "recently viewed items, which an API user has none of",
    "search": "SOSL search; query instead",
    "support": "Knowledge",
    "tabs": "tabs",
    "theme": "icons",
    "tooling": "the Tooling API",
    "ui-api": "the UI API",
    "wave": "CRM Analytics",
}
"""First segment of the path to what it is. `docs/sandbox.md` lists them."""


def refusal(rest: str) -> ApiError:
    """This function will refuse a path for which there is no route: 404 NOT_FOUND, with a word on why."""
    first = rest.strip("/").partition("/")[0].lower()
    for name, what in RESOURCES.items():
        if name.lower() == first:
            return errors.not_found(
                f"The requested resource does not exist: the sandbox has no {name} ({what})"
            )
    return errors.not_found()
