"""Over random books: movements tie, GRR is at most 1 and at most NRR, and no term of a contract is counted twice."""

from collections import Counter
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction

from hypothesis import given
from hypothesis import strategies as st

from csops_sync.domain.dates import add_months
from csops_sync.domain.forecast.due_rates import DueRates
from csops_sync.domain.forecast.in_force import RevenueBook, later_by_its_length, revenue_book
from csops_sync.domain.forecast.movements import movements
from csops_sync.domain.forecast.periods import FiscalCalendar, NrrBoundary, Window
from csops_sync.domain.forecast.predicted import predicted_retention
from csops_sync.domain.forecast.profile import CustomerIs, DueBy, EarlyRenewals, LatePolicy, MetricProfile
from csops_sync.domain.forecast.rates import DatedRate, Exchange, RatePolicy, RateTable, rounded
from csops_sync.domain.forecast.renewal_rates import renewal_rates
from csops_sync.domain.forecast.repeating import Kept
from csops_sync.domain.forecast.retention import Retention, retention
from csops_sync.domain.forecast.term_state import OPEN_STANDINGS, Step, TermStanding, TermState
from csops_sync.domain.money import Money

_DAY = timedelta(days=1)
_FIRST = date(2023, 1, 1)
_LAST = date(2026, 12, 31)
TODAY = date(2026, 2, 15)
TABLE = RateTable(
    home="JPY",
    dated=tuple(
        DatedRate(currency="USD", effective=add_months(_FIRST, -24 + step), value=Fraction(100 + 7 * step, 3))
        for step in range(72)
    ),
    pinned=(("USD", Fraction(1501, 10)),),
)

profiles = st.builds(
    MetricProfile,
    nrr_boundary=st.sampled_from(NrrBoundary),
    due_by=st.sampled_from(DueBy),
    early=st.sampled_from(EarlyRenewals),
    late=st.builds(LatePolicy, st.sampled_from([0, 10, 45])),
    outside_expansion=st.booleans(),
    reactivation_gap_days=st.sampled_from([0, 30, 90]),
    customer=st.sampled_from(CustomerIs),
)
exchanges = st.builds(Exchange, into=st.just("JPY"), policy=st.sampled_from(RatePolicy), table=st.just(TABLE))
amounts = st.integers(1, 5000)
_GROUP = frozenset({"account-1", "account-2"})


@st.composite
def windows(draw: st.DrawFn) -> Window:
    first = draw(st.dates(_FIRST, date(2025, 12, 31)))
    return Window(first, first + timedelta(days=draw(st.integers(0, 400))))


@st.composite
def climbs(draw: st.DrawFn, start: date, end: date, prior: Money) -> tuple[Step, ...]:
    """What a term earned before its prior amount: less or more, from days within it."""
    days = draw(st.sets(st.dates(start + _DAY, end), min_size=1, max_size=3)) if start < end else set()
    before = [Money(Decimal(draw(amounts)), prior.currency) for _ in days]
    return tuple(
        Step(effective=day, amount=amount)
        for day, amount in zip((start, *sorted(days)), (*before, prior), strict=True)
    )


@st.composite
def chains(draw: st.DrawFn, number: int) -> list[TermState]:
    """One contract of one of four accounts: one to four terms in a row, the last one open or at its end.

    Two of the accounts are below one parent.
    """
    account = f"account-{draw(st.integers(1, 4))}"
    currency = draw(st.sampled_from(["JPY", "JPY", "USD"]))
    start = draw(st.dates(_FIRST, date(2026, 1, 31)))
    length = draw(st.sampled_from([1, 3, 6, 12, 24]))
    count = draw(st.integers(1, 4))
    found = []
    for ordinal in range(1, count + 1):
        end = add_months(start, length) - _DAY
        last = ordinal == count
        standing = draw(
            st.sampled_from(list(TermStanding) if last else [TermStanding.WON, TermStanding.AUTO_RENEWED])
        )
        prior = Money(Decimal(draw(amounts)), currency)
        early = draw(st.integers(0, 20)) if standing is TermStanding.TERMINATED else 0
        found.append(
            TermState(
                key=f"contract-{number}-{ordinal}",
                contract_id=f"contract-{number}",
                account_id=account,
                customer_id="parent" if account in _GROUP else account,
                ordinal=ordinal,
                start=start,
                end=end,
                in_force_until=end - timedelta(days=early),
                standing=standing,
                prior=prior,
                new=draw(st.none() | st.builds(Money, amounts.map(Decimal), st.just(currency))),
                follows_on=not last or standing is TermStanding.SUPERSEDED,
                announced_cancellation=draw(st.booleans()),
                settled_on=draw(st.none() | st.just(end + timedelta(days=draw(st.integers(-40, 60))))),
                steps=draw(st.just(()) | climbs(start, end, prior)),
            )
        )
        start = end + _DAY - timedelta(days=draw(st.sampled_from([0, 0, 9])))  # papers overlap, too
    return found


@st.composite
def books(draw: st.DrawFn) -> tuple[TermState, ...]:
    contracts = draw(st.integers(0, 5))
    return tuple(term for number in range(contracts) for term in draw(chains(number)))


@given(terms=books(), profile=profiles, window=windows(), exchange=exchanges)
def test_movements_tie_for_every_customer_and_in_total(
    terms: tuple[TermState, ...], profile: MetricProfile, window: Window, exchange: Exchange
) -> None:
    book = revenue_book(terms=terms, profile=profile)
    table = movements(book=book, window=window, exchange=exchange)

    opens, closes = window.measured(profile.nrr_boundary)
    start = book.by_customer(day=opens, rates=exchange.opening(window))
    end = book.by_customer(day=closes, rates=exchange.closing(window))
    assert table.total.minor.start == sum(start.values())
    assert table.total.minor.end == sum(end.values())
    lines = table.total.minor
    gained = lines.new + lines.expansion + lines.reactivation - lines.contraction - lines.churn
    assert lines.start + gained + lines.fx == lines.end
    assert (
        min(lines.new, lines.expansion, lines.reactivation, lines.contraction, lines.churn, lines.late) >= 0
    )
    assert {one.customer_id for one in table.movements if one.minor.start} == set(start)
    if exchange.policy is not RatePolicy.REPORTED:
        assert lines.fx == 0


@given(terms=books(), profile=profiles, window=windows(), exchange=exchanges)
def test_grr_is_at_most_one_and_at_most_nrr_in_the_past(
    terms: tuple[TermState, ...], profile: MetricProfile, window: Window, exchange: Exchange
) -> None:
    book = revenue_book(terms=terms, profile=profile)
    found = retention(book=book, window=window, exchange=exchange)

    if found.nrr is None or found.grr is None or found.gross_revenue_churn is None:
        assert found.start.amount == 0
        return
    assert 0 <= found.grr <= min(Fraction(1), found.nrr)
    assert found.gross_revenue_churn == 1 - found.grr
    if profile.outside_expansion:
        assert found.nrr == movements(book=book, window=window, exchange=exchange).nrr


def _landings(terms: tuple[TermState, ...], draw: st.DrawFn) -> dict[str, Kept]:
    return {
        term.key: _landing(term, draw(st.integers(0, 10)), draw(st.integers(0, 10)))
        for term in terms
        if term.standing in OPEN_STANDINGS and term.prior is not None
    }


def _landing(term: TermState, base_tenths: int, expansion_tenths: int) -> Kept:
    prior = term.prior.to_minor() if term.prior is not None else 0
    new = term.new.to_minor() if term.new is not None else prior
    currency = term.prior.currency if term.prior is not None else "JPY"
    kept, added = min(prior, new), max(new - prior, 0)
    return Kept(
        base=Money.from_minor(rounded(kept * base_tenths, 10), currency),
        expansion=Money.from_minor(rounded(added * expansion_tenths, 10), currency),
        kept=Money.from_minor(kept, currency),
        added=Money.from_minor(added, currency),
    )


@st.composite
def predictions(draw: st.DrawFn) -> Retention:
    """A window that is not over, of a book with any weights."""
    terms, first = draw(books()), draw(st.dates(date(2025, 10, 1), date(2026, 10, 1)))
    return predicted_retention(
        book=revenue_book(terms=terms, profile=draw(profiles)),
        window=Window(first, first + timedelta(days=draw(st.integers(140, 400)))),
        landings=_landings(terms, draw),
        today=TODAY,
        exchange=draw(exchanges),
    ).retention


@given(found=predictions())
def test_predicted_grr_is_at_most_one_and_at_most_predicted_nrr(found: Retention) -> None:
    if found.nrr is not None and found.grr is not None:
        assert 0 <= found.grr <= min(Fraction(1), found.nrr)


@given(found=predictions())
def test_a_predicted_ratio_lies_in_its_band_and_grr_at_most_at_one_and_below_nrr(found: Retention) -> None:
    bands = found.bands
    if found.nrr is None or found.grr is None or bands is None:
        assert found.start.amount == 0
        return
    (nrr_low, nrr_high), (grr_low, grr_high) = bands
    assert nrr_low <= found.nrr <= nrr_high
    assert 0 <= grr_low <= found.grr <= grr_high <= 1
    assert grr_low <= nrr_low
    assert grr_high <= nrr_high


def _settled(terms: tuple[TermState, ...], closes: date) -> tuple[TermState, ...]:
    """The contracts whose last term is decided, and if kept, not due again by then; nothing was signed late."""
    last = {term.contract_id: term for term in terms}
    decided = frozenset(
        {TermStanding.WON, TermStanding.AUTO_RENEWED, TermStanding.LOST, TermStanding.TERMINATED}
    )
    known = {
        name
        for name, term in last.items()
        if term.standing in decided and later_by_its_length(term, 1) >= closes
    }
    return tuple(replace(term, settled_on=None) for term in terms if term.contract_id in known)


@given(
    terms=books(), boundary=st.sampled_from(NrrBoundary), first=st.dates(date(2025, 10, 1), date(2026, 2, 1))
)
def test_a_prediction_is_the_past_number_once_its_terms_are_settled(
    terms: tuple[TermState, ...], boundary: NrrBoundary, first: date
) -> None:
    profile = MetricProfile(nrr_boundary=boundary)
    exchange = Exchange(into="JPY", table=TABLE)
    window = Window(first, date(2026, 3, 31))
    book = revenue_book(terms=_settled(terms, window.measured(boundary)[1]), profile=profile)
    predicted = predicted_retention(
        book=book, window=window, landings={}, today=TODAY, exchange=exchange
    ).retention
    past = retention(book=book, window=window, exchange=exchange)

    assert (predicted.start, predicted.end) == (past.start, past.end)
    assert predicted.kept.amount <= past.kept.amount


def _counted(book: RevenueBook, day: date) -> Counter[str]:
    """How many stretches of each contract earn on a day."""
    contracts = {term.key: term.contract_id for term in book.terms}
    return Counter(
        contracts[stretch.key] for stretch in book.stretches if stretch.first <= day <= stretch.last
    )


@given(terms=books(), profile=profiles, day=st.dates(_FIRST, _LAST))
def test_on_any_day_a_contract_earns_by_one_term_alone(
    terms: tuple[TermState, ...], profile: MetricProfile, day: date
) -> None:
    counted = _counted(revenue_book(terms=terms, profile=profile), day)

    assert all(number == 1 for number in counted.values())


@given(terms=books(), profile=profiles, exchange=exchanges)
def test_every_term_is_due_in_exactly_one_of_the_windows_that_follow_one_another(
    terms: tuple[TermState, ...], profile: MetricProfile, exchange: Exchange
) -> None:
    rates = DueRates(exchange=exchange, calendar=FiscalCalendar())
    due = 0
    first = _FIRST
    while first.year < 2035:
        after = add_months(first, 3)
        found = renewal_rates(
            terms=terms, window=Window(first, after - _DAY), profile=profile, today=TODAY, rates=rates
        )
        assert found.kept.amount <= min(found.due.amount, found.renewed.amount)
        due += found.due_terms + len(found.unjudged)
        first = after
    assert due == len(terms)


@given(terms=books(), profile=profiles, window=windows())
def test_the_order_of_the_terms_changes_nothing(
    terms: tuple[TermState, ...], profile: MetricProfile, window: Window
) -> None:
    exchange = Exchange(into="JPY", table=TABLE)
    tables = [
        movements(book=revenue_book(terms=order, profile=profile), window=window, exchange=exchange)
        for order in (terms, terms[::-1])
    ]
    assert tables[0] == tables[1]


@given(terms=books(), profile=profiles, window=windows(), exchange=exchanges)
def test_a_group_has_the_revenue_of_its_accounts_and_no_less_is_kept_of_it(
    terms: tuple[TermState, ...], profile: MetricProfile, window: Window, exchange: Exchange
) -> None:
    """What one account gains makes up for what another loses, within a group; who never had anything stays apart."""
    accounts, groups = (
        revenue_book(terms=terms, profile=replace(profile, customer=one)) for one in CustomerIs
    )
    opens, closes = window.measured(profile.nrr_boundary)
    for day, rates in ((opens, exchange.opening(window)), (closes, exchange.closing(window))):
        alone, together = (one.by_customer(day=day, rates=rates) for one in (accounts, groups))
        expected = Counter[str]()
        for account, amount in alone.items():
            expected["parent" if account in _GROUP else account] += amount
        assert together == expected
    if profile.outside_expansion:
        found = [retention(book=one, window=window, exchange=exchange) for one in (accounts, groups)]
        assert found[0].start == found[1].start
        assert found[0].kept.amount <= found[1].kept.amount
        assert found[0].end.amount <= found[1].end.amount
