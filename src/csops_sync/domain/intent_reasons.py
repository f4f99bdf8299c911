"""Why something is done outside: sentences that the outbox keeps as text, and its list understands again."""

from datetime import date

from csops_sync.domain.dates import Duration
from csops_sync.domain.open_decision import BoundKind
from csops_sync.domain.sentences import Wording

_READS = {
    "day": date.fromisoformat,
    "anchor": date.fromisoformat,
    "offset": Duration.parse,
    "bound": BoundKind,
}
OPENS = Wording("intent.opens", "opens {day}: {bound} {anchor} less {offset}", _READS)
OPENS_THOUGH = Wording(
    "intent.opens-though",
    "opens {day}: {bound} {anchor} less {offset} although the customer has announced to cancel",
    _READS,
)
DUE = Wording("intent.due", "due")
BY_RULE = Wording("intent.by-rule", "renewal opened by rule {rule}")
OPENED = Wording("intent.opened", "{n} renewals opened")
IS_ITS_RENEWAL = Wording("intent.is-its-renewal", "{name} is the renewal of contract {number}")
NOT_ITS_RENEWAL = Wording(
    "intent.not-its-renewal", "a person said that it is not the renewal of contract {number}"
)
END_MOVED = Wording("intent.end-moved", "the contract's end moved")
FACTS_CHANGED = Wording("intent.facts-changed", "what it is worked out from changed")
PUT_BACK = Wording("intent.put-back", "a person's edit of the same second is put back")
BESIDE = Wording("intent.beside", "{name} stands beside the renewal's own opportunity")
TERMINATED = Wording("why.terminated", "the contract is terminated")
CANCELLING = Wording("why.cancelling", "the customer has announced to cancel")
INTENT_REASONS = (
    OPENS_THOUGH,
    OPENS,
    DUE,
    BY_RULE,
    OPENED,
    NOT_ITS_RENEWAL,
    IS_ITS_RENEWAL,
    END_MOVED,
    FACTS_CHANGED,
    PUT_BACK,
    BESIDE,
    TERMINATED,
    CANCELLING,
)
"""In the order in which a text is tried."""
