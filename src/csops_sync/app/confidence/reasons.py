"""Why a change of confidence got its verdict: sentences that the ledger keeps as text, and `explain` understands again.

What the ledger holds of earlier versions in other words stays the text that it is.
"""

from csops_sync.app.unsent_reasons import RESTING
from csops_sync.domain.sentences import Wording

TOLD_IN = Wording("reason.told", "told in {channels} ({rules})")
AS_BEFORE = Wording("reason.as-before", "it stands where it stood")
NOBODY = Wording("reason.nobody", "{direction} is told to nobody")
SILENCED = Wording("reason.silenced", "silenced by {by} until {until:%Y-%m-%d %H:%M}Z: {why}")
QUIET = Wording("reason.quiet", "outside business hours, until {until:%Y-%m-%d %H:%M}Z")
FOLDED = Wording("reason.folded", "folded into the summary to {name} (storm of {size} changes by {by})")
GONE = Wording("reason.gone", "its opportunity or customer is gone")
LATE = Wording("reason.late", "it became visible only after later changes were told")
CONFIDENCE_REASONS = (AS_BEFORE, GONE, LATE, TOLD_IN, SILENCED, RESTING, QUIET, FOLDED, NOBODY)
"""In the order in which a text is tried."""
