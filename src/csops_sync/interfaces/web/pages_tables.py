"""The tables of the overview and the matrix as files, of what the reader may see."""

from collections.abc import Callable

from starlette.responses import Response

from csops_sync.app.forecast.overview_values import Overview
from csops_sync.interfaces.web.asked import read_span
from csops_sync.interfaces.web.csv_overview import landing_csv, matrix_csv, months_csv, retention_csv
from csops_sync.interfaces.web.dashboard_data import DashboardData
from csops_sync.interfaces.web.downloads import csv_file
from csops_sync.interfaces.web.rendering import Page


def landing(page: Page, data: DashboardData) -> Response:
    """This function will give the landing of each quarter of the span as CSV."""
    return _of_overview(page, data, "landing.csv", landing_csv)


def retention(page: Page, data: DashboardData) -> Response:
    """This function will give NRR, GRR and what they were divided of, quarter by quarter, as CSV."""
    return _of_overview(page, data, "retention.csv", retention_csv)


def months(page: Page, data: DashboardData) -> Response:
    """This function will give what is due in each month of the span, by renewal type, as CSV."""
    return _of_overview(page, data, "months.csv", months_csv)


def matrix(page: Page, data: DashboardData) -> Response:
    """This function will give the cells of the matrix as CSV."""
    return csv_file("matrix.csv", matrix_csv(data.matrix(page.people)))


def _of_overview(page: Page, data: DashboardData, name: str, written: Callable[[Overview], str]) -> Response:
    return csv_file(name, written(data.overview(read_span(page.request.query_params), page.people)))
