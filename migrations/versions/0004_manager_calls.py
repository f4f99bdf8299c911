"""Calls: what a manager or a CSM says a renewal, or a team's period, will come to.

Revision: 0004, after 0003.
"""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

KEY = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")


def upgrade() -> None:
    op.create_table(
        "manager_call",
        sa.Column("org_id", KEY, nullable=False),
        sa.Column("id", sa.BigInteger(), nullable=False, autoincrement=False),
        sa.Column("subject", KEY, nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("by_id", KEY, nullable=False),
        sa.Column("amount_minor", sa.BigInteger()),
        sa.Column("currency", KEY),
        sa.Column("note", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("org_id", "id", name="pk_manager_call"),
    )
    op.create_index("ix_manager_call_subject", "manager_call", ["org_id", "subject", "id"])


def downgrade() -> None:
    op.drop_table("manager_call")
