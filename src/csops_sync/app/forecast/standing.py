"""The states of terms follow what was decided: replaced in the same transaction, where they are not as they were.

States also change because a day passes: a term rolls on, an unrenewed one expires. Those are the days on which time
alone can change a decision too, so the customers that fall due (`review_on`) are evaluated, and states with them;
nothing needs to be worked out again on reading.
"""

from collections import defaultdict
from collections.abc import Sequence
from typing import TypeGuard

from csops_sync.app.books import Unread, read_customers, read_people
from csops_sync.app.engine import Engine
from csops_sync.app.evaluation import Decided, Stand
from csops_sync.app.forecast.figures import FigureDesk, Stated, figure_desk
from csops_sync.app.parents import top_parents
from csops_sync.domain.book import AccountBook
from csops_sync.domain.decision import Decision
from csops_sync.domain.forecast.term_state import TermState
from csops_sync.domain.standing.states import states_of, with_renewals
from csops_sync.ports.crm import Role
from csops_sync.ports.store import Transaction

STATES = "term_states"
"""The setting that says in which form all customers' states have been stored; None while they have not."""
REVISION = "term_states_revision"
"""The setting that grows with every transaction that changed a state or a call, or took a snapshot; None before any."""

_FORM = 2
"""Grows when amounts are worked out in another way: an upgrade fills states in anew, and forgets what was known."""
_FIELDS = "+bookings+cancellations"
"""Changes when states say more, or the same more rightly: an upgrade fills them in anew, and forgets nothing."""
_AMOUNTS = (
    (Role.CONTRACT, "annual_amount"),
    (Role.CONTRACT, "term_months"),
    (Role.OPPORTUNITY, "amount"),
    (Role.OPPORTUNITY, "recurring_amount"),
    (Role.OPPORTUNITY, "term_months"),
    (Role.OPPORTUNITY, "amends_from"),
)


def is_filled(engine: Engine, tx: Transaction) -> bool:
    """This function will say whether every customer's states are stored, and mean what they would mean now."""
    return tx.progress.setting(STATES) == _form(engine) + _FIELDS


def _remembers(engine: Engine, tx: Transaction) -> bool:
    """Say whether what is stored was worked out as it would be now, whatever fields it lacks."""
    return (tx.progress.setting(STATES) or "").partition("+")[0] == _form(engine)


def mark_filled(engine: Engine, tx: Transaction) -> None:
    """This function will note that all customers have been evaluated with their states."""
    if not is_filled(engine, tx):
        tx.progress.set_setting(STATES, _form(engine) + _FIELDS)


def states_keeper(engine: Engine, tx: Transaction, *, figures: FigureDesk | None = None) -> Stand:
    """This function will give what an evaluation hands its customers to: it stores the states that changed.

    What their opportunities are to hold of the forecast is decided with them; `figures` is who does so in a cycle.

    A customer that is gone has no states; those of one that holds a row which makes no sense stay as they are. What was
    known of terms that are over counts as long as amounts are read from the same fields in the same way, under whatever
    account it was known: contracts move when accounts are merged.
    """
    remembers = _remembers(engine, tx)
    desk = figures or figure_desk(engine, tx)
    left: dict[str, list[TermState]] = {}

    def keep(decided: Sequence[Decided]) -> None:
        stored = tx.forecast.states.of_accounts(_known_under(decided))
        by_account, by_contract = _sorted_out(stored)
        tops = top_parents(tx, (one.account for one, _ in decided if isinstance(one, AccountBook)))
        changed: list[str] = []
        states: list[TermState] = []
        stated: list[Stated] = []
        for customer, decision in decided:
            if isinstance(customer, Unread) and customer.text:
                continue
            after: tuple[TermState, ...] = ()
            if isinstance(customer, AccountBook):
                book = with_renewals(customer, renewals=decision.renewals)
                known = [
                    one for each in book.contracts for one in by_contract[each.id] or left.get(each.id, [])
                ]
                after = states_of(
                    book,
                    rules=engine.rules,
                    today=engine.today(),
                    known=known if remembers else (),
                    top_parent_id=tops[customer.account.id],
                )
                stated.append((book, after))
            account_id = _account_id(customer)
            if sorted(after, key=_key) != by_account[account_id]:
                changed.append(account_id)
                states.extend(after)
                left.update(_left(by_account[account_id], after))
        if changed:
            tx.forecast.states.replace_of_accounts(changed, states)
            grow_revision(tx)
        if desk is not None:
            desk.take(stated, gone=[one.account_id for one, _ in decided if _is_gone(one)])

    return keep


def grow_revision(tx: Transaction) -> None:
    """This function will note that what reports stand on is another than before, so that kept ones are made anew."""
    tx.progress.set_setting(REVISION, str(int(tx.progress.setting(REVISION) or 0) + 1))


def restate(engine: Engine, tx: Transaction, account_ids: Sequence[str]) -> None:
    """This function will store the states of a few customers as they stand, without deciding about them.

    It is for what we wrote ourselves: the rows are in the mirror already, so the next pull finds nothing new in them.
    """
    if not account_ids:
        return
    customers = read_customers(
        tx, account_ids, people=read_people(tx), default_currency=engine.rules.default_currency
    )
    states_keeper(engine, tx)([(one, Decision()) for one in customers])


def _form(engine: Engine) -> str:
    """Say how states are worked out, and how amounts are read: what is known under another form is not held to it."""
    rules, objects = engine.rules, engine.mapping.objects
    fields = (objects[role].fields.get(name) if role in objects else None for role, name in _AMOUNTS)
    paths = ",".join(one.path if one else "" for one in fields)
    return f"{_FORM}/{rules.term_amounts:d}{rules.contract_term_amounts:d}/{paths}"


def _sorted_out(
    states: Sequence[TermState],
) -> tuple[defaultdict[str, list[TermState]], defaultdict[str, list[TermState]]]:
    """Give states, in order of key, by account and by contract: a contract may have moved to another account."""
    by_account: defaultdict[str, list[TermState]] = defaultdict(list)
    by_contract: defaultdict[str, list[TermState]] = defaultdict(list)
    for one in states:
        by_account[one.account_id].append(one)
        by_contract[one.contract_id].append(one)
    return by_account, by_contract


def _known_under(decided: Sequence[Decided]) -> Sequence[str]:
    """Give the accounts under which the terms of customers are stored: those they stand under, and stood under."""
    accounts = dict.fromkeys(_account_id(customer) for customer, _ in decided)
    accounts.update(dict.fromkeys(one.account_id for customer, _ in decided for one in customer.renewals))
    return list(accounts)


def _left(before: Sequence[TermState], after: Sequence[TermState]) -> dict[str, list[TermState]]:
    """Give the states of contracts that are an account's no more: another one, read later, may have them."""
    stayed = {one.contract_id for one in after}
    found: dict[str, list[TermState]] = {}
    for one in before:
        if one.contract_id not in stayed:
            found.setdefault(one.contract_id, []).append(one)
    return found


def _is_gone(customer: AccountBook | Unread) -> TypeGuard[Unread]:
    return isinstance(customer, Unread) and not customer.text


def _account_id(customer: AccountBook | Unread) -> str:
    return customer.account_id if isinstance(customer, Unread) else customer.account.id


def _key(state: TermState) -> str:
    return state.key
