"""Org text in Slack's text language: escaped, on one line, cut, never a mention or a link of its own."""

import re

import pytest

from csops_sync.adapters.slack.mrkdwn import advice, bold, link, name, one_line, prose, safe, safe_url, whole
from csops_sync.sandbox.pages.mrkdwn import Names, mrkdwn


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("A & B <!channel>", "A &amp; B &lt;!channel&gt;"),
        ("<@U123> <#C1> <!here>", "&lt;@U123&gt; &lt;#C1&gt; &lt;!here&gt;"),
        ("&lt;!channel&gt;", "&amp;lt;!channel&amp;gt;"),
        ("two\nlines\tand\u2028more", "two lines and more"),
        ("turned\u202earound", "turned around"),
        ("turned\u061caround", "turned around"),
        ("\x1b[31mred", "[31mred"),
        ("", "—"),
        (" \n ", "—"),
    ],
)
def test_a_name_can_neither_mention_nor_break_its_line(text: str, expected: str) -> None:
    """What Slack reads as its own signs is escaped, what is not printable goes."""
    assert name(text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("*b* _i_ ~s~ `c` ```d```", "∗b∗ ˍiˍ ∼s∼ ˋcˋ ˋˋˋdˋˋˋ"),
        ("次は*至急*です", "次は∗至急∗です"),
        ("*alone, and *later", "∗alone, and ∗later"),
        ("> quoted > 3", "› quoted &gt; 3"),
        ("renewal_date of A*B, 5~7", "renewal_date of A*B, 5~7"),
        ("see https://x.example/~sato/_x or *ask*", "see https://x.example/~sato/_x or ∗ask∗"),
        ("*https://x.example/a_b*", "∗https://x.example/a_b∗"),
        ("https://x.example/*b*/", "https://x.example/∗b∗/"),
        ("https://x.example/`c`", "https://x.example/ˋcˋ"),
    ],
)
def test_org_text_formats_nothing_and_stays_readable(text: str, expected: str) -> None:
    """Slack has no escape for these signs: where one could format, its lookalike stands."""
    written = name(text)

    assert written == expected == whole(text) == prose(text, limit=200)
    assert not re.search("<(strong|em|s|code|pre|blockquote)>", mrkdwn(written, Names()))
    assert len(one_line(text)) == len(text)


def test_a_command_in_our_own_advice_can_be_copied() -> None:
    """Words of ours are escaped like all others, and keep their signs."""
    assert (
        advice("run `csops-sync outbox drop <key>`", limit=80) == "run `csops-sync outbox drop &lt;key&gt;`"
    )
    assert len(advice("<" * 200, limit=64)) <= 64


def test_a_sign_of_ours_beside_a_sign_of_the_orgs_still_formats() -> None:
    """What we write bold is bold, whatever the org writes."""
    assert bold("*b*") == "*∗b∗*"
    assert mrkdwn(bold("*b*"), Names()) == "<strong>∗b∗</strong>"


def test_a_long_name_is_cut_before_it_is_escaped() -> None:
    """No entity is cut in half."""
    assert one_line("x" * 200) == "x" * 79 + "…"
    assert name("&" * 200) == "&amp;" * 30 + "…"


def test_a_limit_holds_with_all_escapes() -> None:
    """`<` is four characters when escaped."""
    assert all(len(safe("<" * length, limit=64)) <= 64 for length in range(200))


def test_a_name_with_formatting_signs_stays_plain() -> None:
    """Its own asterisk would end the bold."""
    assert bold("みなと商事") == "*みなと商事*"
    assert bold("A*B") == "A*B"


def test_a_link_label_can_not_end_the_link() -> None:
    """The bar and the bracket are what would."""
    assert link("https://x.example/a", "a|b>\n<!channel>") == "<https://x.example/a|a¦b&gt; &lt;!channel&gt;>"


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("https://x.example/a?b=1&c=2", "https://x.example/a?b=1&c=2"),
        ("https://x.example/a|b> c", "https://x.example/a%7Cb%3E%20c"),
        ("javascript:alert(1)", ""),
        ("https://", ""),
        ("https://x.example/" + "a" * 500, ""),
    ],
)
def test_an_address_is_a_web_address_without_signs_of_slacks(url: str, expected: str) -> None:
    """Anything else is no link."""
    assert safe_url(url) == expected


def test_a_label_whose_address_is_no_link_stands_alone() -> None:
    """The words are still of use."""
    assert link("javascript:alert(1)", "open") == "open"
