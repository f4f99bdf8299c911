"""Every kind of message, read as a whole, in English."""

from dataclasses import replace

import pytest
from tests.fakes.notices import AOBA, HANAKO, KITA, MINATO, TARO, TODAY, URL, about_counts, outgoing

from csops_sync.adapters.slack.blocks import render
from csops_sync.adapters.slack.mrkdwn import Mention
from csops_sync.adapters.slack.texts import texts_for
from csops_sync.domain.intents import NoticeKind
from csops_sync.ports.chat import Outgoing

EVERYONE = {HANAKO.id: Mention("<@U1>"), TARO.id: Mention("<!subteam^S2>")}
KITA_USD = replace(KITA, currency="USD", amount="24000.50")


def written(sent: Outgoing, mentions: dict[str, Mention] = EVERYONE) -> list[str]:
    """The plain text of a message, line by line."""
    return render(sent, mentions=mentions, texts=texts_for("en_GB"), today=TODAY).text.split("\n")


def test_opened_names_the_csm_the_facts_and_the_bound_that_decided() -> None:
    """Cents are shown where there are any."""
    assert written(outgoing(NoticeKind.OPENED, KITA_USD)) == [
        (
            "<!subteam^S2>: the renewal of *Kita Logistics* is ready in Salesforce. "
            "It is time to talk to the customer, because the notice deadline is 31 Dec 2025."
        ),
        "Renewal date: 1 Apr 2026 (in 121 days)",
        "Annual amount: $24,000.50",
        "Notice deadline: 31 Dec 2025 (in 30 days)",
        f"<{URL}|Open the opportunity>",
    ]


@pytest.mark.parametrize(
    ("bound", "words"),
    [
        ("budget_season", "because the budget season opened on 1 Nov 2025."),
        ("budget_lock", "because the budget closed on 1 Nov 2025."),
        ("notice", "because the notice deadline was 1 Nov 2025."),
        ("renewal", "because the renewal date was 1 Nov 2025."),
    ],
)
def test_a_bound_that_lies_behind_is_told_as_behind(bound: str, words: str) -> None:
    """1 November is before 1 December."""
    assert written(outgoing(NoticeKind.OPENED, replace(MINATO, bound=bound)))[0].endswith(words)


def test_a_bound_that_lies_ahead_is_told_as_ahead() -> None:
    """A year ahead."""
    ahead = replace(MINATO, bound_day=TODAY.replace(year=2026))

    assert written(outgoing(NoticeKind.OPENED, ahead))[0].endswith(
        "because the budget season opens on 1 Dec 2026."
    )


def test_without_anyone_to_mention_the_sentence_begins_with_a_capital() -> None:
    """And says what is not known."""
    nobody = replace(MINATO, mentions=(), amount=None, bound_day=None)
    told = written(outgoing(NoticeKind.OPENED, nobody))

    assert told[0] == (
        "The renewal of *株式会社みなと商事* is ready in Salesforce. It is time to talk to the customer."
    )
    assert "Annual amount: not on record" in told


def test_a_person_without_a_fallback_is_called_by_name_and_that_is_said() -> None:
    """Nobody else is called in their place."""
    told = written(outgoing(), {HANAKO.id: Mention("Hanako Sato", missing="Hanako Sato")})

    assert told[0].startswith("Hanako Sato: the renewal of")
    assert told[-1] == "Hanako Sato could not be found in Slack, so they were not mentioned."


def test_a_daily_group_adds_up_each_currency_by_itself() -> None:
    """6,000,000 + 4,800,000 yen, and dollars apart."""
    told = written(outgoing(NoticeKind.OPENED_DAILY, MINATO, AOBA, KITA_USD))

    assert told == [
        "3 renewals are ready in Salesforce. Together they are worth ¥10,800,000 + $24,000.50 a year.",
        "<@U1> 2 renewals",
        (
            "• *株式会社みなと商事* · renews 1 Oct 2026 · ¥6,000,000 · "
            f"because the budget season opened on 1 Nov 2025 · <{URL}|Open the opportunity>"
        ),
        "• *有限会社あおば製作所* · renews 1 Mar 2026 · ¥4,800,000 · because the renewal date is 1 Mar 2026",
        "<!subteam^S2> 1 renewal",
        "• *Kita Logistics* · renews 1 Apr 2026 · $24,000.50 · because the notice deadline is 31 Dec 2025",
    ]


def test_a_large_group_ends_in_and_12_more() -> None:
    """20 of 32 are listed."""
    lines = [replace(AOBA, renewal_key=f"k{number}") for number in range(32)]

    assert written(outgoing(NoticeKind.OPENED_DAILY, *lines))[-1] == "and 12 more (<@U1>)"


def test_a_termination_leaves_the_decision_to_the_csm() -> None:
    """The opportunity is a person's to close."""
    assert written(outgoing(NoticeKind.TERMINATED))[0] == (
        "<@U1>: the contract of *株式会社みなと商事* has been terminated. "
        "The renewal opportunity is left as it is; please decide whether to close it as lost."
    )


def test_a_cancellation_without_an_opportunity_says_that_none_was_made() -> None:
    """`cancelling: notify` opens nothing."""
    assert written(replace(outgoing(NoticeKind.CANCELLING, AOBA), links={}))[0] == (
        "<@U1>: *有限会社あおば製作所* has said that it will not renew. "
        "No renewal opportunity was made; please see how things stand with the customer."
    )


def test_several_parallel_opportunities_are_counted_and_numbered() -> None:
    """One of ours and two of others."""
    sent = outgoing(NoticeKind.PARALLEL, replace(MINATO, others=("0065A", "0065B")))
    links = {**sent.links, "0065A": "https://example.com/a", "0065B": "https://example.com/b"}
    told = written(replace(sent, links=links))

    assert told[0] == (
        "<@U1>: the renewal of *株式会社みなと商事* has 3 opportunities. Please decide which one stays."
    )
    assert told[-4:] == [
        f"<{URL}|Open the one by csops-sync>",
        "<https://example.com/a|Open other one 1>",
        "<https://example.com/b|Open other one 2>",
        "To use the other one: `csops-sync adopt 8005g00000ABCDeAAP 0065A`",
    ]


def test_the_baseline_says_what_was_read_and_how_to_approve() -> None:
    """In the order in which the numbers are given."""
    facts: dict[str, str | int] = {
        "contracts": 1300,
        "renewals": 1310,
        "held": 12,
        "too_old": 3,
        "plan_hash": "4f1c2e9",
    }

    assert written(about_counts(NoticeKind.BASELINE, **facts)) == [
        "Salesforce has been read for the first time. Nothing has been created yet.",
        "Contracts read: 1,300",
        "Renewals watched: 1,310",
        "Waiting for approval: 12",
        "Too long overdue to open: 3",
        (
            "What is overdue or held is not written until someone approves it. "
            "Look at it with `csops-sync plan`, and if it is right, approve exactly that:"
        ),
        "`csops-sync sync --approve 4f1c2e9`",
    ]


def test_what_the_guard_holds_is_told_with_its_approval() -> None:
    """The hash approves exactly what is held."""
    told = written(about_counts(NoticeKind.HELD, held=1, plan_hash="4f1c2e9"))

    assert told[0] == (
        "There is more to change than was expected, so that part is held and nothing of it was written."
    )
    assert told[-1] == "`csops-sync sync --approve 4f1c2e9`"


def test_the_operator_is_told_in_the_words_given_and_in_the_reason_where_there_are_none() -> None:
    """Other facts stand above the words."""
    title = "A note for whoever operates csops-sync."

    assert written(about_counts(NoticeKind.OPERATOR, text="Slack is closed", since="09:00")) == [
        title,
        "since: 09:00",
        "Slack is closed",
    ]
    assert written(about_counts(NoticeKind.OPERATOR)) == [title, "why"]


def test_a_language_that_is_not_there_is_refused_with_those_that_are() -> None:
    """Said at start, not at the first message."""
    with pytest.raises(ValueError, match="use one of ja, en"):
        texts_for("fr_FR")


def test_what_could_not_be_copied_stands_below_the_renewal_that_it_is_about_and_formats_nothing() -> None:
    """In a group it names the customer."""
    said = "Line items were not copied: no longer sold: <!channel>."
    alone = replace(outgoing(NoticeKind.OPENED, KITA), remarks={KITA.renewal_key: said})
    group = replace(outgoing(NoticeKind.OPENED_DAILY, KITA, MINATO), remarks={KITA.renewal_key: said})

    safely = said.replace("<!channel>", "&lt;!channel&gt;")
    assert written(alone)[-1] == safely
    assert written(group)[-1] == f"Kita Logistics: {safely}"


def test_no_renewal_of_a_group_is_silent_about_lines_that_it_lacks() -> None:
    """The same words are said once of all customers; where there is no room for more, who else is concerned is."""
    many = [replace(KITA, renewal_key=f"k-{one}", account_name=f"Customer {one}") for one in range(9)]
    same = {one.renewal_key: "Line items were not copied." for one in many}
    each = {one.renewal_key: f"No longer sold: {place}." for place, one in enumerate(many)}
    whole = outgoing(NoticeKind.OPENED_DAILY, *many)

    alike, apart = (" ".join(written(replace(whole, remarks=one))[-5:]) for one in (same, each))

    assert alike.count("Line items were not copied.") == 1
    for said in (alike, apart):
        assert all(f"{one.account_name}" in said for one in many)
