"""A silence by rule belongs to its route, wherever an edit of the rules puts it, and never to another one."""

from dataclasses import replace
from datetime import timedelta

import pytest
from tests.fakes.confidence_shop import RULES, ConfidenceShop, confident, watched

from csops_sync.app.confidence.silences import SilenceOrder, silence, silences_view
from csops_sync.app.confidence_views import SilenceRow
from csops_sync.domain.confidence.rules import Route
from csops_sync.domain.confidence.silencing import Silence, Silenced
from csops_sync.domain.confidence.telling import PostReply
from csops_sync.interfaces.cli.render_silences import silences_text

RISK, RENEWALS, GOOD = RULES.routes
FOUR_HOURS = 4 * 60 + 10


def edited(shop: ConfidenceShop, *routes: Route, rules_hash: str = "edited") -> None:
    """Put other rules in force; a hash says nothing of lines."""
    shop.rules = replace(confident(replace(RULES, routes=routes)), hash=rules_hash)


def order(shop: ConfidenceShop, subject: str) -> SilenceRow:
    until = shop.crm.now() + timedelta(days=3)
    order = SilenceOrder(kind=Silenced.RULE, subject=subject, until=until, reason="しばらく不要")
    return silence(shop.office(), order)


def by_line(shop: ConfidenceShop, line: str) -> None:
    """Keep a silence as earlier versions kept it."""
    now = shop.crm.now()
    kept = Silence(
        id="0ld",
        kind=Silenced.RULE,
        subject=line,
        since=now,
        until=now + timedelta(days=3),
        by="",
        reason="x",
    )
    with shop.office().writing() as tx:
        tx.confidence.silences.put([kept])


def abouts(shop: ConfidenceShop) -> list[str]:
    return [one.about for one in silences_view(shop.office()).items]


def verdict_of_a_fall(shop: ConfidenceShop, deal: str) -> str:
    shop.crm.advance(seconds=60)
    shop.move(deal, "D")
    shop.settle()
    return shop.verdicts()[-1]


def test_a_route_that_moves_to_the_line_of_a_silenced_one_is_told() -> None:
    shop, (deal,) = watched()
    order(shop, "rules.yaml:70")
    edited(shop, replace(RISK, origin="rules.yaml:70"), RENEWALS, replace(GOOD, origin="rules.yaml:80"))

    assert verdict_of_a_fall(shop, deal) == "told"
    assert abouts(shop) == ["rule rules.yaml:80"]


def test_a_silenced_route_that_moves_to_another_line_stays_silenced() -> None:
    shop, (deal,) = watched()
    order(shop, "rules.yaml:60")
    edited(shop, *(replace(one, origin=f"{one.origin}0") for one in RULES.routes))

    assert abouts(shop) == ["rule rules.yaml:600"]
    assert verdict_of_a_fall(shop, deal) == "silenced"


def test_a_silence_of_a_route_that_says_something_else_now_is_said_to_keep_nothing_quiet() -> None:
    shop, (deal,) = watched()
    order(shop, "rules.yaml:60")
    edited(shop, replace(RISK, mention=("csm",)), RENEWALS, GOOD)

    lost = "rules.yaml:60, which no route is any more, so it keeps nothing quiet"
    assert abouts(shop) == [f"rule {lost}"]
    assert lost in silences_text(silences_view(shop.office()))
    assert verdict_of_a_fall(shop, deal) == "told"


def test_a_silence_of_a_named_route_lasts_through_every_edit_of_it() -> None:
    shop, (deal,) = watched()
    risk = replace(RISK, called="large risks")
    edited(shop, risk, RENEWALS, GOOD, rules_hash="named")
    row = order(shop, " large risks ")
    assert (row.subject, row.about) == ("large risks", "rule large risks")
    edited(shop, replace(risk, mention=("csm",), origin="rules.yaml:90"), RENEWALS, GOOD)

    assert verdict_of_a_fall(shop, deal) == "silenced"


def test_a_route_that_is_named_later_is_the_same_route() -> None:
    shop, (deal,) = watched()
    order(shop, "rules.yaml:60")
    edited(shop, replace(RISK, called="large risks"), RENEWALS, GOOD)

    assert abouts(shop) == ["rule large risks"]
    assert verdict_of_a_fall(shop, deal) == "silenced"


@pytest.mark.parametrize(("name", "replies"), [("large risks", 0), ("others", 1)])
def test_the_next_step_of_a_card_waits_for_the_silence_of_its_route_whatever_it_was_called(
    name: str, replies: int
) -> None:
    shop, (deal,) = watched()
    assert verdict_of_a_fall(shop, deal) == "told"
    shop.deliver()
    named = replace(RISK, called="large risks", origin="rules.yaml:1"), replace(RENEWALS, called="others")
    edited(shop, *named, GOOD)
    order(shop, name)
    shop.cycle(minutes=FOUR_HOURS)

    assert sum(isinstance(one, PostReply) for one in shop.tellings()) == replies


def test_two_routes_in_one_channel_are_silenced_as_the_first() -> None:
    board = replace(RISK, also=True, mention=("@cs-leads",), origin="rules.yaml:63", acknowledge=None)
    shop, (deal,) = watched(replace(RULES, routes=(RISK, board, RENEWALS, GOOD)))
    verdict_of_a_fall(shop, deal)
    shop.deliver()
    order(shop, "rules.yaml:60")
    shop.cycle(minutes=FOUR_HOURS)

    assert not any(isinstance(one, PostReply) for one in shop.tellings())


def test_the_name_of_a_route_is_what_explains_where_a_change_was_told() -> None:
    shop, (deal,) = watched(replace(RULES, routes=(replace(RISK, called="large risks"), RENEWALS, GOOD)))
    verdict_of_a_fall(shop, deal)

    assert shop.ledger()[0].reason == "told in #risk (large risks)"


def test_a_silence_by_line_of_an_earlier_version_holds_while_its_rules_do() -> None:
    shop, (deal,) = watched()
    by_line(shop, "rules.yaml:60")
    shop.cycle(minutes=1)

    assert abouts(shop) == ["rule rules.yaml:60"]
    assert verdict_of_a_fall(shop, deal) == "silenced"


def test_a_silence_by_line_of_an_earlier_version_ends_with_its_rules() -> None:
    shop, (deal,) = watched()
    by_line(shop, "rules.yaml:60")
    edited(shop, replace(RISK, mention=("csm",)), RENEWALS, GOOD)

    lost = "rule rules.yaml:60, which no route is any more, so it keeps nothing quiet"
    assert abouts(shop) == [lost]
    shop.cycle(minutes=1)
    assert abouts(shop) == [lost]
    assert verdict_of_a_fall(shop, deal) == "told"


def test_the_names_of_routes_are_told_to_who_asks_for_one_that_is_not_there() -> None:
    shop, _ = watched(replace(RULES, routes=(replace(RISK, called="large risks"), RENEWALS, GOOD)))

    with pytest.raises(
        Exception, match=r"no route at risks; .* rules.yaml:60 \(large risks\), rules.yaml:66"
    ):
        order(shop, "risks")
