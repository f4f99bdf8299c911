"""The rules and rates that snapshots are weighed by, and the steps within a term.

Revision: 0005, after 0004.
"""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

_OF_STATES = ("term_state", "snapshot_term")
KEY = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")


def upgrade() -> None:
    op.create_table(
        "snapshot_rules",
        sa.Column("org_id", KEY, nullable=False),
        sa.Column("rules_hash", KEY, nullable=False),
        sa.Column("content", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("org_id", "rules_hash", name="pk_snapshot_rules"),
    )

    op.create_table(
        "snapshot_rate",
        sa.Column("org_id", KEY, nullable=False),
        sa.Column("currency", KEY, nullable=False),
        sa.Column("effective", sa.Integer(), nullable=False),
        sa.Column("snapshot_id", sa.BigInteger(), nullable=False),
        sa.Column("value", sa.Text()),
        sa.PrimaryKeyConstraint("org_id", "currency", "effective", "snapshot_id", name="pk_snapshot_rate"),
    )
    for table in _OF_STATES:
        op.add_column(table, sa.Column("steps", sa.Text()))


def downgrade() -> None:
    for table in _OF_STATES:
        op.drop_column(table, "steps")
    op.drop_table("snapshot_rate")
    op.drop_table("snapshot_rules")
