"""Fetches the third-party files of the interface from npm into `static/vendor/`; run when a version changes.

Not part of installing, serving or testing: what it writes is committed, and a test re-hashes it.
"""

from __future__ import annotations

import hashlib
import json
import re
import shutil
import subprocess
from dataclasses import asdict, dataclass
from pathlib import Path
from xml.etree import ElementTree as Xml

HERE = Path(__file__).resolve().parent
STATIC = HERE.parents[1] / "static"
MODULES = HERE / "node_modules"
FONT = "@fontsource-variable/atkinson-hyperlegible"

ALLOWED: dict[str, tuple[str, ...]] = {
    "htmx.org": ("dist/htmx.min.js", "dist/ext/hx-csp.min.js", "dist/ext/hx-sse.min.js", "LICENSE"),
    f"{FONT}-next": ("files/atkinson-hyperlegible-next-latin-wght-normal.woff2", "LICENSE"),
    f"{FONT}-mono": ("files/atkinson-hyperlegible-mono-latin-wght-normal.woff2", "LICENSE"),
    "lucide-static": ("LICENSE",),
    "zxing-wasm": ("dist/iife/reader/index.js", "dist/reader/zxing_reader.wasm", "LICENSE"),
}
"""The files taken over, by package. Nothing else of a package is ever served."""


@dataclass(frozen=True, slots=True)
class Vendored:
    """One line of the manifest: where a served file came from and what it must hash to."""

    package: str
    version: str
    licence: str
    source: str
    file: str
    bytes: int
    sha256: str


def main() -> None:
    """Install by the lock file, copy the allowed files, draw the sprite, write the manifest."""
    install = ["npm", "install", "--ignore-scripts", "--omit=dev", "--no-audit", "--no-fund"]
    subprocess.run(install, cwd=HERE, check=True)
    strip_addresses(HERE / "package-lock.json")
    shutil.rmtree(STATIC / "vendor", ignore_errors=True)
    lines = [take(package, source) for package, sources in ALLOWED.items() for source in sources]
    lines.append(draw_sprite((HERE / "icons.txt").read_text().split()))
    manifest = json.dumps([asdict(line) for line in lines], indent=1)
    (STATIC / "vendor" / "MANIFEST.json").write_text(manifest + "\n")


def strip_addresses(lock: Path) -> None:
    """Take the addresses out of the lock: where a package lay, whom to sponsor. The integrity hash is what counts."""
    content = json.loads(lock.read_text())
    for entry in content["packages"].values():
        for address in ("resolved", "funding"):
            entry.pop(address, None)
    lock.write_text(json.dumps(content, indent=2) + "\n")


def take(package: str, source: str) -> Vendored:
    """Copy one file to `static/vendor/<name>-<version>/`. Source maps are not served."""
    about = json.loads((MODULES / package / "package.json").read_text())
    target = STATIC / "vendor" / f"{package.split('/')[-1]}-{about['version']}" / Path(source).name
    target.parent.mkdir(parents=True, exist_ok=True)
    content = (MODULES / package / source).read_bytes()
    target.write_bytes(re.sub(rb"\n?//# sourceMappingURL=\S+\s*$", b"\n", content))
    return entry(package, source, target)


def draw_sprite(names: list[str]) -> Vendored:
    """Draw `static/icons.svg`: one symbol with a view box per listed icon."""
    symbols = []
    for name in names:
        icon = Xml.fromstring((MODULES / "lucide-static" / "icons" / f"{name}.svg").read_text())  # noqa: S314  our own lock
        shapes = "".join(_shape(shape) for shape in icon)
        symbols.append(f'<symbol id="{name}" viewBox="0 0 24 24">{shapes}</symbol>')
    target = STATIC / "icons.svg"
    target.write_text("\n".join(['<svg xmlns="http://www.w3.org/2000/svg">', *symbols, "</svg>\n"]))
    return entry("lucide-static", "icons/*.svg", target)


def entry(package: str, source: str, target: Path) -> Vendored:
    """The manifest's line for a file just written."""
    about = json.loads((MODULES / package / "package.json").read_text())
    content = target.read_bytes()
    return Vendored(
        package=package,
        version=about["version"],
        licence=about["license"],
        source=source,
        file=str(target.relative_to(STATIC)),
        bytes=len(content),
        sha256=hashlib.sha256(content).hexdigest(),
    )


def _shape(shape: Xml.Element) -> str:
    tag = shape.tag.removeprefix("{http://www.w3.org/2000/svg}")
    attributes = "".join(f' {key}="{value}"' for key, value in shape.attrib.items())
    return f"<{tag}{attributes}/>"


if __name__ == "__main__":
    main()
