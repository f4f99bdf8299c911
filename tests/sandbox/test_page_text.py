"""Slack's mrkdwn as the page shows it: what people see, and never markup that came from data."""

import pytest

from csops_sync.sandbox.pages.mrkdwn import Names, emoji, mrkdwn

NAMES = Names(users={"U1": "佐藤 美咲"}, channels={"C1": "renewals"}, groups={"S1": "cs-leads"})


@pytest.mark.parametrize(
    ("text", "html"),
    [
        ("*bold* _italic_ ~gone~", "<strong>bold</strong> <em>italic</em> <s>gone</s>"),
        ("2 * 3 * 4 and snake_case_name", "2 * 3 * 4 and snake_case_name"),
        ("`a < b`", "<code>a &lt; b</code>"),
        ("`*not bold*`", "<code>*not bold*</code>"),
        ("```\nx = 1\n*y*\n```\nafter", "<pre>x = 1\n*y*</pre>after"),
        ("one\ntwo", "one<br>two"),
        ("&gt; said\nanswer", "<blockquote>said</blockquote>answer"),
        ("<@U1> <#C1> <!subteam^S1>", "@佐藤 美咲 #renewals @cs-leads"),
        ("<@U404>", "@U404"),
        ("<!date^1700000000^{date_short}|14 Nov 2023>", "<time>14 Nov 2023</time>"),
        (":tada: done :nonesuch:", "🎉 done :nonesuch:"),
        ("a &amp; b &lt;c&gt;", "a &amp; b &lt;c&gt;"),
    ],
)
def test_mrkdwn_is_shown_as_slack_shows_it(text: str, html: str) -> None:
    """Mentions lose only the span around them here, for brevity."""
    shown = str(mrkdwn(text, NAMES)).replace('<span class="mention">', "").replace("</span>", "")
    assert shown == html


def test_a_link_keeps_its_address_and_label() -> None:
    """The label is what people read."""
    html = str(mrkdwn("<https://example.com/?a=1&amp;b=2|Open & see>", NAMES))
    assert html == '<a href="https://example.com/?a=1&amp;b=2" rel="noreferrer">Open &amp; see</a>'


@pytest.mark.parametrize(
    "text",
    [
        "<script>alert(1)</script>",
        "&lt;script&gt;alert(1)&lt;/script&gt;",
        "<javascript:alert(1)|click>",
        '<https://x|"><script>alert(1)</script>',
        '<https://x" onclick="alert(1)|x>',
        "*<img src=x onerror=alert(1)>*",
        "`<script>alert(1)</script>`",
        "\ue0000\ue001 <@U1>",
    ],
)
def test_nothing_from_data_becomes_markup(text: str) -> None:
    """No tag, no handler and no script address comes out, whatever goes in."""
    html = str(mrkdwn(text, NAMES))
    assert "<script" not in html
    assert "<img" not in html
    assert 'href="javascript' not in html
    assert 'onclick="' not in html


def test_a_broadcast_stands_out() -> None:
    """`@here` calls a whole channel, so that a test of escaping sees it at once."""
    assert "loud" in str(mrkdwn("<!here>", NAMES))
    assert "loud" not in str(mrkdwn("&lt;!here&gt;", NAMES))


def test_emoji_with_a_skin_tone_are_found_by_their_name() -> None:
    """The tone is left out."""
    assert emoji(":+1::skin-tone-3: :wave:") == "👍 👋"
