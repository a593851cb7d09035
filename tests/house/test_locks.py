"""The lock files satisfy the project file and name no index."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]


def test_the_locks_satisfy_the_project_and_name_no_address() -> None:
    done = subprocess.run([sys.executable, ROOT / "tools/check_locks.py"], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
