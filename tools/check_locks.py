"""Fails when a lock file no longer satisfies pyproject.toml, or names the address of any index."""

from __future__ import annotations

import re
import sys
import tomllib
from pathlib import Path

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).resolve().parents[1]
PINNED = re.compile(r"^([A-Za-z0-9._-]+)==([^\s;\\]+)", re.MULTILINE)


def problems(lock: Path, wanted: list[str]) -> list[str]:
    """What is wrong with one lock file."""
    text = lock.read_text()
    pinned = {canonicalize_name(name): version for name, version in PINNED.findall(text)}
    found = [f"{lock.name} names an address" for _ in re.findall(r"(?m)^[^#\n]*https?://", text)][:1]
    for line in wanted:
        requirement = Requirement(line)
        version = pinned.get(canonicalize_name(requirement.name))
        if version is None or not requirement.specifier.contains(version, prereleases=True):
            found.append(f"{lock.name}: {line} is not satisfied by {version or 'nothing'}; run make lock")
    return found


def main() -> int:
    """Check both lock files."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    runtime = project["dependencies"]
    development = runtime + project["optional-dependencies"]["dev"]
    found = problems(ROOT / "requirements.lock", runtime)
    found += problems(ROOT / "requirements-dev.lock", development)
    for line in found:
        print(line, file=sys.stderr)
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
