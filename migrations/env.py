"""Runs migrations on SQLite and PostgreSQL, and reinstalls the triggers when the newest schema is reached."""

from alembic import context
from sqlalchemy import Connection, create_engine

from app.db import triggers
from app.db.models import Base

config = context.config


def migrate(connection: Connection) -> None:
    context.configure(
        connection=connection,
        target_metadata=Base.metadata,
        render_as_batch=True,
        compare_type=True,
        compare_server_default=True,
    )
    context.run_migrations()
    head = context.script.get_current_head()  # of the revisions just run, whatever lies in their folder by now
    if head is not None and context.get_context().get_current_revision() == head:
        triggers.install(connection)


given = config.attributes.get("connection")
if given is not None:
    migrate(given)
else:
    engine = create_engine(config.get_main_option("sqlalchemy.url"))
    with engine.begin() as connection:
        migrate(connection)
