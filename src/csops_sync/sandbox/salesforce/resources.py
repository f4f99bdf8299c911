"""The resources about the API itself: versions, what there is, limits."""

from csops_sync.sandbox.salesforce import errors
from csops_sync.sandbox.salesforce.request import Answer, Call, Context

_RELEASES = ("Spring", "Summer", "Winter")
_SPRING_26 = 66


def versions(call: Call, oldest: int, newest: int) -> Answer:
    """This function will answer `GET /services/data`."""
    if call.method != "GET":
        raise errors.method_not_allowed(call.method, ["GET"])
    call.parameters()
    listed = [
        {"label": _label(number), "url": f"/services/data/v{number}.0", "version": f"{number}.0"}
        for number in range(oldest, newest + 1)
    ]
    return Answer(200, listed)


def resource_map(context: Context, call: Call) -> Answer:
    """This function will answer `GET /services/data/vNN.0`; `identity` is a whole URL, of whom the token speaks for."""
    call.parameters()
    names = ("limits", "query", "queryAll", "sobjects", "composite", "jobs")
    who = f"http://{call.headers.get('host', '')}/id/{context.org.organization['Id']}/{call.user}"
    return Answer(200, {**{name: f"{call.base}/{name}" for name in names}, "identity": who})


def limits(context: Context, call: Call) -> Answer:
    """This function will answer `GET limits`."""
    call.parameters()
    most = context.org.toggles.api_allowance
    left = max(0, most - context.org.calls)
    whole = {"Max": 5, "Remaining": 5}
    return Answer(
        200,
        {
            "DailyApiRequests": {"Max": most, "Remaining": left},
            **context.bulk.left(),
            "DataStorageMB": whole,
            "FileStorageMB": whole,
        },
    )


def _label(number: int) -> str:
    years, season = divmod(number - _SPRING_26, len(_RELEASES))
    return f"{_RELEASES[season]} '{26 + years + (_RELEASES[season] == 'Winter'):02d}"
