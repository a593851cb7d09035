"""Reads the worked vectors beside it, numbers as exact decimals. No expectations of its own."""

from __future__ import annotations

import json
from decimal import Decimal
from pathlib import Path
from typing import Any

VECTORS = Path(__file__).parent / "vectors"
INSTRUMENTS = Path(__file__).parent / "instruments"

Vector = dict[str, Any]  # Any: the file decides


def vectors(name: str) -> list[Vector]:
    """All vectors of one file."""
    found = read_json(VECTORS / name)["vectors"]
    return list(found)


def read_json(path: Path) -> Vector:
    """A file with every number as Decimal or int."""
    read: Vector = json.loads(path.read_text(encoding="utf-8"), parse_float=Decimal)
    return read


def number(quantity: Vector) -> Decimal:
    """The value of a `{value, unit}` pair."""
    return Decimal(quantity["value"])
