"""What stands on the labels of bags: collected cells, the product's full label, the partial label."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from app.domain.identifiers import display
from app.domain.labels.content.parts import Print, Recipient, shown_moment, shown_zone

_SUPERSCRIPT: Final = str.maketrans("0123456789", "⁰¹²³⁴⁵⁶⁷⁸⁹")


@dataclass(frozen=True, slots=True)
class BagFacts:
    """One bag of a product lot. Times carry the zone they are printed in; `storage` is a sentence."""

    printed: Print
    recipient: Recipient
    course_code: str
    lot_code: str
    bag_number: int
    bags: int
    product_name: str
    viable_cells: int
    volume_ml: int
    storage: str
    filled_at: datetime
    expires_at: datetime
    protocol: str

    @property
    def words(self) -> Mapping[str, str]:
        """The words of its fields."""
        return {
            **self.recipient.words,
            "course": display(self.course_code),
            "lot": display(self.lot_code),
            "part": f"Bag {self.bag_number} of {self.bags}",
            "product name": self.product_name,
            "viable cells": shown_cells(self.viable_cells),
            "volume": f"{self.volume_ml} mL",
            "storage": self.storage,
            "filled": shown_moment(self.filled_at),
            "filled zone": shown_zone(self.filled_at),
            "expiry": shown_moment(self.expires_at),
            "expiry zone": shown_zone(self.expires_at),
            "protocol": self.protocol,
        }


@dataclass(frozen=True, slots=True)
class CollectionFacts:
    """One bag of collected cells; `anticoagulant` with its amount, `facility` where they were collected."""

    printed: Print
    recipient: Recipient
    course_code: str
    product_name: str
    volume_ml: int
    anticoagulant: str
    facility: str
    storage: str
    ended_at: datetime

    @property
    def words(self) -> Mapping[str, str]:
        """The words of its fields."""
        return {
            **self.recipient.words,
            "course": display(self.course_code),
            "product name": self.product_name,
            "volume": f"{self.volume_ml} mL",
            "anticoagulant": self.anticoagulant,
            "facility": self.facility,
            "storage": self.storage,
            "end of collection": shown_moment(self.ended_at),
            "end of collection zone": shown_zone(self.ended_at),
        }


def shown_cells(viable_cells: int) -> str:
    """`2.08 × 10¹⁰`: three digits, rounded."""
    mantissa, exponent = f"{viable_cells:.2e}".split("e")
    return f"{mantissa} × 10{str(int(exponent)).translate(_SUPERSCRIPT)}"
