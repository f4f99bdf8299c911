"""`explain` tells a renewal's confidence in order: changes with their verdict, messages, answers, silences, cards."""

import json
from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta

import pytest
from tests.fakes.confidence_shop import RULES, ConfidenceShop, watched

from csops_sync.app.confidence.silences import SilenceOrder, end_silence, silence
from csops_sync.app.orders_outbox import drop
from csops_sync.app.queries_explain import explain_view
from csops_sync.app.queries_state import status_view
from csops_sync.app.views import EventRow, RenewalView
from csops_sync.domain.confidence.changes import Source, Verdict
from csops_sync.domain.confidence.silencing import Silenced
from csops_sync.interfaces.cli.render_explain import explain_text
from csops_sync.interfaces.cli.render_json import json_text
from csops_sync.interfaces.cli.render_state import status_text
from csops_sync.ports.cards import AnswerKind
from csops_sync.ports.chat import PostResult, PostStatus
from csops_sync.ports.crm import Role

BOSS = "U2BOSS"
OF_CONFIDENCE = {
    "told", "escalated", "asked again", "acknowledged", "snoozed", "noted", "reasoned", "task", "silenced",
    "unsilenced", "drop", "silence", "silence end",
}  # fmt: skip


def explained(shop: ConfidenceShop, deal: str) -> RenewalView:
    """The renewal of an opportunity."""
    view = explain_view(shop.office(), deal)
    return next(one for one in view.renewals if one.opportunity_id == deal)


def lines(shop: ConfidenceShop, deal: str) -> list[tuple[str, str]]:
    """Name and text of what is told about confidence, in order."""
    events = explained(shop, deal).events
    return [(one.name, one.text) for one in events if " -> " in one.name or one.name in OF_CONFIDENCE]


def names(found: Sequence[tuple[str, str]]) -> list[str]:
    return [name for name, _ in found]


def test_a_card_from_its_change_to_its_answer_is_told_in_order_and_its_state_below() -> None:
    shop, (deal,) = watched()
    for rank in ("D", "C"):
        shop.move(deal, rank)
        shop.crm.advance(seconds=60)
    shop.settle()
    shop.sync()
    shop.crm.advance(seconds=4 * 3600 + 60)
    shop.sync()
    shop.answer(AnswerKind.SNOOZED, by=BOSS, value="1", key="Ev1")
    shop.crm.advance(days=1)
    shop.sync()
    shop.answer(AnswerKind.NOTED, by=BOSS, value="電話しました", key="Ev2")
    shop.answer(AnswerKind.REACTED, by=BOSS, value="eyes", key="Ev3")
    shop.sync()

    found = lines(shop, deal)

    assert found[:4] == [
        ("B -> D", "changed in Salesforce by 佐藤; merged into the move that was told"),
        ("D -> C", "changed in Salesforce by 佐藤; told in #risk (rules.yaml:60)"),
        ("told", "#risk, mentioned 課長"),
        ("escalated", "nobody answered in time; step 1 mentions 部長: the rules name csm.manager.manager"),
    ]
    assert names(found[4:]) == [
        "told", "snoozed", "asked again", "told", "noted", "acknowledged", "task", "task", "told",
    ]  # fmt: skip
    said = dict(found[4:])
    assert said["snoozed"] == "by 課長 until 2026-04-14 05:09Z"
    assert said["asked again"] == "the snooze is over; 課長 is mentioned again"
    assert said["noted"] == "by 課長: 電話しました"
    assert said["acknowledged"] == "by 課長 with :eyes:"
    assert said["task"].startswith("Task 00T")
    (card,) = explained(shop, deal).cards
    assert (card.channel, card.state, card.answered_by, card.note) == (
        "#risk",
        "acknowledged",
        "課長",
        "電話しました",
    )
    assert card.message is not None


def test_the_explanation_reads_as_text_and_as_json() -> None:
    shop, (deal,) = watched()
    shop.move(deal, "D")
    shop.settle()
    shop.sync()
    view = explain_view(shop.office(), deal)

    text = explain_text(view)
    assert "2026-04-13 10:00  B -> D     changed in Salesforce by 佐藤; told in #risk (rules.yaml:60)" in text
    assert "card in #risk  asks 課長, next step 2026-04-13 14:06  C00000001/" in text
    (renewal,) = json.loads(json_text(view))["renewals"]
    (change,) = [one["detail"] for one in renewal["events"] if "->" in one["name"]]
    assert (change["before"], change["after"], change["verdict"], change["late"]) == ("B", "D", "told", False)
    assert renewal["cards"][0]["asked"] == ["課長"]


def test_a_change_that_waits_is_held_or_is_told_to_nobody_says_so() -> None:
    shop, (first, second) = watched(deals=2)
    shop.move(first, None)
    shop.cycle()
    assert lines(shop, first)[-1][1].endswith("its window is still open")
    shop.cycle(minutes=6)
    shop.move(first, "A")
    shop.settle()
    assert lines(shop, first)[-1] == (
        "- -> A",
        "rated in Salesforce by 佐藤; told to nobody: rated is told to nobody",
    )

    shop.crm.advance(seconds=12 * 3600)
    shop.move(second, "D")
    shop.settle()
    assert "held: outside business hours, until 2026-04-14 00:00Z" in lines(shop, second)[-1][1]


def test_late_unordered_and_compared_changes_are_marked() -> None:
    shop, (deal,) = watched()
    shop.move(deal, "D")
    shop.cycle()
    (row,) = shop.ledger()
    odd = replace(
        row.change, late=True, order_known=False, rows=("017a", "017b"), amount_before=None, amount_after=None
    )
    compared = replace(
        row.change, id="x~1", source=Source.COMPARED, until=row.change.at + timedelta(minutes=5), by_id=None
    )
    with shop.store.transaction() as tx:
        tx.confidence.ledger.put([replace(row, change=odd, verdict=Verdict.CORRECTION)])
        tx.confidence.ledger.put([replace(row, change=compared)])

    (_, marked), (_, seen) = lines(shop, deal)

    assert "2 edits of one second, in an order that nobody knows; seen late, at 2026-04-13 10:00" in marked
    assert marked.endswith("corrects the thread without a mention")
    assert "changed in Salesforce before 2026-04-13 10:05, found by comparing values" in seen


def test_a_closed_renewal_says_how_it_was_closed() -> None:
    shop, (deal,) = watched()
    shop.crm.edit(
        Role.OPPORTUNITY, deal, {"stage": "失注", "closed": True, "won": False, "amount": 5_000_000}
    )
    shop.cycle()
    shop.crm.advance(seconds=3700)
    shop.crm.edit(Role.OPPORTUNITY, deal, {"next_step": "x"})
    shop.cycle()

    assert names(lines(shop, deal)) == ["B -> lost"]


def test_a_message_that_slack_refuses_stands_beside_its_change_and_its_card() -> None:
    shop, (deal,) = watched()
    shop.move(deal, "D")
    shop.settle()
    assert lines(shop, deal)[-1][1].endswith("told in #risk (rules.yaml:60); its message waits to be sent")
    shop.slack.answer(PostResult(status=PostStatus.REJECTED, code="not_in_channel"))
    shop.sync()

    assert lines(shop, deal)[-1][1].endswith("its message could not be sent: not_in_channel")
    (card,) = explained(shop, deal).cards
    assert card.text.endswith("its message could not be sent: not_in_channel")
    drop(shop.office(), [shop.rows()[0].key])
    assert names(lines(shop, deal)) == ["B -> D", "drop"]


@pytest.mark.parametrize("kind", list(Silenced))
def test_silences_stand_among_the_events_once_with_who_why_and_until_when(kind: Silenced) -> None:
    shop, (deal, other) = watched(deals=2)
    subject = {
        Silenced.OPPORTUNITY: deal,
        Silenced.ACCOUNT: shop.crm.records(Role.ACCOUNT)[0].id,
        Silenced.OWNER: shop.csm,
        Silenced.RULE: "rules.yaml:60",
    }[kind]
    order = SilenceOrder(
        kind=kind, subject=subject, until=shop.crm.now() + timedelta(days=1), reason="データ移行"
    )
    made = silence(shop.office(), order)
    shop.crm.advance(seconds=60)
    shop.move(deal, "D")
    shop.settle()
    end_silence(shop.office(), made.id)

    found = lines(shop, deal)

    assert names(found) == ["silenced", "B -> D", "unsilenced"]
    assert found[0][1].startswith("by sato until 2026-04-14 10:00")
    assert found[0][1].endswith(": データ移行")
    assert "silenced by sato until 2026-04-14 01:00Z: データ移行" in found[1][1]
    assert (lines(shop, other) != []) is (kind is Silenced.OWNER)


def test_events_come_in_the_order_in_which_they_happened() -> None:
    shop, (deal,) = watched()
    shop.move(deal, "D")
    shop.crm.advance(seconds=600)
    shop.settle()
    shop.sync()

    events: Sequence[EventRow] = explained(shop, deal).events

    assert [one.at for one in events] == sorted(one.at for one in events)
    assert events[-1].name == "told"


def test_the_journal_keeps_its_own_order_where_clocks_differ_by_a_moment() -> None:
    shop, (deal,) = watched()
    shop.move(deal, "D")
    shop.settle()
    shop.sync()
    with shop.store.transaction() as tx:
        (newest,) = tx.journal.about(limit=1)
        tx.journal.add([replace(newest, kind="adopted", at=newest.at - timedelta(seconds=1))])

    events = explained(shop, deal).events

    assert [one.name for one in events][-2:] == ["told", "adopted"]
    assert events[-1].at < events[-2].at


def test_every_change_of_a_storm_says_into_whose_summary_it_was_folded_and_where_that_stands() -> None:
    small = replace(RULES, routes=RULES.routes[1:])
    shop, deals = watched(small, deals=5)
    for deal in deals:
        shop.move(deal, "D")
    shop.settle()
    folded = "folded into the summary to 課長 (storm of 5 changes by 佐藤)"

    unsent = [lines(shop, deal)[-1] for deal in deals]
    shop.sync()
    sent = [lines(shop, deal)[-1] for deal in deals]

    assert [name for name, _ in sent] == ["B -> D"] * 5
    assert all(text.endswith(f"{folded}; its message waits to be sent") for _, text in unsent)
    (summary,) = shop.rows()
    assert summary.result is not None
    assert all(text.endswith(f"{folded}; message {summary.result}") for _, text in sent)


def test_status_counts_cards_that_ask_and_changes_that_wait() -> None:
    shop, (first, second) = watched(deals=2)
    shop.move(first, "D")
    shop.settle()
    shop.move(second, "D")
    shop.cycle()

    view = status_view(shop.office(), org_id="00D", org_name="みなと", mode="live")

    assert view.confidence is not None
    assert (view.confidence.asking, view.confidence.waiting, view.confidence.held) == (1, 1, 0)
    assert "confidence     1 card asking, 1 change waiting" in status_text(view)
    without = replace(shop.office(), rules=replace(shop.rules, confidence=None))
    assert "confidence" not in status_text(status_view(without, org_id="00D", org_name="x", mode="live"))
