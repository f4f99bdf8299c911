"""A typed text finds what one look at every name finds, whatever was sought before; sums over sets are plain sums."""

from random import Random

from hypothesis import given
from hypothesis import strategies as st
from tests.fakes.reported import PlainNames, contract

from csops_sync.app.forecast.bitmaps import Amounts, of_flags, of_places, places_of
from csops_sync.app.forecast.listing import folded
from csops_sync.app.forecast.listing_texts import MOST_PAIRS, Texts

LETTERS = "あいう1２3Aｂ "


def drawn_name(draw: Random) -> str:
    return "".join(draw.choice(LETTERS) for _ in range(draw.randrange(1, 9)))


@given(seed=st.integers(0, 1_000_000))
def test_a_text_is_found_wherever_it_stands_however_often_its_letters_were_sought(seed: int) -> None:
    draw = Random(seed)  # noqa: S311 - a test's, no secret
    states = [contract(number) for number in range(draw.choice((0, 1, 40)))]
    called = {
        one: drawn_name(draw)
        for state in states
        for one in (state.account_id, state.contract_id)
        if draw.random() < 0.9
    }
    texts, names = Texts(states), PlainNames(called)
    if draw.random() < 0.5:
        texts.prepare(names)
    for _ in range(30):
        asked = drawn_name(draw)
        part = folded(asked.strip())
        plain = [
            place
            for place, state in enumerate(states)
            if any(part in folded(called.get(one, "")) for one in (state.account_id, state.contract_id))
        ]
        assert list(places_of(texts.holding(asked, names), len(states))) == plain


def test_so_many_pairs_of_letters_are_remembered_and_no_more() -> None:
    states = [contract(1)]
    texts, names = Texts(states), PlainNames({states[0].account_id: "株式会社みなと"})
    for number in range(MOST_PAIRS + 40):
        texts.holding(chr(0x4E00 + number) * 2, names)

    assert texts.holding("みなと", names) == 1
    assert len(texts.known_pairs) == MOST_PAIRS


@given(st.lists(st.integers(-(10**12), 10**12)), st.randoms(use_true_random=False))
def test_what_is_summed_over_a_set_is_the_sum_of_its_numbers(amounts: list[int], draw: Random) -> None:
    flags = bytes(draw.random() < 0.5 for _ in amounts)
    chosen = of_flags(flags)

    assert Amounts(amounts).sum(chosen) == sum(one for one, flag in zip(amounts, flags, strict=True) if flag)
    assert of_places(places_of(chosen, len(amounts)), len(amounts)) == chosen
