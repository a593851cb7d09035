"""What stands on the labels of one vessel group: the head of the strip, then one label for every member."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime

from app.domain.errors import Invalid
from app.domain.identifiers import display
from app.domain.labels.content.laboratory import VESSEL_MM, VesselFacts, vessel_label
from app.domain.labels.content.parts import Print, Recipient, band, code_line, label, one_line, shown_moment, template
from app.domain.labels.spec import LEAST_STATEMENT_MM, Align, Area, Item, LabelKind, LabelSpec, Weight
from app.domain.labels.statements import Statement


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

    @property
    def last(self) -> int:
        """Number of the last member of the run."""
        return self.first + len(self.vessels) - 1


def group_labels(facts: GroupFacts, statements: tuple[Statement, ...]) -> tuple[LabelSpec, ...]:
    """The head and one label for each vessel, in order. Refuses a run the group does not have."""
    codes = {printed.code for printed in facts.vessels}
    if not codes or len(codes) != len(facts.vessels) or facts.first < 1 or facts.last > facts.members:
        raise Invalid(
            "not_a_run_of_vessels",
            f"{len(facts.vessels)} labels from number {facts.first} are no run of a group of {facts.members}. "
            "Choose vessels of the group, each once.",
        )
    first = VesselFacts(
        facts.vessels[0],
        facts.recipient,
        facts.culture_code,
        facts.product_name,
        facts.first,
        facts.members,
        facts.seeded_at,
        facts.il2_iu_per_ml,
    )
    members = (
        replace(first, printed=printed, member=number) for number, printed in enumerate(facts.vessels, facts.first)
    )
    return (_head(facts), *(vessel_label(member, statements) for member in members))


def _head(facts: GroupFacts) -> LabelSpec:
    """Group, range and count. It names no vessel and no patient, and nothing on it can be scanned."""
    printed = replace(facts.vessels[0], code=facts.culture_code, print_number=1)
    y_mm = 4.2 if printed.is_demo else 2.4
    numbers = f"Vessels {facts.first:03d} to {facts.last:03d}"
    seeded = f"Seeded {shown_moment(facts.seeded_at)}"
    count = f"{len(facts.vessels)} of {facts.members} labels"
    warning = one_line("warning", Area(1.2, y_mm + 13.2, 48.4, 3.2), "NOT A VESSEL LABEL", weight=Weight.BOLD)
    items: tuple[Item, ...] = (
        *band(printed, Area(1, 1, 48.8, 2.4)),
        code_line("culture", Area(1.2, y_mm, 48.4, 3.2), display(facts.culture_code)),
        one_line("range", Area(1.2, y_mm + 3.8, 48.4, 5), numbers, weight=Weight.BOLD),
        one_line("count", Area(1.2, y_mm + 9.4, 23, 3), count),
        one_line("seeded", Area(25, y_mm + 9.8, 24.6, 2.4), seeded, align=Align.RIGHT),
        replace(
            warning,
            size_mm=2.8,
            least_size_mm=LEAST_STATEMENT_MM,
            align=Align.CENTRE,
            is_reversed=True,
        ),
        template(LabelKind.VESSEL_GROUP, Area(1.2, y_mm + 17.4, 48.4, 2.2)),
    )
    return label(LabelKind.VESSEL_GROUP, printed, VESSEL_MM, items)
