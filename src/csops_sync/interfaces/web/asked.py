"""What the addresses of the overview and the list ask for, and how such an address is written."""

from dataclasses import dataclass
from datetime import date
from urllib.parse import urlencode

from starlette.datastructures import QueryParams

from csops_sync.app.forecast.listing_values import Paging, RenewalFilter, SortBy
from csops_sync.app.forecast.overview_values import Span
from csops_sync.domain.forecast.periods import Window
from csops_sync.domain.forecast.term_state import RenewalType, TermStanding
from csops_sync.interfaces.web.dashboard_data import People
from csops_sync.interfaces.web.languages import LANGUAGE_FIELD
from csops_sync.interfaces.web.query_values import (
    EARLIEST,
    LATEST,
    PAGE,
    UnreadableError,
    day_in,
    one_of,
    page_in,
    single,
)

_SORT, _ORDER = "sort", "order"
_DOWN, _UP = "desc", "asc"
_FIELDS = ("text", "first", "last", "type", "standing", "rank", "csm", "segment")
_KNOWN = frozenset({*_FIELDS, _SORT, _ORDER, PAGE, LANGUAGE_FIELD})
TYPE_CHOICES = tuple(one.value for one in RenewalType)
TO_COME = "to-come"
"""The choice of all renewals that are not over: those with an open opportunity, and those still without one."""
STANDING_CHOICES = (TO_COME, *(one.value for one in TermStanding))


@dataclass(frozen=True, slots=True, kw_only=True)
class RenewalQuery:
    """A list as its address says it; empty and None filter nothing. `first` and `last` bound the due date."""

    text: str = ""
    first: date | None = None
    last: date | None = None
    type: str = ""
    standing: str = ""
    rank: str = ""
    csm: str = ""
    segment: str = ""
    sort: SortBy = SortBy.DUE
    descending: bool = False
    page: int = 1

    def wanted(self, people: People) -> RenewalFilter:
        """This function will give the filter, for a reader who may see these people's renewals."""
        is_bound = self.first is not None or self.last is not None
        return RenewalFilter(
            window=Window(self.first or EARLIEST, self.last or LATEST) if is_bound else None,
            segments=_chosen(self.segment),
            csm_ids=_chosen(self.csm),
            types=_chosen(self.type),
            ranks=_chosen(self.rank),
            standings=_standings(self.standing),
            text=self.text,
            people=people,
        )

    def paging(self) -> Paging:
        """This function will give the order and the page."""
        return Paging(sort=self.sort, descending=self.descending, page=self.page)


def read_span(params: QueryParams) -> Span:
    """This function will read which due dates the overview covers; the fiscal year where nothing is said."""
    given = single(params, frozenset({"span", "done", LANGUAGE_FIELD}))
    return one_of(Span, given.get("span") or Span.YEAR.value, "span")


def read_query(params: QueryParams) -> RenewalQuery:
    """This function will read the filters, the order and the page of a list.

    Raises UnreadableError for a field that is unknown, given twice, too long, or no value of its kind.
    """
    given = single(params, _KNOWN)
    if given.get("type", "") not in ("", *TYPE_CHOICES):
        raise UnreadableError("type")
    if given.get("standing", "") not in ("", *STANDING_CHOICES):
        raise UnreadableError("standing")
    if given.get(_ORDER) not in (None, "", _UP, _DOWN):
        raise UnreadableError(_ORDER)
    first, last = day_in(given, "first"), day_in(given, "last")
    if first is not None and last is not None and last < first:
        raise UnreadableError("last")
    return RenewalQuery(
        text=given.get("text", ""),
        first=first,
        last=last,
        type=given.get("type", ""),
        standing=given.get("standing", ""),
        rank=given.get("rank", ""),
        csm=given.get("csm", ""),
        segment=given.get("segment", ""),
        sort=one_of(SortBy, given.get(_SORT) or SortBy.DUE.value, _SORT),
        descending=given.get(_ORDER) == _DOWN,
        page=page_in(given),
    )


def address(query: RenewalQuery, **changed: str) -> str:
    """This function will write a query as the part of an address behind `?`; what is usual is left out."""
    said = {name: str(value) for name in _FIELDS if (value := getattr(query, name))}
    if query.sort is not SortBy.DUE or query.descending:
        said |= {_SORT: query.sort.value, _ORDER: _DOWN if query.descending else _UP}
    if query.page > 1:
        said[PAGE] = str(query.page)
    return urlencode({name: value for name, value in {**said, **changed}.items() if value})


def sorted_address(query: RenewalQuery, column: str) -> str:
    """This function will write the query that a column's header leads to: the first page, turned round if sorted."""
    key = SortBy(column)
    down = query.sort is key and not query.descending
    return address(query, sort=key.value, order=_DOWN if down else _UP, page="")


def _standings(chosen: str) -> frozenset[TermStanding]:
    if chosen == TO_COME:
        return frozenset({TermStanding.OPEN, TermStanding.UNOPENED})
    return frozenset({TermStanding(chosen)}) if chosen else frozenset()


def _chosen(value: str) -> frozenset[str]:
    return frozenset({value}) if value else frozenset()
