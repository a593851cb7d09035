"""Nothing of ICCBBA is in the product: no table, no mark, and no facility number but those reserved for validation."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path

import pytest

from app.domain.isbt128.structures import STRUCTURES

pytestmark = pytest.mark.requirement("REQ-143")

ROOT = Path(__file__).resolve().parents[2]
SHIPPED = ("app", "templates", "static", "migrations", "docs", "tools", "README.md", "CHANGELOG.md", "Dockerfile")
DONATION_NUMBER = re.compile(r"(?<![A-Z0-9])([A-NP-Z][A-NP-Z0-9]{2}[0-9]{2})[0-9]{8}(?:[0-9]{2})?(?![0-9])")
NAMED_NUMBER = re.compile(r"(?:facility_number|own_facility|fin)\W{1,6}([A-NP-Z][A-NP-Z0-9]{2}[0-9]{2})\b")
FOREIGN = re.compile(
    r"product description code database|\bRT-?\d{3}\b|facility identification number database"
    r"|special testing general|supported by ISBT|ISBT ?128 supported|iccbba\.org/[\w/-]*database",
    re.IGNORECASE,
)
PUBLISHED = "tests/domain/vectors/isbt128.json"


def tracked(*where: str) -> list[Path]:
    listed = subprocess.run(["git", "ls-files", "-z", "--", *where], cwd=ROOT, capture_output=True, check=True).stdout
    return [ROOT / name for name in listed.decode().split("\0") if name]


def texts(*where: str) -> list[tuple[str, str]]:
    """Name and text of every tracked file that is text."""
    found = []
    for path in tracked(*where):
        content = path.read_bytes()
        if b"\0" not in content:
            found.append((str(path.relative_to(ROOT)), content.decode(errors="replace")))
    return found


def foreign_numbers(text: str) -> set[str]:
    """Facility numbers in a text that are not A9990 to A9999."""
    numbers = DONATION_NUMBER.findall(text) + NAMED_NUMBER.findall(text)
    return {number for number in numbers if not re.fullmatch("A999[0-9]", number)}


def test_the_search_finds_what_it_is_for() -> None:
    assert foreign_numbers("=G12341765432170") == {"G1234"}
    assert foreign_numbers('facility_number="W0001"') == {"W0001"}
    assert foreign_numbers("=A99992112345600 BGD7M26000418M 4006381333931") == set()
    assert FOREIGN.search("values of RT017")
    assert FOREIGN.search("ISBT 128 Supported")


def test_what_is_shipped_names_no_facility_number_of_anybody() -> None:
    found = {name: numbers for name, text in texts(*SHIPPED) if (numbers := foreign_numbers(text))}
    assert found == {}


def test_what_is_shipped_holds_no_table_and_no_mark() -> None:
    assert [name for name, text in texts(*SHIPPED) if FOREIGN.search(text)] == []


def test_published_numbers_stand_in_tests_of_the_parser_only() -> None:
    found = {name for name, text in texts("tests") if foreign_numbers(text)}
    allowed = {"tests/domain/", "tests/house/test_nothing_of_iccbba.py", "tests/identity/test_licence_gate.py"}
    allowed |= {"tests/collection/test_isbt_numbers.py", "tests/custody/test_scan_isbt.py"}
    assert [name for name in sorted(found) if not name.startswith(tuple(allowed))] == []
    assert PUBLISHED in found


def test_a_structure_knows_its_layout_and_no_meaning_of_a_code() -> None:
    """The only values with a word are the ones the layout itself needs: which zone and which date."""
    words = {word for structure in STRUCTURES for part in structure.parts for _, word in part.words}
    assert words == {"local", "utc", "expiry", "collection", "production"}
