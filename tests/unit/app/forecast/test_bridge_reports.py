"""Why the landing is not what it was: from snapshots, exactly, with contracts, and as text, CSV and JSON."""

import csv
import io
import json
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal

import pytest
from tests.fakes.builders import CSM, ruleset
from tests.fakes.landings import built, one_cell, rules_of, yen
from tests.fakes.memory_engine import Workshop
from tests.fakes.term_books import RATED

from csops_sync.app.forecast.bridging import BridgeReport, NoSnapshotError, bridge_of
from csops_sync.app.forecast.snapshots import take_snapshot
from csops_sync.app.refusals import RefusedError
from csops_sync.domain.forecast.bridge import Cause
from csops_sync.domain.forecast.periods import Window
from csops_sync.interfaces.cli.render_bridge import bridge_csv, bridge_plain, bridge_text
from csops_sync.interfaces.cli.render_json import json_text
from csops_sync.ports.crm import Role
from csops_sync.ports.forecast_store import SnapshotKind, Taking

RULES = replace(ruleset(confidence=RATED), forecast=built())
_DAY = timedelta(days=1)


@pytest.fixture
def shop() -> Workshop:
    """A snapshot of the first day; a week later the renewal of ¥6,000,000 was opened and rated C."""
    shop = Workshop(rules=RULES)
    shop.sell(shop.customer(), auto_renews=False)
    shop.sync()
    assert take_snapshot(shop.engine())
    shop.day(7)
    _later(shop)
    [deal] = shop.crm.records(Role.OPPORTUNITY)
    shop.crm.edit(Role.OPPORTUNITY, deal.id, {"confidence": "C"}, by=CSM)
    _later(shop)
    return shop


def _later(shop: Workshop) -> None:
    shop.crm.advance(seconds=60)
    shop.sync()


def _first_day(shop: Workshop) -> date:
    return shop.office().today - 7 * _DAY


def _report(shop: Workshop) -> BridgeReport:
    return bridge_of(shop.office(), since=_first_day(shop))


def test_a_bridge_leads_from_a_snapshot_to_now_with_its_contracts(shop: Workshop) -> None:
    """0.9 x 6,000,000; then rated C with the uplift of 3 %: 0.95 x 6,000,000 + 0.4 x 180,000."""
    report = _report(shop)

    assert (report.bridge.start, report.bridge.end) == (yen(5_400_000), yen(5_772_000))
    moved = {bar.cause: bar.amount for bar in report.bridge.bars if bar.movers}
    assert sum(one.amount for one in moved.values()) == 372_000
    assert Cause.RANK in moved
    assert (report.before.as_of, report.after.as_of) == (_first_day(shop), shop.office().today)
    assert list(report.accounts.values()) == ["株式会社みなと商事"]
    assert not report.is_reweighed


def test_between_two_snapshots(shop: Workshop) -> None:
    assert take_snapshot(shop.engine())
    today = shop.office().today
    shop.crm.edit(Role.OPPORTUNITY, shop.crm.records(Role.OPPORTUNITY)[0].id, {"confidence": "D"}, by=CSM)
    _later(shop)

    kept = bridge_of(shop.office(), since=_first_day(shop), until=today)
    now = bridge_of(shop.office(), since=today)

    assert kept.bridge.end == now.bridge.start == yen(5_772_000)
    assert now.bridge.end.amount < 5_772_000


def test_a_day_without_a_snapshot_is_served_by_the_one_before_and_none_is_refused(shop: Workshop) -> None:
    assert bridge_of(shop.office(), since=_first_day(shop) + 3 * _DAY).before.as_of == _first_day(shop)
    with pytest.raises(NoSnapshotError, match=str(_first_day(shop))):
        bridge_of(shop.office(), since=_first_day(shop) - _DAY)
    with pytest.raises(RefusedError, match="to a later one"):
        bridge_of(shop.office(), since=_first_day(shop), until=_first_day(shop) - _DAY)


def test_before_any_snapshot_the_refusal_says_who_takes_them() -> None:
    shop = Workshop(rules=RULES)
    shop.sell(shop.customer())
    shop.sync()

    with pytest.raises(NoSnapshotError, match="csops-sync run"):
        bridge_of(shop.office(), since=shop.office().today)


def test_a_window_and_a_scope_bound_a_bridge(shop: Workshop) -> None:
    elsewhere = Window(date(2026, 8, 1), date(2026, 8, 31))

    assert bridge_of(shop.office(), since=_first_day(shop), window=elsewhere).bridge.end == yen(0)
    nobody = bridge_of(shop.office(), since=_first_day(shop), people=frozenset({"005000000000000AAA"}))
    assert (nobody.bridge.start, nobody.bridge.end) == (yen(0), yen(0))


def test_each_end_is_weighed_by_the_rules_of_its_own_day_and_the_difference_is_a_bar(shop: Workshop) -> None:
    """Then 0.9 x 6,000,000. Nobody opened or rated it in those rules: with 0.5 for every rank, the rest is weights."""
    before = _report(shop).bridge
    shop.rules = replace(RULES, hash="0123456789", forecast=rules_of(one_cell("0.5", "0")))

    report = _report(shop)

    assert (report.bridge.start, before.start) == (yen(5_400_000), yen(5_400_000))
    assert report.bridge.end == yen(3_000_000)
    moved = {bar.cause: bar.amount for bar in report.bridge.bars if bar.movers}
    assert moved[Cause.WEIGHTS] == yen(3_000_000 - 5_772_000)
    assert not report.is_reweighed
    assert "not kept" not in bridge_text(report)


def test_a_snapshot_whose_rules_were_not_kept_is_weighed_by_todays_and_it_is_told(shop: Workshop) -> None:
    with shop.store.transaction() as tx:
        tx.forecast.snapshots.take(
            Taking(
                kind=SnapshotKind.DAY,
                as_of=_first_day(shop) + _DAY,
                taken_at=shop.crm.now(),
                rules_hash="4f1c2e9abc",
            )
        )

    report = bridge_of(shop.office(), since=_first_day(shop) + _DAY)

    assert report.is_reweighed
    assert "The rules of then (4f1c2e9) were not kept; today's weigh in their place." in bridge_text(report)
    assert json.loads(json_text(bridge_plain(report)))["before"]["weighed_by"] == shop.rules.hash


def test_pinned_rates_of_then_stay_with_their_snapshot_and_the_edit_is_the_bar_fx(shop: Workshop) -> None:
    """A thousand dollars at ¥150, and later at ¥160: unopened, so 0.9 of 150,000 and of 160,000."""
    pinned = replace(built(), rates={"USD": Decimal(150)})
    shop.rules = replace(RULES, hash="pin150", forecast=pinned)
    first, last = date(2025, 8, 6), date(2026, 8, 5)
    shop.sell(shop.customer(), start=first, end=last, auto_renews=False, annual_amount=1000, currency="USD")
    _later(shop)
    today = shop.office().today
    assert take_snapshot(shop.engine())
    shop.rules = replace(RULES, hash="pin160", forecast=replace(pinned, rates={"USD": Decimal(160)}))

    bars = {bar.cause: bar.amount for bar in bridge_of(shop.office(), since=today).bridge.bars if bar.movers}

    assert bars == {Cause.FX: yen(9_000)}


def test_a_term_whose_currency_has_no_rate_at_one_end_is_left_out_at_both(shop: Workshop) -> None:
    """Yen in the snapshot, euros now, and nobody pinned a rate: no bar `contract` of the whole amount."""
    [contract] = shop.crm.records(Role.CONTRACT)
    [deal] = shop.crm.records(Role.OPPORTUNITY)
    shop.crm.edit(Role.CONTRACT, contract.id, {"currency": "EUR", "annual_amount": 40_000})
    shop.crm.edit(Role.OPPORTUNITY, deal.id, {"currency": "EUR", "amount": 40_000})
    _later(shop)

    report = _report(shop)

    assert len(report.left_out) == 1
    assert (report.bridge.start, report.bridge.end) == (yen(0), yen(0))
    assert not [bar for bar in report.bridge.bars if bar.movers]


def test_text_names_both_landings_and_each_mover_under_its_cause(shop: Workshop) -> None:
    lines = bridge_text(_report(shop)).splitlines()

    assert lines[2].split() == ["landing", "¥5,400,000", str(_first_day(shop))]
    rank = next(place for place, line in enumerate(lines) if line.startswith("rank"))
    assert lines[rank].split()[1].startswith("+¥")
    assert lines[rank + 1].endswith("株式会社みなと商事")
    assert any(line.startswith("landing") and "¥5,772,000" in line for line in lines)
    assert lines[-1].startswith("profile: default")


def test_csv_adds_up_from_the_one_landing_to_the_other(shop: Workshop) -> None:
    rows = list(csv.DictReader(io.StringIO(bridge_csv(_report(shop)))))

    amounts = [Decimal(row["amount"]) for row in rows]
    assert sum(amounts[:-1]) == amounts[-1] == 5_772_000
    assert rows[0]["cause"] == rows[-1]["cause"] == "landing"
    basis = _report(shop).basis
    assert {(row["profile"], row["rates"]) for row in rows} == {(basis.profile, "pinned")}
    assert all(row["account"] == "株式会社みなと商事" for row in rows[1:-1])


def test_json_holds_every_bar_in_its_order(shop: Workshop) -> None:
    told = json.loads(json_text(bridge_plain(_report(shop))))

    assert [bar["cause"] for bar in told["bars"]] == [cause.value for cause in Cause]
    assert told["after"]["landing"] == {"amount": "5772000", "currency": "JPY"}
    assert told["bars"][5]["movers"][0]["account_name"] == "株式会社みなと商事"
    assert (told["left_out"], told["reweighed"]) == ([], False)
