"""The tables of docs/safety.md name tests and scenes that exist; each twin has one for every door."""

from __future__ import annotations

import ast
import re
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
NAMED = re.compile(r"(tests/[\w/]+\.py)::(\w+)")


def test_every_test_the_safety_page_names_is_there() -> None:
    named = NAMED.findall((ROOT / "docs" / "safety.md").read_text())
    assert len(named) > len("eight twins")
    missing = [f"{file}::{name}" for file, name in named if name not in functions(file)]
    assert not missing


def test_no_door_of_a_twin_is_without_a_test() -> None:
    rows = [line for line in (ROOT / "docs" / "safety.md").read_text().splitlines() if NAMED.search(line)]
    for row in rows:
        twin, *doors = [cell.strip() for cell in row.strip("|").split("|")]
        assert all(NAMED.search(door) for door in doors), twin


def functions(file: str) -> set[str]:
    """Names of the functions of a file."""
    tree = ast.parse((ROOT / file).read_text())
    return {node.name for node in ast.walk(tree) if isinstance(node, ast.FunctionDef)}
