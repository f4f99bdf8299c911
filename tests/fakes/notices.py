"""Messages to try Slack with: one of each kind, as a Japanese and an English org would have them."""

from dataclasses import replace
from datetime import date

from csops_sync.domain.intents import Message, NoticeKind, NoticeLine
from csops_sync.ports.chat import Addressee, Outgoing

TODAY = date(2025, 12, 1)
HANAKO = Addressee(id="0055g00000AAAAAAA1", name="佐藤 花子", email="hanako@example.com")
TARO = Addressee(id="0055g00000BBBBBBB2", name="鈴木 太郎", email="taro@example.com")
URL = "https://example.my.salesforce.com/lightning/r/Opportunity/0065g00000XYZabAAH/view"

MINATO = NoticeLine(
    renewal_key="8005g00000ABCDeAAP-1",
    account_name="株式会社みなと商事",
    renewal_date=date(2026, 10, 1),
    amount="6000000",
    currency="JPY",
    bound="budget_season",
    bound_day=date(2025, 11, 1),
    mentions=(HANAKO.id,),
    opportunity_id="0065g00000XYZabAAH",
    notice_deadline=date(2026, 8, 1),
    budget_last_day=date(2026, 1, 31),
)
AOBA = NoticeLine(
    renewal_key="8005g00000ABCDfAAP-2",
    account_name="有限会社あおば製作所",
    renewal_date=date(2026, 3, 1),
    amount="4800000",
    currency="JPY",
    bound="renewal",
    bound_day=date(2026, 3, 1),
    mentions=(HANAKO.id,),
)
KITA = NoticeLine(
    renewal_key="8005g00000ABCDgAAP-1",
    account_name="Kita Logistics",
    renewal_date=date(2026, 4, 1),
    amount="3500000",
    currency="JPY",
    bound="notice",
    bound_day=date(2025, 12, 31),
    mentions=(TARO.id,),
    notice_deadline=date(2025, 12, 31),
)


def outgoing(
    notice: NoticeKind = NoticeKind.OPENED,
    *lines: NoticeLine,
    key: str = "opened/1",
    channel: str = "#renewals",
) -> Outgoing:
    """A message about these renewals, with a link to the first."""
    about = lines or (MINATO,)
    return Outgoing(
        message=Message(key=key, notice=notice, channel=channel, lines=about, reason="renewal opened"),
        people={person.id: person for person in (HANAKO, TARO)},
        links={about[0].renewal_key: URL},
    )


def about_counts(notice: NoticeKind, **facts: str | int) -> Outgoing:
    """A message about numbers or in words, and not about renewals."""
    message = Message(key=f"{notice}/1", notice=notice, channel="#ops", lines=(), reason="why", facts=facts)
    return Outgoing(message=message, people={}, links={})


def covering(sent: Outgoing, *keys: str) -> Outgoing:
    """The same message, telling of these keys too."""
    return replace(sent, message=replace(sent.message, covers=keys))
