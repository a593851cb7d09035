"""The static files are what they claim: vendored bytes, fresh bundles, readable colours, nothing the policy refuses."""

from __future__ import annotations

import gzip
import hashlib
import json
import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
STATIC = ROOT / "static"
TEMPLATES = sorted((ROOT / "templates").rglob("*.html"))
SCRIPTS = sorted((STATIC / "js").glob("*.js"))
STYLES = [STATIC / "tokens.css", *sorted((STATIC / "css").glob("*.css"))]
MANIFEST = json.loads((STATIC / "vendor/MANIFEST.json").read_text())
VENDORED_SCRIPTS = [
    entry["file"] for entry in MANIFEST if entry["file"].endswith(".js") and entry["package"] != "zxing-wasm"
]
"""What every page loads; the reader of the camera's pictures is loaded when somebody opens the camera."""

TOKENS = (STATIC / "tokens.css").read_text()
BEYOND_ASCII = {"\u00a0", "\u00b7", "\u00d7", "\u00b0", "\u2019", "\u2212"}
"""No-break space, middle dot, multiplication, degree and minus sign, apostrophe: in the fonts; no more is needed."""

REFUSED_IN_TEMPLATES = (
    r"\sstyle\s*=",
    "<style",
    r"\son[a-z]+\s*=",
    "hx-on",
    r"['\"]js:",
    r"data:[a-z]+/",
    r"\|\s*safe",
)
REFUSED_IN_SCRIPTS = (
    "innerHTML",
    "outerHTML",
    "insertAdjacentHTML",
    "document.write",
    "eval(",
    "new Function",
    ".style",
)

TEXT_PAIRS = [
    *(("ink", ground) for ground in ("bg", "surface", "sunken", "warn-soft", "accent-soft", "info-soft", "ok-soft")),
    *(("ink-2", ground) for ground in ("bg", "surface", "sunken", "accent-soft")),
    *(("accent", ground) for ground in ("bg", "surface", "accent-soft")),
    *((status, ground) for status in ("ok", "stop", "warn", "info") for ground in ("surface", f"{status}-soft")),
    *(("on-accent", "accent"), ("on-warn", "warn"), ("paper-ink", "paper"), ("paper-ink-2", "paper")),
    *(("on-verdict", "verdict-ok"), ("on-verdict", "verdict-stop")),
]
CONTROL_PAIRS = [("edge", "bg"), ("edge", "surface"), ("accent", "surface"), ("focus", "paper-ink")]


def name(path: Path) -> str:
    return str(path.relative_to(ROOT))


def colour(token: str, theme: int) -> tuple[float, float, float]:
    """A token's colour in linear light; theme 0 is light, 1 dark."""
    written = re.search(rf"--{token}:\s*([^;]+);", TOKENS)
    assert written is not None, token
    shades = re.findall(r"#([0-9A-Fa-f]{6})", written[1])
    shade = shades[min(theme, len(shades) - 1)]
    parts = [int(shade[at : at + 2], 16) / 255 for at in (0, 2, 4)]
    red, green, blue = (part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts)
    return red, green, blue


def contrast(one: str, other: str, theme: int) -> float:
    """Contrast ratio by the formula of WCAG 2.2."""
    bright = sorted(0.2126 * r + 0.7152 * g + 0.0722 * b for r, g, b in (colour(one, theme), colour(other, theme)))
    return (bright[1] + 0.05) / (bright[0] + 0.05)


@pytest.mark.parametrize("entry", MANIFEST, ids=lambda entry: entry["file"])
def test_a_vendored_file_is_the_one_in_the_manifest(entry: dict[str, str]) -> None:
    content = (STATIC / entry["file"]).read_bytes()
    assert hashlib.sha256(content).hexdigest() == entry["sha256"]
    assert entry["licence"]


def test_nothing_is_vendored_beside_the_manifest() -> None:
    held = {str(path.relative_to(STATIC)) for path in (STATIC / "vendor").rglob("*") if path.is_file()}
    assert held - {"vendor/MANIFEST.json"} == {entry["file"] for entry in MANIFEST} - {"icons.svg"}


def test_each_vendored_package_brings_its_licence_and_its_pinned_version() -> None:
    wanted = json.loads((ROOT / "tools/vendor/package.json").read_text())["dependencies"]
    assert {entry["package"]: entry["version"] for entry in MANIFEST} == wanted
    assert {entry["package"] for entry in MANIFEST if entry["source"] == "LICENSE"} == set(wanted)


def test_the_lock_of_the_static_packages_names_no_address() -> None:
    lock = (ROOT / "tools/vendor/package-lock.json").read_text()
    assert "resolved" not in lock
    assert lock.count("integrity") == 8


@pytest.mark.parametrize("made", ["app.css", "app.js"])
def test_the_bundles_are_fresh(made: str) -> None:
    sys_path = f"import sys; sys.path.insert(0, {str(ROOT / 'tools')!r}); import bundle; "
    write = "print(bundle.style_sheet() if sys.argv[1] == 'app.css' else bundle.script(), end='')"
    done = subprocess.run([sys.executable, "-c", sys_path + write, made], capture_output=True, text=True, check=True)
    assert (STATIC / made).read_text() == done.stdout, "run: python tools/bundle.py"


@pytest.mark.parametrize(
    ("files", "budget"),
    [
        (["app.css"], 12_000),
        (["app.js", "js/theme.js"], 6_000),
        (["app.js", "js/theme.js", *VENDORED_SCRIPTS], 25_000),
    ],
    ids=["styles", "our script", "all script"],
)
def test_what_a_cold_page_loads_stays_within_its_budget(files: list[str], budget: int) -> None:
    assert sum(len(gzip.compress((STATIC / file).read_bytes(), 9, mtime=0)) for file in files) <= budget


@pytest.mark.parametrize("theme", [0, 1], ids=["light", "dark"])
@pytest.mark.parametrize(("ink", "ground"), TEXT_PAIRS)
def test_text_is_readable_on_its_ground(ink: str, ground: str, theme: int) -> None:
    assert contrast(ink, ground, theme) >= 4.5


@pytest.mark.parametrize("theme", [0, 1], ids=["light", "dark"])
@pytest.mark.parametrize(("edge", "ground"), CONTROL_PAIRS)
def test_a_control_can_be_told_from_its_ground(edge: str, ground: str, theme: int) -> None:
    assert contrast(edge, ground, theme) >= 3


def test_the_smallest_target_on_a_touch_screen_is_48_points() -> None:
    touch, desk = (int(found) for found in re.findall(r"--tap:\s*(\d+)px", TOKENS))
    assert (touch, desk) == (48, 40)


@pytest.mark.parametrize("path", TEMPLATES, ids=name)
def test_a_template_holds_nothing_the_policy_refuses(path: Path) -> None:
    text = path.read_text()
    for refused in (
        r"\sstyle\s*=",
        r"<style",
        r"\son[a-z]+\s*=",
        r"hx-on",
        r"['\"]js:",
        r"data:(?!-)[a-z]+/",
        r"\|\s*safe",
    ):
        assert not re.search(refused, text), refused
    for script in re.findall(r"<script[^>]*>[^<]*", text):
        assert "nonce=" in script
        assert script.endswith(">"), "a script has no content of its own"


@pytest.mark.parametrize("path", TEMPLATES, ids=name)
def test_what_htmx_sends_carries_the_nonce(path: Path) -> None:
    for element in re.findall(r"<[a-z-]+[^>]*\bhx-(?:get|post|sse:connect)=[^>]*>", path.read_text()):
        assert "hx-nonce" in element


@pytest.mark.parametrize("path", [*TEMPLATES, *SCRIPTS], ids=name)
def test_no_character_is_outside_the_fonts(path: Path) -> None:
    strange = {sign for sign in path.read_text() if not sign.isascii()} - BEYOND_ASCII
    assert not strange, f"write it in words or as an icon: {strange}"


@pytest.mark.parametrize("path", SCRIPTS, ids=name)
def test_a_script_builds_no_markup_and_runs_no_text(path: Path) -> None:
    for refused in (
        "innerHTML",
        "outerHTML",
        "insertAdjacentHTML",
        "document.write",
        "eval(",
        "new Function",
        ".style",
    ):
        assert refused not in path.read_text()


@pytest.mark.parametrize("path", STYLES, ids=name)
def test_every_rule_stands_in_a_layer_and_names_no_foreign_address(path: Path) -> None:
    text = re.sub(r"/\*.*?\*/|@font-face\s*\{[^}]*\}|@layer [\w, ]+;", "", path.read_text(), flags=re.DOTALL)
    assert re.fullmatch(r"\s*(@layer \w+ \{.*\}\s*)+", text, flags=re.DOTALL)
    assert "data:" not in path.read_text()
    assert not re.search(r"url\((?!vendor/)", path.read_text())


def test_every_icon_that_is_asked_for_is_in_the_sprite() -> None:
    sprite = set(re.findall(r'<symbol id="([^"]+)" viewBox="0 0 24 24"', (STATIC / "icons.svg").read_text()))
    listed = (ROOT / "tools/vendor/icons.txt").read_text().split()
    asked = r"icon\('([^']+)'|chip\('\w+', '([^']+)'|icon_name='([^']+)'"
    found = {one for path in TEMPLATES for three in re.findall(asked, path.read_text()) for one in three if one}
    assert sprite == set(listed)
    assert found <= sprite, f"add to tools/vendor/icons.txt: {found - sprite}"
