"""The bridge: a waterfall between two days, the renewals behind a bar, and both as a file."""

from starlette.exceptions import HTTPException
from starlette.responses import Response

from csops_sync.app.forecast.bridge_page import BridgeAsked, BridgePage
from csops_sync.app.forecast.bridging import BridgeReport
from csops_sync.app.forecast.overview_values import Span
from csops_sync.domain.forecast.bridge import Cause
from csops_sync.interfaces.web.asked_bridge import bridge_address, read_bridge
from csops_sync.interfaces.web.chart_values import bridge_chart
from csops_sync.interfaces.web.csv_reports import bridge_csv
from csops_sync.interfaces.web.dashboard_data import DashboardData
from csops_sync.interfaces.web.downloads import csv_file, picture_file
from csops_sync.interfaces.web.query_values import UnreadableError
from csops_sync.interfaces.web.rendering import Page
from csops_sync.ports.charts import BridgeChart

_NOT_FOUND = 404
_MOST_OFFERED = 62


def bridge(page: Page, data: DashboardData) -> Response:
    """This function will show why the landing moved between two days, cause by cause, and one bar's renewals."""
    asked, found = _found(page, data)
    return page.render(
        "bridge.html",
        {
            "b": found,
            "basis": found.basis,
            "asked": asked,
            "address": bridge_address,
            "links": _links(asked),
            "days": found.days[-_MOST_OFFERED:],
            "spans": tuple(Span),
            "chart": page.desk.drawings.of(_chart(page, asked, found.report)) if found.report else None,
        },
    )


def bridge_table(page: Page, data: DashboardData) -> Response:
    """This function will give every renewal of every bar as CSV, adding up from the one landing to the other."""
    _, report = _asked_for(page, data)
    return csv_file("bridge.csv", bridge_csv(report))


def bridge_picture(page: Page, data: DashboardData) -> Response:
    """This function will give the waterfall as a PNG."""
    asked, report = _asked_for(page, data)
    return picture_file("bridge.png", page.desk.drawings.picture(_chart(page, asked, report)))


def _found(page: Page, data: DashboardData) -> tuple[BridgeAsked, BridgePage]:
    """Read what is asked, and answer it; UnreadableError for a day that has not come yet."""
    asked = read_bridge(page.request.query_params)
    found = data.bridge(asked, page.people)
    for name, day in (("since", asked.since), ("until", asked.until)):
        if day is not None and day > found.basis.as_of:
            raise UnreadableError(name)
    return asked, found


def _asked_for(page: Page, data: DashboardData) -> tuple[BridgeAsked, BridgeReport]:
    asked, found = _found(page, data)
    if found.report is None:
        raise HTTPException(_NOT_FOUND)
    return asked, found.report


def _links(asked: BridgeAsked) -> dict[Cause, str]:
    """Give where each bar leads to: the same bridge, with its renewals below."""
    return {cause: f"/bridge?{bridge_address(asked, cause=cause.value, page='')}#renewals" for cause in Cause}


def _chart(page: Page, asked: BridgeAsked, report: BridgeReport) -> BridgeChart:
    return bridge_chart(report, _links(asked), page.words, page.formats)
