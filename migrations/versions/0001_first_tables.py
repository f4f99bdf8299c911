"""The first tables.

Revision: 0001, the first.
"""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

KEY = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")

TABLES = (
    "binding",
    "journal",
    "lease",
    "load_state",
    "mirror",
    "outbox",
    "renewal",
    "setting",
    "watermark",
    "written_field",
)


def upgrade() -> None:
    _binding()
    _journal()
    _lease()
    _load_state()
    _mirror()
    _outbox()
    _renewal()
    _setting()
    _watermark()
    _written_field()


def downgrade() -> None:
    for table in reversed(TABLES):
        op.drop_table(table)


def _binding() -> None:
    op.create_table(
        "binding",
        sa.Column("org_id", KEY, nullable=False),
        sa.Column("slot", sa.Integer(), nullable=False),
        sa.CheckConstraint("slot = 1", name="ck_binding_slot"),
        sa.PrimaryKeyConstraint("org_id", name="pk_binding"),
        sa.UniqueConstraint("slot", name="uq_binding_slot"),
    )


def _journal() -> None:
    op.create_table(
        "journal",
        sa.Column("org_id", KEY, nullable=False),
        sa.Column("seq", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("account_id", KEY, nullable=False),
        sa.Column("detail", sa.Text(), nullable=False),
        sa.Column("contract_id", KEY),
        sa.Column("renewal_key", KEY),
        sa.Column("opportunity_id", KEY),
        sa.PrimaryKeyConstraint("org_id", "seq", name="pk_journal"),
    )
    op.create_index("ix_journal_account", "journal", ["org_id", "account_id", "seq"])
    op.create_index("ix_journal_renewal", "journal", ["org_id", "renewal_key", "seq"])


def _lease() -> None:
    op.create_table(
        "lease",
        sa.Column("org_id", KEY, nullable=False),
        sa.Column("owner", KEY, nullable=False),
        sa.Column("epoch", sa.BigInteger(), nullable=False),
        sa.Column("expires_at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("org_id", name="pk_lease"),
    )


def _load_state() -> None:
    op.create_table(
        "load_state",
        sa.Column("org_id", KEY, nullable=False),
        sa.Column("role", KEY, nullable=False),
        sa.Column("mapping_hash", sa.Text(), nullable=False),
        sa.Column("delta_from_ms", sa.BigInteger(), nullable=False),
        sa.Column("last_id", KEY, nullable=False),
        sa.Column("done", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("org_id", "role", name="pk_load_state"),
    )


def _mirror() -> None:
    op.create_table(
        "mirror",
        sa.Column("org_id", KEY, nullable=False),
        sa.Column("role", KEY, nullable=False),
        sa.Column("id", KEY, nullable=False),
        sa.Column("parent_id", KEY),
        sa.Column("stamp_ms", sa.BigInteger(), nullable=False),
        sa.Column("deleted", sa.Boolean(), nullable=False),
        sa.Column("digest", sa.BigInteger(), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("org_id", "role", "id", name="pk_mirror"),
    )
    op.create_index("ix_mirror_parent", "mirror", ["org_id", "role", "parent_id", "deleted"])


def _outbox() -> None:
    op.create_table(
        "outbox",
        sa.Column("org_id", KEY, nullable=False),
        sa.Column("key", KEY, nullable=False),
        sa.Column("target", KEY, nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("account_id", KEY, nullable=False),
        sa.Column("payload", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("rules_hash", sa.Text(), nullable=False),
        sa.Column("status", KEY, nullable=False),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.Column("body_hash", sa.Text(), nullable=False),
        sa.Column("after", sa.Text(), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("not_before", sa.BigInteger()),
        sa.Column("sending_at", sa.BigInteger()),
        sa.Column("claimed_until", sa.BigInteger()),
        sa.Column("epoch", sa.BigInteger(), nullable=False),
        sa.Column("result", sa.Text()),
        sa.Column("error", sa.Text()),
        sa.PrimaryKeyConstraint("org_id", "key", name="pk_outbox"),
    )
    op.create_index("ix_outbox_account", "outbox", ["org_id", "account_id", "status"])
    op.create_index("ix_outbox_queue", "outbox", ["org_id", "status", "target", "created_at", "key"])


def _renewal() -> None:
    op.create_table(
        "renewal",
        sa.Column("org_id", KEY, nullable=False),
        sa.Column("key", KEY, nullable=False),
        sa.Column("contract_id", KEY, nullable=False),
        sa.Column("account_id", KEY, nullable=False),
        sa.Column("ordinal", sa.Integer(), nullable=False),
        sa.Column("term_start", sa.Integer(), nullable=False),
        sa.Column("term_end", sa.Integer(), nullable=False),
        sa.Column("anchor_key", KEY, nullable=False),
        sa.Column("rule", sa.Text()),
        sa.Column("rules_hash", sa.Text(), nullable=False),
        sa.Column("decision", sa.Text()),
        sa.Column("review_on", sa.Integer()),
        sa.Column("opportunity_id", KEY),
        sa.Column("opened_on", sa.Integer()),
        sa.Column("adopted_on", sa.Integer()),
        sa.Column("announced", sa.Boolean(), nullable=False),
        sa.Column("settled", sa.Text()),
        sa.Column("refused", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("org_id", "key", name="pk_renewal"),
    )
    op.create_index("ix_renewal_account", "renewal", ["org_id", "account_id"])
    op.create_index("ix_renewal_contract", "renewal", ["org_id", "contract_id"])
    op.create_index("ix_renewal_opportunity", "renewal", ["org_id", "opportunity_id"])
    op.create_index("ix_renewal_review", "renewal", ["org_id", "review_on", "account_id"])


def _setting() -> None:
    op.create_table(
        "setting",
        sa.Column("org_id", KEY, nullable=False),
        sa.Column("name", KEY, nullable=False),
        sa.Column("value", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("org_id", "name", name="pk_setting"),
    )


def _watermark() -> None:
    op.create_table(
        "watermark",
        sa.Column("org_id", KEY, nullable=False),
        sa.Column("role", KEY, nullable=False),
        sa.Column("covered_ms", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("org_id", "role", name="pk_watermark"),
    )


def _written_field() -> None:
    op.create_table(
        "written_field",
        sa.Column("org_id", KEY, nullable=False),
        sa.Column("opportunity_id", KEY, nullable=False),
        sa.Column("field", KEY, nullable=False),
        sa.Column("sent", sa.Text(), nullable=False),
        sa.Column("value", sa.Text(), nullable=False),
        sa.Column("written_at", sa.BigInteger(), nullable=False),
        sa.Column("reasserted", sa.Integer(), nullable=False),
        sa.Column("replaced", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("org_id", "opportunity_id", "field", name="pk_written_field"),
    )
