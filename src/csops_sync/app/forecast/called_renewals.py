"""Which renewal a call is about: one that is still open, by its key, its opportunity, or its contract."""

from csops_sync.app.finding import find_contract, find_opportunity
from csops_sync.app.forecast.listing import is_for
from csops_sync.app.refusals import RefusedError
from csops_sync.domain.forecast.term_state import OPEN_STANDINGS, TermState
from csops_sync.domain.renewal import parse_key
from csops_sync.domain.sentences import Sentence
from csops_sync.ports.store import Transaction

People = frozenset[str] | None


def open_renewal(tx: Transaction, asked: str, people: People) -> TermState:
    """This function will find the one renewal that is meant, and still open, of those that these people may see.

    Raises RefusedError where there is none, or several.
    """
    known = _known_states(tx, asked.strip(), people)
    if not known:
        if people is not None:
            raise RefusedError(
                Sentence(
                    "call.unseen-renewal",
                    "there is no renewal {asked} among those that you may see",
                    asked=asked,
                )
            )
        raise RefusedError(
            Sentence(
                "call.no-renewal",
                "there is no renewal {asked}; `csops-sync forecast --renewals` lists them",
                asked=asked,
            )
        )
    found = [one for one in known if one.standing in OPEN_STANDINGS]
    if not found:
        last = known[-1]
        raise RefusedError(
            Sentence(
                "call.settled",
                "renewal {key} is {standing}: its end is known, so there is nothing to call any more",
                key=last.key,
                standing=last.standing,
            )
        )
    if len(found) > 1 and len({one.contract_id for one in found}) > 1:
        raise RefusedError(
            Sentence(
                "call.several",
                "{asked} stands for several renewals: {keys}; name one by its key",
                asked=asked,
                keys=tuple(one.key for one in found),
            )
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


def _keys(tx: Transaction, asked: str) -> list[str]:
    if parse_key(asked) is not None and tx.forecast.states.get([asked]):
        return [asked]
    try:
        return [one.key for one in tx.renewals.by_opportunity(find_opportunity(tx, asked).id)]
    except RefusedError:
        contract = find_contract(tx, asked)
        states = tx.forecast.states.of_accounts([contract.parent_id or ""])
        return [one.key for one in states if one.contract_id == contract.id]
