"""A serving process loads what serving needs, and knows the newest schema without Alembic."""

from __future__ import annotations

import subprocess
import sys

from alembic.script import ScriptDirectory

from app.db.migrate import configuration
from app.db.schema import HEAD

ONLY_ELSEWHERE = ("alembic", "reportlab", "pypdfium2", "PIL", "fontTools", "zxingcpp", "psycopg", "app.simulator")
"""For migrating, for drawing labels, for PostgreSQL, for the demo."""


def test_a_server_loads_nothing_that_only_other_work_needs() -> None:
    asked = "import sys; import app.cli; print(*sys.modules, sep='\\n')"
    loaded = subprocess.run([sys.executable, "-c", asked], capture_output=True, text=True, check=True).stdout.split()
    assert "app.main" in loaded
    assert not [name for name in loaded if name in ONLY_ELSEWHERE]


def test_the_newest_schema_is_the_newest_migration() -> None:
    assert ScriptDirectory.from_config(configuration("sqlite://")).get_current_head() == HEAD
