"""Fails when a lock file no longer satisfies what it locks, or names any address. Of Python and of the interface."""

from __future__ import annotations

import json
import re
import sys
import tomllib
from pathlib import Path

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).resolve().parents[1]
ADDRESS = re.compile(r"^[^#]*\w+://")
PINNED = re.compile(r"^([A-Za-z0-9._-]+)==([^\s;\\]+)", re.MULTILINE)


def problems(lock: Path, wanted: list[str]) -> list[str]:
    """What is wrong with one lock file."""
    text = lock.read_text()
    found = addresses(lock)
    pinned = {canonicalize_name(name): version for name, version in PINNED.findall(text)}
    for line in wanted:
        requirement = Requirement(line)
        version = pinned.get(canonicalize_name(requirement.name))
        if version is None or not requirement.specifier.contains(version, prereleases=True):
            found.append(f"{lock.name}: {line} is not satisfied by {version or 'nothing'}; run make lock")
    return found


def addresses(lock: Path) -> list[str]:
    """The lines of a lock file that name an address; comments may."""
    lines = enumerate(lock.read_text().splitlines(), start=1)
    return [f"{lock.name}:{number} names an address" for number, line in lines if ADDRESS.search(line)]


def interface_problems(folder: Path) -> list[str]:
    """What is wrong with the lock of the interface's files."""
    lock = folder / "package-lock.json"
    wanted = json.loads((folder / "package.json").read_text())["dependencies"]
    packages = json.loads(lock.read_text())["packages"]
    locked = {name: packages.get(f"node_modules/{name}", {}) for name in wanted}
    found = [
        f"{lock.name}: {name} {version} is not what is locked; run tools/vendor/vendor.py"
        for name, version in wanted.items()
        if locked[name].get("version") != version or not locked[name].get("integrity")
    ]
    return found + addresses(lock)


def main() -> int:
    """Check all lock files."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    runtime = project["dependencies"]
    development = runtime + project["optional-dependencies"]["dev"]
    found = problems(ROOT / "requirements.lock", runtime)
    found += problems(ROOT / "requirements-dev.lock", development)
    found += interface_problems(ROOT / "tools" / "vendor")
    for line in found:
        print(line, file=sys.stderr)
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
