"""Runs the migrations, each an Alembic revision as its documentation has it, but imported as any other module.

Alembic looks for files, which in a build are links; it would run what they lead to, outside of what is declared.
"""

from pathlib import Path

import sqlalchemy as sa
from alembic.operations import Operations
from alembic.runtime.migration import MigrationContext
from alembic.script import Script, ScriptDirectory
from alembic.script.revision import RevisionMap

from services.fastapi_ml.migrations import jobs

MIGRATIONS = (jobs,)


def revisions() -> ScriptDirectory:
    """Return the migrations as Alembic knows them."""
    scripts = ScriptDirectory(str(Path(__file__).parent))
    scripts.revision_map = RevisionMap(
        lambda: [
            Script(module, module.revision, str(module.__file__))
            for module in MIGRATIONS
        ]
    )
    return scripts


def run(connection: sa.Connection) -> None:
    """Bring a store to the newest revision."""
    scripts = revisions()
    context = MigrationContext.configure(connection)
    found = context.get_current_revision() or "base"
    newer = list(scripts.iterate_revisions("head", found))
    with Operations.context(context):
        for script in reversed(newer):
            script.module.upgrade()
    context.stamp(scripts, "head")
