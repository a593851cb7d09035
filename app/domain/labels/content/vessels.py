"""What stands on the head of a strip of vessel labels. It names no patient and no vessel, and cannot be scanned."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime

from app.domain.errors import Invalid
from app.domain.identifiers import display
from app.domain.labels.content.laboratory import VesselFacts
from app.domain.labels.content.parts import Print, Recipient, shown_moment


@dataclass(frozen=True, slots=True)
class GroupFacts:
    """A run of members of one vessel group: those from number `first` on, in order, of `members` in all."""

    culture_code: str
    recipient: Recipient
    product_name: str
    first: int
    vessels: tuple[Print, ...]
    members: int
    seeded_at: datetime
    il2_iu_per_ml: int

    def __post_init__(self) -> None:
        """Refuse a run the group does not have."""
        codes = {printed.code for printed in self.vessels}
        if not codes or len(codes) != len(self.vessels) or self.first < 1 or self.last > self.members:
            raise Invalid(
                "not_a_run_of_vessels",
                f"{len(self.vessels)} labels from number {self.first} are no run of a group of {self.members}. "
                "Choose vessels of the group, each once.",
            )

    @property
    def last(self) -> int:
        """Number of the last member of the run."""
        return self.first + len(self.vessels) - 1

    @property
    def printed(self) -> Print:
        """The head is of the culture."""
        return replace(self.vessels[0], code=self.culture_code, print_number=1)

    @property
    def words(self) -> Mapping[str, str]:
        """The words of its fields."""
        return {
            "culture": display(self.culture_code),
            "range": f"Vessels {self.first:03d} to {self.last:03d}",
            "count": f"{len(self.vessels)} of {self.members} labels",
            "seeded": shown_moment(self.seeded_at),
        }

    @property
    def each(self) -> tuple[VesselFacts, ...]:
        """The facts of every member, in order."""
        return tuple(
            VesselFacts(
                printed,
                self.recipient,
                self.culture_code,
                self.product_name,
                number,
                self.members,
                self.seeded_at,
                self.il2_iu_per_ml,
            )
            for number, printed in enumerate(self.vessels, self.first)
        )
