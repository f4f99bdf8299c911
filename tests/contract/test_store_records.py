"""Progress, renewals, written fields and journal: what is put comes back, whole and in order."""

from dataclasses import fields, replace
from datetime import date, timedelta

from tests.contract.samples import ACCOUNT, NOON, OTHER_ACCOUNT, event, renewal, written_field

from csops_sync.domain.renewal import Renewal
from csops_sync.ports.crm import Role
from csops_sync.ports.store import LoadState, Transaction


def test_a_watermark_moves_forward_and_never_back(tx: Transaction) -> None:
    tx.progress.set_watermarks({Role.ACCOUNT: 100, Role.CONTRACT: 100})
    tx.progress.set_watermarks({Role.ACCOUNT: 99, Role.CONTRACT: 101, Role.USER: 5})
    assert dict(tx.progress.watermarks()) == {Role.ACCOUNT: 100, Role.CONTRACT: 101, Role.USER: 5}


def test_a_first_load_is_resumed_where_it_was(tx: Transaction) -> None:
    state = LoadState(
        role=Role.USER, mapping_hash="m1", delta_from_ms=7, last_id="0055g000000AAAAAAV", done=False
    )
    tx.progress.set_load(state)
    assert dict(tx.progress.loads()) == {Role.USER: state}
    finished = replace(state, last_id="0055g000000BBBBAAV", done=True)
    tx.progress.set_load(finished)
    assert dict(tx.progress.loads()) == {Role.USER: finished}


def test_a_setting_is_stored_replaced_and_removed(tx: Transaction) -> None:
    assert tx.progress.setting("paused") is None
    tx.progress.set_setting("paused", "すべて")
    tx.progress.set_setting("paused", "slack")
    assert tx.progress.setting("paused") == "slack"
    tx.progress.set_setting("paused", None)
    assert tx.progress.setting("paused") is None


def test_every_field_of_a_renewal_survives(tx: Transaction) -> None:
    given = renewal()
    unset = [each.name for each in fields(Renewal) if getattr(given, each.name) in (None, False, (), "")]
    assert unset == []
    tx.renewals.put([given])
    assert tx.renewals.get(given.key) == given


def test_a_bare_renewal_survives(tx: Transaction) -> None:
    given = Renewal(
        key="8005g00000ABCDeAAP-2",
        contract_id="8005g00000ABCDeAAP",
        account_id=ACCOUNT,
        ordinal=2,
        term_start=date(1969, 12, 31),
        term_end=date(2124, 2, 29),
        anchor_key="8005g00000ABCDeAAP-2",
    )
    tx.renewals.put([given])
    assert tx.renewals.get(given.key) == given
    assert tx.renewals.get("8005g00000ABCDeAAP-3") is None


def test_renewals_are_found_by_account_and_by_opportunity(tx: Transaction) -> None:
    first, second, third = renewal("A-1"), renewal("B-1"), renewal("C-1", account_id=OTHER_ACCOUNT)
    third = replace(third, opportunity_id="0065g00000OtHrZAAV")
    tx.renewals.put([third, second, first])
    assert list(tx.renewals.of_accounts([ACCOUNT])) == [first, second]
    assert list(tx.renewals.by_opportunity("0065g00000OpPtYAAV")) == [first, second]


def test_the_accounts_of_opportunities_are_those_that_their_renewals_are_stored_under(
    tx: Transaction,
) -> None:
    tied, other = "0065g00000OpPtYAAV", "0065g00000OtHrZAAV"
    tx.renewals.put(
        [
            renewal("C-1", account_id=OTHER_ACCOUNT),
            renewal("A-1"),
            renewal("B-1"),
            replace(renewal("D-1"), opportunity_id=None),
        ]
    )
    assert list(tx.renewals.accounts_of_opportunities([other, tied])) == sorted([ACCOUNT, OTHER_ACCOUNT])
    assert list(tx.renewals.accounts_of_opportunities([other])) == []
    assert list(tx.renewals.accounts_of_opportunities([])) == []


def test_a_renewal_that_moves_to_another_account_is_found_there_only(tx: Transaction) -> None:
    tx.renewals.put([renewal("A-1")])
    moved = renewal("A-1", account_id=OTHER_ACCOUNT)
    tx.renewals.put([moved])
    assert list(tx.renewals.of_accounts([ACCOUNT])) == []
    assert list(tx.renewals.of_accounts([OTHER_ACCOUNT])) == [moved]


def test_renewals_are_found_by_contract_whatever_account_they_are_stored_under(tx: Transaction) -> None:
    first, second, other = renewal("A-1"), renewal("A-2", account_id=OTHER_ACCOUNT), renewal("B-1")
    tx.renewals.put([other, second, first])
    assert list(tx.renewals.of_contracts(["A"])) == [first, second]
    assert list(tx.renewals.of_contracts(["C"])) == []


def test_accounts_fall_due_on_the_day_of_review_and_stay_due_after_it(tx: Transaction) -> None:
    due = replace(renewal("A-1", account_id=OTHER_ACCOUNT), review_on=date(2026, 1, 5))
    again = replace(due, key="A-2", review_on=date(2025, 1, 1))
    later = replace(renewal("B-1"), review_on=date(2026, 1, 6))
    never = replace(renewal("C-1", account_id="0015g00000AcCtCAAV"), review_on=None)
    tx.renewals.put([due, again, later, never])
    assert list(tx.renewals.due_accounts(date(2026, 1, 5))) == [OTHER_ACCOUNT]
    assert list(tx.renewals.due_accounts(date(2026, 1, 7))) == [ACCOUNT, OTHER_ACCOUNT]


def test_what_is_reviewed_after_a_day_comes_soonest_first(tx: Transaction) -> None:
    today = replace(renewal("A-1"), review_on=date(2026, 1, 5))
    last = replace(renewal("A-2"), review_on=date(2026, 3, 1))
    soon = replace(renewal("B-2", account_id=OTHER_ACCOUNT), review_on=date(2026, 1, 6))
    too = replace(renewal("B-1"), review_on=date(2026, 1, 6))
    never = replace(renewal("C-1"), review_on=None)
    tx.renewals.put([last, never, soon, today, too])
    assert list(tx.renewals.reviewed_after(date(2026, 1, 5))) == [too, soon, last]
    assert len(tx.renewals.reviewed_after(date(2026, 1, 5), limit=1)) == 1
    assert list(tx.renewals.reviewed_after(date(2026, 3, 1))) == []


def test_many_renewals_are_put_at_once(tx: Transaction) -> None:
    many = [renewal(f"8005g0000{number:08d}A-1") for number in range(2500)]
    tx.renewals.put(many)
    assert list(tx.renewals.of_accounts([ACCOUNT])) == many


def test_written_fields_keep_what_was_sent_and_what_was_read_back(tx: Transaction) -> None:
    dates, amounts = written_field(), replace(written_field("amount"), sent=1200000, value=None)
    elsewhere = written_field(opportunity_id="0065g00000OtHrZAAV")
    tx.written.put([dates, elsewhere, amounts])
    assert list(tx.written.of_opportunities([dates.opportunity_id])) == [amounts, dates]


def test_a_written_field_is_replaced_and_forgotten(tx: Transaction) -> None:
    tx.written.put([written_field()])
    newer = replace(written_field(), value="2026-04-30", reasserted=2)
    tx.written.put([newer])
    assert list(tx.written.of_opportunities([newer.opportunity_id])) == [newer]
    assert tx.written.forget(opportunity_id=newer.opportunity_id, field="close_date") is True
    assert tx.written.forget(opportunity_id=newer.opportunity_id, field="close_date") is False
    assert list(tx.written.of_opportunities([newer.opportunity_id])) == []


def test_the_journal_tells_events_oldest_first(tx: Transaction) -> None:
    first, second = event("decided"), event("opened", at=NOON - timedelta(days=1))
    tx.journal.add([first])
    tx.journal.add([second])
    assert list(tx.journal.about(account_id=ACCOUNT)) == [first, second]


def test_the_journal_is_read_by_account_renewal_or_both(tx: Transaction) -> None:
    of_key, without = event(renewal_key="A-1"), event("decided")
    elsewhere = event(account_id=OTHER_ACCOUNT, renewal_key="A-1")
    tx.journal.add([of_key, without, elsewhere])
    assert list(tx.journal.about(renewal_key="A-1")) == [of_key, elsewhere]
    assert list(tx.journal.about(account_id=ACCOUNT, renewal_key="A-1")) == [of_key]
    assert list(tx.journal.about()) == [of_key, without, elsewhere]


def test_a_limit_keeps_the_newest_events(tx: Transaction) -> None:
    events = [event(f"e{number}") for number in range(5)]
    tx.journal.add(events)
    assert list(tx.journal.about(account_id=ACCOUNT, limit=2)) == events[3:]
