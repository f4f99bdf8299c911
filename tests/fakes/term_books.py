"""A customer's terms as a cycle sees them: decided first, and then their states."""

from collections.abc import Sequence
from datetime import date
from decimal import Decimal

from csops_sync.domain.book import AccountBook
from csops_sync.domain.confidence.ranks import RankScale
from csops_sync.domain.confidence.rules import AnswerRules, ConfidenceRules
from csops_sync.domain.deciding import decide
from csops_sync.domain.forecast.term_state import TermState
from csops_sync.domain.money import Money
from csops_sync.domain.rules import RuleSet
from csops_sync.domain.standing.states import states_of, with_renewals

RATED = ConfidenceRules(
    scale=RankScale(field="confidence", ranks=("A", "B", "C", "D", "E")),
    routes=(),
    answer=AnswerRules(reason_field="loss_reason", reasons=("price",)),
)


def lived(
    book: AccountBook, *, rules: RuleSet, today: date, known: Sequence[TermState] = ()
) -> tuple[AccountBook, tuple[TermState, ...]]:
    """Decide about a customer, and give the book with what was stored, and the states of its terms."""
    decided = with_renewals(book, renewals=decide(book, rules=rules, today=today).renewals)
    return decided, states_of(decided, rules=rules, today=today, known=known)


def states(book: AccountBook, *, rules: RuleSet, today: date) -> tuple[TermState, ...]:
    """The states of a customer's terms."""
    return lived(book, rules=rules, today=today)[1]


def yen(amount: int) -> Money:
    """Yen have no minor unit."""
    return Money(Decimal(amount), "JPY")
