"""Why an opportunity has its figures: sentences that the outbox keeps as one text, and its list understands again.

They stand one behind the other, parted by semicolons: its type, who chose it, what it lands at, term by term.
"""

from csops_sync.domain.forecast.term_state import RenewalType
from csops_sync.domain.sentences import Sentence, Wording, joined, one_of, understood

_BETWEEN = "; "
ABOVE = Wording("figures.above", "above the prior amount")
WITHIN = Wording("figures.within", "within {tolerance} of the prior amount")
BELOW = Wording("figures.below", "below the prior amount")
NO_NEW_AMOUNT = Wording("figures.no-new-amount", "no new amount, so the prior one")
CLOSED_LOST = Wording("figures.closed-lost", "closed lost")
ENDED = Wording("figures.ended", "the contract ended")
UNOPENED = Wording("figures.unopened", "not opened")
NO_PRIOR = Wording("figures.no-prior", "no prior amount")
OTHER_CURRENCY = Wording("figures.other-currency", "two currencies")
ASIDE = Wording("figures.aside", "it cannot be judged")
_BASES = (ABOVE, WITHIN, BELOW, NO_NEW_AMOUNT, CLOSED_LOST, ENDED, UNOPENED, NO_PRIOR, OTHER_CURRENCY, ASIDE)
TYPED = Wording("figures.typed", "{type}, {basis}", {"type": RenewalType, "basis": one_of(*_BASES)})
CHOSEN = Wording("figures.chosen", "a person chose {type}, which its landing follows", {"type": RenewalType})
LANDS_AS_WON = Wording("figures.won", "won, lands at its amount")
LANDS_CONTINUED = Wording("figures.continued", "it goes on, lands at its amount")
LANDS_AT_NOTHING = Wording("figures.nothing", "lands at nothing")
NO_LANDING = Wording("figures.no-landing", "no landing")
RATED = Wording("figures.rated", "rank {rank}")
UNRATED = Wording("figures.unrated", "unrated")
UNTOUCHED = Wording("figures.untouched", "nobody rated it or set an amount, so the prior one counts")
NO_WEIGHT = Wording("figures.no-weight", "no weight")
OF_BASE = Wording("figures.of-base", "{base} of the base")
OF_BOTH = Wording("figures.of-both", "{base} of the base and {expansion} of the expansion")
WEIGHED = Wording(
    "figures.weighed",
    "{kind}: {weights}",
    {
        "kind": one_of(RATED, UNRATED, UNTOUCHED, UNOPENED),
        "weights": one_of(OF_BOTH, OF_BASE, NO_WEIGHT),
    },
)
NO_TERM = Wording("figures.no-term", "it renews no term any more")
NOT_ALL = Wording("figures.not-all", "not all of it is in the opportunity's currency, or can be judged")
_PARTS = (
    TYPED,
    CHOSEN,
    LANDS_AS_WON,
    LANDS_CONTINUED,
    LANDS_AT_NOTHING,
    NO_LANDING,
    NO_TERM,
    NOT_ALL,
    *_BASES,
    WEIGHED,
)
SUM = Wording("figures.sum", "the sum of {n} terms: {part}", {"n": int, "part": one_of(*_PARTS)})
_NEXT = Wording("figures.next", "and {part}", {"part": one_of(*_PARTS)})
"""The first of a further term's parts."""


def figures_understood(text: str) -> str:
    """This function will give a kept reason as the sentences that it is made of; any other text stays as it is."""
    parts = [understood(one, (SUM, _NEXT, *_PARTS)) for one in text.split(_BETWEEN)]
    return joined(parts) if all(isinstance(one, Sentence) for one in parts) else text
