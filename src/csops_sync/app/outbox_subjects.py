"""Which renewals the rows of the outbox are about: so that nobody approves blind, and a reader sees only their own."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from csops_sync.app.confidence.telling_form import decode_telling
from csops_sync.app.confidence.telling_words import is_telling
from csops_sync.app.forecast.listing import is_for
from csops_sync.app.forecast.mirror_names import MirrorNames
from csops_sync.app.office import Office
from csops_sync.app.payload import decode
from csops_sync.app.queries_state import UNSETTLED, outbox_item
from csops_sync.app.views import OutboxView
from csops_sync.domain.confidence.telling import LogTask, PostSummary, Telling
from csops_sync.domain.forecast.term_state import TermState
from csops_sync.domain.intents import AdoptOpportunity, CreateOpportunity, Intent, Message
from csops_sync.domain.money import Money
from csops_sync.ports.store import OutboxRow, Target, Transaction

_SHOWN = 100
_LOOKED_AT = 5_000
"""Rows beyond these are counted as somebody else's for a reader with row scope."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Subject:
    """One renewal that a row is about, by names; `amount` is its prior one. `key` empty: only the customer is known."""

    account: str
    key: str = ""
    contract: str = ""
    amount: Money | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class OutboxSeen:
    """The outbox as one reader sees it, with what each row is about, by its key. `others` rows are not theirs."""

    view: OutboxView
    subjects: Mapping[str, tuple[Subject, ...]] = field(default_factory=dict)
    others: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class _Named:
    """What a row names: renewals by key and by opportunity, and the customer."""

    row: OutboxRow
    keys: frozenset[str] = frozenset()
    opportunities: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True, eq=False)
class Queue:
    """The rows that are not sent yet, `total` in number: the oldest of them, and the terms of all whom they name."""

    total: int
    about: "_Register"


def queue_of(office: Office, *, scoped: bool) -> Queue:
    """This function will read what is not sent yet: for readers with row scope, or (False) for who sees all."""
    with office.store.reading() as tx:
        counts = tx.outbox.counts(*UNSETTLED)
        there = [one for one in UNSETTLED if counts.get(one)]  # each costs a query for each target
        rows = tx.outbox.with_status(*there, limit=_LOOKED_AT if scoped else _SHOWN)
        return Queue(sum(counts.values()), _Register.over(tx, [_named(one) for one in rows]))


def outbox_seen(office: Office, *, people: frozenset[str] | None, queue: Queue | None = None) -> OutboxSeen:
    """This function will list what is not sent yet, oldest first, for who may see these people's renewals.

    They see the rows of which every renewal is theirs, and of the others how many there are; None sees all. `queue` is
    what was read of it, for readers with or without a scope as they are.
    """
    found = queue if queue is not None else queue_of(office, scoped=people is not None)
    about = found.about
    own = [one for one in about.named if people is None or about.is_for(one, people)]
    shown = own[:_SHOWN]
    with office.store.reading() as tx:
        subjects = about.subjects(tx, shown)
    others = 0 if people is None else found.total - len(own)
    return OutboxSeen(
        view=OutboxView(
            items=tuple(outbox_item(one.row) for one in shown),
            timezone=office.timezone,
            left_out=found.total - others - len(shown),
        ),
        subjects=subjects,
        others=others,
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class _Register:
    """The terms of all customers that rows name, read at once."""

    named: Sequence[_Named]
    states: Mapping[str, TermState]
    anchored: Mapping[str, Sequence[str]]
    of_deal: Mapping[str, Sequence[str]]
    of_account: Mapping[str, Sequence[str]]

    @classmethod
    def over(cls, tx: Transaction, named: Sequence[_Named]) -> "_Register":
        deals = sorted({deal for one in named for deal in one.opportunities})
        accounts = {one.row.account_id for one in named if one.row.account_id}
        accounts.update(tx.renewals.accounts_of_opportunities(deals) if deals else ())
        keys = sorted({key for one in named for key in one.keys})
        every = [*tx.forecast.states.of_accounts(sorted(accounts)), *tx.forecast.states.get(keys)]
        states = {one.key: one for one in every}
        shared = ((one.anchor_key, one.key) for one in tx.renewals.of_accounts(sorted(accounts)))
        return cls(
            named=named,
            states=states,
            anchored=_grouped(shared),
            of_deal=_grouped((one.opportunity_id or "", one.key) for one in states.values()),
            of_account=_grouped((one.account_id, one.key) for one in states.values()),
        )

    def terms(self, one: _Named) -> Sequence[TermState]:
        """Give the terms that a row names, with those that share their opportunity, in order of key."""
        keys = set(one.keys)
        for key in one.keys:
            keys.update(self.anchored.get(key, ()))
        for deal in one.opportunities:
            keys.update(self.of_deal.get(deal, ()))
        return [self.states[key] for key in sorted(keys) if key in self.states]

    def is_for(self, one: _Named, people: frozenset[str]) -> bool:
        """Say whether everything that a row names is theirs; what names nothing known is by its customer."""
        terms = self.terms(one)
        known = {term.key for term in terms}, {term.opportunity_id for term in terms}
        if not terms or not (one.keys <= known[0] and one.opportunities <= known[1]):
            account = one.row.account_id
            terms = [self.states[key] for key in self.of_account.get(account, ())] if account else []
        return bool(terms) and all(is_for(term, people) for term in terms)

    def subjects(self, tx: Transaction, shown: Iterable[_Named]) -> Mapping[str, tuple[Subject, ...]]:
        """Say what rows are about, by row key."""
        terms = {one.row.key: self.terms(one) for one in shown}
        plain = {one.row.key: one.row.account_id for one in shown if not terms[one.row.key]}
        every = [term for found in terms.values() for term in found]
        names = MirrorNames(tx.mirror)
        accounts = names.accounts({term.account_id for term in every} | set(filter(None, plain.values())))
        contracts = names.contracts({term.contract_id for term in every})
        said = {
            key: tuple(
                Subject(
                    account=accounts.get(term.account_id, term.account_id),
                    key=term.key,
                    contract=contracts.get(term.contract_id, ""),
                    amount=term.prior,
                )
                for term in found
            )
            for key, found in terms.items()
            if found
        }
        return said | {key: (Subject(account=accounts.get(id_, id_)),) for key, id_ in plain.items() if id_}


def _grouped(pairs: Iterable[tuple[str, str]]) -> Mapping[str, Sequence[str]]:
    found: defaultdict[str, list[str]] = defaultdict(list)
    for group, key in pairs:
        found[group].append(key)
    return found


def _named(row: OutboxRow) -> _Named:
    if row.target is Target.DIGEST:
        return _Named(row=row)
    try:
        if is_telling(row):
            return _of_telling(row, decode_telling(row.payload))
        return _of_intent(row, decode(row.payload))
    except (
        ValueError,
        TypeError,
        KeyError,
    ):  # what another version wrote is about its customer, as far as we can tell
        return _Named(row=row)


def _of_intent(row: OutboxRow, intent: Intent) -> _Named:
    match intent:
        case CreateOpportunity():
            return _Named(row=row, keys=frozenset({intent.key}))
        case AdoptOpportunity():
            return _Named(row=row, keys=frozenset({intent.renewal_key}))
        case Message():
            return _Named(row=row, keys=frozenset(line.renewal_key for line in intent.lines))
        case _:
            return _Named(row=row, opportunities=frozenset({intent.opportunity_id}))


def _of_telling(row: OutboxRow, telling: Telling) -> _Named:
    match telling:
        case LogTask():
            return _Named(row=row, opportunities=frozenset({telling.opportunity_id}))
        case PostSummary():
            return _Named(row=row, opportunities=frozenset(line.opportunity_id for line in telling.lines))
        case _:
            face = getattr(telling, "face", None)
            return _Named(row=row, opportunities=frozenset({face.opportunity_id}) if face else frozenset())
