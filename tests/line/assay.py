"""The simulator's assay line, and the published plate as the files instruments write."""

from __future__ import annotations

from base64 import b64encode
from pathlib import Path

from app.assay.schemas import ImportPlate
from app.simulator.line.assay import *  # noqa: F403
from app.simulator.line.assay import Run, set_up

INSTRUMENTS = Path(__file__).resolve().parents[1] / "domain" / "instruments"
PLATE_FILE = "synthetic_plate_cpm_96.csv"
"""LU20/1e7 = 636.1 and LU30/1e7 = 389.2 by the exponential model."""

TUBE_FILE = "synthetic_gamma_list.csv"
"""The same wells as tubes of a gamma counter."""


def import_request(run: Run, file: str = PLATE_FILE, **changed: object) -> ImportPlate:
    """The published plate as a file."""
    content = b64encode((INSTRUMENTS / file).read_bytes()).decode()
    return ImportPlate.model_validate(set_up(run) | {"file_name": file, "content": content} | changed)
