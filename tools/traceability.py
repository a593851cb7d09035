"""Which tests carry which requirement, read from the sources: a Markdown table on standard output.

    .venv/bin/python tools/traceability.py

It says what is claimed by a marker. Whether a test passes is for the test run to say.
"""

from __future__ import annotations

import ast
import csv
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]


def requirements() -> dict[str, str]:
    """Number -> what is required, of the project's own table."""
    with (ROOT / "docs" / "requirements.csv").open(newline="") as table:
        return {row["id"]: row["requirement"] for row in csv.DictReader(table)}


def carried() -> dict[str, list[str]]:
    """Number -> the tests marked with it, `file::function`."""
    found: dict[str, list[str]] = {}
    for path in sorted((ROOT / "tests").rglob("test_*.py")):
        for number, name in _marks(ast.parse(path.read_text())):
            found.setdefault(number, []).append(f"{path.relative_to(ROOT)}::{name}")
    return found


def _marks(module: ast.Module) -> Iterator[tuple[str, str]]:
    for node in ast.walk(module):
        if isinstance(node, ast.FunctionDef):
            for mark in node.decorator_list:
                if isinstance(mark, ast.Call) and ast.unparse(mark.func) == "pytest.mark.requirement":
                    yield str(ast.literal_eval(mark.args[0])), node.name


def main() -> None:
    """Print the table, and how many rows no test carries yet."""
    wanted, tests = requirements(), carried()
    print("| requirement | what it asks | tests |\n|---|---|---|")
    for number, words in wanted.items():
        named = "<br>".join(tests.get(number, ["**none yet**"]))
        print(f"| {number} | {words.replace('|', '/')} | {named} |")
    print(f"\n{len(wanted.keys() & tests.keys())} of {len(wanted)} requirements are carried by a test.")


if __name__ == "__main__":
    main()
