"""What `plan`, `explain`, `status` and `outbox list` are built from; the plan equals what is sent, key for key."""

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal

import pytest
from tests.fakes.builders import ruleset
from tests.fakes.memory_engine import OPERATOR, ORG, Workshop
from tests.fakes.store import MemoryDatabase, MemoryStore

from csops_sync.app.engine import Desk, Engine, Mode
from csops_sync.app.finding import long_id
from csops_sync.app.queries_explain import explain_view
from csops_sync.app.queries_plan import plan_view, rehearsed_in
from csops_sync.app.queries_state import outbox_view, status_view
from csops_sync.app.refusals import RefusedError
from csops_sync.app.views import PlanView, RenewalView, StatusView
from csops_sync.domain.money import Money
from csops_sync.ports.crm import Role, WriteStatus
from csops_sync.ports.errors import PermanentError
from csops_sync.ports.store import OutboxStatus

OPENS_IN = 6
SOMEBODY = "005000000000777AAA"


@pytest.fixture
def shop() -> Workshop:
    return Workshop()


def keys(plan: PlanView) -> set[str]:
    """The keys of everything that a plan sends."""
    changes = {row.key for row in (*plan.updates, *plan.adoptions)}
    return {row.key for row in plan.creates} | changes | {row.key for row in plan.messages}


def explained(shop: Workshop, asked: str) -> RenewalView:
    """The last renewal of what `explain` says."""
    return explain_view(shop.office(), asked).renewals[-1]


def status(shop: Workshop) -> StatusView:
    """The status of the workshop's org."""
    return status_view(shop.office(), org_id=ORG, org_name="Fake", mode="live")


def test_before_the_first_load_is_whole_there_is_nothing_to_plan_on(shop: Workshop) -> None:
    shop.sell(shop.customer())
    with pytest.raises(PermanentError, match="first load"):
        plan_view(shop.engine())


def test_a_plan_before_the_first_load_is_made_in_a_scratch_store_and_equals_what_is_sent(
    shop: Workshop,
) -> None:
    shop.sell(shop.customer())
    plan = plan_view(rehearsed_in(shop.engine(), MemoryStore(ORG, MemoryDatabase())))
    with shop.store.reading() as tx:
        assert tx.progress.loads() == {}
    view = shop.sync()

    assert keys(plan) == {item.key for item in view.settled} == {f"baseline/{ORG}"}


def test_a_scratch_plan_after_a_change_of_mapping_keeps_what_is_known(shop: Workshop) -> None:
    shop.sell(shop.customer())
    shop.sync()
    shop.day(OPENS_IN)
    engine = _remapped(shop.engine())
    plan = plan_view(rehearsed_in(engine, MemoryStore(ORG, MemoryDatabase())))
    assert keys(plan) == set()


def test_what_is_planned_is_what_is_sent_key_for_key_and_after_it_there_is_nothing(shop: Workshop) -> None:
    account = shop.customer()
    shop.sell(account)
    linked = shop.sell(shop.customer("二社目"), number="00000002")
    shop.deal(account_of(shop, linked), contract=linked)
    shop.sync()
    shop.crm.advance(days=OPENS_IN)
    plan = plan_view(shop.engine())
    view = shop.sync()

    assert (len(plan.creates), len(plan.adoptions), len(plan.messages)) == (1, 1, 1)
    assert keys(plan) == {item.key for item in view.settled if item.status is OutboxStatus.SENT}
    assert keys(plan_view(shop.engine())) == set()


def test_a_plan_leaves_every_table_as_it_is(shop: Workshop) -> None:
    shop.sell(shop.customer())
    shop.sync()
    shop.crm.advance(days=OPENS_IN)
    before = shop.database.tables[ORG].copy()
    assert keys(plan_view(shop.engine()))
    assert shop.database.tables[ORG] == before


def test_a_created_row_tells_amount_bound_rule_and_the_values_to_be_sent(shop: Workshop) -> None:
    contract = shop.sell(shop.customer())
    shop.sync()
    shop.crm.advance(days=OPENS_IN)
    (row,) = plan_view(shop.engine()).creates

    assert (row.account_name, row.amount) == ("株式会社みなと商事", Money(Decimal(6_000_000), "JPY"))
    assert (row.bound, row.rule, row.open_date) == ("renewal less 90 days", "everyone", date(2026, 4, 7))
    assert (row.values["amount"], row.values["renewal_key"]) == (6_180_000, f"{contract}-1")


def test_a_held_plan_lists_what_approval_would_announce_too(shop: Workshop) -> None:
    shop.crm.advance(days=10)
    contract = shop.sell(shop.customer())
    shop.sync()
    plan = plan_view(shop.engine())

    assert [(row.key, row.held) for row in plan.creates] == [(f"{contract}-1", True)]
    assert [(row.key, row.held) for row in plan.messages] == [(f"opened/{contract}-1", True)]
    assert plan.held_hash is not None


def test_what_is_parked_or_doubted_stands_among_the_notes(shop: Workshop) -> None:
    contract = shop.sell(shop.customer())
    shop.sync()
    shop.crm.advance(days=OPENS_IN)
    shop.crm.writes.append(WriteStatus.REJECTED)
    shop.sync()
    plan = plan_view(shop.engine())

    assert plan.creates == ()
    (note,) = [one for one in plan.notes if one.kind == "parked"]
    assert f"outbox retry {contract}-1" in note.text


def test_a_plan_says_why_nothing_may_be_sent(shop: Workshop) -> None:
    shop.sell(shop.customer())
    shop.sync()
    shop.desk = Desk(mode=Mode.SHADOW, operator_channel=OPERATOR, creation_blocked="csops-sync.yaml:31: no")
    blocked = plan_view(shop.engine()).blocked
    assert ["csops-sync.yaml:31" in blocked[0], "shadow" in blocked[1]] == [True, True]


def test_notes_of_customers_whom_the_cycle_did_not_look_at_are_in_the_plan(shop: Workshop) -> None:
    old = shop.sell(
        shop.customer(), start=date(2023, 1, 1), end=date(2023, 12, 31), auto_renews=False, number="00000009"
    )
    shop.sync()
    (note,) = plan_view(shop.engine()).notes
    assert (note.kind, note.subject_id) == ("overdue", old)
    assert note.subject == "株式会社みなと商事 00000009"


@pytest.mark.parametrize("form", ["id", "short id", "number", "bare number", "opportunity", "key"])
def test_a_renewal_is_explained_whatever_it_is_asked_by(shop: Workshop, form: str) -> None:
    contract = shop.sell(shop.customer(), number="00000123")
    shop.sync()
    shop.day(OPENS_IN)
    deal = shop.renewals(account_of(shop, contract))[f"{contract}-1"].opportunity_id
    asked = {
        "id": contract,
        "short id": contract[:15],
        "number": "00000123",
        "bare number": "123",
        "opportunity": str(deal),
        "key": f"{contract}-1",
    }[form]
    view = explain_view(shop.office(), asked)
    assert (view.contract.id, view.contract.number) == (contract, "00000123")


def test_an_opened_renewal_is_explained_by_the_decision_of_its_day_and_its_history(shop: Workshop) -> None:
    contract = shop.sell(shop.customer())
    shop.sync()
    shop.day(OPENS_IN)
    shop.rules = replace(ruleset(), hash="newrules", renewals=())
    view = explained(shop, contract)

    assert (view.open_date, view.rule, view.origin) == (date(2026, 4, 7), "everyone", "of rules 4f1c2e9")
    assert [(step.name, step.mark) for step in view.steps] == [("renewal", "earliest")]
    assert [event.name for event in view.events] == ["dated", "created", "told"]
    assert any("csops-sync made it" in text for text in view.remarks)


def test_after_a_lost_state_our_own_opportunity_is_not_called_a_persons(shop: Workshop) -> None:
    """Only Salesforce knows then: its creator tells, and without a login the key that it carries."""
    contract = shop.sell(shop.customer())
    shop.sync()
    shop.day(OPENS_IN)
    (deal,) = shop.crm.records(Role.OPPORTUNITY)

    again = Workshop(crm=shop.crm)
    again.sync()
    assert any("csops-sync made or adopted it" in text for text in explained(again, contract).remarks)
    for creator, words in ((deal.values["created_by"], "csops-sync made it"), (SOMEBODY, "carries our key")):
        ownership = replace(again.rules.ownership, our_user_id=str(creator))
        again.rules = replace(again.rules, ownership=ownership)
        assert any(words in text for text in explained(again, contract).remarks)


def test_a_renewal_whose_day_has_not_come_waits_with_its_bounds(shop: Workshop) -> None:
    contract = shop.sell(shop.customer())
    shop.sync()
    view = explained(shop, contract)
    assert (view.state, view.open_date, view.origin) == (
        "waits for its day",
        date(2026, 4, 7),
        "rules.yaml:24",
    )


@pytest.mark.parametrize(
    ("values", "why"),
    [
        ({"terminated_on": "2026-03-01"}, "the contract is terminated"),
        ({"status": "Draft"}, "the contract is not active"),
        ({"cancellation_notice": "2026-03-01"}, "the customer has announced to cancel"),
    ],
)
def test_what_is_not_opened_says_why(shop: Workshop, values: dict[str, str], why: str) -> None:
    contract = shop.sell(shop.customer())
    shop.crm.edit(Role.CONTRACT, contract, values)
    shop.sync()
    view = explained(shop, contract)
    assert (view.state, view.open_date, view.steps) == (why, None, ())


def test_a_notice_that_nobody_took_out_is_named_as_left_over(shop: Workshop) -> None:
    """The term that runs began on 6 July 2025."""
    contract = shop.sell(shop.customer(), start=date(2024, 7, 6), end=date(2025, 7, 5))
    shop.crm.edit(Role.CONTRACT, contract, {"cancellation_notice": "2025-03-01"})
    shop.sync()
    view = explained(shop, contract)
    assert view.state == "waits for its day"
    assert any("is of an earlier term" in one for one in view.remarks)
    shop.crm.edit(Role.CONTRACT, contract, {"cancellation_notice": None})
    shop.sync()
    assert not any("is of an earlier term" in one for one in explained(shop, contract).remarks)


def test_a_contract_that_ended_years_ago_says_so(shop: Workshop) -> None:
    contract = shop.sell(shop.customer(), start=date(2022, 1, 1), end=date(2022, 12, 31), auto_renews=False)
    shop.sync()
    assert "passed more than 90 days ago" in explained(shop, contract).state


@pytest.mark.parametrize(("won", "word"), [(True, "won"), (False, "lost")])
def test_a_term_that_a_persons_deal_settled_names_the_deal(shop: Workshop, *, won: bool, word: str) -> None:
    account = shop.customer()
    contract = shop.sell(account)
    deal = shop.deal(account, contract=contract, closed=True, won=won)
    shop.sync()
    assert explained(shop, contract).state == f"the term is settled: its opportunity {deal} was {word}"


def test_a_replaced_contract_names_its_successor(shop: Workshop) -> None:
    account = shop.customer()
    contract = shop.sell(account)
    shop.sell(account, number="00000002", start=date(2026, 3, 1), end=date(2027, 2, 28), predecessor=contract)
    shop.sync()
    view = explain_view(shop.office(), contract)
    assert view.renewals[-1].state == "it is replaced early by contract 00000002"


def test_an_edit_that_was_left_alone_is_explained_with_its_author(shop: Workshop) -> None:
    contract = shop.sell(shop.customer())
    shop.sync()
    shop.day(OPENS_IN)
    deal = str(shop.renewals(account_of(shop, contract))[f"{contract}-1"].opportunity_id)
    shop.crm.advance(seconds=60)
    shop.crm.edit(Role.OPPORTUNITY, deal, {"close_date": "2026-06-20"})
    shop.day()
    assert any("close_date is 2026-06-20" in text for text in explained(shop, contract).remarks)


def test_a_creation_that_could_not_be_sent_is_explained(shop: Workshop) -> None:
    contract = shop.sell(shop.customer())
    shop.sync()
    shop.crm.advance(days=OPENS_IN)
    shop.crm.writes.append(WriteStatus.REJECTED)
    shop.sync()
    assert any("could not be sent: SCRIPTED" in text for text in explained(shop, contract).remarks)


def test_a_contract_without_dates_and_an_unknown_id_are_answered_in_words(shop: Workshop) -> None:
    contract = shop.sell(shop.customer(), start=date(2026, 1, 2), end=date(2026, 1, 1))
    shop.sync()
    assert "no usable dates" in explain_view(shop.office(), contract).remarks[0]
    with pytest.raises(RefusedError, match="there is no contract 4711"):
        explain_view(shop.office(), "4711")


def test_a_contract_number_that_several_have_is_refused_with_their_ids(shop: Workshop) -> None:
    account = shop.customer()
    twins = [shop.sell(account, number="00000005") for _ in range(2)]
    shop.sync()
    with pytest.raises(RefusedError, match=", ".join(twins)):
        explain_view(shop.office(), "5")


def test_status_names_the_problems_and_what_to_do(shop: Workshop) -> None:
    shop.sell(shop.customer())
    assert "first cycle is not done" in status(shop).problems[0]
    shop.crm.advance(days=10)
    shop.sync()
    (held,) = status(shop).problems
    assert f"sync --approve {plan_view(shop.engine()).held_hash}" in held
    shop.rules = replace(shop.rules, hash="other")
    assert any("are not those of the last cycle" in text for text in status(shop).problems)


def test_status_tells_what_was_read_and_what_waits(shop: Workshop) -> None:
    shop.sell(shop.customer())
    shop.sync()
    view = status(shop)
    rows = {source.role: source.rows for source in view.sources}
    assert (rows["account"], rows["contract"], rows["user"]) == (1, 1, 1)
    assert all(source.read_up_to is not None for source in view.sources)
    assert (view.last_cycle_at, view.outbox) == (shop.crm.now(), {OutboxStatus.SENT: 1})


def test_the_outbox_lists_the_unsettled_and_counts_what_is_left_out(shop: Workshop) -> None:
    shop.crm.advance(days=10)
    account = shop.customer()
    shop.sell(account)
    shop.sell(account, number="00000002")
    shop.sync()
    view = outbox_view(shop.office(), limit=1)
    assert (len(view.items), view.left_out) == (1, 1)
    everything = outbox_view(shop.office(), statuses=tuple(OutboxStatus))
    assert {item.status for item in everything.items} == {OutboxStatus.HELD, OutboxStatus.SENT}


def test_a_short_id_gets_the_letters_that_salesforce_adds() -> None:
    assert long_id("001A0000006Vm9r") == "001A0000006Vm9rIAC"
    assert long_id("00000123") == "00000123"


def account_of(shop: Workshop, contract: str) -> str:
    """The account of a contract."""
    (row,) = shop.crm.fetch(Role.CONTRACT, [contract])
    assert row.parent_id is not None
    return row.parent_id


def _remapped(engine: Engine) -> Engine:
    return replace(engine, mapping=replace(engine.mapping, hashes=dict.fromkeys(Role, "another")))


def test_time_that_passes_between_plan_and_sync_is_seen_by_the_next_plan(shop: Workshop) -> None:
    shop.sell(shop.customer())
    shop.sync()
    assert keys(plan_view(shop.engine())) == set()
    shop.crm.advance(days=OPENS_IN)
    assert plan_view(shop.engine()).as_of - date(2026, 4, 1) == timedelta(days=OPENS_IN)
    assert len(keys(plan_view(shop.engine()))) == 2
