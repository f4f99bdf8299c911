"""Tables of confidence: watches, the ledger of changes, cards, silences, and the inbox of events from Slack.

Revision: 0002, after 0001.
"""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

KEY = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")
SHELVES = ("watch", "confidence_change", "card", "silence", "inbox")


def upgrade() -> None:
    for name in SHELVES:
        _shelf(name)


def downgrade() -> None:
    for name in reversed(SHELVES):
        op.drop_table(name)


def _shelf(name: str) -> None:
    op.create_table(
        name,
        sa.Column("org_id", KEY, nullable=False),
        sa.Column("key", KEY, nullable=False),
        sa.Column("owner", KEY, nullable=False),
        sa.Column("status", KEY, nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("due_at", sa.BigInteger()),
        sa.Column("body", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("org_id", "key", name=f"pk_{name}"),
    )
    op.create_index(f"ix_{name}_due", name, ["org_id", "due_at", "key"])
    op.create_index(f"ix_{name}_owner", name, ["org_id", "owner"])
    op.create_index(f"ix_{name}_status", name, ["org_id", "status", "at", "key"])
