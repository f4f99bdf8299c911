"""A person's call: found, allowed, kept for ever; and every call that is refused, with what to do instead."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from functools import partial
from zoneinfo import ZoneInfo

import pytest
from tests.fakes.called_shop import CalledShop
from tests.fakes.landings import built, yen

from csops_sync.app.forecast.call_rows import calls_of
from csops_sync.app.forecast.callers import calls_of_renewal
from csops_sync.app.forecast.calling import LONGEST_NOTE, CallOrder, call_team
from csops_sync.app.forecast.calls import call_history, calls_known
from csops_sync.app.forecast.report_values import GroupBy
from csops_sync.app.forecast.reports import forecast_of
from csops_sync.app.forecast.standing import REVISION
from csops_sync.app.office import Office
from csops_sync.app.queries_explain import explain_view
from csops_sync.app.refusals import RefusedError
from csops_sync.app.row_scope import line_of
from csops_sync.domain.facts import Person
from csops_sync.ports.crm import Role

MILLION = Decimal(1_000_000)


@pytest.fixture
def shop() -> CalledShop:
    return CalledShop().open()


def on_day(office: Office, day: date) -> Office:
    """The same office at noon of a business day."""
    return replace(office, now=datetime.combine(day, time(12), tzinfo=ZoneInfo(office.timezone)))


def refusal(order: Callable[[], object]) -> str:
    """What an order is refused with."""
    with pytest.raises(RefusedError) as caught:
        order()
    return str(caught.value)


@pytest.mark.parametrize("by", ["佐藤", "sato@example.com", "田中", "役員"])
def test_who_looks_after_a_renewal_and_everybody_above_may_call_it(shop: CalledShop, by: str) -> None:
    made = shop.call(by=by, note=" 合意済 ")

    shown = shop.line().call
    assert shown is not None
    assert (shown.amount, shown.note) == (yen(4_000_000), "合意済")
    assert made.counts
    assert made.about == "株式会社みなと商事, 00000001"


def test_it_is_found_by_key_opportunity_or_contract(shop: CalledShop) -> None:
    keys = {shop.call(asked).subject for asked in (shop.line().state.key, shop.opportunity, "00000001", "1")}

    assert keys == {shop.line().state.key}


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        (
            {"by": "鈴木"},
            "鈴木 neither looks after this renewal nor manages who does; those who do are 佐藤, 田中, 役員",
        ),
        ({"by": "他部署"}, "neither looks after"),
        ({"by": "だれか"}, "there is no user だれか"),
        ({"by": " "}, "needs to be somebody's"),
        ({"yen": -1}, "an amount from 0 up to"),
        ({"yen": 10**15}, "an amount from 0 up to"),
        ({"amount": Decimal("0.5")}, "more decimals than JPY"),
        ({"currency": "USD"}, "no rate from USD to JPY"),
        ({"currency": "yen"}, "no ISO 4217 code"),
        ({"note": "x" * (LONGEST_NOTE + 1)}, f"at most {LONGEST_NOTE} characters"),
        ({"note": "a\x00b"}, "a NUL is none"),
        ({"yen": None}, "nothing to withdraw"),
        ({"asked": "00000002"}, "is won: its end is known"),
        ({"asked": "99999999"}, "there is no contract"),
        ({"people": frozenset({"005000000000999AAA"})}, "there is no renewal"),
    ],
)
def test_a_call_that_cannot_be_is_refused_and_kept_nowhere(
    shop: CalledShop, changes: Mapping[str, object], words: str
) -> None:
    with pytest.raises(RefusedError, match=words.replace("(", r"\(")):
        shop.call(**changes)  # type: ignore[arg-type]  # the case names real arguments

    assert calls_of(shop.office(), is_whole=True) == ()


def test_who_left_calls_nothing_any_more(shop: CalledShop) -> None:
    shop.crm.edit(Role.USER, shop.people["田中"], {"active": False})
    shop.day()

    with pytest.raises(RefusedError, match="no active user any more"):
        shop.call(by="田中")


def test_a_rate_that_is_pinned_lets_a_call_in_that_currency_through(shop: CalledShop) -> None:
    forecast = replace(built(), rates={"USD": Decimal(150)})
    shop.rules = replace(shop.rules, forecast=forecast)

    shop.call(yen=10_000, currency="USD")

    assert forecast_of(shop.office(), by=GroupBy.CSM, window=None).basis.currency == "JPY"
    shown = shop.line().call
    assert shown is not None
    assert shown.amount.currency == "USD"


def test_a_call_whose_rate_is_gone_is_said_to_count_for_nothing(shop: CalledShop) -> None:
    shop.rules = replace(shop.rules, forecast=replace(built(), rates={"USD": Decimal(150)}))
    shop.call(yen=10_000, currency="USD")
    shop.rules = replace(shop.rules, forecast=built())

    report = forecast_of(shop.office(), by=GroupBy.QUARTER, window=None)

    assert report.total.called == 0
    assert [one for one in report.remarks if "calls in USD count for nothing: no rate to JPY" in one]


def test_nothing_is_overwritten_and_what_was_known_stays_known(shop: CalledShop) -> None:
    key = shop.line().state.key
    start = shop.office().now
    for number, amount in enumerate((4_000_000, 3_000_000, None)):
        shop.crm.advance(seconds=60)
        shop.call(yen=amount, by=("佐藤", "田中", "役員")[number])

    whole = calls_of(shop.office(), is_whole=True)
    assert [(one.by, one.amount, one.counts) for one in whole] == [
        ("佐藤", yen(4_000_000), False),
        ("田中", yen(3_000_000), False),
        ("役員", None, False),
    ]
    assert calls_of(shop.office()) == ()
    assert shop.line().call is None
    with shop.store.reading() as tx:
        then = [calls_known(tx, at=start + timedelta(seconds=at)).renewal(key) for at in (30, 90, 150, 200)]
        assert then == [
            call_history(tx).renewal(key, at=start + timedelta(seconds=at)) for at in (30, 90, 150, 200)
        ]
    assert [one and one.amount for one in then] == [None, yen(4_000_000), yen(3_000_000), None]


def test_it_is_told_in_the_renewals_history_and_makes_reports_anew(shop: CalledShop) -> None:
    def revision() -> str | None:
        with shop.store.reading() as tx:
            return tx.progress.setting(REVISION)

    before = revision()
    shop.call(by="田中", note="合意済")

    found = explain_view(shop.office(), shop.line().state.key)
    (event,) = [one for renewal in found.renewals for one in renewal.events if one.name == "call"]
    assert event.text == "by sato, amount ¥4,000,000, note 合意済, person 田中"
    assert revision() != before


def test_a_team_is_called_by_its_head_or_above_for_exactly_its_period(shop: CalledShop) -> None:
    order = CallOrder(amount=9 * MILLION)
    own = call_team(shop.office(), "田中", "FY2026 Q2", order)
    above = call_team(shop.office(), "田中", "2026-Q2", replace(order, amount=8 * MILLION, by="役員"))

    assert (own.kind, own.about, own.period, own.by) == ("team", "田中", "2026-Q2", "田中")
    assert [one.id for one in calls_of(shop.office())] == [above.id]
    quarter = next(one for one in forecast_of(shop.office()).lines if one.key == "2026-Q2")
    assert (quarter.call, quarter.called) == (yen(8_000_000), quarter.terms)


@pytest.mark.parametrize(
    ("team", "period", "changes", "words"),
    [
        ("田中", "FY2026 Q9", {}, "is no period"),
        ("だれか", "2026-Q2", {}, "there is no user"),
        ("田中", "2026-Q2", {"by": "佐藤"}, "neither leads this team nor manages who does"),
        ("田中", "2026-Q2", {"amount": None}, "nothing to withdraw"),
        ("田中", "FY2020", {}, "FY2020 was over on 2021-03-31, so it is called no more"),
        ("田中", "FY2020", {"amount": None}, "so it is called no more"),
        ("田中", "2026-Q2", {"people": frozenset({"005000000000999AAA"})}, "is not in your team"),
    ],
)
def test_a_call_of_a_team_that_cannot_be_is_refused(
    shop: CalledShop, team: str, period: str, changes: Mapping[str, object], words: str
) -> None:
    order = replace(CallOrder(amount=MILLION), **changes)  # type: ignore[arg-type]  # the case names real fields

    with pytest.raises(RefusedError, match=words):
        call_team(shop.office(), team, period, order)


def test_a_period_is_called_until_its_last_day_and_no_longer(shop: CalledShop) -> None:
    office = shop.office()
    order = CallOrder(amount=MILLION)
    last = date(2026, 9, 30)

    call_team(on_day(office, last), "田中", "2026-Q2", order)

    with pytest.raises(RefusedError, match="2026-Q2 was over on 2026-09-30"):
        call_team(on_day(office, last + timedelta(days=1)), "田中", "2026-Q2", order)


def test_who_sees_only_their_own_cannot_tell_what_is_elsewhere_from_what_is_nowhere(shop: CalledShop) -> None:
    own = frozenset({shop.people["他部署"]})
    key = shop.line().state.key
    asked = (key, shop.opportunity, "00000001", "00000002", "99999999", f"{key[:-1]}7", "nothing")

    said = {one: refusal(partial(shop.call, one, by="他部署", people=own)) for one in asked}

    assert {one: text.replace(one, "X") for one, text in said.items()} == dict.fromkeys(
        asked, "there is no renewal X among those that you may see"
    )


def test_who_leads_no_such_team_cannot_tell_whether_there_is_such_a_person(shop: CalledShop) -> None:
    order = CallOrder(amount=MILLION, people=frozenset({shop.people["他部署"]}))
    asked = ("田中", shop.people["田中"], "sato@example.com", "だれか", "nobody@example.com")

    said = {one: refusal(partial(call_team, shop.office(), one, "2026-Q2", order)) for one in asked}

    assert {one: text.replace(one, "X") for one, text in said.items()} == dict.fromkeys(
        asked, "X is not in your team, so there is nothing of theirs for you to call"
    )


def test_a_reader_lists_the_calls_of_their_own_renewals_and_teams(shop: CalledShop) -> None:
    mine = shop.call()
    team = call_team(shop.office(), "田中", "2026-Q2", CallOrder(amount=MILLION))
    csm, boss, other = (shop.people[name] for name in ("佐藤", "田中", "鈴木"))

    assert [one.id for one in calls_of(shop.office(), people=frozenset({csm}))] == [mine.id]
    assert [one.id for one in calls_of(shop.office(), people=frozenset({boss, csm}))] == [mine.id, team.id]
    assert calls_of(shop.office(), people=frozenset({other})) == ()


def test_a_form_offers_who_may_call_and_nobody_once_it_is_over(shop: CalledShop) -> None:
    shop.call()

    found = calls_of_renewal(shop.office(), shop.line().state)
    assert [one.name for one in found.callers] == ["佐藤", "田中", "役員"]
    assert [one.amount for one in found.made] == [yen(4_000_000)]
    assert found.currency == "JPY"
    assert calls_of_renewal(shop.office(), shop.line("00000002").state).callers == ()


def test_a_line_of_managers_that_runs_in_a_circle_ends() -> None:
    circle = {
        name: Person(id=name, name=name, email=None, is_active=True, manager_id=above)
        for name, above in (("one", "two"), ("two", "one"))
    }

    assert line_of("one", circle) == ("one", "two")
    assert line_of("three", circle) == ()
