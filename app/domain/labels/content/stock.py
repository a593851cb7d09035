"""What stands on the labels of the laboratory's stock: reagents, and what stays in its place."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from app.domain.identifiers import Kind
from app.domain.labels.content.parts import Print, shown_date


@dataclass(frozen=True, slots=True)
class ReagentFacts:
    """One container of a material lot. `opened_on` is None while it is closed; `status` as at printing."""

    printed: Print
    material: str
    maker_lot: str
    expires_on: date
    received_on: date
    opened_on: date | None
    status: str

    @property
    def words(self) -> Mapping[str, str]:
        """The words of its fields."""
        return {
            "material": self.material,
            "maker's lot": self.maker_lot,
            "expiry": shown_date(self.expires_on),
            "received": shown_date(self.received_on),
            "opened": "not opened" if self.opened_on is None else f"opened {shown_date(self.opened_on)}",
            "status": self.status,
        }


@dataclass(frozen=True, slots=True)
class FixtureFacts:
    """Equipment, place or station: name only, since a calibration date on a label goes stale."""

    printed: Print
    name: str

    @property
    def words(self) -> Mapping[str, str]:
        """The words of its fields."""
        return {
            "name": self.name,
            "kind": Kind(self.printed.code[:2]).word.capitalize(),
        }
