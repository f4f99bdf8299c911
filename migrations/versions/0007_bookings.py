"""What a deal is worth over its whole term, beside what it is worth a year.

Revision: 0007, after 0006. The next cycle fills them in.
"""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

_TABLES = ("term_state", "snapshot_term")


def upgrade() -> None:
    for table in _TABLES:
        op.add_column(table, sa.Column("bookings_minor", sa.BigInteger()))


def downgrade() -> None:
    for table in _TABLES:
        op.drop_column(table, "bookings_minor")
