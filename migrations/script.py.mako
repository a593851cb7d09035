"""${message}"""

from alembic import op
import sqlalchemy as sa
import app.db.types
${imports if imports else ""}

revision = ${repr(up_revision)}
down_revision = ${repr(down_revision)}


def upgrade() -> None:
    ${upgrades if upgrades else "pass"}


def downgrade() -> None:
    raise RuntimeError("Records are never taken back to an older schema. Restore a backup instead.")
