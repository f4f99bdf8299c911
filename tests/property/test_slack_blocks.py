"""Whatever stands in the org's texts, Slack takes the message, and nobody is called who was not meant to be."""

import re
from datetime import date
from decimal import Decimal

from hypothesis import given, settings
from hypothesis import strategies as st
from tests.fakes.notices import TODAY

from csops_sync.adapters.slack.blocks import Payload, render
from csops_sync.adapters.slack.mrkdwn import Mention, name
from csops_sync.adapters.slack.texts import texts_for
from csops_sync.domain.intents import Message, NoticeKind, NoticeLine
from csops_sync.ports.chat import Outgoing
from csops_sync.sandbox.slack.block_kit import problems_of, text_length

HOSTILE = st.sampled_from(
    ["<!channel>", "&" * 90, "<" * 300, "a|b", "*_~`", "\n> x\n", "{n}", "\u202e", "🎉" * 99]
)
ORG_TEXT = st.one_of(st.text(max_size=300), HOSTILE, st.tuples(HOSTILE, st.text(), HOSTILE).map("".join))
DAYS = st.dates(min_value=date(2000, 1, 1), max_value=date(2100, 1, 1))
AMOUNTS = st.decimals(min_value=0, max_value=Decimal("1e12"), places=2).map(str)
LINKS = st.one_of(ORG_TEXT, st.just("https://x.example/?" + "&" * 90))
CALLS = re.compile(r"<[!@#][^>]*>")
ALLOWED = {"<@U1>", "<!subteam^S1>"}

LINES = st.builds(
    NoticeLine,
    renewal_key=ORG_TEXT,
    account_name=ORG_TEXT,
    renewal_date=DAYS,
    amount=st.none() | AMOUNTS,
    currency=st.sampled_from(["JPY", "USD", "EUR", "XXX"]),
    bound=st.sampled_from(["renewal", "notice", "budget_season", "budget_lock", ""]),
    bound_day=st.none() | DAYS,
    mentions=st.lists(st.sampled_from(["a", "b", "c", "d"]), unique=True).map(tuple),
    notice_deadline=st.none() | DAYS,
    budget_last_day=st.none() | DAYS,
    others=st.lists(ORG_TEXT, max_size=30).map(tuple),
)
FACTS = st.dictionaries(
    ORG_TEXT | st.sampled_from(["plan_hash", "text", "held"]), ORG_TEXT | st.integers() | DAYS
)


@st.composite
def messages(draw: st.DrawFn) -> Payload:
    """Any message of any kind in either language, written down."""
    lines = draw(st.lists(LINES, min_size=1, max_size=3)) * draw(st.integers(1, 20))
    message = Message(
        key="k",
        notice=draw(st.sampled_from(NoticeKind)),
        channel="#c",
        lines=tuple(lines),
        reason=draw(ORG_TEXT),
        facts=draw(st.none() | FACTS),
    )
    missing = draw(ORG_TEXT)
    mentions = {
        "a": Mention("<@U1>"),
        "b": Mention("<!subteam^S1>", missing),
        "c": Mention(name(missing), missing),
        "d": Mention(name(missing + "x"), missing + "x"),
    }
    links = {key: draw(LINKS) for line in lines[:3] for key in (line.renewal_key, *line.others)}
    texts = texts_for(draw(st.sampled_from(["ja", "en"])))
    sent = Outgoing(message=message, people={}, links=links)
    return render(sent, mentions=mentions, texts=texts, today=TODAY)


@settings(max_examples=150, deadline=None)
@given(messages())
def test_any_org_text_gives_a_message_that_slack_takes(payload: Payload) -> None:
    """Checked by the sandbox's own reading of Block Kit."""
    assert problems_of(payload.blocks) == []  # type: ignore[arg-type]  # JSON by another name
    assert text_length(payload.blocks) < 12_000  # type: ignore[arg-type]
    assert 0 < len(payload.text) < 20_000


@settings(max_examples=150, deadline=None)
@given(messages())
def test_no_org_text_calls_anyone(payload: Payload) -> None:
    """Only the two mentions that were resolved may stand in the message."""
    assert set(CALLS.findall(payload.text)) <= ALLOWED
    assert set(CALLS.findall(str(payload.blocks))) <= ALLOWED
