"""Accuracy: what was expected of a closed period, beside what came of it, and the same as a file."""

from starlette.exceptions import HTTPException
from starlette.responses import Response

from csops_sync.app.forecast.accuracy import AccuracyReport
from csops_sync.app.forecast.groups import NOT_SAID
from csops_sync.app.forecast.period_words import UnknownPeriodError, period_key
from csops_sync.interfaces.web.asked_bridge import read_period
from csops_sync.interfaces.web.chart_values import accuracy_chart
from csops_sync.interfaces.web.csv_reports import accuracy_csv
from csops_sync.interfaces.web.dashboard_data import DashboardData
from csops_sync.interfaces.web.downloads import csv_file, picture_file
from csops_sync.interfaces.web.query_values import UnreadableError
from csops_sync.interfaces.web.rendering import Page

_NOT_FOUND = 404


def accuracy(page: Page, data: DashboardData) -> Response:
    """This function will show landing and call against result at each distance, in total and per CSM."""
    found = _asked_for(page, data)
    return page.render(
        "accuracy.html",
        {
            "a": found,
            "basis": found.basis,
            "key": period_key(found.period),
            "offered": [(period_key(one), one.name) for one in found.offered],
            "named": lambda key: _named(page, found, key),
            "chart": page.desk.drawings.of(accuracy_chart(found, page.words)) if found.is_kept else None,
        },
    )


def accuracy_table(page: Page, data: DashboardData) -> Response:
    """This function will give every line of the page as CSV."""
    return csv_file("accuracy.csv", accuracy_csv(_asked_for(page, data)))


def accuracy_picture(page: Page, data: DashboardData) -> Response:
    """This function will give the chart as a PNG; 404 where nothing was kept to draw."""
    found = _asked_for(page, data)
    if not found.is_kept:
        raise HTTPException(_NOT_FOUND)
    return picture_file("accuracy.png", page.desk.drawings.picture(accuracy_chart(found, page.words)))


def _asked_for(page: Page, data: DashboardData) -> AccuracyReport:
    try:
        return data.accuracy(read_period(page.request.query_params), page.people)
    except UnknownPeriodError as error:
        raise UnreadableError(*error.args) from error


def _named(page: Page, found: AccuracyReport, key: str | None) -> str:
    if key is None:
        return page.words("total")
    return page.words("accuracy.nobody") if key == NOT_SAID else found.names.get(key, key)
