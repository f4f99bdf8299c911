"""What rows of the outbox keep as English text, understood again, so that pages say it in the reader's language.

What an earlier version wrote in other words, and what Salesforce or Slack answered, stays the text that it is.
"""

from csops_sync.app.confidence.reasons import CONFIDENCE_REASONS
from csops_sync.app.confidence.telling_reasons import TELLING_REASONS
from csops_sync.app.forecast.digest_words import WEEKLY
from csops_sync.app.forecast.figure_reasons import figures_understood
from csops_sync.app.operator_notices import NOTICE_REASONS
from csops_sync.app.unsent_reasons import UNSENT_REASONS
from csops_sync.domain.intent_reasons import INTENT_REASONS
from csops_sync.domain.sentences import Sentence, understood

_REASONS = (*INTENT_REASONS, *TELLING_REASONS, *CONFIDENCE_REASONS, *NOTICE_REASONS, WEEKLY)


def reason_understood(text: str) -> str:
    """This function will give why a row is in the outbox."""
    said = understood(text, _REASONS)
    return said if isinstance(said, Sentence) else figures_understood(text)


def error_understood(text: str | None) -> str | None:
    """This function will give why a row is not sent, or waits; None where nothing has kept it."""
    return understood(text, UNSENT_REASONS) if text else None
