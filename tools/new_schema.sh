#!/bin/sh
# Writes the first migration anew from the models. Only until the first release; afterwards every change is a new revision.
set -eu
cd "$(dirname "$0")/.."
folder=$(mktemp -d)
.venv/bin/python -c "import app.db.models"  # a model that does not import keeps the old migration
rm -f migrations/versions/0001_*.py
.venv/bin/python - "$folder" <<'PY'
import sys

from alembic import command

from app.db.migrate import configuration

config = configuration(f"sqlite:///{sys.argv[1]}/empty.sqlite")
command.revision(config, "the laboratory", autogenerate=True, rev_id="0001")
PY
rm -rf "$folder"
