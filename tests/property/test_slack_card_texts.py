"""Whatever stands in a renewal's texts, Slack takes the card, and nobody is called who was not meant to be."""

import re
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st
from tests.fakes.notices import TODAY

from csops_sync.adapters.slack.blocks import Payload
from csops_sync.adapters.slack.card_actions import ACKNOWLEDGE, card_of
from csops_sync.adapters.slack.card_drafts import CardScene
from csops_sync.adapters.slack.card_render import Written, render_telling
from csops_sync.adapters.slack.card_texts import card_texts_for
from csops_sync.adapters.slack.mrkdwn import Mention, escape, name, prose
from csops_sync.domain.confidence.face import CardFace, CardState, ReplyKind, StormLine, Who
from csops_sync.domain.confidence.overflow import Page, card_overflow, note_overflow, summary_overflow
from csops_sync.domain.confidence.ranks import Direction, Outcome, Standing
from csops_sync.domain.confidence.telling import PostCard, PostOverflow, PostReply, PostSummary, UpdateCard
from csops_sync.ports.chat import Addressee
from csops_sync.sandbox.slack.block_kit import problems_of, text_length

HOSTILE = st.sampled_from(
    [
        "<!channel>",
        "<@U1>",
        "&" * 90,
        "<" * 300,
        "a|b",
        "*_~`",
        "```",
        "\n> x\n",
        "{n}",
        "{address}",
        "\u202e",
        "🎉" * 99,
        "word " * 2000,
    ]
)
ORG_TEXT = st.one_of(st.text(max_size=200), HOSTILE, st.tuples(HOSTILE, st.text(), HOSTILE).map("".join))
DAYS = st.dates(min_value=date(2000, 1, 1), max_value=date(2100, 1, 1))
INSTANTS = st.integers(946_684_800, 4_102_444_800).map(
    lambda seconds: datetime.fromtimestamp(seconds, tz=UTC)
)
AMOUNTS = st.none() | st.decimals(min_value=-1, max_value=Decimal("1e12"), places=2).map(str)
CURRENCIES = st.sampled_from(["JPY", "USD", "XXX"]) | ORG_TEXT
PATHS = st.lists(st.builds(Standing, st.none() | ORG_TEXT, st.sampled_from(Outcome)), max_size=30).map(tuple)
PEOPLE = st.builds(Who, id=st.none() | st.just("005"), name=ORG_TEXT)
DIRECTIONS = st.none() | st.sampled_from(Direction)
CALLS = re.compile(r"<[!@#][^>]*>")
ALLOWED = {"<@U7>", "<!subteam^S7>"}
CARD_ID = "0065g00000XYZabAAH/#renewals"

FACES = st.builds(
    CardFace,
    opportunity_id=st.just("deal"),
    renewal_key=ORG_TEXT,
    account_name=ORG_TEXT,
    tier=st.none() | ORG_TEXT,
    renewal_date=DAYS,
    currency=CURRENCIES,
    prior=AMOUNTS,
    amount_before=AMOUNTS,
    amount=AMOUNTS,
    path=PATHS,
    direction=DIRECTIONS,
    changed_by=st.lists(PEOPLE, max_size=8).map(tuple),
    changed_at=INSTANTS,
    changed_until=st.none() | INSTANTS,
    order_known=st.booleans(),
    next_step=st.none() | ORG_TEXT,
    notice_deadline=st.none() | DAYS,
    budget_last_day=st.none() | DAYS,
    state=st.sampled_from(CardState),
    asked=st.lists(st.sampled_from(["a", "b", "@cs-leads"]), unique=True).map(tuple),
    answered_by=st.none() | PEOPLE,
    answered_from=st.none() | INSTANTS,
    answered_at=st.none() | INSTANTS,
    snoozed_until=st.none() | INSTANTS,
    note=ORG_TEXT,
    reason=st.none() | ORG_TEXT,
    reasons=st.lists(ORG_TEXT, max_size=6).map(tuple),
)
LINES = st.builds(
    StormLine,
    opportunity_id=st.just("deal"),
    account_name=ORG_TEXT,
    path=PATHS,
    direction=DIRECTIONS,
    amount=AMOUNTS,
    currency=CURRENCIES,
    renewal_date=DAYS,
)
KEYS = {"key": st.just("k"), "card_id": st.just(CARD_ID), "reason": st.just("why")}
NOBODY = st.just(())
OVERFLOWS = st.one_of(
    FACES.map(card_overflow),
    ORG_TEXT.map(note_overflow),
    st.lists(LINES, min_size=1, max_size=3).map(lambda lines: summary_overflow(lines * 15)),
).map(lambda pages: pages or (Page(),))
TELLINGS: st.SearchStrategy[Written] = st.one_of(
    st.builds(PostCard, channel=st.just("#c"), face=FACES, mentions=NOBODY, **KEYS),
    st.builds(UpdateCard, of=st.just("k"), face=FACES, **KEYS),
    st.builds(
        PostReply,
        of=st.just("k"),
        about=st.sampled_from(ReplyKind),
        face=FACES,
        mentions=NOBODY,
        by=st.none() | PEOPLE,
        text=ORG_TEXT,
        **KEYS,
    ),
    st.builds(
        PostOverflow,
        key=st.just("k"),
        channel=st.just("#c"),
        of=st.just("k"),
        page=OVERFLOWS.flatmap(st.sampled_from),
        reason=st.just("why"),
    ),
    st.builds(
        PostSummary,
        key=st.just("k"),
        channel=st.just("#c"),
        lines=st.lists(LINES, min_size=1, max_size=3).map(lambda lines: tuple(lines * 15)),
        changed_by=PEOPLE,
        mentions=NOBODY,
        reason=st.just("why"),
    ),
)


@st.composite
def messages(draw: st.DrawFn) -> Payload:
    """Any telling in either language, written down."""
    stranger = draw(ORG_TEXT)
    mentions = [Mention("<@U7>"), Mention("<!subteam^S7>", stranger), Mention(name(stranger), stranger)]
    scene = CardScene(
        texts=card_texts_for(draw(st.sampled_from(["ja", "en"])), zone="Asia/Tokyo"),
        today=TODAY,
        mentions=draw(st.lists(st.sampled_from(mentions), unique=True)),
        people={"a": Addressee(id="a", name=draw(ORG_TEXT), email=None)},
        links={"deal": draw(ORG_TEXT | st.just("https://x.example/?" + "&" * 90))},
    )
    return render_telling(scene, draw(TELLINGS))


@settings(max_examples=150, deadline=None)
@given(messages())
def test_any_org_text_gives_a_card_that_slack_takes(payload: Payload) -> None:
    """Checked by the sandbox's own reading of Block Kit; the text is one that an update takes too."""
    assert problems_of(payload.blocks) == []  # type: ignore[arg-type]  # JSON by another name
    assert text_length(payload.blocks) < 12_000  # type: ignore[arg-type]
    assert 0 < len(payload.text) <= 4_000


@settings(max_examples=150, deadline=None)
@given(messages())
def test_no_org_text_calls_anyone(payload: Payload) -> None:
    """Only those whom the telling mentions may stand in the message."""
    assert set(CALLS.findall(payload.text)) <= ALLOWED
    assert set(CALLS.findall(" ".join(_texts(payload.blocks)))) <= ALLOWED


@settings(max_examples=50, deadline=None)
@given(messages())
def test_every_click_says_which_card_it_is_about(payload: Payload) -> None:
    """By the block's id, and a button by its value."""
    for block in payload.blocks:
        if block["type"] == "actions":
            assert card_of(str(block["block_id"])) == CARD_ID
            values = {one.get("value") for one in _elements(block) if one["action_id"] == ACKNOWLEDGE}
            assert values <= {CARD_ID}


@given(st.text(alphabet="ab &<", max_size=300), st.integers(min_value=10, max_value=60))
def test_prose_is_cut_within_its_limit_and_no_entity_is_cut_in_half(text: str, limit: int) -> None:
    """Taking the escapes away gives the beginning of the text."""
    written = prose(text, limit=limit)
    plain = written.replace("&lt;", "<").replace("&amp;", "&")

    assert len(written) <= limit
    assert " ".join(text.split()).startswith(plain.removesuffix("…"))
    assert escape(plain) == written


def test_prose_is_cut_on_a_word() -> None:
    """Where there is one near."""
    assert prose("one two three four", limit=12) == "one two…"
    assert prose("あいうえおかきくけこ", limit=6) == "あいうえお…"


def _elements(block: Any) -> list[Any]:  # noqa: ANN401  # JSON
    return list(block["elements"])


def _texts(found: Any) -> list[str]:  # noqa: ANN401  # JSON
    """Every text that is shown: what a menu's choice sends back is not."""
    if isinstance(found, list):
        return [text for one in found for text in _texts(one)]
    if isinstance(found, dict):
        own = [found["text"]] if isinstance(found.get("text"), str) else []
        return own + [text for one in found.values() for text in _texts(one)]
    return []
