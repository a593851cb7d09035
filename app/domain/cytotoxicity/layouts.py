"""The saved layouts of a plate: which well holds which target, role and E:T ratio. Not what was read there."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from enum import StrEnum
from typing import Final

from app.domain.cytotoxicity.plate import LayoutGroup, Well, apply_layout, layout_positions
from app.domain.errors import Invalid
from app.domain.instruments.plates import PlateReadings
from app.domain.vocabulary import TargetCells, WellRole

MOST_RATIOS: Final = 6


class PlateLayout(StrEnum):
    """How wells are laid out. `tubes` are the wells of `one_target`, counted as tubes in the order of harvest."""

    ONE_TARGET = "one_target"
    THREE_TARGETS = "three_targets"
    TUBES = "tubes"

    @property
    def most_targets(self) -> int:
        """How many targets it has room for."""
        return 3 if self is PlateLayout.THREE_TARGETS else 1


@dataclass(frozen=True, slots=True)
class LaidWell:
    """A well with its reading and the target it belongs to; medium belongs to all, so it names none."""

    target: TargetCells | None
    well: Well


def lay_out(
    table: PlateReadings, layout: PlateLayout, targets: Sequence[TargetCells], ratios: Sequence[Decimal]
) -> tuple[LaidWell, ...]:
    """Give the readings of a file or grid their target, role and E:T. What the layout leaves out is ignored.

    Medium wells are left out when none of them was read. Refuses targets or ratios that have no room, that stand
    twice, and whatever `apply_layout` refuses.
    """
    _require_room(layout, targets, ratios)
    groups = [(target, group) for number, target in enumerate(targets) for group in _target(layout, number, ratios)]
    if layout is PlateLayout.TUBES:
        table = _from_tubes(table, [group for _, group in groups])
    present = {reading.position for reading in table.readings}
    whole = [*groups, (None, _MEDIUM[layout])] if present & set(_positions(_MEDIUM[layout])) else groups
    apply_layout(table, [group for _, group in whole])  # refuses a well that two groups name
    return tuple(LaidWell(target, well) for target, group in whole for well in apply_layout(table, [group]))


def _require_room(layout: PlateLayout, targets: Sequence[TargetCells], ratios: Sequence[Decimal]) -> None:
    if not 1 <= len(targets) <= layout.most_targets:
        raise Invalid(
            "targets_do_not_fit",
            f"This layout has room for {layout.most_targets} target{'s' if layout.most_targets > 1 else ''}, "
            f"not for {len(targets)}. Choose another layout or other targets.",
            field="targets",
        )
    if not 1 <= len(ratios) <= MOST_RATIOS:
        raise Invalid("ratios_do_not_fit", f"Give 1 to {MOST_RATIOS} E:T ratios, the highest first.", field="ratios")
    if len(set(targets)) < len(targets) or len(set(ratios)) < len(ratios):
        raise Invalid("stands_twice", "Each target and each E:T ratio stands on a plate once.", field="targets")


def _target(layout: PlateLayout, number: int, ratios: Sequence[Decimal]) -> tuple[LayoutGroup, ...]:
    """The groups of the target with this number on the plate, from 0."""
    if layout is not PlateLayout.THREE_TARGETS:
        controls = (_group(WellRole.SPONTANEOUS, "A1-A6"), _group(WellRole.MAXIMUM, "A7-A12"))
        rows, columns = "BCDEFG", "{0}1-{0}3"
    else:
        first, last, more = 3 * number + 1, 3 * number + 3, 10 + number
        controls = (
            _group(WellRole.SPONTANEOUS, f"G{first}-G{last},A{more}-C{more}"),
            _group(WellRole.MAXIMUM, f"H{first}-H{last},D{more}-F{more}"),
        )
        rows, columns = "ABCDEF", f"{{0}}{first}-{{0}}{last}"
    effectors = (
        LayoutGroup(WellRole.EXPERIMENTAL, columns.format(row), ratio) for row, ratio in zip(rows, ratios, strict=False)
    )
    return (*controls, *effectors)


def _group(role: WellRole, positions: str) -> LayoutGroup:
    return LayoutGroup(role, positions)


def _positions(group: LayoutGroup) -> tuple[str, ...]:
    return layout_positions(group.positions)


def _from_tubes(table: PlateReadings, groups: Sequence[LayoutGroup]) -> PlateReadings:
    """Tube 1 came from the first well of the layout, tube 2 from the second; the medium was harvested last."""
    wells = [position for group in (*groups, _MEDIUM[PlateLayout.TUBES]) for position in _positions(group)]
    well_of = {str(tube): well for tube, well in enumerate(wells, start=1)}
    if not any(reading.position in well_of for reading in table.readings):
        raise Invalid(
            "no_tubes_in_file", "These readings have wells, no tube numbers. Choose a layout of wells.", field="layout"
        )
    return replace(
        table,
        readings=tuple(
            replace(read, position=well_of[read.position]) for read in table.readings if read.position in well_of
        ),
        blank_positions=tuple(well_of[tube] for tube in table.blank_positions if tube in well_of),
    )


_MEDIUM: Final = {
    PlateLayout.ONE_TARGET: _group(WellRole.BACKGROUND, "H10-H12"),
    PlateLayout.THREE_TARGETS: _group(WellRole.BACKGROUND, "G10-H12"),
    PlateLayout.TUBES: _group(WellRole.BACKGROUND, "H10-H12"),
}
