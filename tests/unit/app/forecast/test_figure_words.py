"""Why an opportunity has its figures, in words, and how what is written is shown while it is sent and afterwards."""

from datetime import timedelta
from decimal import Decimal

import pytest
from tests.fakes.builders import CSM
from tests.fakes.figures_shop import FiguresShop
from tests.fakes.landings import built, term, yen

from csops_sync.app.delivery import run_delivery
from csops_sync.app.event_words import event_row
from csops_sync.app.forecast.figure_reasons import figures_understood
from csops_sync.app.forecast.figure_words import figure_reason
from csops_sync.app.progress_lines import settled_line
from csops_sync.app.queries_plan import plan_view
from csops_sync.domain.forecast.figures import figures_of
from csops_sync.domain.forecast.term_state import RenewalType, TermStanding, TermState
from csops_sync.domain.money import Money
from csops_sync.domain.sentences import Sentence
from csops_sync.interfaces.cli.render_plan import plan_text
from csops_sync.ports.crm import Role


def reason(*states: TermState) -> str:
    return figure_reason(figures_of(states, rules=built(), currency="JPY"))


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"rank": "C"}, "flat, within 0.5 % of the prior amount; rank C: 90 % of the base"),
        (
            {"rank": "D", "new": yen(1_200_000)},
            "upsell, above the prior amount; rank D: 70 % of the base and 10 % of the expansion",
        ),
        ({"new": None}, "flat, no new amount, so the prior one; unrated: 90 % of the base"),
        (
            {"new": yen(1_030_000), "proposed": True},
            (
                "upsell, above the prior amount; "
                "nobody rated it or set an amount, so the prior one counts: 90 % of the base"
            ),
        ),
        (
            {"rank": "C", "chosen_type": RenewalType.DOWNSELL},
            (
                "flat, within 0.5 % of the prior amount; a person chose downsell, which its landing follows; "
                "rank C: 85 % of the base"
            ),
        ),
        ({"standing": TermStanding.LOST, "new": None}, "lost, closed lost; lands at nothing"),
        (
            {"standing": TermStanding.WON},
            "flat, within 0.5 % of the prior amount; won, lands at its amount",
        ),
        ({"standing": TermStanding.ASIDE, "new": None}, "it cannot be judged; no landing"),
        ({"prior": None}, "no prior amount; no landing"),
    ],
)
def test_the_reason_of_one_term(changes: dict[str, object], words: str) -> None:
    assert reason(term(**changes)) == words
    assert isinstance(figures_understood(words), Sentence)


def test_the_reason_of_several_terms_names_each_once() -> None:
    first, second = term(key="a-1", rank="C"), term(key="b-1", rank="C")
    lost = term(key="c-1", standing=TermStanding.TERMINATED, new=None)
    assert reason(first, second, lost) == (
        "the sum of 3 terms: flat, within 0.5 % of the prior amount; rank C: 90 % of the base; "
        "and lost, the contract ended; lands at nothing"
    )


def test_a_sum_that_cannot_be_made_says_why_there_is_none() -> None:
    dollars = Money(Decimal(9), "USD")
    words = reason(term(key="a-1", rank="C"), term(key="b-1", prior=dollars, new=dollars))
    assert words.endswith("not all of it is in the opportunity's currency, or can be judged")
    assert reason() == "it renews no term any more"


@pytest.fixture
def shop() -> FiguresShop:
    """One renewal at rank C, whose figures are to be written."""
    made = FiguresShop()
    made.sold(confidence="C")
    made.sync()
    return made


def test_plan_lists_figures_in_a_section_of_their_own(shop: FiguresShop) -> None:
    text = plan_text(plan_view(shop.engine()))
    assert "~ 1 opportunity whose figures of the forecast are written" in text
    assert "landing amount - -> 4250000" in text
    assert "rank C: 85 % of the base" in text


def test_what_was_written_is_a_line_of_the_daemon_and_of_explain(shop: FiguresShop) -> None:
    shop.cycle()
    run_delivery(shop.engine())
    (row,) = shop.figures()
    deal = row.key.partition("/")[2]
    assert settled_line(row) == (
        f"figures  {deal}: computed type downsell, prior amount 6,000,000, "
        "delta amount -1,000,000, landing amount 4,250,000"
    )
    with shop.store.reading() as tx:
        (event,) = [one for one in tx.journal.about() if one.kind == "figures"]
    shown = event_row(event, {})
    assert (shown.name, shown.at) == ("figures", event.at)
    assert "landing amount 4,250,000" in shown.text
    assert shown.text.endswith("downsell, below the prior amount; rank C: 85 % of the base")


def test_what_is_emptied_is_said_to_be(shop: FiguresShop) -> None:
    """Its contract loses its amount, so nothing can be judged any more."""
    shop.again()
    (deal,) = shop.crm.records(Role.OPPORTUNITY)
    (contract,) = shop.crm.records(Role.CONTRACT)
    shop.crm.advance(seconds=timedelta(minutes=1).seconds)
    shop.crm.edit(Role.CONTRACT, contract.id, {"annual_amount": None}, by=CSM)
    shop.again()
    assert shop.shown(deal.id) == (None,) * 4
    (row,) = shop.figures()
    assert settled_line(row) == (
        f"figures  {deal.id}: computed type empty, prior amount empty, delta amount empty, landing amount empty"
    )
