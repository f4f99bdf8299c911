"""Dates that hold one by one and together decide nothing: seasons without a day, bounds that no customer has.

Each of these would be silence at run time: a rule that is in force, and opens nothing.
"""

from collections.abc import Iterator
from datetime import date, timedelta

from csops_sync.config.expressions import read_before, read_floor
from csops_sync.config.models_rules import BOUNDS, BudgetSeasonSection
from csops_sync.config.problems import Problem, YamlPath
from csops_sync.config.raw import at, items
from csops_sync.config.section import read_duration
from csops_sync.config.source import Document, Plain
from csops_sync.config.vocabulary import ACCOUNT, CONTRACT, Vocabulary
from csops_sync.domain.dates import MONTHS_PER_YEAR, Duration, earlier
from csops_sync.domain.rules import FloorAnchor

_SEASON = "budget_season"
_STARTS = (_SEASON, "fiscal_year_starts")
_BUDGET_BOUNDS = ("before_budget_season", "before_budget_lock")
_NOTICE_BOUND = "before_notice_deadline"
_YEARS = range(2023, 2031)  # every place of a leap year around a fiscal year's start
_FOUR_YEARS = [date(2024, 1, 1) + timedelta(days=count) for count in range(1461)]
_LONGEST_FLOOR_MONTHS = 10 * MONTHS_PER_YEAR
_LONGEST_FLOOR_DAYS = 10 * 365
_UNMAPPED_COUNTRY = (
    "needs the customers' countries; map account.country in csops-sync.yaml under mapping.account.fields"
)


def check_bounds(document: Document, vocabulary: Vocabulary) -> Iterator[Problem]:
    """This function will find bounds, floors and seasons that can never decide a day."""
    yield from _season_has_days(document)
    yield from _fiscal_year_is_mapped(document, vocabulary)
    yield from _country_is_mapped(document, vocabulary)
    for index, rule in items(at(document.value, "renewals")):
        path: YamlPath = ("renewals", index, "open")
        section = at(rule, "open")
        yield from _budget_is_known(document, section, path, vocabulary)
        yield from _notice_is_known(document, section, path, vocabulary)
        yield from _calendars_are_known(document, section, path, vocabulary)
        yield from _floors_leave_room(document, section, path)


def _season_has_days(document: Document) -> Iterator[Problem]:
    """Try every month in which a fiscal year may start: `60 days` and `2 months` differ by the month."""
    section = at(document.value, _SEASON)
    opens, locks = _before(section, "opens"), _before(section, "locks")
    if opens is None or locks is None or not isinstance(section, dict):
        return
    starts = (date(year, month, 1) for year in _YEARS for month in range(1, MONTHS_PER_YEAR + 1))
    wrong = next((one for one in starts if earlier(one, opens) >= earlier(one, locks)), None)
    if wrong is not None:
        message = (
            f"the season has no day: for a fiscal year from {wrong} it opens on {earlier(wrong, opens)} and is locked "
            f"on {earlier(wrong, locks)}; let `opens` lie more time before the year than `locks`"
        )
        key = "opens" if "opens" in section else "locks"
        yield document.problem(path=(_SEASON, key), message=message)


def _before(section: Plain, key: str) -> Duration | None:
    """Read `opens` or `locks`, the default where it is absent; None where it is at fault, which is told elsewhere."""
    if not isinstance(section, dict):
        return None
    try:
        return read_before(section.get(key, BudgetSeasonSection.model_fields[key].default))
    except ValueError:
        return None


def _fiscal_year_is_mapped(document: Document, vocabulary: Vocabulary) -> Iterator[Problem]:
    path = (*_STARTS, "from")
    source = at(document.value, *path)
    if source == "account.fiscal_year_starts" and not vocabulary.has(ACCOUNT, "fiscal_year_starts"):
        message = f"{source!r} is not mapped; name it in csops-sync.yaml under mapping.account.fields"
        yield document.problem(path=path, message=message)


def _country_is_mapped(document: Document, vocabulary: Vocabulary) -> Iterator[Problem]:
    path = (*_STARTS, "by_country")
    if at(document.value, *path) and not vocabulary.has(ACCOUNT, "country"):
        yield document.problem(path=path, message=_UNMAPPED_COUNTRY, at_key=True)


def _budget_is_known(
    document: Document, section: Plain, path: YamlPath, vocabulary: Vocabulary
) -> Iterator[Problem]:
    if at(document.value, _SEASON) is None:
        message = f"needs the section `{_SEASON}`, which says when budgets are drawn up; add it"
    elif _has_fiscal_years(document, vocabulary):
        return
    else:
        message = (
            f"no customer's fiscal year is known; say where from in {'.'.join(_STARTS)}, "
            "as in {by_country: {JP: April}}"
        )
    for bound in _BUDGET_BOUNDS:
        if at(section, bound) is not None:
            yield document.problem(path=(*path, bound), message=message, at_key=True)


def _has_fiscal_years(document: Document, vocabulary: Vocabulary) -> bool:
    """The account's own month counts wherever it is mapped."""
    named = (at(document.value, *_STARTS, key) for key in ("from", "by_segment", "by_country"))
    return any(named) or vocabulary.has(ACCOUNT, "fiscal_year_starts")


def _notice_is_known(
    document: Document, section: Plain, path: YamlPath, vocabulary: Vocabulary
) -> Iterator[Problem]:
    if [bound for bound in BOUNDS if at(section, bound) is not None] != [_NOTICE_BOUND]:
        return
    has_period = any(vocabulary.has(CONTRACT, name) for name in ("notice_days", "notice_months"))
    if not (has_period and vocabulary.has(CONTRACT, "auto_renews")):
        message = (
            "is the only bound, and no contract has a notice deadline; map contract.auto_renews and "
            "contract.notice_days (or notice_months) in csops-sync.yaml, or add before_renewal"
        )
        yield document.problem(path=(*path, _NOTICE_BOUND), message=message, at_key=True)


def _calendars_are_known(
    document: Document, section: Plain, path: YamlPath, vocabulary: Vocabulary
) -> Iterator[Problem]:
    if at(section, "calendar") != "customer":
        return
    named = at(document.value, "calendar", "countries") or at(document.value, *_STARTS, "by_country")
    if not named:
        message = "needs the customers' countries; list them under calendar.countries, as in [JP, US]"
        yield document.problem(path=(*path, "calendar"), message=message)
    elif not vocabulary.has(ACCOUNT, "country"):
        yield document.problem(path=(*path, "calendar"), message=_UNMAPPED_COUNTRY)


def _floors_leave_room(document: Document, section: Plain, path: YamlPath) -> Iterator[Problem]:
    floors = at(section, "not_before")
    at_path: YamlPath = (*path, "not_before")
    places = [((*at_path, index), one) for index, one in items(floors)] or [(at_path, floors)]
    for place, floor in places:
        message = _never_lower(floor, at(section, "before_renewal"))
        if message:
            yield document.problem(path=place, message=message)


def _never_lower(value: Plain, bound: Plain) -> str | None:
    """Say why a floor makes no sense; None where it does, or is at fault by itself, which is told elsewhere."""
    try:
        floor = read_floor(value)
        before = read_duration(bound) if bound is not None else None
    except ValueError:
        return None
    if floor.anchor is FloorAnchor.TERM_START:
        return _beyond_any_term(floor.offset)
    if before is not None and all(earlier(day, before) < earlier(day, floor.offset) for day in _FOUR_YEARS):
        return (
            f"is always later than `before_renewal: {bound}`, which then never decides; "
            f"write `renewal.date - …` with more than {before}, or remove one of them"
        )
    return None


def _beyond_any_term(offset: Duration) -> str | None:
    if offset.months < _LONGEST_FLOOR_MONTHS and offset.days < _LONGEST_FLOOR_DAYS:
        return None
    return f"lies {offset} after the start, where hardly any term goes on; a floor there is less than 10 years long"
