"""What Alembic runs: every migration in the one transaction that `Database.upgrade` opened."""

from alembic import context

from wentu.store.models import Base

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=Base.metadata,
    render_as_batch=True,  # SQLite alters a table by copying it
)
context.run_migrations()
