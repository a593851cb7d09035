"""What stands on the box cells travel in. No patient: whoever carries it needs no name."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from app.domain.labels.content.parts import Print, shown_moment, shown_zone


@dataclass(frozen=True, slots=True)
class BoxFacts:
    """One shipping box: from whom to whom, what and how many bags, how warm, whom to ask when it is late."""

    printed: Print
    sender: str
    receiver: str
    contents: str
    bags: int
    temperature: str
    packed_at: datetime
    contact: str

    @property
    def words(self) -> Mapping[str, str]:
        """The words of its fields."""
        return {
            "from": self.sender,
            "to": self.receiver,
            "contents": self.contents,
            "count": f"{self.bags} bag" if self.bags == 1 else f"{self.bags} bags",
            "temperature": self.temperature,
            "packed": shown_moment(self.packed_at),
            "packed zone": shown_zone(self.packed_at),
            "contact": self.contact,
        }
