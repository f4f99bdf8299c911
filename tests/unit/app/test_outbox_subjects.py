"""What the outbox shows to whom: an admin sees whom each row is about, a CSM only their own, and how many others."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, date, datetime

import pytest
from tests.fakes.called_shop import CalledShop
from tests.fakes.daemon import Ticks
from tests.fakes.landings import yen

from csops_sync.app.health import Health
from csops_sync.app.outbox_subjects import outbox_seen
from csops_sync.app.payload import encode
from csops_sync.domain.intents import (
    CreateOpportunity,
    FieldChange,
    Foreseen,
    Intent,
    Message,
    NoticeKind,
    NoticeLine,
    UpdateOpportunity,
)
from csops_sync.interfaces.web.live_data import Installed, LiveData
from csops_sync.ports.crm import Role
from csops_sync.ports.store import OutboxRow, OutboxStatus, Target

NOW = datetime(2026, 4, 7, tzinfo=UTC)


class TwoDesks(CalledShop):
    """A customer of 佐藤, and one of 他部署, who report to nobody in common."""

    def open(self) -> "TwoDesks":
        super().open()
        self.other = self.crm.create(
            Role.ACCOUNT, {"name": "株式会社かりん測量", "country": "JP", "csm": self.people["他部署"]}
        )
        self.sell(self.other, number="00000009", auto_renews=False)
        self.sync()
        with self.office().writing() as tx:
            tx.outbox.put(
                [replace(one, status=OutboxStatus.DROPPED) for one in tx.outbox.with_status(*OutboxStatus)]
            )
        self.own, self.others = self.line("00000001").state, self.line("00000009").state
        return self

    def queue(self, *intents: Intent, account_id: str | None = None) -> None:
        """Put rows into the outbox, held, with the customer of each."""
        with self.office().writing() as tx:
            tx.outbox.put([self.held_row(one, account_id) for one in intents])

    def held_row(self, intent: Intent, account_id: str | None) -> OutboxRow:
        return OutboxRow(
            key=intent.key,
            target=Target.SLACK if isinstance(intent, Message) else Target.SALESFORCE,
            kind=intent.kind.value,
            account_id=account_id if account_id is not None else getattr(intent, "account_id", ""),
            payload=encode(intent),
            reason=intent.reason,
            rules_hash="r",
            status=OutboxStatus.HELD,
            created_at=NOW,
            body_hash="b",
        )


@pytest.fixture
def shop() -> TwoDesks:
    return TwoDesks().open()


def create(state_key: str, account_id: str, contract_id: str) -> CreateOpportunity:
    return CreateOpportunity(
        key=state_key,
        account_id=account_id,
        contract_ids=(contract_id,),
        values={},
        reason="opens",
        rule="r",
        foreseen=Foreseen.UNFORESEEN,
        open_date=date(2026, 4, 7),
        renewal_date=date(2026, 7, 6),
    )


def message(*keys: str) -> Message:
    lines = tuple(
        NoticeLine(
            renewal_key=key,
            account_name="株式会社かりん測量",
            renewal_date=date(2026, 7, 6),
            amount="1",
            currency="JPY",
            bound="renewal",
            bound_day=None,
            mentions=(),
        )
        for key in keys
    )
    return Message(
        key=f"message/{keys[0] if keys else 'operator'}",
        notice=NoticeKind.OPENED,
        channel="#renewals",
        lines=lines,
        reason="told",
    )


def both(shop: TwoDesks) -> Sequence[Intent]:
    return [create(one.key, one.account_id, one.contract_id) for one in (shop.own, shop.others)]


def own(shop: TwoDesks, name: str = "佐藤") -> frozenset[str]:
    return frozenset({shop.people[name]})


def keys(shop: TwoDesks, people: frozenset[str] | None) -> list[str]:
    return [one.key for one in outbox_seen(shop.office(), people=people).view.items]


def test_a_row_says_whom_it_is_about_and_over_how_much(shop: TwoDesks) -> None:
    shop.queue(*both(shop))

    seen = outbox_seen(shop.office(), people=None)

    (subject,) = seen.subjects[shop.others.key]
    assert (subject.account, subject.contract, subject.key) == (
        "株式会社かりん測量",
        "00000009",
        shop.others.key,
    )
    assert subject.amount == shop.others.prior == yen(6_000_000)
    assert (len(seen.view.items), seen.others) == (2, 0)


def test_a_csm_sees_the_rows_about_their_own_renewals_and_how_many_others_there_are(shop: TwoDesks) -> None:
    shop.queue(*both(shop))

    seen = outbox_seen(shop.office(), people=own(shop))

    assert [one.key for one in seen.view.items] == [shop.own.key]
    assert set(seen.subjects) == {shop.own.key}
    assert (seen.others, seen.view.left_out) == (1, 0)
    assert keys(shop, own(shop, "他部署")) == [shop.others.key]
    assert keys(shop, frozenset({shop.people["鈴木"]})) == []


def test_a_message_about_several_customers_is_for_who_may_see_them_all(shop: TwoDesks) -> None:
    shop.queue(message(shop.own.key, shop.others.key), account_id="")

    assert keys(shop, own(shop)) == keys(shop, own(shop, "他部署")) == []
    assert len(keys(shop, own(shop) | own(shop, "他部署"))) == 1


def test_a_message_that_names_a_term_of_nobody_known_is_not_shown(shop: TwoDesks) -> None:
    shop.queue(message(shop.own.key, "800000000000000AAA-1"), account_id="")

    assert keys(shop, own(shop)) == []


def test_a_message_to_the_operator_is_about_nobody_s_renewals(shop: TwoDesks) -> None:
    shop.queue(message(), account_id="")

    assert keys(shop, own(shop)) == []
    assert outbox_seen(shop.office(), people=own(shop)).others == 1
    assert keys(shop, None) == ["message/operator"]


def test_a_row_that_another_version_wrote_is_about_its_customer(shop: TwoDesks) -> None:
    (intent,) = [one for one in both(shop) if one.key == shop.own.key]
    row = replace(shop.held_row(intent, None), payload='{"kind": "create", "brand": "new"}')
    with shop.office().writing() as tx:
        tx.outbox.put([row, replace(row, key="unreadable", payload="?", account_id="")])

    seen = outbox_seen(shop.office(), people=None)

    assert [one.account for one in seen.subjects[shop.own.key]] == ["株式会社みなと商事"]
    assert "unreadable" not in seen.subjects
    assert keys(shop, own(shop, "他部署")) == []


def test_an_update_is_about_the_renewal_of_its_opportunity(shop: TwoDesks) -> None:
    update = UpdateOpportunity(
        key=f"update/{shop.opportunity}/1",
        account_id=shop.own.account_id,
        opportunity_id=shop.opportunity,
        changes=(FieldChange(field="amount", before=1, after=2),),
        reason="moved",
        rule="r",
    )
    shop.queue(update)

    assert [one.key for one in outbox_seen(shop.office(), people=own(shop)).subjects[update.key]] == [
        shop.own.key
    ]
    assert keys(shop, own(shop, "他部署")) == []


def test_the_dashboard_hides_the_rows_of_others_from_a_csm(shop: TwoDesks) -> None:
    shop.queue(*both(shop))
    installed = Installed(office=shop.office(), org_id="o", org_name="example", mode="live")
    data = LiveData(installed=lambda _by: installed, health=Health(Ticks()).view)

    mine, everything = data.operations(own(shop)), data.operations(None)

    assert [one.key for one in mine.outbox.items] == [shop.own.key]
    assert mine.others == 1
    assert mine.status.outbox[OutboxStatus.HELD] == 2
    assert len(everything.outbox.items) == 2
