"""What stands on the labels of the laboratory's own containers: culture vessel, sample, assay plate."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from app.domain.identifiers import display
from app.domain.labels.content.parts import Print, Recipient, shown_moment


@dataclass(frozen=True, slots=True)
class VesselFacts:
    """One vessel of a culture: member 7 of 134. `seeded_at` in the site's zone."""

    printed: Print
    recipient: Recipient
    culture_code: str
    product_name: str
    member: int
    members: int
    seeded_at: datetime
    il2_iu_per_ml: int

    @property
    def words(self) -> Mapping[str, str]:
        """The words of its fields."""
        return {
            **self.recipient.words,
            "culture": display(self.culture_code),
            "product name": self.product_name,
            "member": f"{self.member:03d} of {self.members}",
            "seeded": shown_moment(self.seeded_at),
            "interleukin-2": f"{self.il2_iu_per_ml:,} IU/mL",
        }


@dataclass(frozen=True, slots=True)
class SampleFacts:
    """One sample tube or culture bottle; `sample` in words. It may leave the house: no patient on it."""

    printed: Print
    sample: str
    culture_code: str
    taken_at: datetime

    @property
    def words(self) -> Mapping[str, str]:
        """The words of its fields."""
        return {
            "sample": self.sample,
            "culture": display(self.culture_code),
            "taken": shown_moment(self.taken_at),
        }


@dataclass(frozen=True, slots=True)
class PlateFacts:
    """One assay plate, number `plate` of `plates`; `assay` in words."""

    printed: Print
    assay: str
    plate: int
    plates: int
    set_up_at: datetime

    @property
    def words(self) -> Mapping[str, str]:
        """The words of its fields."""
        return {
            "assay": f"{self.assay}, plate {self.plate} of {self.plates}",
            "set up": shown_moment(self.set_up_at),
        }
