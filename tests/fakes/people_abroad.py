"""Renewals of which several people hear who live far apart: where they live, and whom Slack mentioned when."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime

from tests.fakes.confidence_shop import RULES, ConfidenceShop, watched

from csops_sync.domain.confidence.rules import ConfidenceRules
from csops_sync.domain.confidence.telling import PostCard, PostReply, PostSummary

HEAD, BOSS, SATO = "U1HEAD", "U2BOSS", "U3SATO"
RISK, RENEWALS, GOOD = RULES.routes
NEW_YORK, TOKYO, KOLKATA = "America/New_York", "Asia/Tokyo", "Asia/Kolkata"
TOLD = datetime(2026, 4, 13, 1, 6, tzinfo=UTC)
"""When a move of Monday morning is told in Tokyo."""
NINE_THERE = datetime(2026, 4, 13, 13, tzinfo=UTC)
"""In New York on Monday: 22:00 in Tokyo."""
TUESDAY = datetime(2026, 4, 14, 0, tzinfo=UTC)
"""Nine in Tokyo."""
Mentioned = tuple[datetime, str, tuple[str, ...]]
"""When, by what (`card`, or what a reply is about), and whom: Salesforce ids."""


def mentioning(*paths: str, rules: ConfidenceRules = RULES) -> ConfidenceRules:
    """Rules of which every route mentions these."""
    return replace(rules, routes=tuple(replace(one, mention=paths) for one in rules.routes))


BOTH = mentioning("csm", "csm.manager")


def living(rules: ConfidenceRules = BOTH, /, **zones: str) -> tuple[ConfidenceShop, str]:
    """A shop at 10:00 in Tokyo on Monday 13 April 2026, whose people (`boss`, `sato`, `head`) live in these zones."""
    shop, (deal,) = watched(rules)
    for who, zone in zones.items():
        lives_in(shop, {"head": HEAD, "boss": BOSS, "sato": SATO}[who], zone)
    return shop, deal


def lives_in(shop: ConfidenceShop, slack_user: str, zone: str | None) -> None:
    """Somebody lives in this zone from now on."""
    shop.slack._people[slack_user] = replace(shop.slack.person(slack_user), timezone=zone)


def somebody_else(shop: ConfidenceShop) -> str:
    """A colleague whom no route mentions."""
    return shop._person("同僚", "peer@example.com", manager=None)


def at(shop: ConfidenceShop, instant: datetime) -> None:
    """It is this instant, and nothing has run since."""
    shop.crm.advance(seconds=(instant - shop.crm.now()).total_seconds())


def falls(shop: ConfidenceShop, deal: str, rank: str = "D") -> None:
    """The head of CS lets a rank fall; it settles, and is delivered."""
    moved(shop, deal, rank)


def moved(shop: ConfidenceShop, deal: str, rank: str, *, by: str | None = None) -> None:
    """Somebody, or the head of CS, sets a rank; it settles, and is delivered."""
    shop.move(deal, rank, by=by or shop.head)
    shop.settle()
    shop.deliver()


def work_until(shop: ConfidenceShop, instant: datetime, *, minutes: float = 10) -> list[Mentioned]:
    """Cycle and deliver every few minutes until then; whom Slack mentioned meanwhile."""
    found: list[Mentioned] = []
    while shop.crm.now() < instant:
        found.extend(heard(shop, lambda: shop.cycle(minutes=minutes)))
    return found


def heard(shop: ConfidenceShop, before: Callable[[], object] = lambda: None) -> list[Mentioned]:
    """Do something, deliver, and give whom Slack mentioned by that."""
    known = len(shop.slack.tellings)
    before()
    shop.deliver()
    return list(_mentions(shop, known))


def _mentions(shop: ConfidenceShop, known: int) -> Iterator[Mentioned]:
    for one in shop.slack.tellings[known:]:
        telling = one.telling
        if isinstance(telling, PostCard | PostReply | PostSummary) and telling.mentions:
            about = telling.about.value if isinstance(telling, PostReply) else telling.kind
            yield shop.crm.now(), about, telling.mentions
