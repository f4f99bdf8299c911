"""Every sentence that `app` and the domain say by a code, in Japanese; the English words stand where it is said."""

from collections.abc import Mapping

from csops_sync.interfaces.web.words_of_chat import CHAT
from csops_sync.interfaces.web.words_of_confidence import CONFIDENCE
from csops_sync.interfaces.web.words_of_health import HEALTH
from csops_sync.interfaces.web.words_of_outbox import OUTBOX
from csops_sync.interfaces.web.words_of_refusals import REFUSALS
from csops_sync.interfaces.web.words_of_remarks import REMARKS

SENTENCES: Mapping[str, str] = {**REFUSALS, **REMARKS, **CONFIDENCE, **HEALTH, **OUTBOX, **CHAT}
