"""Makes the label fonts in app/labels/fonts again from npm packages. Not needed to run or test anything.

    .venv/bin/python tools/label_fonts.py

The packages carry each face as one web font per script; labels need one TrueType file per face that
reportlab, Pillow and fontTools all read. So the Latin and Latin Extended parts are joined, without their
layout tables: labels set each character by itself. DejaVu Sans is taken as it is.
"""

from __future__ import annotations

import hashlib
import json
import subprocess
import tarfile
import tempfile
from pathlib import Path

from fontTools.merge import Merger, Options
from fontTools.ttLib import TTFont

FONTS = Path(__file__).parents[1] / "app" / "labels" / "fonts"
DEJAVU = "dejavu-fonts-ttf@2.37.3"
ATKINSON = {
    "AtkinsonHyperlegibleNext": "@fontsource/atkinson-hyperlegible-next@5.3.0",
    "AtkinsonHyperlegibleMono": "@fontsource/atkinson-hyperlegible-mono@5.3.0",
}
WEIGHTS = {"Regular": 400, "Bold": 700}
NOT_NEEDED = ["GDEF", "GPOS", "GSUB", "STAT", "gasp"]


def main() -> None:
    FONTS.mkdir(parents=True, exist_ok=True)
    manifest: list[dict[str, str]] = []
    with tempfile.TemporaryDirectory() as folder:
        for family, package in ATKINSON.items():
            source = unpack(package, Path(folder) / family)
            for weight, number in WEIGHTS.items():
                target = FONTS / f"{family}-{weight}.ttf"
                join(sorted(source.glob(f"files/*-latin-{number}-normal.woff")), source, number, target)
                manifest.append(entry(target, package, "OFL-1.1"))
            licence(source, FONTS / f"{family}-LICENSE.txt")
        source = unpack(DEJAVU, Path(folder) / "dejavu")
        for name in ("DejaVuSans.ttf", "DejaVuSans-Bold.ttf"):
            target = FONTS / name
            target.write_bytes((source / "ttf" / name).read_bytes())
            manifest.append(entry(target, DEJAVU, "Bitstream-Vera AND LicenseRef-DejaVu-public-domain"))
        licence(source, FONTS / "DejaVuSans-LICENSE.txt")
    (FONTS / "MANIFEST.json").write_text(json.dumps(manifest, indent=2) + "\n")


def unpack(package: str, folder: Path) -> Path:
    folder.mkdir()
    subprocess.run(["npm", "pack", "--silent", package], cwd=folder, check=True)
    (archive,) = folder.glob("*.tgz")
    with tarfile.open(archive) as opened:
        opened.extractall(folder, filter="data")
    return folder / "package"


def join(latin: list[Path], source: Path, number: int, target: Path) -> None:
    (extended,) = source.glob(f"files/*-latin-ext-{number}-normal.woff")
    font = Merger(Options(drop_tables=NOT_NEEDED)).merge([str(latin[0]), str(extended)])
    head = TTFont(latin[0])["head"]
    font["head"].created, font["head"].modified = head.created, head.modified
    font.recalcTimestamp = False  # the same packages must give the same bytes
    font.flavor = None
    font.save(target)


def licence(source: Path, target: Path) -> None:
    target.write_text((source / "LICENSE").read_text())


def entry(target: Path, package: str, licence_name: str) -> dict[str, str]:
    name, version = package.rsplit("@", 1)
    digest = hashlib.sha256(target.read_bytes()).hexdigest()
    return {
        "file": target.name,
        "package": name,
        "version": version,
        "licence": licence_name,
        "sha256": digest,
    }


if __name__ == "__main__":
    main()
