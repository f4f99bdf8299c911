"""Cards to try Slack with: the renewal of みなと商事 after a move, and what is said of it."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, date, datetime

from tests.fakes.notices import HANAKO, TARO, URL

from csops_sync.domain.confidence.face import CardFace, CardState, ReplyKind, StormLine, Who
from csops_sync.domain.confidence.ranks import Direction, Outcome, Standing
from csops_sync.domain.confidence.telling import (
    PostCard,
    PostReply,
    PostSummary,
    React,
    SlackTelling,
    UpdateCard,
)
from csops_sync.ports.cards import OutgoingCard, Place

DEAL = "0065g00000XYZabAAH"
CARD_ID = f"{DEAL}/#renewals"
MORNING = datetime(2025, 12, 1, 0, 5, tzinfo=UTC)
A, B, C, D = (Standing(rank) for rank in "ABCD")
LOST, WON = Standing("D", Outcome.LOST), Standing("A", Outcome.WON)

WORSENED = CardFace(
    opportunity_id=DEAL,
    renewal_key="8005g00000ABCDeAAP-1",
    account_name="株式会社みなと商事",
    tier="Enterprise",
    renewal_date=date(2026, 4, 1),
    currency="JPY",
    prior="6000000",
    amount_before="6000000",
    amount="5000000",
    path=(B, D, C),
    direction=Direction.WORSENED,
    changed_by=(Who(id=HANAKO.id, name=HANAKO.name),),
    changed_at=MORNING,
    next_step="来週、情報システム部長と面談",
    notice_deadline=date(2025, 12, 31),
    state=CardState.ASKING,
    asked=(TARO.id, "@cs-leads"),
)
CHEERED = replace(
    WORSENED,
    path=(B, A),
    direction=Direction.IMPROVED,
    amount_before=None,
    notice_deadline=None,
    state=CardState.QUIET,
    asked=(),
)
CLOSED_LOST = replace(
    WORSENED,
    path=(C, LOST),
    direction=Direction.LOST,
    reasons=("価格", "製品の不足", "担当者の異動"),
)


def post_card(
    face: CardFace = WORSENED,
    *,
    key: str = "card/1",
    channel: str = "#renewals",
    mentions: Sequence[str] = (),
) -> PostCard:
    """The first message of a card."""
    return PostCard(
        key=key,
        card_id=f"{DEAL}/{channel}",
        channel=channel,
        face=face,
        mentions=tuple(mentions),
        reason="confidence moved",
    )


def update_card(face: CardFace = WORSENED, *, key: str = "card/1/2") -> UpdateCard:
    """A newer face of the card."""
    return UpdateCard(key=key, card_id=CARD_ID, of="card/1", face=face, reason="answered")


def reply(
    about: ReplyKind = ReplyKind.MOVED,
    *,
    face: CardFace = WORSENED,
    key: str = "move/1",
    mentions: Sequence[str] = (),
    text: str = "",
) -> PostReply:
    """Something said in the card's thread; a note is Taro's."""
    return PostReply(
        key=key,
        card_id=CARD_ID,
        of="card/1",
        about=about,
        face=face,
        mentions=tuple(mentions),
        reason="moved on",
        by=Who(id=TARO.id, name=TARO.name) if text else None,
        text=text,
    )


def reaction(emoji: str = "tada") -> React:
    """The bot's own reaction to the card."""
    return React(key=f"react/1/{emoji}", card_id=CARD_ID, of="card/1", emoji=emoji, reason="good news")


def summary(count: int = 40, *, mentions: Sequence[str] = (), key: str = "storm/1") -> PostSummary:
    """A storm of so many renewals, made by Hanako."""
    lines = tuple(
        StormLine(
            opportunity_id=DEAL,
            account_name=f"会社 {number}",
            path=(B, D),
            direction=Direction.WORSENED,
            amount="1200000",
            currency="JPY",
            renewal_date=date(2026, 4, 1),
        )
        for number in range(1, count + 1)
    )
    return PostSummary(
        key=key,
        channel="#renewals",
        lines=lines,
        changed_by=Who(id=HANAKO.id, name=HANAKO.name),
        mentions=tuple(mentions),
        reason="a storm",
    )


def sent(telling: SlackTelling, place: Place | None = None) -> OutgoingCard:
    """A telling with everybody and the link that it may need."""
    people = {person.id: person for person in (HANAKO, TARO)}
    return OutgoingCard(telling=telling, people=people, links={DEAL: URL}, place=place)
