"""What a person orders about one renewal. Each order is one transaction (see `Office.writing`) and one journal line.

An order changes what csops-sync keeps and makes the customer due; the next cycle decides again with it, and whatever
follows for Salesforce and Slack goes through plan, guard and outbox like everything else.
"""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date

from csops_sync.app.finding import book_of, find_contract, find_opportunity
from csops_sync.app.office import Office
from csops_sync.app.order_events import ordered
from csops_sync.app.refusals import RefusedError
from csops_sync.domain.book import AccountBook
from csops_sync.domain.eligibility import Standing, judge, linked_opportunities
from csops_sync.domain.facts import Scalar
from csops_sync.domain.opportunity_fields import MAINTAINED
from csops_sync.domain.ownership import same
from csops_sync.domain.renewal import Renewal, parse_key, renewal_key
from csops_sync.domain.tracking import Tracked, track
from csops_sync.ports.crm import Row
from csops_sync.ports.store import OutboxStatus, Transaction
from csops_sync.ports.written import WrittenField

_ON_ITS_WAY = frozenset({OutboxStatus.SENDING, OutboxStatus.UNKNOWN})
_STAMPED = frozenset({*_ON_ITS_WAY, OutboxStatus.SENT})


def adopt(office: Office, *, contract: str, opportunity: str) -> str:
    """This function will tie an opportunity that a person made to a contract's current term, and say so.

    Raises RefusedError where it belongs elsewhere, or the term has an opportunity already.
    """
    with office.writing() as tx:
        row, deal = find_contract(tx, contract), find_opportunity(tx, opportunity)
        tracked = _tracked(office, book_of(tx, office, row), row)
        renewal = tracked.renewal
        if renewal.opportunity_id == deal.id:
            return f"{deal.id} is the renewal of contract {tracked.contract.number} already"
        _refuse_adoption(tx, tracked, deal)
        adopted = replace(
            renewal,
            anchor_key=renewal.key,
            opportunity_id=deal.id,
            adopted_on=office.today,
            announced=True,
            settled=None,
            refused=tuple(one for one in renewal.refused if one != deal.id),
            review_on=office.today,
        )
        tx.renewals.put([*tracked.past, adopted])
        tx.journal.add([ordered(office, "adopt", renewal=adopted)])
    return (
        f"{deal.id} is the renewal {renewal.key} of contract {tracked.contract.number}; "
        "the next cycle stamps it with the key"
    )


def unadopt(office: Office, *, contract: str) -> str:
    """This function will undo an adoption: the opportunity is left to its owner and is never adopted for it again.

    One that carries our stamp already loses it with the next cycle; until then the key is taken in Salesforce, so
    that the term goes on under a new revision of it. Raises RefusedError where nothing was adopted.
    """
    with office.writing() as tx:
        row = find_contract(tx, contract)
        tracked = _tracked(office, book_of(tx, office, row), row)
        renewal, deal_id = tracked.renewal, tracked.renewal.opportunity_id
        if deal_id is None or renewal.adopted_on is None:
            raise RefusedError(f"contract {tracked.contract.number} has no adopted opportunity to let go")
        freed = replace(
            renewal,
            opportunity_id=None,
            adopted_on=None,
            announced=False,
            settled=None,
            refused=_added(renewal.refused, [deal_id]),
            review_on=office.today,
        )
        stamped = _is_stamped(tx, renewal, deal_id)
        after = [replace(freed, review_on=None), _revised(freed, office.today)] if stamped else [freed]
        tx.renewals.put([*tracked.past, *after])
        tx.journal.add([ordered(office, "unadopt", renewal=renewal)])
    return f"{deal_id} is no longer the renewal of contract {tracked.contract.number}, which runs as {after[-1].key}"


def reopen(office: Office, *, contract: str) -> str:
    """This function will bring back a term that a won, lost or deleted opportunity has settled, under a new revision.

    Raises RefusedError where the current term is not settled so.
    """
    with office.writing() as tx:
        row = find_contract(tx, contract)
        book = book_of(tx, office, row)
        tracked = _tracked(office, book, row)
        verdict = judge(book, tracked=tracked, rules=office.rules, today=office.today)
        if verdict.standing is not Standing.SETTLED:
            raise RefusedError(f"contract {tracked.contract.number} has nothing to reopen: {verdict.why}")
        old = replace(
            tracked.renewal,
            settled=verdict.settled,
            opportunity_id=verdict.opportunity_id,
            review_on=None,
        )
        over = [
            one.id for one in linked_opportunities(book, tracked=tracked) if one.is_closed or one.is_deleted
        ]
        again = _revised(
            replace(old, refused=_added(old.refused, [*filter(None, [old.opportunity_id]), *over])),
            office.today,
        )
        tx.renewals.put([*tracked.past, old, again])
        tx.journal.add([ordered(office, "reopen", renewal=again, instead_of=old.key)])
    return f"the term of contract {tracked.contract.number} is open again as {again.key}"


def release(office: Office, *, opportunity: str, field: str) -> str:
    """This function will hand a field that a person (or automation) changed back to csops-sync.

    What stands there now becomes the base of the comparison, so that the next cycle writes what the rules want, and
    an edit that comes after the order still wins. Raises RefusedError for a field that is never written again.
    """
    with office.writing() as tx:
        deal = find_opportunity(tx, opportunity)
        renewals = tx.renewals.by_opportunity(deal.id)
        _refuse_release(office, deal, renewals, field)
        current = deal.values.get(field)
        known = next((one for one in tx.written.of_opportunities([deal.id]) if one.field == field), None)
        if known is not None and same(_scalar(known.value), _scalar(current)):
            return f"{field} of {deal.id} is csops-sync's already: nobody has changed it"
        base = WrittenField(
            opportunity_id=deal.id, field=field, sent=current, value=current, written_at=office.now
        )
        tx.written.put([base])
        tx.renewals.put([replace(one, review_on=office.today) for one in renewals])
        tx.journal.add([ordered(office, "release", renewal=one, field=field) for one in renewals[:1]])
    return f"{field} of {deal.id} is csops-sync's again; the next cycle writes what the rules want"


def _tracked(office: Office, book: AccountBook, row: Row) -> Tracked:
    contract = book.contract(row.id)
    tracked = track(book, contract=contract, today=office.today) if contract else None
    if tracked is None:
        raise RefusedError(f"contract {row.id} is deleted or has no usable dates, so it has no term to renew")
    return tracked


def _refuse_adoption(tx: Transaction, tracked: Tracked, deal: Row) -> None:
    renewal, contract = tracked.renewal, tracked.contract
    if deal.deleted:
        raise RefusedError(f"{deal.id} is deleted: take it out of the recycle bin first")
    if deal.parent_id != contract.account_id:
        raise RefusedError(f"{deal.id} belongs to another account than contract {contract.number}")
    if deal.id == contract.id:
        raise RefusedError(f"{deal.id} is the contract itself; its renewal is another opportunity")
    if renewal.settled is not None:
        raise RefusedError(
            f"the term of contract {contract.number} is settled ({renewal.settled}): "
            f"`csops-sync reopen {contract.number}` first"
        )
    if renewal.opportunity_id is not None:
        undo = "csops-sync unadopt" if renewal.adopted_on else "close it as lost, then csops-sync reopen"
        raise RefusedError(
            f"contract {contract.number} has its renewal {renewal.opportunity_id}; to take another: {undo}"
        )
    _refuse_taken(tx, renewal, deal)


def _refuse_taken(tx: Transaction, renewal: Renewal, deal: Row) -> None:
    others = [one.key for one in tx.renewals.by_opportunity(deal.id) if one.key != renewal.key]
    key = str(deal.values.get("renewal_key") or "")
    if others or (key and not _is_same_term(key, renewal.key)):
        raise RefusedError(f"{deal.id} is the renewal {', '.join(others) or key} already: unadopt that first")
    if any(row.status in _ON_ITS_WAY for row in tx.outbox.get([renewal.anchor_key])):
        raise RefusedError(
            "its own opportunity is being created at this moment; look at `csops-sync explain` in a minute"
        )


def _is_same_term(key: str, other: str) -> bool:
    """Say whether two keys are of one term; what was let go once still carries an earlier revision."""
    one, two = parse_key(key), parse_key(other)
    return (
        one is not None
        and two is not None
        and (one.contract_id, one.ordinal) == (two.contract_id, two.ordinal)
    )


def _refuse_release(office: Office, deal: Row, renewals: Sequence[Renewal], field: str) -> None:
    if not renewals:
        raise RefusedError(f"{deal.id} is no renewal of csops-sync, so it has no field to hand back")
    ours = [name for name in MAINTAINED if name in office.rules.opportunity_fields]
    if field not in ours:
        raise RefusedError(
            f"csops-sync never changes {field} after the opening; it follows the contract with {', '.join(ours)}"
        )


def _is_stamped(tx: Transaction, renewal: Renewal, deal_id: str) -> bool:
    row = find_opportunity(tx, deal_id)
    stamps = tx.outbox.get([f"adopt/{renewal.key}/{deal_id}"])
    if any(stamp.status in _ON_ITS_WAY for stamp in stamps):
        raise RefusedError(f"{deal_id} is being stamped at this moment; try again in a minute")
    return row.values.get("renewal_key") == renewal.key or any(one.status in _STAMPED for one in stamps)


def _revised(renewal: Renewal, today: date) -> Renewal:
    """Give the same term again under the next revision of its key, as if nothing had been decided about it."""
    ref = parse_key(renewal.key)
    revision = ref.revision + 1 if ref else 2
    key = renewal_key(contract_id=renewal.contract_id, ordinal=renewal.ordinal, revision=revision)
    return replace(
        renewal,
        key=key,
        anchor_key=key,
        decision=None,
        opportunity_id=None,
        opened_on=None,
        adopted_on=None,
        announced=False,
        settled=None,
        review_on=today,
    )


def _added(refused: Sequence[str], more: Sequence[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys((*refused, *more)))


def _scalar(value: Scalar | float) -> Scalar:
    return str(value) if isinstance(value, float) else value
