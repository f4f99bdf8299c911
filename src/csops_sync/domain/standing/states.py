"""From one customer's facts to the state of each of its terms.

All terms of every contract count that is or was in force, past ones too. `known` are the states as they were stored
before: Salesforce says what a contract is worth now, and not what it was worth while a term ran that is over, so the
amounts of such a term are kept, but for amendments that were entered or taken back since (`steps.kept`). Without them
they are read from the won deals that are linked to the contract, and a term about which nothing is known stands aside,
and is not guessed.

A book holds one account, and its parents are not in it: which account is on top is given from outside. A renewal in
another currency than its contract stands aside, because this module knows no rates.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta

from csops_sync.domain.amending import added_by, amends_from, between
from csops_sync.domain.amounts import total
from csops_sync.domain.book import AccountBook, segment_of
from csops_sync.domain.facts import Contract, Opportunity
from csops_sync.domain.forecast.term_state import Grouping, TermStanding, TermState
from csops_sync.domain.money import Money
from csops_sync.domain.people import find_csm
from csops_sync.domain.renewal import Renewal
from csops_sync.domain.rules import RuleSet
from csops_sync.domain.setting_aside import ODD
from csops_sync.domain.standing.announced import announced_in
from csops_sync.domain.standing.contract_past import Past, past_of
from csops_sync.domain.standing.renewed import (
    Offer,
    annual_amount,
    booked_amount,
    chosen_type,
    is_proposed,
    loss_reason,
    proposal,
    rank_of,
    shared,
)
from csops_sync.domain.standing.runs import Run, runs_of
from csops_sync.domain.standing.steps import Paid, first_amount, kept, less, paid
from csops_sync.domain.terms import new_term_months
from csops_sync.domain.tracking import belongs_to_term

_DAY = timedelta(days=1)
_BY_DEAL = frozenset({TermStanding.OPEN, TermStanding.WON})
_SETTLED = frozenset({TermStanding.WON, TermStanding.AUTO_RENEWED, TermStanding.SUPERSEDED})


@dataclass(frozen=True, slots=True, kw_only=True)
class _New:
    """What a deal says that a term is renewed at, None where that is no number; its bookings, and whose idea it is.

    `proposed`: nobody but us named the amount.
    """

    amount: Money | None = None
    bookings: Money | None = None
    proposed: bool = False


_NO_NUMBER = _New()


@dataclass(frozen=True, slots=True, kw_only=True)
class _View:
    """A customer under the rules of a day, and what was known of its terms before, by key."""

    book: AccountBook
    rules: RuleSet
    today: date
    known: Mapping[str, TermState]
    customer_id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class _Draft:
    """A state before its deal was asked what it is renewed at, and what it was made from."""

    contract: Contract
    run: Run
    state: TermState


def states_of(
    book: AccountBook,
    *,
    rules: RuleSet,
    today: date,
    known: Sequence[TermState] = (),
    top_parent_id: str | None = None,
) -> tuple[TermState, ...]:
    """This function will give the states of all terms of a customer, as of `today` (the org's business date).

    The book's renewals are to be those of today's decision: open dates are taken from them. Ordered by contract and
    start. A contract that makes no sense, which `decide` reports, keeps the states that are known of it.
    `top_parent_id` is the account on top of this one, None where that is itself.
    """
    account_id = book.account.id
    view = _View(
        book=book,
        rules=rules,
        today=today,
        known={one.key: one for one in known},
        customer_id=top_parent_id or account_id,
    )
    drafts: list[_Draft] = []
    left: list[TermState] = []
    for contract in book.contracts:
        try:
            drafts.extend(_drafts(view, contract))
        except ODD:  # `decide` reports it; as its renewals are, its states are left as they stand
            left.extend(
                replace(one, account_id=account_id, customer_id=view.customer_id)
                for one in known
                if one.contract_id == contract.id
            )
    amounts = _by_deals(view, drafts)
    return (*(_finished(draft, amounts.get(draft.state.key)) for draft in drafts), *left)


def with_renewals(book: AccountBook, *, renewals: Sequence[Renewal]) -> AccountBook:
    """This function will give a book with the renewals of a decision in the place of those that were stored."""
    rows = {one.key: one for one in (*book.renewals, *renewals)}
    return replace(book, renewals=tuple(rows.values()))


def _drafts(view: _View, contract: Contract) -> list[_Draft]:
    """Give the terms of a contract, first to last; what was paid is worked out from the last one back."""
    drafts: list[_Draft] = []
    groupings: dict[str | None, Grouping] = {}
    runs = runs_of(view.book, contract=contract, rules=view.rules, today=view.today)
    past = past_of(view.book, contract=contract, runs=runs, rules=view.rules, known=view.known)
    announced = announced_in(
        view.book, contract=contract, runs=runs, rules=view.rules, today=view.today, known=view.known
    )
    following: Money | None = None
    for run in reversed(runs):
        deal = run.opportunity
        deal_id = deal.id if deal else None
        if deal_id not in groupings:
            groupings[deal_id] = _grouping(view, contract, deal)
        told = _paid(view, past, run, following)
        new = _went_on_at(view, past, run, prior=told.prior, following=following)
        state = replace(
            _state(view, contract, run, prior=told.prior, new=new),
            steps=told.steps,
            announced_cancellation=run.key in announced,
        )
        drafts.append(
            _Draft(contract=contract, run=run, state=_placed(view, state, deal, groupings[deal_id]))
        )
        following = told.first
    return drafts[::-1]


def _paid(view: _View, past: Past, run: Run, following: Money | None) -> Paid:
    """Give what a term earned: of one that is settled or over what was known then."""
    before = view.known.get(run.key)
    is_over = not run.is_last or run.standing in _SETTLED
    if not is_over or before is None or before.prior is None:
        prior = _prior(view, past, run, following)
        return paid(run, prior=prior, amendments=past.amendments)
    seen = _last_amount(view, past, run) if run.is_last else less(following, past.on_next_start(run))
    return kept(before, run=run, amendments=past.amendments, seen=seen, brought=past.brought(run))


def _prior(view: _View, past: Past, run: Run, following: Money | None) -> Money | None:
    """Give what was in force on the last day of a term of which nothing was known before."""
    if run.is_last:
        return _last_amount(view, past, run)
    if run.standing is TermStanding.AUTO_RENEWED:
        return less(following, past.on_next_start(run))
    return _from_deal_before(view, past, run)


def _last_amount(view: _View, past: Past, run: Run) -> Money | None:
    return past.last_amount(run, book=view.book, rules=view.rules, before=view.known.get(run.key))


def _from_deal_before(view: _View, past: Past, run: Run) -> Money | None:
    """Give the amount of the last deal that was won before the one that renewed the term, and what was added since."""
    contract = past.contract
    won = [
        one
        for one in view.book.opportunities
        if one.is_won
        and not one.is_deleted
        and one.amount is not None
        and contract.id in (one.contract_id, one.id)
        and one is not run.opportunity
        and amends_from(one) is None
        and not belongs_to_term(one, term=run.term)
    ]
    last = max(won, key=lambda one: (one.close_date, one.id), default=None)
    if last is None:
        return None
    sold = annual_amount(Offer(opportunity=last, months=run.term.exact_months()), rules=view.rules)
    if sold is None:
        return None
    began = next(one.term for one in past.runs if not belongs_to_term(last, term=one.term))
    added = between(past.amendments, after=began.start - _DAY, until=run.until)
    return sold + added_by(added, currency=sold.currency)


def _went_on_at(
    view: _View, past: Past, run: Run, *, prior: Money | None, following: Money | None
) -> Money | None:
    """Give what a term went on at where no deal says it: once it is over, what was known when it ended."""
    if run.standing not in _SETTLED:
        return None
    before = view.known.get(run.key)
    if before is not None and before.standing is run.standing and before.end < view.today and before.new:
        is_restated = before.prior != prior or past.is_raised_on_start(run, prior=prior, following=following)
        return following if is_restated and run.standing is TermStanding.AUTO_RENEWED else before.new
    if run.successor is not None:
        return first_amount(view.book, contract=run.successor, rules=view.rules)
    return following


def _state(view: _View, contract: Contract, run: Run, *, prior: Money | None, new: Money | None) -> TermState:
    renewal = run.renewal
    return TermState(
        key=run.key,
        contract_id=contract.id,
        account_id=view.book.account.id,
        customer_id=view.customer_id,
        ordinal=run.term.ordinal,
        start=run.term.start,
        end=run.term.end,
        in_force_until=run.until,
        standing=run.standing,
        prior=prior,
        new=new,
        follows_on=run.follows_on,
        open_date=renewal.open_date if renewal else None,
        opportunity_id=renewal.opportunity_id if renewal else None,
    )


def _placed(view: _View, state: TermState, deal: Opportunity | None, grouping: Grouping) -> TermState:
    """Add what a term is counted under, and what its deal says of it."""
    if deal is None:
        return replace(state, grouping=grouping)
    return replace(
        state,
        grouping=grouping,
        opportunity_id=deal.id,
        rank=rank_of(view.book, opportunity=deal, rules=view.rules),
        chosen_type=chosen_type(view.book, opportunity=deal),
        settled_on=deal.close_date if deal.is_closed else None,
        loss_reason=loss_reason(deal, rules=view.rules),
    )


def _grouping(view: _View, contract: Contract, deal: Opportunity | None) -> Grouping:
    csm = find_csm(view.book, paths=view.rules.csm, contract=contract, opportunity=deal)
    return Grouping(
        segment=segment_of(view.book, segments=view.rules.segments, contract=contract),
        tier=_text(view.book.account.values.get("tier")),
        csm_id=csm.id if csm else None,
        manager_id=csm.manager_id if csm else None,
        product=_text(contract.values.get("product")),
    )


def _by_deals(view: _View, drafts: Sequence[_Draft]) -> dict[str, _New]:
    """Give what each term is renewed at by its opportunity, and whether that is only proposed, by key.

    Those that share an opportunity share its amount: the one whose key it carries first, the others by key.
    """
    groups: dict[str, list[_Draft]] = {}
    for draft in drafts:
        if draft.run.opportunity is not None and draft.state.standing in _BY_DEAL:
            groups.setdefault(draft.run.opportunity.id, []).append(draft)
    found: dict[str, _New] = {}
    for members in groups.values():
        found.update(_shares(view, sorted(members, key=_anchor_first)))
    return found


def _anchor_first(draft: _Draft) -> tuple[bool, str]:
    renewal = draft.run.renewal
    return (renewal is None or renewal.key != renewal.anchor_key, draft.state.key)


def _shares(view: _View, members: Sequence[_Draft]) -> dict[str, _New]:
    """Give each member its part of the deal; who has no prior, or one in another currency, has none."""
    anchor, deal = members[0], members[0].run.opportunity
    priors = [one.state.prior for one in members]
    sharing = {
        one.state.key: one.state.prior
        for one in members
        if one.state.prior is not None and deal is not None and one.state.prior.currency == deal.currency
    }
    if deal is None or not sharing:
        return {}
    offer = Offer(
        opportunity=deal,
        months=new_term_months(contract=anchor.contract, term=anchor.run.term),
        renewal=anchor.run.renewal,
        prior=total(priors),
    )
    try:
        whole = _whole(view, offer)
    except ODD:
        return dict.fromkeys(sharing, _NO_NUMBER)
    if whole.amount is None or whole.bookings is None:
        return {}
    paid_before = tuple(sharing.values())
    parts = zip(
        shared(whole.amount, priors=paid_before), shared(whole.bookings, priors=paid_before), strict=True
    )
    return {
        key: replace(whole, amount=part, bookings=booked)
        for key, (part, booked) in zip(sharing, parts, strict=True)
    }


def _whole(view: _View, offer: Offer) -> _New:
    is_ours = is_proposed(view.book, offer=offer, rules=view.rules)
    proposed = proposal(offer, rules=view.rules) if is_ours else None
    return _New(
        amount=proposed or annual_amount(offer, rules=view.rules),
        bookings=booked_amount(offer, rules=view.rules),
        proposed=is_ours,
    )


def _finished(draft: _Draft, of_deal: _New | None) -> TermState:
    """Give the state with what its deal says; what cannot be told, or compared with what was paid, stands aside."""
    state, deal = draft.state, draft.run.opportunity
    new = state.new if of_deal is None else of_deal.amount
    is_odd = of_deal is not None and new is None
    is_foreign = deal is not None and state.standing in _BY_DEAL and _is_foreign(state.prior, deal)
    if state.prior is None or is_odd or is_foreign or (new and new.currency != state.prior.currency):
        return replace(state, standing=TermStanding.ASIDE, new=None)
    if of_deal is None:
        return state
    return replace(state, new=new, proposed=of_deal.proposed, bookings=of_deal.bookings)


def _is_foreign(prior: Money | None, deal: Opportunity) -> bool:
    return prior is not None and deal.amount is not None and deal.currency != prior.currency


def _text(value: object) -> str | None:
    return str(value) if value not in (None, "") else None
