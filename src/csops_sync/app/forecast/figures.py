"""What Salesforce is to hold of the forecast: decided with the states of terms, compared with what stands there.

Only where a field holds something else an outbox row is put, one an opportunity: a newer one replaces what was not
sent, and a reason that is gone cancels it. A value that the org kept in its own way is as we left it. No more than
`guards.paced` rows are put in one run; the customers from there on are owed, and every cycle looks at more of them.
"""

import hashlib
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

import orjson

from csops_sync.app.books import read_customers, read_people
from csops_sync.app.engine import Engine
from csops_sync.app.facts import as_json
from csops_sync.app.forecast.figure_words import figure_reason
from csops_sync.app.loading import BASELINE
from csops_sync.app.payload import encode
from csops_sync.domain.book import AccountBook, WrittenValue
from csops_sync.domain.facts import Opportunity, Scalar
from csops_sync.domain.forecast.figures import FIGURE_FIELDS, figures_of
from csops_sync.domain.forecast.rules import ForecastRules
from csops_sync.domain.forecast.term_state import TermState
from csops_sync.domain.intents import FieldChange, UpdateOpportunity
from csops_sync.domain.ownership import same
from csops_sync.ports.crm import Role
from csops_sync.ports.store import OutboxRow, OutboxStatus, Target, Transaction

OWED = "figures_owed"
"""The setting with the first customer whose figures have yet to be looked at; empty: all of them; None: nobody's."""
FIGURES = "figures_form"
"""The setting that says under which rules, fields and mode everybody's figures were looked at, or began to be."""

_ACCOUNTS_PER_READ = 500
_DIGEST_BYTES = 8
_INSISTED = 2
_IN_FLIGHT = frozenset({OutboxStatus.SENDING, OutboxStatus.UNKNOWN})
_UNSENT = frozenset({OutboxStatus.PENDING, OutboxStatus.HELD, OutboxStatus.SHADOW, OutboxStatus.PARKED})

Stated = tuple[AccountBook, Sequence[TermState]]
"""A customer and the states of its terms."""


def figure_desk(engine: Engine, tx: Transaction) -> "FigureDesk | None":
    """This function will give who decides figures; None without a forecast, a field for them, or the baseline."""
    rules = engine.rules.forecast
    if rules is None or not engine.mapping.figures or tx.progress.setting(BASELINE) is None:
        return None
    return FigureDesk(engine=engine, tx=tx, rules=rules, room=engine.rules.guards.paced)


@dataclass(slots=True, kw_only=True)
class FigureDesk:
    """Decides figures within one transaction. `room` is how many rows it may still put.

    `looks` is at how many of the customers that are owed it looks in one cycle, or some hundreds more: a move that is
    to be told waits for them.
    """

    engine: Engine
    tx: Transaction
    rules: ForecastRules
    room: int
    looks: int = 1_000
    owed_from: str | None = field(default=None)

    def take(self, stated: Sequence[Stated], *, gone: Sequence[str] = ()) -> None:
        """This function will bring the outbox in line with what these customers' opportunities are to hold.

        Of customers that are `gone` nothing is written any more.
        """
        looked_at = self._within_room(stated)
        if not (looked_at or gone):
            return
        wanted = {one.key: one for book, states in looked_at for one in self._wanted(book, states)}
        known = self._known([*(book.account.id for book, _ in looked_at), *gone], list(wanted))
        unwanted = [row for key, row in known.items() if key not in wanted and row.status in _UNSENT]
        self.tx.outbox.put([*self._merged(wanted.values(), known), *map(_withdrawn, unwanted)])

    def settle(self, *, everybody: bool) -> None:
        """This function will end a cycle: it looks at some of the customers that are owed, and notes who still is.

        `everybody` says that all customers were evaluated in it.
        """
        progress = self.tx.progress
        form = _form(self.engine)
        is_known = progress.setting(FIGURES) == form
        if not is_known:
            progress.set_setting(FIGURES, form)
        if everybody:
            self._note(self.owed_from)
            return
        owed = progress.setting(OWED) if is_known else ""
        if owed is not None:
            self.owed_from = None
            self._sweep(owed)

    def _within_room(self, stated: Sequence[Stated]) -> Sequence[Stated]:
        """Give the customers as long as there is room; once there is none the others are owed, without a look."""
        if self.room > 0:
            return stated
        for book, _ in stated:
            self._owe(book.account.id)
        return ()

    def _owe(self, account_id: str) -> None:
        if self.owed_from is None or account_id < self.owed_from:
            self.owed_from = account_id
        before = self.tx.progress.setting(OWED)
        if before is None or account_id < before:
            self.tx.progress.set_setting(OWED, account_id)

    def _note(self, owed: str | None) -> None:
        if self.tx.progress.setting(OWED) != owed:
            self.tx.progress.set_setting(OWED, owed)

    def _sweep(self, first: str) -> None:
        """Look at some customers in order of id, from the first one that is owed, while there is room."""
        people, looked_at = read_people(self.tx), 0
        for account_ids in _from(self.tx, first):
            if self.room <= 0 or looked_at >= self.looks:
                self._note(account_ids[0])
                return
            looked_at += len(account_ids)
            customers = read_customers(
                self.tx,
                account_ids,
                people=people,
                default_currency=self.engine.rules.default_currency,
            )
            by_account: dict[str, list[TermState]] = defaultdict(list)
            for state in self.tx.forecast.states.of_accounts(account_ids):
                by_account[state.account_id].append(state)
            books = [one for one in customers if isinstance(one, AccountBook)]
            self.take([(book, by_account[book.account.id]) for book in books])
            if self.owed_from is not None:
                self._note(self.owed_from)
                return
        self._note(None)

    def _wanted(self, book: AccountBook, states: Sequence[TermState]) -> Iterator[UpdateOpportunity]:
        by_deal: dict[str, list[TermState]] = defaultdict(list)
        for state in states:
            if state.opportunity_id is not None:
                by_deal[state.opportunity_id].append(state)
        for deal in book.opportunities:
            if not deal.is_deleted:
                update = self._update(book, deal, by_deal.get(deal.id, ()))
                if update is not None:
                    yield update

    def _update(
        self, book: AccountBook, deal: Opportunity, states: Sequence[TermState]
    ) -> UpdateOpportunity | None:
        if not states and not self._is_to_be_cleared(book, deal):
            return None
        figures = figures_of(states, rules=self.rules, currency=deal.currency)
        changes = tuple(
            FieldChange(field=name, before=deal.values.get(name), after=figures.value(name))
            for name in FIGURE_FIELDS
            if name in self.engine.mapping.figures
            and _is_to_be_written(
                deal.values.get(name), figures.value(name), book.written.get((deal.id, name))
            )
        )
        if not changes:
            return None
        return UpdateOpportunity(
            key=f"figures/{deal.id}",
            account_id=book.account.id,
            opportunity_id=deal.id,
            changes=changes,
            reason=figure_reason(figures),
            rule="",
        )

    def _is_to_be_cleared(self, book: AccountBook, deal: Opportunity) -> bool:
        """Say whether an opportunity shows figures though it renews nothing; a closed one keeps what it had."""
        if deal.is_closed or deal.account_id != book.account.id:
            return False
        shows = any(deal.values.get(name) not in (None, "") for name in self.engine.mapping.figures)
        return shows and not self.tx.renewals.by_opportunity(deal.id)

    def _known(self, account_ids: Sequence[str], keys: Sequence[str]) -> Mapping[str, OutboxRow]:
        rows = (*self.tx.outbox.of_accounts(account_ids), *(self.tx.outbox.get(keys) if keys else ()))
        return {row.key: row for row in rows if row.target is Target.FIGURES}

    def _merged(
        self, wanted: Iterable[UpdateOpportunity], known: Mapping[str, OutboxRow]
    ) -> Iterator[OutboxRow]:
        for update in wanted:
            row = self._merge(update, known.get(update.key))
            if row is None:
                continue
            if self.room <= 0:
                self._owe(update.account_id)
                continue
            self.room -= 1
            yield row

    def _merge(self, update: UpdateOpportunity, known: OutboxRow | None) -> OutboxRow | None:
        """Give the row to store, None where what is stored may stay: on its way, refused or given up as it is."""
        status = OutboxStatus.SHADOW if self.engine.is_shadow else OutboxStatus.PENDING
        digest = _digest(update)
        if known is not None and (known.status in _IN_FLIGHT or _stays(known, digest, status)):
            return None
        return OutboxRow(
            key=update.key,
            target=Target.FIGURES,
            kind=update.kind.value,
            account_id=update.account_id,
            payload=encode(update),
            reason=update.reason,
            rules_hash=self.engine.rules.hash,
            status=status,
            created_at=known.created_at
            if known is not None and known.status in _UNSENT
            else self.engine.now(),
            body_hash=digest,
        )


def _form(engine: Engine) -> str:
    """Say what figures depend on beside the facts; under another form everybody's are looked at again."""
    fields = engine.mapping.objects[Role.OPPORTUNITY].fields
    paths = ",".join(f"{name}={fields[name].path}" for name in sorted(engine.mapping.figures))
    return f"{engine.rules.hash}/{engine.desk.mode}/{paths}"


def _from(tx: Transaction, first: str) -> Iterator[list[str]]:
    """Walk the ids of customers in order, some hundreds at a time, from this one on."""
    page = [first] if first else []
    after = first
    while True:
        rows = tx.mirror.stamps(Role.ACCOUNT, after_id=after, limit=_ACCOUNTS_PER_READ)
        page += [account_id for account_id, _ in rows]
        if not page:
            return
        yield page
        if not rows:
            return
        after, page = rows[-1][0], []


def _is_to_be_written(current: Scalar, wanted: Scalar, base: WrittenValue | None) -> bool:
    """Say whether a field must be written: it holds something else, and not merely what the org made of our value.

    Against what changes it again and again the same value is written so many times more, and then no more.
    """
    if same(current, wanted):
        return False
    if base is None or not same(base.sent, wanted):
        return True
    return not same(base.value, current) and base.reasserted < _INSISTED


def _stays(known: OutboxRow, digest: str, status: OutboxStatus) -> bool:
    is_a_persons = known.status in (OutboxStatus.PARKED, OutboxStatus.DROPPED)
    return known.body_hash == digest and (known.status is status or is_a_persons)


def _withdrawn(row: OutboxRow) -> OutboxRow:
    return replace(row, status=OutboxStatus.CANCELLED, error="its reason is gone; decided again")


def _digest(update: UpdateOpportunity) -> str:
    """Give a hash of what is written; what stood there before, and why, may be told in other words."""
    wanted = {change.field: as_json(change.after) for change in update.changes}
    text = orjson.dumps(wanted, option=orjson.OPT_SORT_KEYS)
    return hashlib.blake2b(text, digest_size=_DIGEST_BYTES).hexdigest()
