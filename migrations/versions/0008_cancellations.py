"""Of which term an announced cancellation is, on the row of each renewal.

Revision: 0008, after 0007. The next cycle fills it in: by its date where it has one, else for the term that runs.
"""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

_WON_IN_SPITE_OF_IT = """
UPDATE renewal SET cancellation = 'announced'
WHERE settled = 'won'
AND EXISTS (
    SELECT 1 FROM term_state WHERE term_state.org_id = renewal.org_id AND term_state.key = renewal.key
    AND term_state.announced_cancellation
)
AND NOT EXISTS (
    SELECT 1 FROM renewal AS later WHERE later.org_id = renewal.org_id
    AND later.contract_id = renewal.contract_id AND later.ordinal > renewal.ordinal
)
"""
"""A mark without a date that stands on a won term would else be read as one of the next term."""


def upgrade() -> None:
    op.add_column("renewal", sa.Column("cancellation", sa.Text()))
    op.execute(_WON_IN_SPITE_OF_IT)


def downgrade() -> None:
    op.drop_column("renewal", "cancellation")
