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
        for number, name in marks(path.read_text()):
            found.setdefault(number, []).append(f"{path.relative_to(ROOT)}::{name}")
    return found


def marks(source: str) -> Iterator[tuple[str, str]]:
    """Number and test, for each marker of a test and for each of the module's own on every test of it."""
    module = ast.parse(source)
    of_all = [each.value for each in module.body if isinstance(each, ast.Assign) and _is_pytestmark(each)]
    for test in module.body:
        if isinstance(test, ast.FunctionDef) and test.name.startswith("test_"):
            for node in (*test.decorator_list, *of_all):
                yield from ((number, test.name) for number in _numbers(node))


def _is_pytestmark(assignment: ast.Assign) -> bool:
    return ast.unparse(assignment.targets[0]) == "pytestmark"


def _numbers(node: ast.expr) -> Iterator[str]:
    for call in ast.walk(node):
        if isinstance(call, ast.Call) and ast.unparse(call.func) == "pytest.mark.requirement":
            yield str(ast.literal_eval(call.args[0]))


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
