"""Terms as they were known on an earlier day, and what calibration learns from them."""

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal

import pytest
from tests.fakes.landings import term, yen
from tests.fakes.past_observations import MATRIX, TOLERANCE

from csops_sync.domain.forecast.hindsight import Said, Story, as_known, became, decided_on
from csops_sync.domain.forecast.landing import LandingKind
from csops_sync.domain.forecast.matrix import Weights
from csops_sync.domain.forecast.observing import UNOPENED, UNRATED, Left, Observation, observe
from csops_sync.domain.forecast.term_state import RenewalType, TermStanding, TermState
from csops_sync.domain.money import Money

END = date(2026, 3, 31)
OPENED, RATED, RAISED, CLOSED = date(2025, 12, 20), date(2026, 1, 10), date(2026, 2, 10), date(2026, 3, 20)


STORY = Story(
    said=(
        Said(on=OPENED, new=yen(1_000_000), proposed=True),
        Said(on=RATED, rank="C", new=yen(1_200_000)),
        Said(on=RAISED, rank="A", new=yen(1_200_000)),
    ),
    closed_on=CLOSED,
)
WON = term(
    standing=TermStanding.WON,
    prior=yen(1_000_000),
    new=yen(1_100_000),
    rank="A",
    chosen_type=RenewalType.UPSELL,
    follows_on=True,
    opportunity_id="o",
    settled_on=date(2026, 3, 25),
)


def seen(state: TermState, story: Story | None, *, days_before: int = 60) -> Observation | Left:
    return observe(state, story=story, days_before=days_before, matrix=MATRIX, tolerance=TOLERANCE)


@pytest.mark.parametrize(
    ("day", "standing", "rank", "new"),
    [
        (date(2025, 12, 19), TermStanding.UNOPENED, None, None),
        (OPENED, TermStanding.OPEN, None, 1_000_000),
        (date(2026, 2, 9), TermStanding.OPEN, "C", 1_200_000),
        (RAISED, TermStanding.OPEN, "A", 1_200_000),
        (date(2026, 3, 19), TermStanding.OPEN, "A", 1_200_000),
        (CLOSED, TermStanding.WON, "A", 1_100_000),
    ],
)
def test_a_won_renewal_is_known_step_by_step(
    day: date, standing: TermStanding, rank: str | None, new: int | None
) -> None:
    known = as_known(WON, story=STORY, day=day)

    assert known is not None
    assert (known.standing, known.rank) == (standing, rank)
    assert known.new == (None if new is None else yen(new))


def test_before_the_close_nothing_of_the_end_is_known() -> None:
    known = as_known(WON, story=STORY, day=date(2026, 3, 19))

    assert known is not None
    assert (known.chosen_type, known.settled_on, known.follows_on) == (None, None, False)
    assert as_known(WON, story=STORY, day=date(2025, 3, 31)) is None, "the term had not begun"


def test_a_proposed_amount_is_known_as_proposed() -> None:
    known = as_known(WON, story=STORY, day=OPENED)

    assert known is not None
    assert known.proposed


@pytest.mark.parametrize(
    ("standing", "until", "decided"),
    [
        (TermStanding.AUTO_RENEWED, END, END + timedelta(days=1)),
        (TermStanding.EXPIRED, END, END + timedelta(days=1)),
        (TermStanding.SUPERSEDED, date(2026, 2, 14), date(2026, 2, 15)),
        (TermStanding.TERMINATED, date(2026, 2, 14), date(2026, 2, 15)),
        (TermStanding.UNOPENED, END, None),
        (TermStanding.ASIDE, END, None),
    ],
)
def test_without_a_deal_the_end_is_known_once_the_term_is_over(
    standing: TermStanding, until: date, decided: date | None
) -> None:
    state = replace(WON, standing=standing, in_force_until=until, opportunity_id=None)

    assert decided_on(state, story=None) == decided


def test_a_deal_without_history_is_decided_on_its_own_close_date() -> None:
    assert decided_on(WON, story=None) == date(2026, 3, 25)


@pytest.mark.parametrize("said", [(), (STORY.said[1], STORY.said[0])])
def test_a_story_without_a_beginning_or_going_back_is_refused(said: tuple[Said, ...]) -> None:
    with pytest.raises(ValueError, match="begins with its opening"):
        Story(said=said)


def test_what_was_lost_became_nothing_and_what_is_open_is_not_known() -> None:
    assert became(replace(WON, standing=TermStanding.LOST, new=None)) == yen(0)
    assert became(replace(WON, standing=TermStanding.OPEN)) is None
    assert became(replace(WON, new=Money(Decimal(9), "USD"))) is None


def test_an_upsell_that_was_signed_for_less_than_asked_is_learned_part_by_part() -> None:
    """Asked 1.2M on 1M at rank C; signed 1.1M: all of the base, half of the expansion."""
    found = seen(WON, STORY)

    assert isinstance(found, Observation)
    assert found.cell == (LandingKind.RATED, RenewalType.UPSELL, "C")
    assert (found.kept, found.added) == (1_000_000, 200_000)
    assert (found.kept_real, found.added_real, found.beyond) == (1_000_000, 100_000, 0)
    assert found.weights == Weights(Decimal("0.9"), Decimal("0.4"))
    assert (found.is_renewed, found.known_on, found.due) == (True, CLOSED, END)


def test_what_nobody_had_said_is_beyond_and_the_parts_add_up() -> None:
    """Asked for 0.8M, and signed at 1.3M all the same."""
    said = (replace(STORY.said[0]), Said(on=RATED, rank="C", new=yen(800_000)))
    found = seen(replace(WON, new=yen(1_300_000)), Story(said=said, closed_on=CLOSED))

    assert isinstance(found, Observation)
    assert (found.kept, found.kept_real, found.added_real, found.beyond) == (800_000, 800_000, 0, 500_000)
    assert found.real == 1_300_000
    assert found.cell.type is RenewalType.DOWNSELL


@pytest.mark.parametrize(
    ("state", "story", "days_before", "left"),
    [
        (replace(WON, standing=TermStanding.OPEN), replace(STORY, closed_on=None), 60, Left.UNDECIDED),
        (replace(WON, standing=TermStanding.ASIDE), STORY, 60, Left.UNJUDGED),
        (WON, STORY, 5, Left.DECIDED_BEFORE),
        (WON, STORY, 400, Left.NOT_BEGUN),
    ],
)
def test_a_term_that_teaches_nothing_says_why(
    state: TermState, story: Story, days_before: int, left: Left
) -> None:
    assert seen(state, story, days_before=days_before) is left


def test_what_nobody_rated_and_what_nobody_opened_have_columns_of_their_own() -> None:
    unrated, unopened = (seen(WON, STORY, days_before=days) for days in (90, 120))

    assert isinstance(unrated, Observation)
    assert isinstance(unopened, Observation)
    assert (unrated.cell, unopened.cell) == (UNRATED, UNOPENED)
    assert unopened.kept == 1_000_000


@pytest.mark.parametrize(
    ("standing", "story", "is_renewed"),
    [
        (TermStanding.WON, STORY, True),
        (TermStanding.AUTO_RENEWED, None, True),
        (TermStanding.LOST, STORY, False),
        (TermStanding.EXPIRED, None, False),
    ],
)
def test_a_free_contract_is_renewed_as_its_standing_says(
    standing: TermStanding,
    story: Story | None,
    is_renewed: bool,  # noqa: FBT001 - a column of the table above
) -> None:
    found = seen(replace(WON, standing=standing, prior=yen(0), new=None), story)

    assert isinstance(found, Observation)
    assert (found.is_renewed, found.real) == (is_renewed, 0)


def test_a_paid_contract_that_goes_on_for_nothing_is_not_renewed() -> None:
    found = seen(replace(WON, new=yen(0)), STORY)

    assert isinstance(found, Observation)
    assert not found.is_renewed


@pytest.mark.parametrize(
    ("state", "story"),
    [
        (replace(WON, prior=yen(-1)), STORY),
        (replace(WON, new=yen(-1)), STORY),
        (WON, replace(STORY, said=[Said(on=OPENED, rank="A", new=yen(-50))])),
    ],
)
def test_an_amount_below_zero_is_no_share_of_anything_and_left_out(state: TermState, story: Story) -> None:
    assert seen(state, story) is Left.NEGATIVE


def test_what_was_said_on_a_day_that_no_history_tells_of_is_left_out() -> None:
    """Looked at on 30 January, 60 days before the end; opened on 20 December."""
    guessed, known = (replace(STORY, known_from=date(2026, 1, day)) for day in (31, 30))

    assert seen(WON, guessed) is Left.NO_HISTORY
    assert seen(WON, known) == seen(WON, STORY)
    assert seen(WON, guessed, days_before=120) == seen(WON, STORY, days_before=120), "nobody had opened it"
