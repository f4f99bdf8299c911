"""A list that is cut out of the index is, line for line and yen for yen, the one that one pass over all terms gives."""

from datetime import date, timedelta
from decimal import Decimal
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.fakes.landings import yen
from tests.fakes.reported import PlainNames, contract, frame, under

from csops_sync.app.forecast.bitmaps import Order, between, by_value, flags_of, of_flags
from csops_sync.app.forecast.listing import lines_of, listed, renewals_page
from csops_sync.app.forecast.listing_index import RenewalIndex
from csops_sync.app.forecast.listing_values import Paging, RenewalFilter, SortBy
from csops_sync.app.forecast.weighing import Weigher
from csops_sync.domain.forecast.periods import Window
from csops_sync.domain.forecast.term_state import RenewalType, TermStanding, TermState
from csops_sync.domain.money import Money

FIRST = date(2025, 11, 20)
PEOPLE = ("005A", "005B", "005C", None)
SEGMENTS = ("enterprise", "smb", "", "-", None)
RANKS = ("A", "B", "C", "Z", None)
WORDS = ("株式会社みなと", "ＡＢＣ Holdings", "abc", "ｱﾙﾌｧ", "", "12")


class Book:
    """A random book of some terms, what they are called, and what is asked about them."""

    def __init__(self, seed: int) -> None:
        self.draw = Random(seed)  # noqa: S311 - a test's, no secret
        self.states = [self.term(number) for number in range(self.draw.choice((0, 1, 2, 9, 40)))]
        self.draw.shuffle(self.states)
        ids = {one for state in self.states for one in (state.account_id, state.contract_id)}
        named = [one for one in sorted(ids) if self.draw.random() < 0.9]
        self.names = PlainNames(
            {one: self.draw.choice(WORDS) + str(self.draw.randrange(20)) for one in named}
            | {"005A": "山本 葵", "005B": "伊藤 さくら"}
        )

    def term(self, number: int) -> TermState:
        pick, standing = self.draw.choice, self.draw.choice(list(TermStanding))
        grouping = {"segment": pick(SEGMENTS), "csm_id": pick(PEOPLE), "manager_id": pick(PEOPLE)}
        prior = pick((None, yen(5), yen(1_000_000), yen(3_000_000), Money(Decimal(20), "USD")))
        return contract(
            number,
            customer=number // 2,
            standing=standing,
            rank=pick(RANKS),
            prior=prior,
            new=pick((None, yen(5), yen(1_500_000), Money(Decimal(30), "USD"))),
            end=FIRST + timedelta(days=self.draw.randrange(60)),
            grouping=under(**{name: one for name, one in grouping.items() if one is not None}),
        )

    def some(self, values: tuple[str | None, ...]) -> frozenset[str]:
        if self.draw.random() < 0.6:
            return frozenset()
        return frozenset(one for one in self.draw.sample(values, 2) if one is not None)

    def wanted(self) -> RenewalFilter:
        first = FIRST + timedelta(days=self.draw.randrange(-5, 60))
        window = Window(first, first + timedelta(days=self.draw.randrange(40)))
        return RenewalFilter(
            window=self.draw.choice((None, window)),
            segments=self.some(SEGMENTS),
            csm_ids=self.some((*PEOPLE, "-")),
            manager_ids=self.some((*PEOPLE, "-")),
            products=self.draw.choice((frozenset(), frozenset(), frozenset("-"))),
            types=self.some((*(one.value for one in RenewalType), "-")),
            ranks=self.some(("A", "B", "unrated", "unopened")),
            standings=self.draw.choice((frozenset(), frozenset({TermStanding.OPEN, TermStanding.WON}))),
            text=self.draw.choice(("", "", "  ", "みなと", " abc", "アルファ", "1", "\0")),
            people=self.draw.choice((None, None, frozenset({"005A", "005C"}), frozenset())),
        )


@given(seed=st.integers(0, 1_000_000))
def test_every_page_of_the_index_is_that_of_one_pass(seed: int) -> None:
    book = Book(seed)
    index = RenewalIndex(book.states, frame=frame(), weigh=Weigher(frame()).landed)
    for _ in range(4):
        wanted = book.wanted()
        for by in SortBy:
            paging = Paging(
                sort=by,
                descending=book.draw.random() < 0.5,
                page=book.draw.choice((1, 1, 2, 7)),
                size=book.draw.choice((1, 3, 50)),
            )
            assert index.page(wanted, paging, book.names) == renewals_page(
                book.states, frame=frame(), wanted=wanted, paging=paging, directory=book.names
            )


@given(seed=st.integers(0, 1_000_000))
def test_all_of_a_list_too(seed: int) -> None:
    book = Book(seed)
    index = RenewalIndex(book.states, frame=frame(), weigh=Weigher(frame()).landed)
    index.prepare(book.names)
    wanted, paging = book.wanted(), Paging(sort=book.draw.choice(list(SortBy)), size=1)
    plain = listed(
        book.states,
        frame=frame(),
        wanted=wanted,
        paging=paging,
        directory=book.names,
        weigh=Weigher(frame()).landed,
    )

    assert index.every(wanted, paging, book.names) == lines_of(
        plain.found, frame=frame(), directory=book.names
    )


@pytest.mark.parametrize("size", [1, 2, 4096, 4097, 10_000])
def test_an_order_of_any_length_is_cut_where_it_is_asked_to(size: int) -> None:
    draw = Random(size)  # noqa: S311 - a test's, no secret
    places = draw.sample(range(size), size)
    flags = bytes(draw.random() < 0.7 for _ in range(size))
    flagged = [one for one in places if flags[one]]

    for first, end in (
        (0, None),
        (0, 50),
        (3000, 3050),
        (len(flagged) - 1, len(flagged) + 49),
        (9999, 10049),
    ):
        assert list(Order(places).of(flags, first=first, end=end)) == flagged[first:end]


@given(st.lists(st.sampled_from("abc")), st.integers(0, 9), st.integers(0, 9))
def test_a_set_of_places_is_its_flags_and_back(values: list[str], one: int, other: int) -> None:
    for value, places in by_value(values).items():
        assert flags_of(places, len(values)) == bytes(each == value for each in values)
        assert of_flags(flags_of(places, len(values))) == places
    first, end = sorted((one, other))
    assert between(first, end) == sum(1 << place for place in range(first, end))
