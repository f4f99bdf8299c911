"""One group of companies by account and by top parent, with the arithmetic in words.

Parent P signs nothing itself. Its subsidiary A pays 100 a year, its subsidiary B 200.
"""

from dataclasses import replace
from datetime import date
from fractions import Fraction

import pytest
from tests.unit.domain.forecast.metric_terms import (
    ALL,
    FEBRUARY,
    IN_YEN,
    MARCH,
    book,
    kept_in,
    landing,
    term,
    yen,
)

from csops_sync.domain.forecast.due_rates import DueRates
from csops_sync.domain.forecast.movements import Amounts, movements
from csops_sync.domain.forecast.periods import FiscalCalendar, Window
from csops_sync.domain.forecast.predicted import predicted_retention
from csops_sync.domain.forecast.profile import CustomerIs, MetricProfile
from csops_sync.domain.forecast.renewal_rates import RenewalRates, renewal_rates
from csops_sync.domain.forecast.term_state import TermStanding, TermState

BY_ACCOUNT = MetricProfile(name="accounts")
BY_PARENT = MetricProfile(name="groups", customer=CustomerIs.TOP_PARENT)
LOST, WON, OPEN = TermStanding.LOST, TermStanding.WON, TermStanding.OPEN


def of_p(state: TermState) -> TermState:
    """A subsidiary's term, of the group P."""
    return replace(state, customer_id="P")


A_LEAVES = of_p(term("A", date(2025, 3, 11), date(2026, 3, 10), 100, standing=LOST))
B_RENEWS = of_p(term("B", date(2025, 3, 16), date(2026, 3, 15), 200, standing=WON, new=250, follows_on=True))
B_AT_250 = of_p(term("B", date(2026, 3, 16), date(2027, 3, 15), 250, ordinal=2))


def moved(window: Window, *terms: TermState, profile: MetricProfile) -> dict[str, Amounts]:
    """What moved, by customer."""
    table = movements(book=book(*terms, profile=profile), window=window, exchange=IN_YEN)
    return {one.customer_id: one.minor for one in table.movements}


def test_a_subsidiary_that_leaves_is_a_lost_customer_by_account_and_a_contraction_by_top_parent() -> None:
    # Start 100 + 200 = 300, end 0 + 250 = 250: NRR 250 of 300 either way.
    # By account A keeps 0 of 100 and B 200 of 200: GRR 200 of 300, one customer of two.
    # By top parent P keeps 250 of 300: GRR 250 of 300, one customer of one.
    terms = (A_LEAVES, B_RENEWS, B_AT_250)
    accounts, groups = (kept_in(MARCH, *terms, profile=one) for one in (BY_ACCOUNT, BY_PARENT))

    assert (accounts.start, accounts.end) == (groups.start, groups.end) == (yen(300), yen(250))
    assert accounts.nrr == groups.nrr == Fraction(250, 300)
    assert (accounts.grr, groups.grr) == (Fraction(200, 300), Fraction(250, 300))
    assert (accounts.logo_retention, groups.logo_retention) == (Fraction(1, 2), ALL)
    assert moved(MARCH, *terms, profile=BY_ACCOUNT) == {
        "A": Amounts(start=100, churn=100),
        "B": Amounts(start=200, expansion=50, end=250),
    }
    assert moved(MARCH, *terms, profile=BY_PARENT) == {"P": Amounts(start=300, contraction=50, end=250)}


def test_a_contract_that_a_sister_signs_in_the_place_of_another_moves_nothing_by_top_parent() -> None:
    # A's 100 end on 10 March, B takes them over on the 11th: 0 of A's 100, and 200 + 100 = 300 of B's 200.
    # By account 100 churned and B grew by 100; by top parent 300 of 300.
    b_stays = of_p(term("B", date(2025, 10, 1), date(2026, 9, 30), 200))
    takes_over = of_p(term("B", date(2026, 3, 11), date(2027, 3, 10), 100, contract="taken over"))
    terms = (A_LEAVES, b_stays, takes_over)

    assert moved(MARCH, *terms, profile=BY_ACCOUNT) == {
        "A": Amounts(start=100, churn=100),
        "B": Amounts(start=200, expansion=100, end=300),
    }
    assert moved(MARCH, *terms, profile=BY_PARENT) == {"P": Amounts(start=300, end=300)}
    assert kept_in(MARCH, *terms, profile=BY_PARENT).grr == ALL


def test_a_sister_that_signs_after_the_group_had_left_brings_the_group_back() -> None:
    # A leaves on 10 February; B, which never paid before, begins on 5 March after 22 days without revenue.
    # By account B is new in March; by top parent P returned, late as 22 days are within 30.
    a_left = of_p(term("A", date(2025, 2, 11), date(2026, 2, 10), 100, standing=LOST))
    b_begins = of_p(term("B", date(2026, 3, 5), date(2027, 3, 4), 70))

    assert moved(FEBRUARY, a_left, b_begins, profile=BY_PARENT) == {"P": Amounts(start=100, churn=100)}
    assert moved(MARCH, a_left, b_begins, profile=BY_ACCOUNT) == {"B": Amounts(new=70, end=70)}
    assert moved(MARCH, a_left, b_begins, profile=BY_PARENT) == {
        "P": Amounts(reactivation=70, late=70, end=70)
    }


def due(profile: MetricProfile) -> RenewalRates:
    """The renewal rates of March."""
    rates = DueRates(exchange=IN_YEN, calendar=FiscalCalendar())
    terms = (A_LEAVES, B_RENEWS, B_AT_250)
    return renewal_rates(terms=terms, window=MARCH, profile=profile, today=date(2026, 4, 1), rates=rates)


def test_renewal_rates_are_of_terms_and_only_their_logos_are_of_customers() -> None:
    # Due 100 + 200 = 300, kept 200, renewed 250: the same terms under both definitions.
    accounts, groups = due(BY_ACCOUNT), due(BY_PARENT)

    assert (accounts.kept, accounts.renewed) == (groups.kept, groups.renewed) == (yen(200), yen(250))
    assert (accounts.due_logos, accounts.renewed_logos) == (2, 1)
    assert (groups.due_logos, groups.renewed_logos) == (1, 1)


def test_a_prediction_counts_a_group_once_and_its_base_term_by_term() -> None:
    # A's open 100 land at 60, B's open 200 at 150 of base and 30 of expansion: 240 of 300, base 60 + 150 = 210 of 300.
    # A group's expansion makes up for nothing that is predicted to be lost: the base parts alone are GRR.
    a_open = of_p(term("A", date(2025, 3, 11), date(2026, 3, 10), 100, standing=OPEN))
    b_open = of_p(term("B", date(2025, 3, 16), date(2026, 3, 15), 200, standing=OPEN, new=250))
    landings = {a_open.key: landing(60, kept=100), b_open.key: landing(150, 30, kept=200)}
    accounts, groups = (
        predicted_retention(
            book=book(a_open, b_open, profile=one),
            window=MARCH,
            landings=landings,
            today=date(2026, 2, 15),
            exchange=IN_YEN,
        ).retention
        for one in (BY_ACCOUNT, BY_PARENT)
    )

    assert accounts.nrr == groups.nrr == Fraction(240, 300)
    assert accounts.grr == groups.grr == Fraction(210, 300)
    assert (accounts.start_logos, groups.start_logos) == (2, 1)


@pytest.mark.parametrize("profile", [BY_ACCOUNT, BY_PARENT], ids=lambda one: one.name)
def test_a_sisters_contract_never_continues_a_term(profile: MetricProfile) -> None:
    # A's own successor begins on 1 May, B's contract on 1 April: A's 100 go on in May, whoever is the customer.
    before = of_p(
        term("A", date(2025, 4, 1), date(2026, 3, 31), 100, standing=TermStanding.SUPERSEDED, follows_on=True)
    )
    sister = of_p(term("B", date(2026, 4, 1), date(2027, 3, 31), 70))
    successor = of_p(term("A", date(2026, 5, 1), date(2027, 4, 30), 100, contract="successor"))

    links = book(before, sister, successor, profile=profile).links

    assert links.after == {before.key: successor}
    assert links.unfollowed == ()


def test_the_words_of_both_definitions_say_who_counts_as_a_customer() -> None:
    assert BY_ACCOUNT.words().endswith("customer: account")
    assert BY_PARENT.words().endswith("customer: top_parent")
