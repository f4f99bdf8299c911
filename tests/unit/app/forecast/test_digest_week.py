"""The digest of a week goes into the outbox once, whoever asks, on its day and not before that is evaluated."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, time

import pytest
from tests.fakes.builders import ruleset
from tests.fakes.landings import built, yen
from tests.fakes.memory_engine import Workshop
from tests.fakes.term_books import RATED

from csops_sync.app.engine import Desk, Mode
from csops_sync.app.forecast.digest_facts import digest_facts
from csops_sync.app.forecast.digest_form import decode_item
from csops_sync.app.forecast.digest_week import (
    DigestToldError,
    digest_of,
    order_digest,
    rules_for,
    tell_week,
)
from csops_sync.app.forecast.frames import NoForecastRulesError
from csops_sync.app.forecast.measuring import metrics_report
from csops_sync.app.forecast.report_values import GroupBy
from csops_sync.app.forecast.reports import NotYetWorkedOutError, frame_in
from csops_sync.app.forecast.snapshots import take_snapshot
from csops_sync.app.refusals import RefusedError
from csops_sync.domain.forecast.bridge import Cause
from csops_sync.domain.forecast.digest_rules import DigestRules
from csops_sync.ports.crm import Role
from csops_sync.ports.digests import DigestPost
from csops_sync.ports.store import OutboxRow, OutboxStatus, Target

DIGEST = DigestRules(channel="#leads", at=time(8))
RULES = replace(ruleset(confidence=RATED), forecast=built(), digest=DIGEST)
FIRST = "digest/2026-W15"
"""Of Monday, 6 April; a workshop begins on Wednesday, 1 April, at ten in Tokyo."""


@pytest.fixture
def shop() -> Workshop:
    """One customer whose contract of ¥6,000,000 ends on 5 July 2026, after the first cycle and its first snapshot."""
    shop = Workshop(rules=RULES)
    shop.sell(shop.customer(), auto_renews=False)
    shop.sync()
    take_snapshot(shop.engine())
    tell_week(shop.engine())
    return shop


def rows(shop: Workshop) -> Sequence[OutboxRow]:
    with shop.store.reading() as tx:
        every = tx.outbox.with_status(*OutboxStatus)
    return sorted(
        (row for row in every if row.target is Target.DIGEST), key=lambda row: (row.created_at, row.key)
    )


def monday(shop: Workshop, *, days: int = 5) -> None:
    """Let days pass, five of them until Monday, and evaluate that one."""
    shop.day(days)
    take_snapshot(shop.engine())


def test_the_week_in_which_it_is_switched_on_is_not_told(shop: Workshop) -> None:
    assert tell_week(shop.engine()) is None
    assert rows(shop) == []


def test_monday_is_told_once_however_often_it_is_asked_for(shop: Workshop) -> None:
    monday(shop)

    first = tell_week(shop.engine())

    assert first is not None
    assert tell_week(shop.engine()) is None
    assert [row.key for row in rows(shop)] == [item.key for item in first.items]
    assert rows(shop)[0].key == FIRST
    assert {row.status for row in rows(shop)} == {OutboxStatus.PENDING}


def test_everything_waits_for_the_message_that_it_belongs_to(shop: Workshop) -> None:
    monday(shop)
    tell_week(shop.engine())

    after = {row.key: row.after for row in rows(shop)}

    assert after[FIRST] == ()
    assert after[f"{FIRST}/picture"] == (FIRST,)
    heads = [key for key in after if "/team/" in key and key.count("/") == 3]
    assert heads
    assert all(after[head] == (FIRST,) and after[f"{head}/1"] == (head,) for head in heads)


def test_it_waits_until_the_day_is_evaluated(shop: Workshop) -> None:
    """Salesforce has been down since midnight: yesterday's numbers are not told as today's."""
    shop.crm.advance(days=5)

    assert tell_week(shop.engine()) is None
    shop.sync()
    assert tell_week(shop.engine()) is None
    take_snapshot(shop.engine())
    assert tell_week(shop.engine()) is not None


def test_a_program_that_was_off_tells_the_week_when_people_are_back(shop: Workshop) -> None:
    """Seven days later it is Wednesday, ten o'clock."""
    monday(shop, days=7)

    tell_week(shop.engine())

    assert rows(shop)[0].key == FIRST
    assert rows(shop)[0].not_before == shop.engine().now()


def test_shadow_decides_and_sends_nothing(shop: Workshop) -> None:
    shop.desk = Desk(mode=Mode.SHADOW)
    monday(shop)

    assert tell_week(shop.engine()) is not None
    assert {row.status for row in rows(shop)} == {OutboxStatus.SHADOW}


def test_a_person_may_be_first_and_monday_is_then_silent(shop: Workshop) -> None:
    monday(shop)
    order_digest(shop.office(), DIGEST, is_shadow=False)
    before = rows(shop)

    assert tell_week(shop.engine()) is None
    assert rows(shop) == before
    with pytest.raises(DigestToldError, match="on its way or told already"):
        order_digest(shop.office(), DIGEST, is_shadow=False)


def test_another_channel_has_a_digest_of_its_own(shop: Workshop) -> None:
    """Whoever tries it out elsewhere does not take the week away from the channel of the rules."""
    monday(shop)
    tried = order_digest(shop.office(), rules_for(shop.office(), channel="#test"), is_shadow=False)

    assert tried.key == f"{FIRST}/test"
    assert {item.channel for item in tried.items} == {"#test"}
    assert tell_week(shop.engine()) is not None


def test_without_rules_a_person_must_name_a_channel(shop: Workshop) -> None:
    shop.rules = replace(RULES, digest=None)

    assert rules_for(shop.office(), channel="#test").channel == "#test"
    assert tell_week(shop.engine()) is None
    with pytest.raises(RefusedError, match="name a channel with --to"):
        rules_for(shop.office(), channel=None)


def test_without_a_forecast_or_a_cycle_there_is_nothing_to_tell() -> None:
    fresh = Workshop(rules=RULES)
    with pytest.raises(NotYetWorkedOutError):
        digest_of(fresh.office(), DIGEST, week="2026-W15", own_channel=None)
    fresh.rules = replace(RULES, forecast=None)
    with pytest.raises(NoForecastRulesError):
        digest_of(fresh.office(), DIGEST, week="2026-W15", own_channel=None)


def test_it_is_held_against_the_snapshot_of_a_week_before(shop: Workshop) -> None:
    """¥6,000,000 at 0.9 a week ago; a second contract of ¥2,000,000 was signed since."""
    monday(shop)
    other = shop.customer("北野システム")
    shop.sell(other, number="00000002", annual_amount=2_000_000, auto_renews=False)
    monday(shop, days=2)

    with shop.store.reading() as tx:
        found = digest_facts(tx, shop.office(), due_within=DIGEST.due_within)

    assert found.before_on == date(2026, 4, 1)
    assert found.moved is not None
    assert (found.moved.start, found.moved.end) == (yen(5_400_000), yen(7_200_000))
    assert found.moved.end == found.forecast.total.landing
    (bar,) = [one for one in found.moved.bars if one.amount.amount]
    assert (bar.cause, bar.amount) == (Cause.CONTRACT, yen(1_800_000))
    assert found.year.before == yen(5_400_000)


@pytest.mark.parametrize("goes", [True, False], ids=["out of sight", "into sight"])
def test_a_term_that_moves_over_the_edge_of_what_is_told_has_moved_and_is_not_new(
    shop: Workshop, *, goes: bool
) -> None:
    """What is told reaches to June 2027; the contract's end moves beyond it, or comes from there."""
    near, far = {"end": "2027-05-31"}, {"end": "2027-09-30"}
    first = date(2027, 5, 31) if goes else date(2027, 9, 30)
    contract = shop.sell(shop.customer("北野システム"), number="2", auto_renews=False, end=first)
    shop.day()
    take_snapshot(shop.engine())
    shop.crm.edit(Role.CONTRACT, contract, far if goes else near)
    monday(shop, days=7)

    with shop.store.reading() as tx:
        found = digest_facts(tx, shop.office(), due_within=DIGEST.due_within)

    assert found.moved is not None
    (bar,) = [one for one in found.moved.bars if one.amount.amount]
    assert (bar.cause, bar.amount) == (Cause.TERM_MOVED, yen(-5_400_000 if goes else 5_400_000))
    assert found.moved.end == found.forecast.total.landing


def test_without_a_snapshot_of_a_week_before_nothing_is_compared(shop: Workshop) -> None:
    monday(shop)

    with shop.store.reading() as tx:
        found = digest_facts(tx, shop.office(), due_within=DIGEST.due_within)

    assert (found.before_on, found.moved, found.nrr.before) == (None, None, None)


def test_nrr_and_grr_of_the_year_that_is_not_over_have_the_bands_that_metrics_gives(shop: Workshop) -> None:
    monday(shop)

    with shop.store.reading() as tx:
        found = digest_facts(tx, shop.office(), due_within=DIGEST.due_within)
        frame = frame_in(tx, shop.office())
        [year] = metrics_report(
            tx.forecast.states.all(), frame=frame, by=GroupBy.YEAR, past=0, ahead=0
        ).periods

    assert year.nrr_band is not None
    assert (found.nrr.band, found.grr.band) == (year.nrr_band, year.grr_band)


def test_managers_see_what_is_due_within_the_days_of_the_rules(shop: Workshop) -> None:
    """From 6 April 90 days reach 5 July: the contract that ends on that day, and not the one of the day after."""
    later = shop.customer("北野システム")
    shop.sell(later, number="00000002", end=date(2026, 7, 6), auto_renews=False)
    monday(shop)

    with shop.store.reading() as tx:
        found = digest_facts(tx, shop.office(), due_within=DIGEST.due_within)

    assert [[one.line.account for one in team.renewals] for team in found.teams] == [["株式会社みなと商事"]]
    assert {one.line.account for one in found.risks} == {"株式会社みなと商事", "北野システム"}


def test_the_next_step_is_what_people_typed(shop: Workshop) -> None:
    monday(shop, days=6)
    (deal,) = shop.crm.records(Role.OPPORTUNITY)
    shop.crm.edit(Role.OPPORTUNITY, deal.id, {"next_step": "見積を送付", "confidence": "D"})
    shop.sync()

    digest = digest_of(shop.office(), DIGEST, week="2026-W15", own_channel=None)

    texts = [
        line.text
        for item in digest.items
        if isinstance(item, DigestPost)
        for section in item.sections
        for line in section.lines
    ]
    assert any("確度 D" in text and "次のステップ: 見積を送付" in text for text in texts)


def test_rows_hold_items_that_can_be_read_again(shop: Workshop) -> None:
    monday(shop)
    digest = tell_week(shop.engine())

    assert digest is not None
    assert tuple(decode_item(row.payload) for row in rows(shop)) == digest.items
