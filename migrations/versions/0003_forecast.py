"""Tables of the forecast: the states of terms, snapshots, and the terms of each snapshot.

Revision: 0003, after 0002.
"""

from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

KEY = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")


def upgrade() -> None:
    _snapshot()
    _snapshot_term()
    _term_state()


def downgrade() -> None:
    for table in ("term_state", "snapshot_term", "snapshot"):
        op.drop_table(table)


def _snapshot() -> None:
    op.create_table(
        "snapshot",
        sa.Column("org_id", KEY, nullable=False),
        sa.Column("id", sa.BigInteger(), nullable=False, autoincrement=False),
        sa.Column("kind", KEY, nullable=False),
        sa.Column("as_of", sa.Integer(), nullable=False),
        sa.Column("taken_at", sa.BigInteger(), nullable=False),
        sa.Column("rules_hash", sa.Text(), nullable=False),
        sa.Column("totals", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("org_id", "id", name="pk_snapshot"),
        sa.UniqueConstraint("org_id", "kind", "as_of", name="uq_snapshot_day"),
    )


def _snapshot_term() -> None:
    op.create_table(
        "snapshot_term",
        sa.Column("org_id", KEY, nullable=False),
        sa.Column("key", KEY, nullable=False),
        sa.Column("snapshot_id", sa.BigInteger(), nullable=False),
        sa.Column("gone", sa.Boolean(), nullable=False),
        *_state_columns(),
        sa.PrimaryKeyConstraint("org_id", "key", "snapshot_id", name="pk_snapshot_term"),
    )


def _term_state() -> None:
    op.create_table(
        "term_state",
        sa.Column("org_id", KEY, nullable=False),
        sa.Column("key", KEY, nullable=False),
        *_state_columns(),
        sa.PrimaryKeyConstraint("org_id", "key", name="pk_term_state"),
    )
    op.create_index("ix_term_state_account", "term_state", ["org_id", "account_id"])
    op.create_index("ix_term_state_csm", "term_state", ["org_id", "csm_id", "end_day", "key"])
    op.create_index("ix_term_state_due", "term_state", ["org_id", "end_day", "key"])
    op.create_index("ix_term_state_in_force", "term_state", ["org_id", "in_force_until", "key"])


def _state_columns() -> tuple[sa.Column[Any], ...]:
    return (
        sa.Column("contract_id", KEY, nullable=False),
        sa.Column("account_id", KEY, nullable=False),
        sa.Column("customer_id", KEY, nullable=False),
        sa.Column("ordinal", sa.Integer(), nullable=False),
        sa.Column("start_day", sa.Integer(), nullable=False),
        sa.Column("end_day", sa.Integer(), nullable=False),
        sa.Column("in_force_until", sa.Integer(), nullable=False),
        sa.Column("standing", KEY, nullable=False),
        sa.Column("prior_minor", sa.BigInteger()),
        sa.Column("prior_currency", KEY),
        sa.Column("new_minor", sa.BigInteger()),
        sa.Column("new_currency", KEY),
        sa.Column("proposed", sa.Boolean(), nullable=False),
        sa.Column("rank", KEY),
        sa.Column("chosen_type", KEY),
        sa.Column("follows_on", sa.Boolean(), nullable=False),
        sa.Column("announced_cancellation", sa.Boolean(), nullable=False),
        sa.Column("open_date", sa.Integer()),
        sa.Column("opportunity_id", KEY),
        sa.Column("settled_on", sa.Integer()),
        sa.Column("loss_reason", sa.Text()),
        sa.Column("segment", KEY),
        sa.Column("tier", KEY),
        sa.Column("csm_id", KEY),
        sa.Column("manager_id", KEY),
        sa.Column("product", KEY),
        sa.Column("digest", sa.BigInteger()),
    )
