"""Retention by period, past and predicted, with movements and renewal rates; or of one window, by group."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date

from csops_sync.app.forecast.conversion import Conversion, currencies_of
from csops_sync.app.forecast.frames import Frame
from csops_sync.app.forecast.groups import KINDS, TOTAL, Groups
from csops_sync.app.forecast.period_words import period_key
from csops_sync.app.forecast.report_values import GroupBy, MetricsReport, MovementLines, PeriodMetrics
from csops_sync.app.forecast.weighing import Weigher
from csops_sync.domain.forecast.in_force import RevenueBook, revenue_book
from csops_sync.domain.forecast.landing import Landed
from csops_sync.domain.forecast.movements import Movement, movements
from csops_sync.domain.forecast.periods import FORECAST_PERIODS, Window, periods_around
from csops_sync.domain.forecast.predicted import predicted_retention
from csops_sync.domain.forecast.renewal_rates import RenewalRates, renewal_rates
from csops_sync.domain.forecast.repeating import Lands, Parts
from csops_sync.domain.forecast.retention import Retention, retention
from csops_sync.domain.forecast.term_state import OPEN_STANDINGS, TermState
from csops_sync.domain.money import Money

PAST_PERIODS = 4


def metrics_report(
    states: Iterable[TermState],
    *,
    frame: Frame,
    by: GroupBy,
    past: int = PAST_PERIODS,
    ahead: int = FORECAST_PERIODS,
) -> MetricsReport:
    """This function will measure the past periods, the current one, and predict those ahead. `states` are all terms.

    Raises:
        ValueError: `by` is no period; `grouped_metrics` does those.
        DuplicateTermError: one term of one contract is given twice.
    """
    if by not in KINDS:
        raise ValueError(f"{by} is no period; grouped_metrics() measures one window by {by}")
    measure = _Measure(states, frame)
    periods = periods_around(
        today=frame.as_of, kind=KINDS[by], calendar=frame.calendar, past=past, ahead=ahead
    )
    return MetricsReport(
        basis=frame.basis,
        by=by,
        periods=tuple(measure.of(one.window, period_key(one), one.name) for one in periods),
    )


def grouped_metrics(
    states: Iterable[TermState], *, frame: Frame, by: GroupBy, window: Window
) -> MetricsReport:
    """This function will measure or predict one window for each group of terms, and as a whole. `states` are all terms.

    A customer with terms in two groups is a customer of both. Type and rank are those of today.

    Raises:
        ValueError: `by` is a period; `metrics_report` does those.
        DuplicateTermError: one term of one contract is given twice.
    """
    if by in KINDS:
        raise ValueError(f"{by} is a period; metrics_report() measures one after the other")
    measure = _Measure(states, frame)
    groups = Groups(frame, by, window)
    weigher = Weigher(frame)
    parts = measure.parts(lambda term: groups.key(term, weigher.landed(term)))
    lines = (measure.of(window, key, groups.name(key), parts[key]) for key in groups.ordered(parts))
    return MetricsReport(
        basis=frame.basis,
        by=by,
        periods=tuple(line for line in lines if not _is_empty(line)),
        total=measure.of(window, TOTAL, TOTAL),
    )


def measured(states: Iterable[TermState], *, frame: Frame, line: PeriodMetrics) -> PeriodMetrics:
    """This function will measure the days of a line over again, by other states or in another frame."""
    return _Measure(states, frame).of(line.window, line.key, line.name)


class _Measure:
    """All terms laid out once, and measured window by window."""

    def __init__(self, states: Iterable[TermState], frame: Frame) -> None:
        self._frame = frame
        self._book = revenue_book(terms=states, profile=frame.profile)
        self._currencies = currencies_of(self._book.terms)
        self._landings = _landings(self._book, frame)
        self._doubtful = _doubtful(self._book)
        self._later: tuple[RevenueBook, date, RevenueBook] | None = None

    def parts(self, key: Callable[[TermState], str]) -> Mapping[str, RevenueBook]:
        """Split the book by a key of terms. What continues what stays known across the parts."""
        keys = {term.key: key(term) for term in self._book.terms}
        terms, stretches = defaultdict(list), defaultdict(list)
        for term in self._book.terms:
            terms[keys[term.key]].append(term)
        for stretch in self._book.stretches:
            stretches[keys[stretch.key]].append(stretch)
        return {
            name: replace(self._book, terms=tuple(mine), stretches=tuple(stretches[name]))
            for name, mine in terms.items()
        }

    def of(self, window: Window, key: str, name: str, part: RevenueBook | None = None) -> PeriodMetrics:
        """Measure or predict one window, of all terms or of a part of them."""
        whole = self._book if part is None else part
        book, unjudged = self._convertible(whole, window)
        unjudged.update(_unknown(self._doubtful if part is None else _doubtful(part), window))
        _, closes = window.measured(book.profile.nrr_boundary)
        if closes > self._frame.as_of:
            found, moved = self._predicted(book, window, unjudged), None
        else:
            found = retention(book=book, window=window, exchange=self._frame.exchange)
            moved = movements(book=book, window=window, exchange=self._frame.exchange).total
        rates = self._rates(whole, window)  # what is due has rate days of its own
        unjudged.update(rates.unjudged if rates is not None else ())
        return PeriodMetrics(
            key=key,
            name=name,
            window=window,
            predicted=found.predicted,
            start=found.start,
            end=found.end,
            nrr=found.nrr,
            grr=found.grr,
            gross_revenue_churn=found.gross_revenue_churn,
            logo_retention=found.logo_retention,
            movements=None if moved is None else _lines(moved),
            renewals=rates,
            unjudged=tuple(sorted(unjudged)),
            measured=found,
        )

    def _predicted(self, book: RevenueBook, window: Window, unjudged: set[str]) -> Retention:
        """Predict a window, and add the terms that count as nothing."""
        opens, _ = window.measured(book.profile.nrr_boundary)
        prediction = predicted_retention(
            book=self._since(book, opens),
            window=window,
            landings=self._landings,
            today=self._frame.as_of,
            exchange=self._frame.exchange,
        )
        unjudged.update(prediction.unjudged)
        return prediction.retention

    def _since(self, book: RevenueBook, day: date) -> RevenueBook:
        """Give what of a book counts from a day on; the windows that are predicted follow one another."""
        if self._later is None or self._later[0] is not book or self._later[1] > day:
            self._later = (book, day, book.since(day))
        return self._later[2]

    def _rates(self, book: RevenueBook, window: Window) -> RenewalRates | None:
        """Give the renewal rates of what is due; None before the window begins."""
        if window.first > self._frame.as_of:
            return None
        return renewal_rates(
            terms=book.terms,
            window=window,
            profile=book.profile,
            today=self._frame.as_of,
            rates=self._frame.due_rates,
        )

    def _convertible(self, book: RevenueBook, window: Window) -> tuple[RevenueBook, set[str]]:
        """Leave out the terms in currencies without a rate at the window's ends, and name those that it concerns."""
        ends = [
            Conversion(rates)
            for rates in (self._frame.exchange.opening(window), self._frame.exchange.closing(window))
        ]
        missing = {one for one in self._currencies if not all(end.knows(one) for end in ends)}
        if not missing:
            return book, set()
        left_out = {term.key for term in book.terms if not missing.isdisjoint(currencies_of((term,)))}
        kept = replace(
            book,
            terms=tuple(term for term in book.terms if term.key not in left_out),
            stretches=tuple(one for one in book.stretches if one.key not in left_out),
        )
        return kept, {term.key for term in book.terms if term.key in left_out and _touches(term, window)}


def _landings(book: RevenueBook, frame: Frame) -> Mapping[str, Lands | Parts]:
    """Give the landings of all terms whose end nobody knows, in minor units, for each window alike."""
    landed = Weigher(frame).landed
    return {term.key: _parts(term, landed(term)) for term in book.terms if term.standing in OPEN_STANDINGS}


def _parts(term: TermState, landed: Landed) -> Lands | Parts:
    if landed.weights is None or term.prior is None:
        return _NOTHING_KNOWN
    return Parts(landed.base, landed.expansion, landed.kept, landed.added, term.prior.currency)


@dataclass(frozen=True, slots=True)
class _Unknown:
    """The landing of a term that cannot be judged."""

    base: Money | None = None
    expansion: Money | None = None
    kept: Money | None = None
    added: Money | None = None


_NOTHING_KNOWN = _Unknown()
_Doubt = tuple[TermState, bool]
"""A term, and whether what continues it is not in the book."""


def _doubtful(book: RevenueBook) -> tuple[_Doubt, ...]:
    """Choose the few terms that may be worth something that nobody knows, or are continued by nobody knows what."""
    unfollowed = frozenset(book.unfollowed)
    return tuple(
        (term, term.key in unfollowed) for term in book.terms if term.prior is None or term.key in unfollowed
    )


def _unknown(doubtful: Iterable[_Doubt], window: Window) -> Iterator[str]:
    """Name the terms that earn nothing in a window because nobody knows what, or what continues them."""
    for term, is_unfollowed in doubtful:
        is_lost_from_sight = is_unfollowed and window.holds(term.in_force_until)
        if is_lost_from_sight or (term.prior is None and _touches(term, window)):
            yield term.key


def _touches(term: TermState, window: Window) -> bool:
    return term.start <= window.last and window.first <= term.in_force_until


def _lines(total: Movement) -> MovementLines:
    return MovementLines(
        start=total.start,
        new=total.new,
        expansion=total.expansion,
        reactivation=total.reactivation,
        late=total.late,
        contraction=total.contraction,
        churn=total.churn,
        fx=total.fx,
        end=total.end,
    )


def _is_empty(line: PeriodMetrics) -> bool:
    """Whether a group has nothing to do with the window."""
    revenue = line.start.amount or line.end.amount or (line.movements and line.movements.end.amount)
    return not (revenue or line.unjudged or (line.renewals is not None and line.renewals.due_terms))
