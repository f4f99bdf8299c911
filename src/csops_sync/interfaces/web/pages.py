"""The pages that show renewals: overview, list, one renewal, matrix. Each asks the data and renders, no more."""

from collections.abc import Iterable
from decimal import Decimal
from itertools import groupby

from starlette.exceptions import HTTPException
from starlette.responses import Response

from csops_sync.app.forecast.groups import UNOPENED, UNRATED
from csops_sync.app.forecast.listing_order import at_risk
from csops_sync.app.forecast.listing_values import Choices, SortBy
from csops_sync.app.forecast.overview_values import MatrixCell, Span, TypeCell
from csops_sync.app.forecast.report_values import RenewalLine, Unjudged
from csops_sync.domain.forecast.retention import ratio
from csops_sync.domain.money import Money
from csops_sync.interfaces.web.asked import (
    STANDING_CHOICES,
    TYPE_CHOICES,
    RenewalQuery,
    address,
    read_query,
    read_span,
    sorted_address,
)
from csops_sync.interfaces.web.chart_values import overview_charts
from csops_sync.interfaces.web.csv_tables import renewals_csv
from csops_sync.interfaces.web.dashboard_data import DashboardData, RenewalPage
from csops_sync.interfaces.web.downloads import csv_file
from csops_sync.interfaces.web.listed_rows import listed_rows
from csops_sync.interfaces.web.pages_calls import called_just_now, periods_to_call
from csops_sync.interfaces.web.query_values import path_key
from csops_sync.interfaces.web.rendering import Page
from csops_sync.interfaces.web.timeline import days_of
from csops_sync.interfaces.web.words import Words

_NOT_FOUND = 404
_MOST_NAMED = 5
TYPES = (*TYPE_CHOICES, UNOPENED)
"""The rows and columns of tables by renewal type, in their order."""
SORTS = ("account", "due", "type", "rank", "csm", "prior", "landing", "risk")
"""The columns of the list that sort it, in their order."""
Filter = tuple[str, str, list[tuple[str, str]], str]
"""A field, what it is called, the values it offers with their names, and the one that is chosen."""


def overview(page: Page, data: DashboardData) -> Response:
    """This function will show where renewals land, against base and target, and what moved them."""
    span = read_span(page.request.query_params)
    shown = data.overview(span, page.people)
    closed = [one for one in shown.metrics.periods if not one.predicted]
    coming = [one for one in shown.metrics.periods if one.predicted]
    total = shown.by_quarter.total
    return page.render(
        "overview.html",
        {
            "o": shown,
            "called_now": called_just_now(page),
            "unjudged": _unjudged(shown.by_quarter.unjudged),
            "callable": periods_to_call(page, shown.open_periods),
            "basis": shown.basis,
            "total": total,
            "of_base": ratio(total.landing, total.due),
            "of_target": ratio(total.landing, shown.target) if shown.target else None,
            "gap": total.landing - shown.target if shown.target else None,
            "closed": closed[-1] if closed else None,
            "coming": coming[0] if coming else None,
            "months": _months(shown.by_type),
            "types": TYPES,
            "spans": tuple(Span),
            "magnitude": _magnitude,
            "share_of": _share,
            "charts": overview_charts(shown, page.desk.drawings, page.words, page.formats),
        },
    )


def renewals(page: Page, data: DashboardData) -> Response:
    """This function will show one page of the renewals that match."""
    query = read_query(page.request.query_params)
    found = data.renewals(query.wanted(page.people), query.paging())
    return page.render(
        "renewals.html",
        {
            "found": found,
            "rows": listed_rows(page, found.lines),
            "basis": found.basis,
            "query": query,
            "address": address,
            "sorted_address": sorted_address,
            "filters": _filters(page.words, query, found.choices),
            "sorts": SORTS,
            "all_sorts": [one.value for one in SortBy],
        },
    )


def renewals_table(page: Page, data: DashboardData) -> Response:
    """This function will give all renewals that match as CSV."""
    query = read_query(page.request.query_params)
    text = renewals_csv(data.every_renewal(query.wanted(page.people), query.paging()))
    return csv_file("renewals.csv", text)


def renewal(page: Page, data: DashboardData) -> Response:
    """This function will show one renewal with everything that is known about it; 404 beyond the reader's scope."""
    found = data.renewal(path_key(page.request), page.people, language=page.words.language)
    if found is None:
        raise HTTPException(_NOT_FOUND)
    return page.render(
        "renewal.html",
        {
            "r": found,
            "called_now": called_just_now(page),
            "line": found.line,
            "basis": None,
            "days": days_of(found, page.formats),
            "parts_of_landing": _parts(found),
        },
    )


def matrix(page: Page, data: DashboardData) -> Response:
    """This function will show open renewals by type and rank."""
    found = data.matrix(page.people)
    cells = {(_type(cell), cell.rank): cell for cell in found.cells}
    return page.render(
        "matrix.html",
        {
            "m": found,
            "basis": found.basis,
            "cells": cells,
            "columns": (*found.ranks, None),
            "types": _rows(found.cells),
        },
    )


def _type(cell: MatrixCell | TypeCell) -> str:
    return cell.type.value if cell.type is not None else UNOPENED


def _rows(cells: Iterable[MatrixCell]) -> tuple[str, ...]:
    """List the types that stand in a matrix, in the usual order."""
    there = {_type(cell) for cell in cells}
    return tuple(one for one in TYPES if one in there)


def _filters(words: Words, query: RenewalQuery, offered: Choices) -> list[Filter]:
    """Give each filter that is chosen from a list."""
    ranks = [*((one, one) for one in offered.ranks), *((one, words(one)) for one in (UNRATED, UNOPENED))]
    return [
        ("type", words("col.type"), _coded(words, "type", TYPE_CHOICES), query.type),
        ("standing", words("col.standing"), _coded(words, "standing", STANDING_CHOICES), query.standing),
        ("rank", words("col.rank"), ranks, query.rank),
        ("csm", words("col.csm"), list(offered.csms), query.csm),
        ("segment", words("filter.segment"), [(one, one) for one in offered.segments], query.segment),
    ]


def _coded(words: Words, kind: str, values: Iterable[str]) -> list[tuple[str, str]]:
    return [(one, words.code(kind, one)) for one in values]


def _months(cells: Iterable[TypeCell]) -> list[tuple[str, dict[str, TypeCell]]]:
    """Put the cells of each month beside one another, in the order in which they were given."""
    return [
        (month, {_type(cell): cell for cell in group})
        for month, group in groupby(cells, key=lambda one: one.month)
    ]


def _unjudged(terms: Iterable[Unjudged]) -> list[tuple[str, list[str], int]]:
    """Give each reason why terms are in no sum, with the keys of the first that have it, and how many more do."""
    keys: dict[str, list[str]] = {}
    for one in terms:
        keys.setdefault(one.why, []).append(one.key)
    return [(why, found[:_MOST_NAMED], max(0, len(found) - _MOST_NAMED)) for why, found in keys.items()]


def _magnitude(money: Money) -> Money:
    return Money(abs(money.amount), money.currency)


def _share(line: RenewalLine) -> int:
    """Give how many hundredths of the prior amount are at risk."""
    risk, prior = at_risk(line.state, line.landing), line.state.prior
    if risk is None or prior is None or prior.amount <= 0:
        return 0
    return max(0, min(100, int(100 * risk.amount / prior.amount)))


def _parts(found: RenewalPage) -> list[tuple[str, Money | None, Decimal, Money | None]]:
    """Give the two parts of a landing: what was weighed, by what, and what it came to."""
    line = found.line
    landing, weights = line.landing, line.landing.weights
    if weights is None:
        return []
    parts = [("renewal.kept", landing.kept, weights.base, landing.base)]
    if landing.added is not None and landing.added.amount:
        parts.append(("renewal.added", landing.added, weights.expansion, landing.expansion))
    return parts
