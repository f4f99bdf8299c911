"""What a person calls: each call is one transaction, one row that stays, and a line in the renewal's history.

A renewal is called by who looks after it or by anybody above them; a team by the one whom it reports to, or above.
Amounts are annual and recurring, as a landing is.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from decimal import Decimal

from csops_sync.app.books import read_people
from csops_sync.app.finding import find_contract, find_opportunity, find_person
from csops_sync.app.forecast.call_rows import CallRow, call_rows
from csops_sync.app.forecast.conversion import Conversion
from csops_sync.app.forecast.frames import frame_of
from csops_sync.app.forecast.listing import is_for
from csops_sync.app.forecast.period_words import period_named
from csops_sync.app.forecast.reports import frame_in
from csops_sync.app.forecast.standing import grow_revision
from csops_sync.app.office import Office
from csops_sync.app.order_events import ordered
from csops_sync.app.refusals import RefusedError
from csops_sync.app.row_scope import line_of
from csops_sync.domain.facts import Person
from csops_sync.domain.forecast.calls import CalledRenewal, CalledTeam, CallSubject
from csops_sync.domain.forecast.periods import Window
from csops_sync.domain.forecast.term_state import OPEN_STANDINGS, TermState
from csops_sync.domain.money import Money
from csops_sync.domain.renewal import parse_key
from csops_sync.ports.store import Event, Transaction

LONGEST_NOTE = 500
_MOST = Decimal(10) ** 15
People = frozenset[str] | None


@dataclass(frozen=True, slots=True, kw_only=True)
class CallOrder:
    """What a person says. `amount` None withdraws; in `currency`, or (None) that of what is called.

    `by` names whose call it is, by id, name or e-mail address. `people` is whose renewals the person who enters it may
    see; None is everybody's.
    """

    amount: Decimal | None
    by: str = ""
    note: str = ""
    currency: str | None = None
    people: People = None


@dataclass(frozen=True, slots=True, kw_only=True)
class _Wanted:
    """A call that may be made, but for the transaction's own part."""

    subject: CallSubject
    by: Person
    currency: str
    state: TermState | None = None


def call_renewal(office: Office, asked: str, order: CallOrder) -> CallRow:
    """This function will keep what somebody says that one renewal will come to.

    `asked` is a renewal key, an opportunity, or a contract by id or number.

    Raises:
        RefusedError: there is no such renewal that is still open, the person may not call it, or the amount is none.
    """
    with office.writing() as tx:
        state = _open_state(tx, asked, order.people)
        by = _caller(tx, order, state.grouping.csm_id, "looks after this renewal")
        wanted = _Wanted(
            subject=CalledRenewal(key=state.key), by=by, currency=currency_of(office, state), state=state
        )
        return _keep(tx, office, order, wanted)


def call_team(office: Office, team: str, period: str, order: CallOrder) -> CallRow:
    """This function will keep what somebody says that the renewals of a team, due in a period, will come to.

    `team` is the user whom the team reports to; without `order.by` it is their own call.

    Raises:
        RefusedError: there is no such user or period, it is over, the person may not call it, or the amount is none.
    """
    with office.writing() as tx:
        calendar = frame_of(office.rules, as_of=office.today, known_at=office.now).calendar
        window = period_named(period, calendar=calendar).window
        if window.last < office.today:
            raise RefusedError(
                f"{period.strip()} was over on {window.last}, so it is called no more; call one that is not over"
            )
        head = _head(tx, team, order.people)
        by = _caller(tx, order, head.id, "leads this team") if order.by.strip() else _active(head)
        subject = CalledTeam(user_id=head.id, window=window)
        return _keep(
            tx, office, order, _Wanted(subject=subject, by=by, currency=office.rules.default_currency)
        )


def currency_of(office: Office, state: TermState) -> str:
    """This function will give the currency that a renewal is called in: its prior amount's, else that of reports."""
    return state.prior.currency if state.prior is not None else office.rules.default_currency


def callers_of(people: Mapping[str, Person], user_id: str | None) -> tuple[Person, ...]:
    """This function will list who may call what a user looks after: they, and everybody above them, who are active."""
    return tuple(people[one] for one in line_of(user_id or "", people) if people[one].is_active)


def _keep(tx: Transaction, office: Office, order: CallOrder, wanted: _Wanted) -> CallRow:
    amount = _amount(tx, office, order, wanted.currency)
    note = order.note.strip()
    if "\x00" in note:
        raise RefusedError("a note of a call is text, and a NUL is none; leave it out")
    if len(note) > LONGEST_NOTE:
        raise RefusedError(
            f"a note of a call has at most {LONGEST_NOTE} characters, not {len(note)}; shorten it"
        )
    if amount is None and not tx.forecast.calls.known(at=office.now, subjects=[wanted.subject]):
        raise RefusedError("nobody has called this, so there is nothing to withdraw")
    made = tx.forecast.calls.add(
        subject=wanted.subject, at=office.now, by_id=wanted.by.id, amount=amount, note=note
    )
    if wanted.state is not None:
        tx.journal.add([_event(office, wanted.state, wanted.by, amount, note)])
    grow_revision(tx)
    return call_rows(tx, office, [made])[0]


def _amount(tx: Transaction, office: Office, order: CallOrder, currency: str) -> Money | None:
    if order.amount is None:
        return None
    if not 0 <= order.amount < _MOST:
        raise RefusedError(f"a call is an amount from 0 up to {_MOST:,f}, not {order.amount:f}")
    try:
        money = Money(order.amount, order.currency or currency)
    except ValueError as error:
        raise RefusedError(str(error)) from error
    if money != money.rounded():
        raise RefusedError(f"{order.amount:f} has more decimals than {money.currency}; round it")
    _refuse_unconverted(tx, office, money.currency, currency)
    return money


def _refuse_unconverted(tx: Transaction, office: Office, given: str, currency: str) -> None:
    """Refuse a currency in which a call could not be held against a landing; that of the renewal itself always can."""
    frame = frame_in(tx, office)
    if given == currency or Conversion(frame.exchange.opening(Window(frame.as_of, frame.as_of))).knows(given):
        return
    raise RefusedError(
        f"no rate from {given} to {frame.exchange.into}, so a call in it could not be held against a landing; pin one "
        f"in rules.yaml, `forecast: rates:`, or call in {currency}"
    )


def _open_state(tx: Transaction, asked: str, people: People) -> TermState:
    """Find the one renewal that is meant, and still open."""
    known = _known_states(tx, asked.strip(), people)
    if not known:
        if people is not None:
            raise RefusedError(f"there is no renewal {asked} among those that you may see")
        raise RefusedError(f"there is no renewal {asked}; `csops-sync forecast --renewals` lists them")
    found = [one for one in known if one.standing in OPEN_STANDINGS]
    if not found:
        last = known[-1]
        raise RefusedError(
            f"renewal {last.key} is {last.standing.value}: its end is known, so there is nothing to call any more"
        )
    if len(found) > 1 and len({one.contract_id for one in found}) > 1:
        raise RefusedError(
            f"{asked} stands for several renewals: {', '.join(one.key for one in found)}; name one by its key"
        )
    return min(found, key=lambda one: one.end)


def _known_states(tx: Transaction, asked: str, people: People) -> list[TermState]:
    """Find what is meant of what these people may see; to them nothing tells what they may not see from what is not."""
    try:
        keys = _keys(tx, asked)
    except RefusedError:
        if people is None:
            raise
        return []
    return [one for one in tx.forecast.states.get(keys) if is_for(one, people)]


def _head(tx: Transaction, team: str, people: People) -> Person:
    """Find whom a team reports to, told apart from nobody only where these people may see them."""
    try:
        head = find_person(tx, team)
    except RefusedError:
        if people is None:
            raise
        head = None
    if head is None or (people is not None and head.id not in people):
        raise RefusedError(f"{team} is not in your team, so there is nothing of theirs for you to call")
    return head


def _keys(tx: Transaction, asked: str) -> list[str]:
    if parse_key(asked) is not None and tx.forecast.states.get([asked]):
        return [asked]
    try:
        return [one.key for one in tx.renewals.by_opportunity(find_opportunity(tx, asked).id)]
    except RefusedError:
        contract = find_contract(tx, asked)
        states = tx.forecast.states.of_accounts([contract.parent_id or ""])
        return [one.key for one in states if one.contract_id == contract.id]


def _caller(tx: Transaction, order: CallOrder, user_id: str | None, does: str) -> Person:
    """Find whose call it is, and see that it is theirs to make."""
    if not order.by.strip():
        raise RefusedError(
            "a call needs to be somebody's: name them with --by, by name, e-mail address or id"
        )
    by = _active(find_person(tx, order.by))
    people = read_people(tx)
    if user_id in people and by.id not in line_of(user_id or "", people):
        raise RefusedError(
            f"{by.name} neither {does} nor manages who does; those who do are "
            f"{', '.join(one.name for one in callers_of(people, user_id)) or 'no active users'}"
        )
    return by


def _active(person: Person) -> Person:
    if not person.is_active:
        raise RefusedError(f"{person.name} is no active user any more; name who took over with --by")
    return person


def _event(office: Office, state: TermState, by: Person, amount: Money | None, note: str) -> Event:
    said = {"amount": f"{amount.amount:f} {amount.currency}"} if amount is not None else {}
    written = {"note": note} if note else {}
    order = "call" if amount is not None else "call withdrawn"
    return replace(
        ordered(office, order, renewal=None, person=by.name, **said, **written),
        account_id=state.account_id,
        contract_id=state.contract_id,
        renewal_key=state.key,
        opportunity_id=state.opportunity_id,
    )
