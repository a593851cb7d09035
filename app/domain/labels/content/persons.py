"""What stands on the labels of persons: the patient's wristband and chart sticker, the badge of the staff."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from app.domain.errors import Invalid
from app.domain.identifiers import Kind
from app.domain.labels.content.parts import Print, Recipient


@dataclass(frozen=True, slots=True)
class WristbandFacts:
    """The wristband of one patient."""

    printed: Print
    recipient: Recipient

    @property
    def words(self) -> Mapping[str, str]:
        """The words of its fields."""
        return self.recipient.words


@dataclass(frozen=True, slots=True)
class StickerFacts:
    """A sticker for the chart or a sheet of one patient: the code of the sheet, never that of a wristband."""

    printed: Print
    recipient: Recipient

    def __post_init__(self) -> None:
        """Refuse the code of a wristband."""
        if self.printed.code.startswith(Kind.WRISTBAND):
            raise Invalid(
                "sticker_of_wristband", f"{self.printed.text} is a wristband's. A sticker has a code of its own."
            )

    @property
    def words(self) -> Mapping[str, str]:
        """The words of its fields."""
        return self.recipient.words


@dataclass(frozen=True, slots=True)
class BadgeFacts:
    """The badge of one member of staff. It identifies and never authenticates."""

    printed: Print
    name: str
    role: str

    @property
    def words(self) -> Mapping[str, str]:
        """The words of its fields."""
        return {
            "name": self.name,
            "role": self.role,
        }
