"""What may not mention people at night waits for the morning, all of it, and never overtakes what came later."""

from dataclasses import replace

from tests.fakes.confidence_shop import RULES, ConfidenceShop, watched

from csops_sync.domain.confidence.ranks import GOOD_NEWS
from csops_sync.domain.confidence.rules import ConfidenceRules, Route
from csops_sync.domain.confidence.telling import PostCard
from csops_sync.ports.store import OutboxStatus

RISK, RENEWALS, GOOD = RULES.routes


def at_night(rules: ConfidenceRules) -> tuple[ConfidenceShop, str]:
    shop, (deal,) = watched(rules)
    shop.crm.advance(seconds=12 * 3600)
    return shop, deal


def with_routes(*routes: Route) -> ConfidenceRules:
    return replace(RULES, routes=routes)


def test_a_held_move_is_told_at_once_with_the_later_one_that_mentions_nobody() -> None:
    shop, deal = at_night(with_routes(RISK, RENEWALS, replace(GOOD, mention=())))
    shop.move(deal, "D")
    shop.settle()
    assert shop.verdicts() == ["held"]

    shop.move(deal, "A")
    shop.settle()
    assert shop.verdicts() == ["merged", "told"]

    shop.cycle(minutes=12 * 60)
    (card,) = [one for one in shop.tellings() if isinstance(one, PostCard)]
    assert [one.rank for one in card.face.path] == ["B", "D", "A"]


def test_a_held_move_is_told_at_once_with_the_later_one_that_is_urgent() -> None:
    urgent = replace(RISK, urgent=True)
    shop, deal = at_night(with_routes(replace(urgent, changes=GOOD_NEWS), RISK, RENEWALS))
    shop.move(deal, "D")
    shop.settle()
    shop.move(deal, "A")
    shop.settle()

    (card,) = [one for one in shop.tellings() if isinstance(one, PostCard)]
    assert [one.rank for one in card.face.path] == ["B", "D", "A"]
    assert shop.verdicts() == ["merged", "told"]


def test_there_and_back_at_night_is_a_net_zero_in_the_same_night() -> None:
    shop, deal = at_night(RULES)
    shop.move(deal, "D")
    shop.settle()
    shop.move(deal, "B")
    shop.settle()

    assert shop.verdicts() == ["net_zero", "net_zero"]


def test_what_is_held_writes_nothing_until_the_morning() -> None:
    shop, deal = at_night(RULES)
    shop.move(deal, "D")
    shop.settle()
    before = {name: tables.copy() for name, tables in shop.database.tables.items()}
    shop.cycle(minutes=30)

    assert {name: tables.shelves for name, tables in shop.database.tables.items()} == {
        name: tables.shelves for name, tables in before.items()
    }


def test_an_urgent_route_does_not_wake_the_people_of_another() -> None:
    board = replace(RISK, channel="#renewals", origin="rules.yaml:63", also=True, acknowledge=None)
    shop, deal = at_night(with_routes(replace(RISK, urgent=True), board, RENEWALS, GOOD))
    shop.move(deal, "E")
    shop.settle()
    shop.deliver()

    posts = {one.key: one for one in shop.tellings() if isinstance(one, PostCard)}
    sent = {posts[row.key].channel: row.status for row in shop.rows() if row.key in posts}
    assert sent == {"#risk": OutboxStatus.SENT, "#renewals": OutboxStatus.PENDING}

    shop.crm.advance(seconds=12 * 3600)
    shop.deliver()
    assert {row.status for row in shop.rows() if row.key in posts} == {OutboxStatus.SENT}
