"""Writes every kind of label as a picture to look at, and fixes what was looked at.

    .venv/bin/python tools/label_pictures.py FOLDER

Look at every picture before the new tests/labels/pictures.json goes in: nothing cut or touching, quiet zones kept.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from tests.labels.pictures import APPROVED, fingerprints, pictures


def main() -> None:
    """Pictures into the folder, fingerprints into the tests."""
    folder = Path(sys.argv[1])
    folder.mkdir(parents=True, exist_ok=True)
    for name, image in pictures().items():
        image.save(folder / f"{name}.png")
    APPROVED.write_text(json.dumps(fingerprints(), indent=2) + "\n")
    print(f"{len(pictures())} pictures in {folder}; fingerprints in {APPROVED.name}")


if __name__ == "__main__":
    main()
