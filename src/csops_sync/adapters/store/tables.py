"""Every table, keyed by the org first. Migrations under `migrations/versions` build exactly this; a test compares.

Instants are epoch milliseconds, days are days since 1970-01-01, lists and objects are JSON text. Ids compare byte by
byte on both engines, as Python and Salesforce order them: `00K` and `00k` are different objects.
"""

from typing import Any

from sqlalchemy import (
    BigInteger,
    Boolean,
    CheckConstraint,
    Column,
    Index,
    Integer,
    MetaData,
    PrimaryKeyConstraint,
    Table,
    Text,
    UniqueConstraint,
)

METADATA = MetaData()
KEY = Text().with_variant(Text(collation="C"), "postgresql")
"""Text that compares byte by byte; SQLite does so by itself."""

# One row: read once at start by its only index; an idle cycle does not touch it.
BINDING = Table(
    "binding",
    METADATA,
    Column("org_id", KEY, nullable=False),
    Column("slot", Integer, nullable=False),
    PrimaryKeyConstraint("org_id", name="pk_binding"),
    UniqueConstraint("slot", name="uq_binding_slot"),
    CheckConstraint("slot = 1", name="ck_binding_slot"),
)

# One row an org: `claim` and the fence of a commit are one seek of the key each, every few seconds, idle or not.
LEASE = Table(
    "lease",
    METADATA,
    Column("org_id", KEY, nullable=False),
    Column("owner", KEY, nullable=False),
    Column("epoch", BigInteger, nullable=False),
    Column("expires_at", BigInteger, nullable=False),
    PrimaryKeyConstraint("org_id", name="pk_lease"),
)

# Pages by id, `get` and `changed` seek the key; `children` and `count` seek the parent index, which holds `deleted` so
# that counting 1,000,000 rows never opens one. Nothing changed: one seek per row that the overlap reads again. What is
# below an account that moved is walked by the parent index and what is above those evaluated by the key, a read a level
# for hundreds of them at once; where no account names a parent, nothing.
MIRROR = Table(
    "mirror",
    METADATA,
    Column("org_id", KEY, nullable=False),
    Column("role", KEY, nullable=False),
    Column("id", KEY, nullable=False),
    Column("parent_id", KEY),
    Column("stamp_ms", BigInteger, nullable=False),
    Column("deleted", Boolean, nullable=False),
    Column("digest", BigInteger, nullable=False),
    Column("body", Text, nullable=False),
    PrimaryKeyConstraint("org_id", "role", "id", name="pk_mirror"),
    Index("ix_mirror_parent", "org_id", "role", "parent_id", "deleted"),
)

# Six rows an org, read by the head of the key once a cycle, written only when one moves.
WATERMARK = Table(
    "watermark",
    METADATA,
    Column("org_id", KEY, nullable=False),
    Column("role", KEY, nullable=False),
    Column("covered_ms", BigInteger, nullable=False),
    PrimaryKeyConstraint("org_id", "role", name="pk_watermark"),
)

# Six rows an org, read by the head of the key once a cycle, written by chunks of a first load only.
LOAD_STATE = Table(
    "load_state",
    METADATA,
    Column("org_id", KEY, nullable=False),
    Column("role", KEY, nullable=False),
    Column("mapping_hash", Text, nullable=False),
    Column("delta_from_ms", BigInteger, nullable=False),
    Column("last_id", KEY, nullable=False),
    Column("done", Boolean, nullable=False),
    PrimaryKeyConstraint("org_id", "role", name="pk_load_state"),
)

# A handful of small values, one seek of the key each.
SETTING = Table(
    "setting",
    METADATA,
    Column("org_id", KEY, nullable=False),
    Column("name", KEY, nullable=False),
    Column("value", Text, nullable=False),
    PrimaryKeyConstraint("org_id", "name", name="pk_setting"),
)

# `of_accounts`, `of_contracts`, `by_opportunity` and `accounts_of_opportunities` seek their index per id;
# `due_accounts` reads the review index up to today and never a row, so a cycle on which nothing falls due costs one
# seek, however many renewals wait.
RENEWAL = Table(
    "renewal",
    METADATA,
    Column("org_id", KEY, nullable=False),
    Column("key", KEY, nullable=False),
    Column("contract_id", KEY, nullable=False),
    Column("account_id", KEY, nullable=False),
    Column("ordinal", Integer, nullable=False),
    Column("term_start", Integer, nullable=False),
    Column("term_end", Integer, nullable=False),
    Column("anchor_key", KEY, nullable=False),
    Column("rule", Text),
    Column("rules_hash", Text, nullable=False),
    Column("decision", Text),
    Column("review_on", Integer),
    Column("opportunity_id", KEY),
    Column("opened_on", Integer),
    Column("adopted_on", Integer),
    Column("announced", Boolean, nullable=False),
    Column("settled", Text),
    Column("refused", Text, nullable=False),
    Column("cancellation", Text),
    PrimaryKeyConstraint("org_id", "key", name="pk_renewal"),
    Index("ix_renewal_account", "org_id", "account_id"),
    Index("ix_renewal_contract", "org_id", "contract_id"),
    Index("ix_renewal_review", "org_id", "review_on", "account_id"),
    Index("ix_renewal_opportunity", "org_id", "opportunity_id"),
)

# `claim` and `with_status` walk one status (and target) of the queue index in order of age and stop at their limit: one
# seek per target when nothing waits. `of_accounts` seeks the account index. `counts` reads the queue index whole, about
# 0.1 s at 1,000,000 rows: for status pages, not for cycles.
OUTBOX = Table(
    "outbox",
    METADATA,
    Column("org_id", KEY, nullable=False),
    Column("key", KEY, nullable=False),
    Column("target", KEY, nullable=False),
    Column("kind", Text, nullable=False),
    Column("account_id", KEY, nullable=False),
    Column("payload", Text, nullable=False),
    Column("reason", Text, nullable=False),
    Column("rules_hash", Text, nullable=False),
    Column("status", KEY, nullable=False),
    Column("created_at", BigInteger, nullable=False),
    Column("body_hash", Text, nullable=False),
    Column("after", Text, nullable=False),
    Column("attempts", Integer, nullable=False),
    Column("not_before", BigInteger),
    Column("sending_at", BigInteger),
    Column("claimed_until", BigInteger),
    Column("epoch", BigInteger, nullable=False),
    Column("result", Text),
    Column("error", Text),
    PrimaryKeyConstraint("org_id", "key", name="pk_outbox"),
    Index("ix_outbox_queue", "org_id", "status", "target", "created_at", "key"),
    Index("ix_outbox_account", "org_id", "account_id", "status"),
)

# Read by the head of the key per opportunity that changed; an idle cycle does not touch it.
WRITTEN_FIELD = Table(
    "written_field",
    METADATA,
    Column("org_id", KEY, nullable=False),
    Column("opportunity_id", KEY, nullable=False),
    Column("field", KEY, nullable=False),
    Column("sent", Text, nullable=False),
    Column("value", Text, nullable=False),
    Column("written_at", BigInteger, nullable=False),
    Column("reasserted", Integer, nullable=False),
    Column("replaced", Text, nullable=False),
    PrimaryKeyConstraint("org_id", "opportunity_id", "field", name="pk_written_field"),
)

# Appended at the end of the key; `about` walks one index backwards and stops at its limit; no cycle reads it.
JOURNAL = Table(
    "journal",
    METADATA,
    Column("org_id", KEY, nullable=False),
    Column("seq", BigInteger, nullable=False, autoincrement=False),
    Column("at", BigInteger, nullable=False),
    Column("kind", Text, nullable=False),
    Column("account_id", KEY, nullable=False),
    Column("detail", Text, nullable=False),
    Column("contract_id", KEY),
    Column("renewal_key", KEY),
    Column("opportunity_id", KEY),
    PrimaryKeyConstraint("org_id", "seq", name="pk_journal"),
    Index("ix_journal_account", "org_id", "account_id", "seq"),
    Index("ix_journal_renewal", "org_id", "renewal_key", "seq"),
)


def _shelf(name: str) -> Table:
    """A table of whole values (`shelves.py`): `body` is the value, the other columns are what it is found by."""
    return Table(
        name,
        METADATA,
        Column("org_id", KEY, nullable=False),
        Column("key", KEY, nullable=False),
        Column("owner", KEY, nullable=False),
        Column("status", KEY, nullable=False),
        Column("at", BigInteger, nullable=False),
        Column("due_at", BigInteger),
        Column("body", Text, nullable=False),
        PrimaryKeyConstraint("org_id", "key", name=f"pk_{name}"),
        Index(f"ix_{name}_owner", "org_id", "owner"),
        Index(f"ix_{name}_status", "org_id", "status", "at", "key"),
        Index(f"ix_{name}_due", "org_id", "due_at", "key"),
    )


# A watch and at most a few cards for each open renewal, a ledger row for each change: read by key or owner for what
# changed, by status or due time for what waits. A cycle on which nothing waits costs one seek of an index each.
WATCH = _shelf("watch")
CONFIDENCE_CHANGE = _shelf("confidence_change")
CARD = _shelf("card")
SILENCE = _shelf("silence")
# Written by any replica before it acknowledges an event, read by status once a second: one seek while nothing waits.
INBOX = _shelf("inbox")


def _state_columns() -> tuple[Column[Any], ...]:
    """The fields of a `TermState`, in the order in which `state_rows` writes them. Amounts are in minor units."""
    return (
        Column("contract_id", KEY, nullable=False),
        Column("account_id", KEY, nullable=False),
        Column("customer_id", KEY, nullable=False),
        Column("ordinal", Integer, nullable=False),
        Column("start_day", Integer, nullable=False),
        Column("end_day", Integer, nullable=False),
        Column("in_force_until", Integer, nullable=False),
        Column("standing", KEY, nullable=False),
        Column("prior_minor", BigInteger),
        Column("prior_currency", KEY),
        Column("new_minor", BigInteger),
        Column("new_currency", KEY),
        Column("proposed", Boolean, nullable=False),
        Column("rank", KEY),
        Column("chosen_type", KEY),
        Column("follows_on", Boolean, nullable=False),
        Column("announced_cancellation", Boolean, nullable=False),
        Column("open_date", Integer),
        Column("opportunity_id", KEY),
        Column("settled_on", Integer),
        Column("loss_reason", Text),
        Column("segment", KEY),
        Column("tier", KEY),
        Column("csm_id", KEY),
        Column("manager_id", KEY),
        Column("product", KEY),
        Column("steps", Text),
        Column("bookings_minor", BigInteger),
        Column("digest", BigInteger),
    )


# Replaced by account for those that a cycle evaluated, found by the account index; an idle cycle does not touch it.
# `due_between` and `in_force_on` walk their indexes in order, `all` the key; `tallies` an index alone, once a day.
TERM_STATE = Table(
    "term_state",
    METADATA,
    Column("org_id", KEY, nullable=False),
    Column("key", KEY, nullable=False),
    *_state_columns(),
    PrimaryKeyConstraint("org_id", "key", name="pk_term_state"),
    Index("ix_term_state_account", "org_id", "account_id"),
    Index("ix_term_state_due", "org_id", "end_day", "key"),
    Index("ix_term_state_in_force", "org_id", "in_force_until", "key"),
    Index("ix_term_state_tally", "org_id", "standing", "prior_currency", "prior_minor"),
)

# One or two rows a day, sought by kind and day, listed whole.
SNAPSHOT = Table(
    "snapshot",
    METADATA,
    Column("org_id", KEY, nullable=False),
    Column("id", BigInteger, nullable=False, autoincrement=False),
    Column("kind", KEY, nullable=False),
    Column("as_of", Integer, nullable=False),
    Column("taken_at", BigInteger, nullable=False),
    Column("rules_hash", Text, nullable=False),
    Column("totals", Text, nullable=False),
    PrimaryKeyConstraint("org_id", "id", name="pk_snapshot"),
    UniqueConstraint("org_id", "kind", "as_of", name="uq_snapshot_day"),
)

# What snapshots are weighed by, as JSON: one row for each version of the rules, sought by its hash.
SNAPSHOT_RULES = Table(
    "snapshot_rules",
    METADATA,
    Column("org_id", KEY, nullable=False),
    Column("rules_hash", KEY, nullable=False),
    Column("content", Text, nullable=False),
    PrimaryKeyConstraint("org_id", "rules_hash", name="pk_snapshot_rules"),
)

# The dated rates of an org as snapshots knew them, a row where one changed; read whole, a few thousand rows at most.
# The value is an exact fraction in the corporate currency, null where the rate was taken away.
SNAPSHOT_RATE = Table(
    "snapshot_rate",
    METADATA,
    Column("org_id", KEY, nullable=False),
    Column("currency", KEY, nullable=False),
    Column("effective", Integer, nullable=False),
    Column("snapshot_id", BigInteger, nullable=False),
    Column("value", Text),
    PrimaryKeyConstraint("org_id", "currency", "effective", "snapshot_id", name="pk_snapshot_rate"),
)

# Appended only: a snapshot adds the terms that are not as its predecessor left them, and marks those that are gone, so
# a day without news adds nothing to 1,000,000 rows. Reading one walks the key and takes the last row of each term up to
# it; taking one seeks the last row of each term. No cycle touches it.
SNAPSHOT_TERM = Table(
    "snapshot_term",
    METADATA,
    Column("org_id", KEY, nullable=False),
    Column("key", KEY, nullable=False),
    Column("snapshot_id", BigInteger, nullable=False),
    Column("gone", Boolean, nullable=False),
    *_state_columns(),
    PrimaryKeyConstraint("org_id", "key", "snapshot_id", name="pk_snapshot_term"),
)

# Appended a few times a day by people, at the end of the key. The last call on each of a page's renewals is a seek of
# the subject index each; all of them known at an instant are one walk of it. No cycle touches it.
MANAGER_CALL = Table(
    "manager_call",
    METADATA,
    Column("org_id", KEY, nullable=False),
    Column("id", BigInteger, nullable=False, autoincrement=False),
    Column("subject", KEY, nullable=False),
    Column("at", BigInteger, nullable=False),
    Column("by_id", KEY, nullable=False),
    Column("amount_minor", BigInteger),
    Column("currency", KEY),
    Column("note", Text, nullable=False),
    PrimaryKeyConstraint("org_id", "id", name="pk_manager_call"),
    Index("ix_manager_call_subject", "org_id", "subject", "id"),
)
