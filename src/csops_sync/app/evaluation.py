"""Steps 4-6 of a cycle: customers and rules to a plan, inside one transaction."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date
from itertools import islice

from csops_sync.app.books import read_books, read_people
from csops_sync.domain.announcing import put_together
from csops_sync.domain.book import AccountBook
from csops_sync.domain.deciding import decide
from csops_sync.domain.decision import Announcement, Decision, merged
from csops_sync.domain.intents import Message
from csops_sync.domain.plan import Plan, hold_creates, make_plan
from csops_sync.domain.renewal import Renewal
from csops_sync.domain.rules import RuleSet
from csops_sync.ports.crm import Role
from csops_sync.ports.store import OutboxStatus, Transaction

_ACCOUNTS_PER_READ = 500
_GONE = frozenset({OutboxStatus.SENDING, OutboxStatus.SENT, OutboxStatus.UNKNOWN, OutboxStatus.DROPPED})


@dataclass(frozen=True, slots=True, kw_only=True)
class Evaluated:
    """A plan, which accounts it covers, and the renewals that are not as they were stored: (before, after)."""

    plan: Plan
    account_ids: tuple[str, ...]
    renewals: tuple[tuple[Renewal | None, Renewal], ...]


def evaluate(
    tx: Transaction,
    account_ids: Iterable[str],
    *,
    rules: RuleSet,
    today: date,
    baseline: bool = False,
) -> Evaluated:
    """This function will decide about these customers, in reads of a few hundred at a time, and make the plan."""
    people = read_people(tx)
    covered: list[str] = []
    wanted: list[Decision] = []
    changed: list[tuple[Renewal | None, Renewal]] = []
    for chunk in chunked(account_ids, _ACCOUNTS_PER_READ):
        covered.extend(chunk)
        for book in read_books(tx, chunk, people=people, default_currency=rules.default_currency):
            decision = decide(book, rules=rules, today=today)
            changed.extend(_changed(book, decision))
            wanted.append(replace(decision, renewals=()))
    decision = merged(wanted)
    held = _held(tx, decision, rules=rules, baseline=baseline)
    told = [one for one in decision.announcements if one.after not in held]
    messages = _messages(tx, told, rules=rules, today=today)
    plan = make_plan(decision, messages=messages, held_creates=held, rules=rules, today=today)
    return Evaluated(plan=plan, account_ids=tuple(covered), renewals=tuple(_announced(changed, plan)))


def _held(tx: Transaction, decision: Decision, *, rules: RuleSet, baseline: bool) -> frozenset[str]:
    """Give the creates that wait for a person: as the guard says now, and as it said of those that still wait."""
    guarded = hold_creates(decision.intents, guards=rules.guards, baseline=baseline)
    known = {row.key: row.status for row in tx.outbox.get([one.key for one in decision.intents])}
    waiting = {key for key, status in known.items() if status is OutboxStatus.HELD}
    passed = {key for key, status in known.items() if status is OutboxStatus.PENDING}
    return (guarded - passed) | waiting


def _changed(book: AccountBook, decision: Decision) -> Iterator[tuple[Renewal | None, Renewal]]:
    stored = {one.key: one for one in book.renewals}
    fresh = {one.key: one for one in decision.renewals}
    return ((stored.get(key), one) for key, one in fresh.items() if stored.get(key) != one)


def every_account(tx: Transaction) -> Iterator[str]:
    """This function will walk the ids of all customers."""
    after = ""
    while page := tx.mirror.stamps(Role.ACCOUNT, after_id=after):
        yield from (account_id for account_id, _ in page)
        after = page[-1][0]


def chunked(items: Iterable[str], size: int) -> Iterator[list[str]]:
    """This function will cut items into lists of at most `size`."""
    iterator = iter(items)
    while chunk := list(islice(iterator, size)):
        yield chunk


def _messages(
    tx: Transaction, announcements: Sequence[Announcement], *, rules: RuleSet, today: date
) -> tuple[Message, ...]:
    told = {row.key for row in tx.outbox.get([one.key for one in announcements]) if row.status in _GONE}
    fresh = [one for one in announcements if one.key not in told]
    calendar = rules.calendar.own
    taken: set[str] = set()
    while True:
        messages = put_together(fresh, today=today, taken=taken, calendar=calendar)
        daily = [one.key for one in messages if one.key.startswith("daily/")]
        sent = {row.key for row in tx.outbox.get(daily) if row.status in _GONE}
        if not sent:
            return messages
        taken |= sent


def _announced(
    changed: Sequence[tuple[Renewal | None, Renewal]], plan: Plan
) -> Iterator[tuple[Renewal | None, Renewal]]:
    """Mark the renewals whose opening this plan tells, so that it is told once."""
    covers = {key.removeprefix("opened/") for one in plan.messages for key in one.covers}
    for before, after in changed:
        yield before, replace(after, announced=after.announced or after.anchor_key in covers)
