"""Makes the table of jobs, and takes over one that was made before there were migrations."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None


def upgrade() -> None:
    """Make the table and its index, unless they are there."""
    op.create_table(
        "digit_jobs",
        sa.Column("id", sa.String(32), primary_key=True),
        sa.Column("state", sa.String(10), nullable=False),
        sa.Column("message", sa.Text, nullable=False),
        sa.Column("result", sa.Text),
        sa.Column("key", sa.String(255), unique=True),
        sa.Column("headers", sa.Text, nullable=False),
        sa.Column("attempts", sa.Integer, nullable=False),
        sa.Column("created", sa.Double, nullable=False),
        sa.Column("due", sa.Double, nullable=False),
        if_not_exists=True,
    )
    op.create_index(
        "digit_jobs_open", "digit_jobs", ["state", "due"], if_not_exists=True
    )
