"""Why somebody is asked next: sentences that cards keep as text, and the outbox's list understands again."""

from csops_sync.domain.sentences import Wording, one_of

CHANGER = Wording("step.changer", "who made the change")
CSM = Wording("step.csm", "who looks after the renewal")
NO_BASE = Wording("step.no-base", "Salesforce names nobody who made the change or looks after the renewal")
_ROLE = {"role": one_of(CHANGER, CSM)}
ABOVE = Wording("step.above", "{name} stands above {base}, {role}", _ROLE)
NONE_ABOVE = Wording(
    "step.none-above", "nobody else stands above {base}, {role}: the fallback is asked", _ROLE
)
FALLBACK = Wording("step.fallback", "{why}: the fallback is asked", {"why": one_of(NO_BASE)})
NAMED = Wording("step.named", "the rules name {path}")
NOBODY_NAMED = Wording(
    "step.nobody-named", "Salesforce names nobody active for {path}: the fallback is asked"
)
ABOVE_LEAVER = Wording("step.above-leaver", "{name} stands above {leaver}, who is not active any more")
LEAVER = Wording("step.leaver", "{leaver} is not active any more: the fallback is asked")
STEP_REASONS = (ABOVE_LEAVER, NONE_ABOVE, ABOVE, NOBODY_NAMED, NAMED, LEAVER, FALLBACK)
"""In the order in which a text is tried."""
