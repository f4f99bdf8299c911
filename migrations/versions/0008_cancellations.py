"""Of which term an announced cancellation is, on the row of each renewal.

Revision: 0008, after 0007. The next cycle fills it in: by its date where it has one, else for the term that runs.
"""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("renewal", sa.Column("cancellation", sa.Text()))


def downgrade() -> None:
    op.drop_column("renewal", "cancellation")
