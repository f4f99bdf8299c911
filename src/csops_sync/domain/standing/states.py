"""From one customer's facts to the state of each of its terms.

All terms of every contract count that is or was in force, past ones too. `known` are the states as they were stored
before: Salesforce says what a contract is worth now, and not what it was worth while a term ran that is over, so the
amounts of such a term are kept. Without them they are read from the won deals that are linked to the contract, and a
term about which nothing is known stands aside, and is not guessed.

`customer_id` is the account itself: a book holds one account, and its parents are not in it. A renewal in another
currency than its contract stands aside, because this module knows no rates.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date

from csops_sync.domain.amounts import prior_amount, total
from csops_sync.domain.book import AccountBook, lookup_in, segment_of
from csops_sync.domain.facts import Contract, Opportunity
from csops_sync.domain.forecast.term_state import Grouping, TermStanding, TermState
from csops_sync.domain.money import Money
from csops_sync.domain.people import find_csm
from csops_sync.domain.renewal import Renewal
from csops_sync.domain.rules import RuleSet
from csops_sync.domain.setting_aside import ODD
from csops_sync.domain.standing.renewed import (
    Offer,
    annual_amount,
    chosen_type,
    is_proposed,
    loss_reason,
    proposal,
    rank_of,
    shared,
)
from csops_sync.domain.standing.runs import Run, runs_of
from csops_sync.domain.terms import new_term_months
from csops_sync.domain.tracking import belongs_to_term

_BY_DEAL = frozenset({TermStanding.OPEN, TermStanding.WON})
_SETTLED = frozenset({TermStanding.WON, TermStanding.AUTO_RENEWED, TermStanding.SUPERSEDED})

Known = Mapping[str, TermState]
_New = tuple[Money | None, bool]
"""What a deal says that a term is renewed at, None where that is no number; and whether it is only proposed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Draft:
    """A state that has no `new` yet, beside what it was made from."""

    contract: Contract
    run: Run
    state: TermState
    before: TermState | None
    next_prior: Money | None


def states_of(
    book: AccountBook, *, rules: RuleSet, today: date, known: Sequence[TermState] = ()
) -> tuple[TermState, ...]:
    """This function will give the states of all terms of a customer, as of `today` (the org's business date).

    The book's renewals are to be those of today's decision: open dates are taken from them. Ordered by contract and
    start. A contract that makes no sense, which `decide` reports, keeps the states that are known of it.
    """
    before = {one.key: one for one in known}
    drafts: list[_Draft] = []
    left: list[TermState] = []
    for contract in book.contracts:
        try:
            drafts.extend(_drafts(book, contract, before, rules=rules, today=today))
        except ODD:  # `decide` reports it; as its renewals are, its states are left as they stand
            left.extend(one for one in known if one.contract_id == contract.id)
    amounts = _by_deals(book, drafts, rules)
    return (*(_finished(draft, amounts, today, book, rules) for draft in drafts), *left)


def with_renewals(book: AccountBook, *, renewals: Sequence[Renewal]) -> AccountBook:
    """This function will give a book with the renewals of a decision in the place of those that were stored."""
    rows = {one.key: one for one in (*book.renewals, *renewals)}
    return replace(book, renewals=tuple(rows.values()))


def _drafts(
    book: AccountBook, contract: Contract, before: Known, *, rules: RuleSet, today: date
) -> list[_Draft]:
    runs = runs_of(book, contract=contract, rules=rules, today=today)
    drafts: list[_Draft] = []
    following: Money | None = None
    for run in reversed(runs):
        prior = _prior(book, contract, run, before.get(run.key), following, rules)
        state = _state(book, contract, run, prior, rules)
        drafts.append(
            _Draft(contract=contract, run=run, state=state, before=before.get(run.key), next_prior=following)
        )
        following = prior
    return drafts[::-1]


def _prior(
    book: AccountBook,
    contract: Contract,
    run: Run,
    before: TermState | None,
    following: Money | None,
    rules: RuleSet,
) -> Money | None:
    """Give what was in force on the term's last day: of a term that is settled or over what was known then."""
    is_over = not run.is_last or run.standing in _SETTLED
    if is_over and before is not None and before.prior is not None:
        return before.prior
    if run.is_last:
        return prior_amount(book, contract=contract, rules=rules)
    if run.standing is TermStanding.AUTO_RENEWED:
        return following
    return _from_deal_before(book, contract, run, rules)


def _from_deal_before(book: AccountBook, contract: Contract, run: Run, rules: RuleSet) -> Money | None:
    """Give the amount of the last deal that was won before the one that renewed the term: the one that began it."""
    won = [
        one
        for one in book.opportunities
        if one.is_won
        and not one.is_deleted
        and one.amount is not None
        and contract.id in (one.contract_id, one.id)
        and one is not run.opportunity
        and not belongs_to_term(one, term=run.term)
    ]
    last = max(won, key=lambda one: (one.close_date, one.id), default=None)
    if last is None:
        return None
    return annual_amount(Offer(opportunity=last, months=run.term.exact_months()), rules=rules)


def _state(book: AccountBook, contract: Contract, run: Run, prior: Money | None, rules: RuleSet) -> TermState:
    cancelling = rules.lifecycle.cancelling
    deal = run.opportunity
    state = TermState(
        key=run.key,
        contract_id=contract.id,
        account_id=book.account.id,
        customer_id=book.account.id,
        ordinal=run.term.ordinal,
        start=run.term.start,
        end=run.term.end,
        in_force_until=run.until,
        standing=run.standing,
        prior=prior,
        follows_on=run.follows_on,
        announced_cancellation=run.is_last
        and cancelling is not None
        and cancelling.holds(lookup_in(book, contract=contract)),
        open_date=run.renewal.open_date if run.renewal else None,
        opportunity_id=deal.id if deal else run.renewal.opportunity_id if run.renewal else None,
        grouping=_grouping(book, contract, deal, rules),
    )
    return state if deal is None else _with_deal(book, state, deal, rules)


def _with_deal(book: AccountBook, state: TermState, deal: Opportunity, rules: RuleSet) -> TermState:
    return replace(
        state,
        rank=rank_of(book, opportunity=deal, rules=rules),
        chosen_type=chosen_type(book, opportunity=deal),
        settled_on=deal.close_date if deal.is_closed else None,
        loss_reason=loss_reason(deal, rules=rules),
    )


def _grouping(book: AccountBook, contract: Contract, deal: Opportunity | None, rules: RuleSet) -> Grouping:
    csm = find_csm(book, paths=rules.csm, contract=contract, opportunity=deal)
    return Grouping(
        segment=segment_of(book, segments=rules.segments, contract=contract),
        tier=_text(book.account.values.get("tier")),
        csm_id=csm.id if csm else None,
        manager_id=csm.manager_id if csm else None,
        product=_text(contract.values.get("product")),
    )


def _by_deals(book: AccountBook, drafts: Sequence[_Draft], rules: RuleSet) -> dict[str, _New]:
    """Give what each term is renewed at by its opportunity, and whether that is only proposed, by key.

    Those that share an opportunity share its amount: the one whose key it carries first, the others by key.
    """
    groups: dict[str, list[_Draft]] = {}
    for draft in drafts:
        if draft.run.opportunity is not None and draft.state.standing in _BY_DEAL:
            groups.setdefault(draft.run.opportunity.id, []).append(draft)
    found: dict[str, _New] = {}
    for members in groups.values():
        found.update(_shares(book, sorted(members, key=_anchor_first), rules))
    return found


def _anchor_first(draft: _Draft) -> tuple[bool, str]:
    renewal = draft.run.renewal
    return (renewal is None or renewal.key != renewal.anchor_key, draft.state.key)


def _shares(book: AccountBook, members: Sequence[_Draft], rules: RuleSet) -> dict[str, _New]:
    deal = members[0].run.opportunity
    priors = {one.state.key: one.state.prior for one in members if one.state.prior is not None}
    sharing = {key: prior for key, prior in priors.items() if deal and prior.currency == deal.currency}
    if deal is None or not sharing:
        return {}
    anchor = members[0]
    offer = Offer(
        opportunity=deal,
        months=new_term_months(contract=anchor.contract, term=anchor.run.term),
        renewal=anchor.run.renewal,
        prior=total([one.state.prior for one in members]),
    )
    try:
        whole, is_ours = _whole(book, offer, rules)
    except ODD:
        return dict.fromkeys(sharing, (None, False))
    if whole is None:
        return {}
    parts = shared(whole, priors=tuple(sharing.values()))
    return {key: (part, is_ours) for key, part in zip(sharing, parts, strict=True)}


def _whole(book: AccountBook, offer: Offer, rules: RuleSet) -> _New:
    is_ours = is_proposed(book, offer=offer, rules=rules)
    proposed = proposal(offer, rules=rules) if is_ours else None
    return proposed or annual_amount(offer, rules=rules), is_ours


def _finished(
    draft: _Draft, amounts: Mapping[str, _New], today: date, book: AccountBook, rules: RuleSet
) -> TermState:
    """Give the state with what it is renewed at; what cannot be told or compared stands aside."""
    state, deal = draft.state, draft.run.opportunity
    of_deal = amounts.get(state.key)
    new, is_ours = of_deal or (_without_deal(draft, today, book, rules), False)
    is_odd = of_deal is not None and new is None
    is_foreign = deal is not None and state.standing in _BY_DEAL and _is_foreign(state.prior, deal)
    if state.prior is None or is_odd or is_foreign or (new and new.currency != state.prior.currency):
        return replace(state, standing=TermStanding.ASIDE, new=None)
    return state if new is None else replace(state, new=new, proposed=is_ours)


def _is_foreign(prior: Money | None, deal: Opportunity) -> bool:
    return prior is not None and deal.amount is not None and deal.currency != prior.currency


def _without_deal(draft: _Draft, today: date, book: AccountBook, rules: RuleSet) -> Money | None:
    """Give what a term went on at without an amount on a deal: once it is over, what was known when it ended."""
    state, before = draft.state, draft.before
    if state.standing not in _SETTLED:
        return None
    was_over = before is not None and before.standing is state.standing and before.end < today
    if before is not None and was_over and before.new is not None:
        return before.new
    if draft.run.successor is not None:
        return prior_amount(book, contract=draft.run.successor, rules=rules)
    return draft.next_prior


def _text(value: object) -> str | None:
    return str(value) if value not in (None, "") else None
