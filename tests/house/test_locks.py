"""The lock files satisfy what they lock and name no address."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tools.check_locks import addresses, interface_problems

ROOT = Path(__file__).resolve().parents[2]
VENDOR = ROOT / "tools" / "vendor"


def test_the_locks_satisfy_the_project_and_name_no_address() -> None:
    done = subprocess.run([sys.executable, ROOT / "tools/check_locks.py"], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr


@pytest.mark.parametrize(
    "line", ['"url": "https://example.org"', "--index-url http://example.org/simple", "x @ git+ssh://example.org/x"]
)
def test_an_address_in_a_lock_is_found_whatever_it_is_for(line: str, tmp_path: Path) -> None:
    lock = tmp_path / "some.lock"
    lock.write_text(f"first==1.0\n{line}\n    # via https://example.org, as a comment\n")
    assert addresses(lock) == ["some.lock:2 names an address"]


def test_a_lock_of_the_interface_that_holds_another_version_or_no_hash_is_found(tmp_path: Path) -> None:
    for name in ("package.json", "package-lock.json"):
        shutil.copy(VENDOR / name, tmp_path)
    lock = tmp_path / "package-lock.json"
    content = json.loads(lock.read_text())
    content["packages"]["node_modules/htmx.org"]["version"] = "0.0.1"
    del content["packages"]["node_modules/lucide-static"]["integrity"]
    lock.write_text(json.dumps(content))
    assert [problem.split()[1] for problem in interface_problems(tmp_path)] == ["htmx.org", "lucide-static"]
