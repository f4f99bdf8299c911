"""That Salesforce refused a whole call: sentences that the outbox keeps as text, and its list understands again.

What Salesforce says of it stays in its own words.
"""

from csops_sync.domain.sentences import Wording

UNREAD = Wording("crm.unread", "Salesforce refused to be read. {why}")
UNWRITTEN = Wording("crm.unwritten", "Salesforce refused to be written. {why}")
CRM_WORDS = (UNREAD, UNWRITTEN)
"""In the order in which a text is tried."""
