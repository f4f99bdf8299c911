"""What a person calls: each call is one transaction, one row that stays, and a line in the renewal's history.

A renewal is called by who looks after it or by anybody above them; a team by the one whom it reports to, or above.
Amounts are annual and recurring, as a landing is.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal

from csops_sync.app.books import read_people
from csops_sync.app.finding import find_person
from csops_sync.app.forecast.call_amounts import called_amount
from csops_sync.app.forecast.call_rows import CallRow, call_rows
from csops_sync.app.forecast.called_renewals import open_renewal
from csops_sync.app.forecast.frames import frame_of
from csops_sync.app.forecast.period_words import period_named
from csops_sync.app.forecast.standing import grow_revision
from csops_sync.app.office import Office
from csops_sync.app.order_events import ordered
from csops_sync.app.refusals import RefusedError
from csops_sync.app.row_scope import line_of
from csops_sync.domain.facts import Person
from csops_sync.domain.forecast.calls import CalledRenewal, CalledTeam, CallSubject
from csops_sync.domain.forecast.term_state import TermState
from csops_sync.domain.money import Money
from csops_sync.domain.sentences import Sentence
from csops_sync.ports.store import Event, Transaction

LONGEST_NOTE = 500
_LOOKS_AFTER = Sentence("call.looks-after", "looks after this renewal")
_LEADS = Sentence("call.leads", "leads this team")
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
    due: date
    state: TermState | None = None


def call_renewal(office: Office, asked: str, order: CallOrder) -> CallRow:
    """This function will keep what somebody says that one renewal will come to.

    `asked` is a renewal key, an opportunity, or a contract by id or number.

    Raises:
        RefusedError: there is no such renewal that is still open, the person may not call it, or the amount is none.
    """
    with office.writing() as tx:
        state = open_renewal(tx, asked, order.people)
        by = _caller(tx, order, state.grouping.csm_id, _LOOKS_AFTER)
        wanted = _Wanted(
            subject=CalledRenewal(key=state.key),
            by=by,
            currency=currency_of(office, state),
            due=frame_of(office.rules, as_of=office.today, known_at=office.now).profile.due_day(state),
            state=state,
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
                Sentence(
                    "call.period-over",
                    "{period} was over on {last}, so it is called no more; call one that is not over",
                    period=period.strip(),
                    last=window.last,
                )
            )
        head = _head(tx, team, order.people)
        by = _caller(tx, order, head.id, _LEADS) if order.by.strip() else _active(head)
        subject = CalledTeam(user_id=head.id, window=window)
        wanted = _Wanted(subject=subject, by=by, currency=office.rules.default_currency, due=window.first)
        return _keep(tx, office, order, wanted)


def currency_of(office: Office, state: TermState) -> str:
    """This function will give the currency that a renewal is called in: its prior amount's, else that of reports."""
    return state.prior.currency if state.prior is not None else office.rules.default_currency


def callers_of(people: Mapping[str, Person], user_id: str | None) -> tuple[Person, ...]:
    """This function will list who may call what a user looks after: they, and everybody above them, who are active."""
    return tuple(people[one] for one in line_of(user_id or "", people) if people[one].is_active)


def _keep(tx: Transaction, office: Office, order: CallOrder, wanted: _Wanted) -> CallRow:
    amount = (
        None
        if order.amount is None
        else called_amount(
            tx, office, order.amount, given=order.currency, currency=wanted.currency, due=wanted.due
        )
    )
    note = order.note.strip()
    if "\x00" in note:
        raise RefusedError(Sentence("call.nul", "a note of a call is text, and a NUL is none; leave it out"))
    if len(note) > LONGEST_NOTE:
        raise RefusedError(
            Sentence(
                "call.long-note",
                "a note of a call has at most {most} characters, not {length}; shorten it",
                most=LONGEST_NOTE,
                length=len(note),
            )
        )
    if amount is None and not tx.forecast.calls.known(at=office.now, subjects=[wanted.subject]):
        raise RefusedError(
            Sentence("call.nothing-to-withdraw", "nobody has called this, so there is nothing to withdraw")
        )
    made = tx.forecast.calls.add(
        subject=wanted.subject, at=office.now, by_id=wanted.by.id, amount=amount, note=note
    )
    if wanted.state is not None:
        tx.journal.add([_event(office, wanted.state, wanted.by, amount, note)])
    grow_revision(tx)
    return call_rows(tx, office, [made])[0]


def _head(tx: Transaction, team: str, people: People) -> Person:
    """Find whom a team reports to, told apart from nobody only where these people may see them."""
    try:
        head = find_person(tx, team)
    except RefusedError:
        if people is None:
            raise
        head = None
    if head is None or (people is not None and head.id not in people):
        raise RefusedError(
            Sentence(
                "call.not-your-team",
                "{team} is not in your team, so there is nothing of theirs for you to call",
                team=team,
            )
        )
    return head


def _caller(tx: Transaction, order: CallOrder, user_id: str | None, does: str) -> Person:
    """Find whose call it is, and see that it is theirs to make."""
    if not order.by.strip():
        raise RefusedError(
            Sentence(
                "call.nobodys",
                "a call needs to be somebody's: name them with --by, by name, e-mail address or id",
            )
        )
    by = _active(find_person(tx, order.by))
    people = read_people(tx)
    if user_id in people and by.id not in line_of(user_id or "", people):
        raise RefusedError(_not_theirs(by, does, callers_of(people, user_id)))
    return by


def _not_theirs(by: Person, does: str, callers: Sequence[Person]) -> Sentence:
    if not callers:
        return Sentence(
            "call.nobody-may",
            "{name} neither {does} nor manages who does; those who do are no active users",
            name=by.name,
            does=does,
        )
    return Sentence(
        "call.not-theirs",
        "{name} neither {does} nor manages who does; those who do are {others}",
        name=by.name,
        does=does,
        others=tuple(one.name for one in callers),
    )


def _active(person: Person) -> Person:
    if not person.is_active:
        raise RefusedError(
            Sentence(
                "call.left",
                "{name} is no active user any more; name who took over with --by",
                name=person.name,
            )
        )
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
