"""Steps 4-6 of a cycle: customers and rules to a plan, inside one transaction."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from itertools import islice
from typing import TypeVar

from csops_sync.app.books import Unread, read_customers, read_people
from csops_sync.app.telling import messages_of
from csops_sync.domain.book import AccountBook
from csops_sync.domain.deciding import decide
from csops_sync.domain.decision import Announcement, Decision
from csops_sync.domain.intents import CreateOpportunity, Intent, Note, NoteKind
from csops_sync.domain.plan import Plan, hold_creates, make_plan
from csops_sync.domain.renewal import Renewal
from csops_sync.domain.rules import RuleSet
from csops_sync.domain.setting_aside import ODD, tomorrow
from csops_sync.ports.crm import Role
from csops_sync.ports.store import OutboxStatus, Transaction

T = TypeVar("T")
_ACCOUNTS_PER_READ = 500


Change = tuple[Renewal | None, Renewal]
"""A renewal as it was stored, None where it was not, and as it is now."""

Decided = tuple[AccountBook | Unread, Decision]
"""A customer and what is decided about it."""

Keep = Callable[[Sequence[Change]], None]
Stand = Callable[[Sequence[Decided]], None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Handed:
    """Who is handed what an evaluation finds, as it comes, so that a million customers need not be held.

    `changes` gets changed renewals, all but those that the plan may announce; each of `decided` every customer.
    """

    changes: Keep | None = None
    decided: Sequence[Stand] = ()


NOBODY = Handed()


@dataclass(frozen=True, slots=True, kw_only=True)
class Evaluated:
    """A plan, which accounts it covers, and the renewals that are not as they were stored.

    Where changes were handed on, `changes` are only those that were not. `changed` counts all of them, `waiting` those
    whose day is still to come.
    """

    plan: Plan
    account_ids: tuple[str, ...]
    changes: tuple[Change, ...]
    changed: int
    waiting: int


def evaluate(
    tx: Transaction,
    account_ids: Iterable[str],
    *,
    rules: RuleSet,
    today: date,
    baseline: bool = False,
    handed: Handed = NOBODY,
) -> Evaluated:
    """This function will decide about these customers, in reads of a few hundred at a time, and make the plan."""
    people = read_people(tx)
    found = _Found(today=today, keep=handed.changes)
    for chunk in chunked(account_ids, _ACCOUNTS_PER_READ):
        found.covered.extend(chunk)
        customers = read_customers(tx, chunk, people=people, default_currency=rules.default_currency)
        decided = [(one, _decided(one, rules=rules, today=today)) for one in customers]
        found.take(decided)
        for stand in handed.decided:
            stand(decided)
    decision = found.decision()
    held = _held(tx, decision, rules=rules, baseline=baseline)
    told = [one for one in decision.announcements if one.after not in held]
    messages = messages_of(tx, told, rules=rules, today=today)
    plan = make_plan(decision, messages=messages, held_creates=held, rules=rules, today=today)
    return Evaluated(
        plan=plan,
        account_ids=tuple(found.covered),
        changes=tuple(_announced(found.changes, plan)),
        changed=found.changed,
        waiting=found.waiting,
    )


@dataclass(slots=True, kw_only=True)
class _Found:
    """What the customers of an evaluation gave so far."""

    today: date
    keep: Keep | None
    covered: list[str] = field(default_factory=list)
    intents: list[Intent] = field(default_factory=list)
    announcements: list[Announcement] = field(default_factory=list)
    notes: list[Note] = field(default_factory=list)
    changes: list[Change] = field(default_factory=list)
    changed: int = 0
    waiting: int = 0

    def take(self, decided: Iterable[Decided]) -> None:
        settled: list[Change] = []
        for customer, decision in decided:
            self.intents.extend(decision.intents)
            self.announcements.extend(decision.announcements)
            self.notes.extend(decision.notes)
            changes = list(_changes(customer.renewals, decision))
            self._count(changes)
            (settled if self.keep and not decision.announcements else self.changes).extend(changes)
        if self.keep and settled:
            self.keep(settled)

    def decision(self) -> Decision:
        return Decision(
            intents=tuple(self.intents), announcements=tuple(self.announcements), notes=tuple(self.notes)
        )

    def _count(self, changes: Sequence[Change]) -> None:
        self.changed += len(changes)
        self.waiting += sum(1 for _, one in changes if one.open_date and one.open_date > self.today)


def _held(tx: Transaction, decision: Decision, *, rules: RuleSet, baseline: bool) -> frozenset[str]:
    """Give the creates that wait for a person: as the guard says now, and as it said of those that still wait.

    What gathered in shadow mode waits too, once the mode is live: nobody has let it go yet.
    """
    known = {row.key: row.status for row in tx.outbox.get([one.key for one in decision.intents])}
    creates = {one.key for one in decision.intents if isinstance(one, CreateOpportunity)}
    guarded = hold_creates(decision.intents, guards=rules.guards, baseline=baseline)
    held = {key for key, status in known.items() if status is OutboxStatus.HELD}
    shadowed = {key for key, status in known.items() if status is OutboxStatus.SHADOW and key in creates}
    passed = {key for key, status in known.items() if status is OutboxStatus.PENDING}
    return (guarded - passed) | held | shadowed


def _decided(customer: AccountBook | Unread, *, rules: RuleSet, today: date) -> Decision:
    """Give what is decided about a customer; one that makes no sense never stops the others."""
    if isinstance(customer, Unread):
        return _left(customer, today=today)
    try:
        return decide(customer, rules=rules, today=today)
    except ODD as error:
        account_id = customer.account.id
        odd = Unread(account_id=account_id, renewals=customer.renewals, row_id=account_id, text=str(error))
        return _left(odd, today=today)


def _left(customer: Unread, *, today: date) -> Decision:
    if not customer.text:
        return Decision(renewals=tuple(replace(one, review_on=None) for one in customer.renewals))
    note = Note(
        kind=NoteKind.UNREADABLE,
        account_id=customer.account_id,
        subject_id=customer.row_id,
        text=f"nothing is decided for this customer while this row makes no sense: {customer.text}",
    )
    return Decision(renewals=tuple(tomorrow(customer.renewals, today=today)), notes=(note,))


def _changes(before: Sequence[Renewal], decision: Decision) -> Iterator[Change]:
    stored = {one.key: one for one in before}
    fresh = {one.key: one for one in decision.renewals}
    return ((stored.get(key), one) for key, one in fresh.items() if stored.get(key) != one)


def every_account(tx: Transaction) -> Iterator[str]:
    """This function will walk the ids of all customers."""
    after = ""
    while page := tx.mirror.stamps(Role.ACCOUNT, after_id=after):
        yield from (account_id for account_id, _ in page)
        after = page[-1][0]


def chunked(items: Iterable[T], size: int) -> Iterator[list[T]]:
    """This function will cut items into lists of at most `size`."""
    iterator = iter(items)
    while chunk := list(islice(iterator, size)):
        yield chunk


def _announced(changes: Sequence[Change], plan: Plan) -> Iterator[Change]:
    """Mark the renewals whose opening this plan tells, so that it is told once."""
    covers = {key.removeprefix("opened/") for one in plan.messages for key in one.covers}
    for before, after in changes:
        told = after.anchor_key in covers and not after.announced
        yield before, replace(after, announced=True) if told else after
