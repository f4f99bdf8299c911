"""Silences: ordered, listed, ended and obeyed; what is not there, or makes no sense, is refused with words."""

import json
from datetime import UTC, date, datetime, timedelta

import pytest
from tests.fakes.confidence_shop import ConfidenceShop, watched
from tests.fakes.memory_engine import Workshop

from csops_sync.app.confidence.silences import (
    SilenceOrder,
    end_silence,
    lasting,
    silence,
    silences_view,
    until_day,
)
from csops_sync.app.confidence_views import SilenceRow
from csops_sync.app.queries_explain import explain_view
from csops_sync.app.refusals import RefusedError
from csops_sync.domain.confidence.silencing import Silenced
from csops_sync.domain.confidence.telling import PostCard
from csops_sync.domain.dates import Duration
from csops_sync.ports.crm import Role

ROUTE = "rules.yaml:60"


@pytest.fixture
def shop() -> ConfidenceShop:
    made, _ = watched()
    return made


def deal(shop: ConfidenceShop) -> str:
    return shop.crm.records(Role.OPPORTUNITY)[0].id


def account(shop: ConfidenceShop) -> str:
    return shop.crm.records(Role.ACCOUNT)[0].id


def order(shop: ConfidenceShop, kind: Silenced, subject: str, *, hours: float = 24) -> SilenceRow:
    until = shop.crm.now() + timedelta(hours=hours)
    return silence(shop.office(), SilenceOrder(kind=kind, subject=subject, until=until, reason="データ移行"))


def subject_of(shop: ConfidenceShop, kind: Silenced) -> str:
    return {
        Silenced.OPPORTUNITY: deal(shop),
        Silenced.ACCOUNT: account(shop),
        Silenced.OWNER: shop.csm,
        Silenced.RULE: ROUTE,
    }[kind]


@pytest.mark.parametrize("kind", list(Silenced))
def test_what_is_silenced_is_told_to_nobody_and_says_by_whom_and_why(
    shop: ConfidenceShop, kind: Silenced
) -> None:
    order(shop, kind, subject_of(shop, kind))
    shop.move(deal(shop), "D")
    shop.settle()

    assert shop.verdicts() == ["silenced"]
    assert shop.tellings() == []
    assert "by sato" in shop.ledger()[0].reason
    assert "データ移行" in shop.ledger()[0].reason


def test_what_is_silenced_elsewhere_is_told(shop: ConfidenceShop) -> None:
    order(shop, Silenced.RULE, "rules.yaml:70")
    order(shop, Silenced.OWNER, shop.head)
    shop.move(deal(shop), "D")
    shop.settle()

    assert shop.verdicts() == ["told"]


@pytest.mark.parametrize("end", ["by order", "by time"])
def test_a_silence_that_is_over_silences_nothing(shop: ConfidenceShop, end: str) -> None:
    made = order(shop, Silenced.ACCOUNT, account(shop), hours=1)
    if end == "by order":
        assert end_silence(shop.office(), made.id).state == "ended"
    else:
        shop.cycle(minutes=61)
    shop.move(deal(shop), "D")
    shop.settle()

    assert shop.verdicts() == ["told"]


@pytest.mark.parametrize("kind", list(Silenced))
def test_what_changes_after_a_silence_is_told_again_and_all_of_it_is_explained(
    shop: ConfidenceShop, kind: Silenced
) -> None:
    made = order(shop, kind, subject_of(shop, kind))
    shop.crm.advance(seconds=60)
    shop.move(deal(shop), "D")
    shop.settle()
    end_silence(shop.office(), made.id)
    shop.crm.advance(seconds=60)
    shop.move(deal(shop), "E")
    shop.settle()
    shop.deliver()

    assert shop.verdicts() == ["silenced", "told"]
    (card,) = (one for one in shop.tellings() if isinstance(one, PostCard))
    assert [one.rank for one in card.face.path] == ["D", "E"]
    found = explain_view(shop.office(), deal(shop))
    events = [one for renewal in found.renewals for one in renewal.events]
    names = [one.name for one in events if one.name not in ("silence", "silence end")]
    assert names[-5:] == [
        "silenced",
        "B -> D",
        "unsilenced",
        "D -> E",
        "told",
    ]
    (silenced,) = (one.text for one in events if one.name == "B -> D")
    assert silenced.endswith("silenced by sato until 2026-04-14 01:00Z: データ移行")


@pytest.mark.parametrize("form", ["id", "short id", "name", "e-mail"])
def test_an_owner_is_found_by_id_name_or_address(shop: ConfidenceShop, form: str) -> None:
    asked = {"id": shop.csm, "short id": shop.csm[:15], "name": " 佐藤 ", "e-mail": "SATO@example.com"}[form]

    row = order(shop, Silenced.OWNER, asked)

    assert (row.subject, row.about) == (shop.csm, "佐藤")


def test_ids_of_fifteen_characters_and_paths_of_rules_are_understood(shop: ConfidenceShop) -> None:
    assert order(shop, Silenced.OPPORTUNITY, deal(shop)[:15]).subject == deal(shop)
    assert order(shop, Silenced.ACCOUNT, f" {account(shop)[:15]}").subject == account(shop)
    assert order(shop, Silenced.RULE, f"./config/{ROUTE}").about == f"rule {ROUTE}"


@pytest.mark.parametrize(
    ("kind", "subject", "words"),
    [
        (Silenced.OPPORTUNITY, "006000000000999AAA", "there is no opportunity 006000000000999AAA"),
        (Silenced.ACCOUNT, "みなと商事", "there is no account みなと商事"),
        (Silenced.OWNER, "田中", "there is no user 田中"),
        (
            Silenced.RULE,
            "rules.yaml:6",
            "there is no route at rules.yaml:6; the routes of `confidence` begin at rules.yaml:60, ",
        ),
    ],
)
def test_what_is_not_there_is_refused_and_nothing_is_kept(
    shop: ConfidenceShop, kind: Silenced, subject: str, words: str
) -> None:
    with pytest.raises(RefusedError, match=words):
        order(shop, kind, subject)
    assert silences_view(shop.office(), is_whole=True).items == ()
    assert shop.ordered() == []


def test_a_name_of_several_people_is_refused_with_their_ids_unless_one_alone_is_active(
    shop: ConfidenceShop,
) -> None:
    other = shop.crm.create(Role.USER, {"name": "佐藤", "email": "sato2@example.com", "active": True})
    shop.cycle()
    with pytest.raises(RefusedError, match=f"several users are called 佐藤.*{other}"):
        order(shop, Silenced.OWNER, "佐藤")

    shop.crm.edit(Role.USER, other, {"active": False})
    shop.cycle()
    assert order(shop, Silenced.OWNER, "佐藤").subject == shop.csm


def test_an_opportunity_that_is_no_renewal_has_nothing_to_silence(shop: ConfidenceShop) -> None:
    new_business = shop.deal(account(shop), record_type="New", contract=None, close_date="2027-01-31")
    shop.cycle()
    with pytest.raises(RefusedError, match="no renewal of csops-sync"):
        order(shop, Silenced.OPPORTUNITY, new_business)


def test_an_end_that_has_passed_and_a_missing_reason_are_refused(shop: ConfidenceShop) -> None:
    with pytest.raises(RefusedError, match="has passed"):
        order(shop, Silenced.OPPORTUNITY, deal(shop), hours=0)
    until = shop.crm.now() + timedelta(days=1)
    with pytest.raises(RefusedError, match="needs its reason"):
        silence(
            shop.office(),
            SilenceOrder(kind=Silenced.OPPORTUNITY, subject=deal(shop), until=until, reason=" "),
        )


def test_rules_without_confidence_have_nothing_to_silence() -> None:
    shop = Workshop()
    until = shop.crm.now() + timedelta(days=1)
    with pytest.raises(RefusedError, match="no `confidence`"):
        silence(shop.office(), SilenceOrder(kind=Silenced.OWNER, subject="佐藤", until=until, reason="x"))


def test_the_list_shows_what_holds_and_on_request_what_is_over(shop: ConfidenceShop) -> None:
    first = order(shop, Silenced.OPPORTUNITY, deal(shop), hours=1)
    shop.crm.advance(seconds=60)
    second = order(shop, Silenced.RULE, ROUTE, hours=9)
    third = order(shop, Silenced.OWNER, shop.csm, hours=9)
    end_silence(shop.office(), third.id)
    shop.crm.advance(seconds=3600)

    assert [one.id for one in silences_view(shop.office()).items] == [second.id]
    whole = silences_view(shop.office(), is_whole=True).items
    assert {(one.id, one.state, one.ended_by) for one in whole} == {
        (first.id, "over", ""),
        (second.id, "on", ""),
        (third.id, "ended", "sato"),
    }


def test_what_is_not_there_or_over_cannot_be_ended(shop: ConfidenceShop) -> None:
    made = order(shop, Silenced.RULE, ROUTE)
    end_silence(shop.office(), made.id)
    with pytest.raises(RefusedError, match=f"silence {made.id} has been over since 2026-04-13"):
        end_silence(shop.office(), made.id)
    with pytest.raises(RefusedError, match="there is no silence s9"):
        end_silence(shop.office(), "s9")


def test_each_order_is_one_line_of_the_journal_with_who_gave_it(shop: ConfidenceShop) -> None:
    made = order(shop, Silenced.OPPORTUNITY, deal(shop))
    order(shop, Silenced.ACCOUNT, account(shop))
    end_silence(shop.office(), made.id)

    events = shop.ordered()
    assert [json.loads(one.detail)["order"] for one in events] == ["silence", "silence", "silence end"]
    assert {json.loads(one.detail)["by"] for one in events} == {"sato"}
    assert {one.account_id for one in events} == {account(shop)}
    assert [one.opportunity_id for one in events] == [deal(shop), None, deal(shop)]


def test_spans_of_days_keep_the_time_of_day_and_a_day_begins_where_the_org_is(shop: ConfidenceShop) -> None:
    office = shop.office()
    assert office.now == datetime(2026, 4, 13, 1, tzinfo=UTC)  # 10:00 in Tokyo

    assert lasting(office, Duration(days=3)) == datetime(2026, 4, 16, 1, tzinfo=UTC)
    assert lasting(office, Duration(months=1)) == datetime(2026, 5, 13, 1, tzinfo=UTC)
    assert lasting(office, timedelta(hours=4)) == datetime(2026, 4, 13, 5, tzinfo=UTC)
    assert until_day(office, date(2026, 4, 20)) == datetime(2026, 4, 19, 15, tzinfo=UTC)
