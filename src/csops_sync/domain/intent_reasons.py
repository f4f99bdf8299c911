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
BY_RULE = Wording("intent.by-rule", "renewal opened by rule {rule}")
OPENED = Wording("intent.opened", "{n} renewals opened")
INTENT_REASONS = (OPENS_THOUGH, OPENS, BY_RULE, OPENED)
"""In the order in which a text is tried."""
