"""Tallies of terms from an index alone; the index by CSM, which no query walks, makes room for it.

Revision: 0006, after 0005.
"""

from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.drop_index("ix_term_state_csm", "term_state")
    op.create_index(
        "ix_term_state_tally", "term_state", ["org_id", "standing", "prior_currency", "prior_minor"]
    )


def downgrade() -> None:
    op.drop_index("ix_term_state_tally", "term_state")
    op.create_index("ix_term_state_csm", "term_state", ["org_id", "csm_id", "end_day", "key"])
