"""Whatever amendments a rolling contract has: entered terms too late, it stands as if they had been there in time."""

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal

from hypothesis import given, settings
from hypothesis import strategies as st
from tests.fakes.amended import amendment, deal, earned, later, stored
from tests.fakes.builders import contract

BEGUN = date(2022, 10, 1)
SOLD = 1_200_000
ROLLING = contract(start=BEGUN, end=date(2023, 9, 30))
FIRST = deal(ROLLING, 1, SOLD, "2022-09-20", record_type="New")
FIRST_DAY = "2024-10-01"
DAYS = (date(2026, 10, 31) - BEGUN).days
added = st.tuples(st.integers(0, DAYS), st.integers(1, 500_000))
papers = st.lists(added, min_size=1, max_size=3, unique_by=lambda one: one[0])


@settings(deadline=None, max_examples=150)
@given(papers=papers, is_mapped=st.booleans())
def test_late_paper_stands_as_if_it_had_been_entered_in_time_and_is_gone_once_it_is_taken_back(
    papers: list[tuple[int, int]], *, is_mapped: bool
) -> None:
    """Amounts are added from days anywhere in five terms; the contract's own amount follows them where it is mapped."""
    deals = [
        amendment(ROLLING, amount, (BEGUN + timedelta(days=day)).isoformat(), number=number)
        for number, (day, amount) in enumerate(papers, start=2)
    ]
    plain = replace(ROLLING, annual_amount=Decimal(SOLD) if is_mapped else None)
    raised = replace(
        plain, annual_amount=Decimal(SOLD + sum(one for _, one in papers)) if is_mapped else None
    )
    days = [
        (BEGUN + timedelta(days=day + shift)).isoformat() for day, _ in papers for shift in (-1, 0) if day
    ]
    before, known = stored(plain, FIRST)

    in_time = stored(raised, FIRST, *deals)[1]
    late = later(before, known, raised, FIRST, *deals)
    again = later(before, late, raised, FIRST, *deals)
    gone = later(before, late, plain, FIRST, *(replace(one, is_deleted=True) for one in deals))

    assert [(one.prior, one.steps) for one in late] == [(one.prior, one.steps) for one in in_time]
    assert earned(late, *days, "2022-10-01", "2026-10-31") == earned(
        in_time, *days, "2022-10-01", "2026-10-31"
    )
    assert again == late
    assert [(one.prior, one.steps) for one in gone] == [(one.prior, one.steps) for one in known]


@settings(deadline=None, max_examples=100)
@given(
    amounts=st.lists(
        st.tuples(
            st.integers(1, 500_000), st.sampled_from(["kept", "late", "deleted", "lost", "quote", "open"])
        ),
        min_size=1,
        max_size=6,
    ),
    is_mapped=st.booleans(),
)
def test_whatever_is_known_late_taken_back_or_never_won_on_one_first_day_stands_as_what_counts_today(
    amounts: list[tuple[int, str]], *, is_mapped: bool
) -> None:
    """All on 1 October 2024: in the end that day and all after it earn what was sold and what is kept or came late."""
    deals = [amendment(ROLLING, one, FIRST_DAY, number=number) for number, (one, _) in enumerate(amounts, 2)]
    ways = [way for _, way in amounts]
    then = [
        replace(one, is_won=way not in ("quote", "open"), is_closed=way != "open")
        for one, way in zip(deals, ways, strict=True)
        if way != "late"
    ]
    now = [
        replace(
            one,
            is_won=way not in ("quote", "open", "lost"),
            is_closed=way != "open",
            is_deleted=way == "deleted",
        )
        for one, way in zip(deals, ways, strict=True)
    ]
    was = SOLD + sum(one for one, way in amounts if way in ("kept", "deleted", "lost"))
    whole = SOLD + sum(one for one, way in amounts if way in ("kept", "late"))
    before, known = stored(replace(ROLLING, annual_amount=Decimal(was) if is_mapped else None), FIRST, *then)

    found = later(
        before, known, replace(ROLLING, annual_amount=Decimal(whole) if is_mapped else None), FIRST, *now
    )

    days = ("2024-09-30", FIRST_DAY, "2025-09-30", "2026-10-31")
    assert earned(known, *days) == [SOLD, was, was, was]
    assert earned(found, *days) == [SOLD, whole, whole, whole]
