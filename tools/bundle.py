"""Joins the stylesheets and scripts of `static/` into one file each, so that a page costs few requests.

Nothing is rewritten: the files stand one after the other without comments and indents; font addresses get the
hash that makes them cacheable.
Run it after every change (`python tools/bundle.py`); a test fails while `static/app.css` or `static/app.js` is old.
"""

from __future__ import annotations

import hashlib
import re
from pathlib import Path

STATIC = Path(__file__).resolve().parents[1] / "static"
STYLES = ("tokens", "css/base", "css/layout", "css/controls", "css/pieces", "css/screens", "css/culture", "css/last")
SCRIPTS = ("sound", "submit", "scan", "num-pad", "plate-grid", "count-down", "dates", "presence")


def style_sheet() -> str:
    """All styles in the order of their layers."""
    joined = "\n".join((STATIC / f"{name}.css").read_text() for name in STYLES)
    bare = _dense(re.sub(r"/\*.*?\*/", "", joined, flags=re.DOTALL))
    return re.sub(r"url\(([^)]+)\)", lambda found: f"url({found[1]}?v={_hash(found[1])})", bare)


def script() -> str:
    """All modules as one: what they take from one another is in the same scope, so import lines go."""
    joined = "\n".join((STATIC / "js" / f"{name}.js").read_text() for name in SCRIPTS)
    return _dense(re.sub(r"^import .*\n|^export (?=\w)|^ *// .*\n", "", joined, flags=re.MULTILINE))


def _dense(text: str) -> str:
    return "\n".join(line.strip() for line in text.splitlines() if line.strip()) + "\n"


def _hash(path: str) -> str:
    return hashlib.sha256((STATIC / path).read_bytes()).hexdigest()[:12]


if __name__ == "__main__":
    (STATIC / "app.css").write_text(style_sheet())
    (STATIC / "app.js").write_text(script())
