"""The house stays readable: caps on size, one place that commits, one clock, no machine's traces."""

from __future__ import annotations

import ast
import json
import re
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
MODULES = sorted((ROOT / "app").rglob("*.py"))
MOST_LINES, MOST_FUNCTION, MOST_ENDPOINT, MOST_FILES = 300, 30, 10, 6
NOT_FEATURES = {"domain", "db", "ledger", "web"}


def name(path: Path) -> str:
    return str(path.relative_to(ROOT))


def functions(path: Path) -> Iterator[ast.FunctionDef | ast.AsyncFunctionDef]:
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            yield node


def length(node: ast.FunctionDef | ast.AsyncFunctionDef) -> int:
    """Lines of a function without its docstring."""
    body = node.body
    first = body[1] if ast.get_docstring(node) and len(body) > 1 else body[0]
    assert node.end_lineno is not None
    return node.end_lineno - first.lineno + 1


def is_endpoint(node: ast.FunctionDef | ast.AsyncFunctionDef) -> bool:
    return any(ast.unparse(decorator).startswith("routes.") for decorator in node.decorator_list)


@pytest.mark.parametrize("path", MODULES, ids=name)
def test_a_module_fits_on_its_page(path: Path) -> None:
    lines = path.read_text().count("\n")
    assert lines <= MOST_LINES, f"{name(path)} has {lines} lines; split it by behaviour"


@pytest.mark.parametrize("path", MODULES, ids=name)
def test_a_function_fits_in_the_head(path: Path) -> None:
    for node in functions(path):
        most = MOST_ENDPOINT if is_endpoint(node) else MOST_FUNCTION
        assert length(node) <= most, f"{name(path)}:{node.lineno} {node.name} has {length(node)} lines, at most {most}"


@pytest.mark.parametrize("path", MODULES, ids=name)
def test_a_module_begins_by_saying_what_it_is(path: Path) -> None:
    assert ast.get_docstring(ast.parse(path.read_text())), f"{name(path)} has no docstring"


def test_a_feature_has_few_files() -> None:
    for folder in (ROOT / "app").iterdir():
        if folder.is_dir() and folder.name not in NOT_FEATURES:
            files = [path for path in folder.glob("*.py") if path.name != "__init__.py"]
            assert len(files) <= MOST_FILES, f"app/{folder.name} has {len(files)} files; make a subpackage"


@pytest.mark.requirement("REQ-005")
@pytest.mark.parametrize("path", MODULES, ids=name)
def test_only_the_transaction_commits(path: Path) -> None:
    if name(path) != "app/db/transaction.py":
        assert ".commit(" not in path.read_text(), f"{name(path)} commits; only app/db/transaction.py may"


@pytest.mark.requirement("REQ-136")
@pytest.mark.parametrize("path", MODULES, ids=name)
def test_there_is_one_clock(path: Path) -> None:
    asks = re.search(r"datetime\.now\(|utcnow\(|date\.today\(|time\.time\(", path.read_text())
    assert asks is None or name(path) == "app/clock.py", f"{name(path)} asks the time; take it as an argument"


@pytest.mark.requirement("REQ-131")
@pytest.mark.parametrize("path", [path for path in MODULES if path.name != "__init__.py"], ids=name)
def test_no_bulk_change_slips_past_the_recorder(path: Path) -> None:
    if name(path).startswith(("app/db/", "app/ledger/")):
        return
    imported = re.findall(r"from sqlalchemy(?:\.\w+)* import ([^\n]+|\([^)]*\))", path.read_text())
    words = set(re.findall(r"\w+", " ".join(imported)))
    assert not words & {"update", "delete", "insert"}, f"{name(path)} changes rows past the recorder"


@pytest.mark.requirement("REQ-142")
def test_it_claims_only_what_it_shows() -> None:
    claims = re.compile(
        r"\b(FDA[- ]approved|Part 11 (compliant|certified)|is (certified|compliant)|GMP[- ]compliant)\b",
        re.IGNORECASE,
    )
    for path in [*MODULES, *(ROOT / "templates").rglob("*.html"), ROOT / "README.md"]:
        found = claims.search(path.read_text())
        assert found is None, f"{name(path)} claims {found.group(0) if found else ''}"


TAKEN_OVER = {f"static/{entry['file']}" for entry in json.loads((ROOT / "static/vendor/MANIFEST.json").read_text())}
"""Others' files, each with its hash in the manifest."""


@pytest.mark.requirement("REQ-144")
def test_what_is_tracked_is_source() -> None:
    tracked = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, check=False)
    if tracked.returncode != 0:
        return  # a copy without its repository: nothing is tracked here
    for line in filter(None, tracked.stdout.decode().split("\0")):
        path = ROOT / line
        if path.exists():
            assert path.stat().st_size < 800_000 or line in TAKEN_OVER, f"{line} is too large to be source"
            assert not re.search(r"(^|/)(node_modules|__pycache__|\.venv)(/|$)", line), f"{line} does not belong here"
