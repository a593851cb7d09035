"""The saved layouts of a plate: the same wells whether read as a plate or as tubes, and what has no room."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.cytotoxicity.layouts import LaidWell, PlateLayout, lay_out
from app.domain.errors import Invalid
from app.domain.instruments import PlateReadings, read_instrument_file, read_pasted_grid
from app.domain.vocabulary import TargetCells, WellRole

INSTRUMENTS = Path(__file__).parent / "instruments"
RATIOS = tuple(Decimal(ratio) for ratio in (40, 20, 10, 5))
SIX = (*RATIOS, Decimal("2.5"), Decimal("1.25"))
THREE = (TargetCells.K562, TargetCells.DAUDI, TargetCells.AUTOLOGOUS_TUMOUR)


def readings(file: str) -> PlateReadings:
    table = read_instrument_file((INSTRUMENTS / file).read_bytes()).table
    assert isinstance(table, PlateReadings)
    return table


def grid(blank: frozenset[str] = frozenset()) -> PlateReadings:
    """Every well reads 100 times its row and its column: A1 is 101, H12 is 812."""
    rows = [[f"{100 * row + column}" for column in range(1, 13)] for row in range(1, 9)]
    names = [[f"{letter}{column}" for column in range(1, 13)] for letter in "ABCDEFGH"]
    cells = [
        "\t".join("" if name in blank else value for name, value in zip(line, values, strict=True))
        for line, values in zip(names, rows, strict=True)
    ]
    return read_pasted_grid("\n".join(cells))


def positions(wells: tuple[LaidWell, ...], role: WellRole, target: TargetCells | None) -> list[str]:
    return [laid.well.position for laid in wells if (laid.well.role, laid.target) == (role, target)]


def test_a_plate_and_the_tubes_of_a_gamma_counter_give_the_same_wells():
    plate = lay_out(readings("synthetic_plate_cpm_96.csv"), PlateLayout.ONE_TARGET, [TargetCells.K562], RATIOS)
    tubes = lay_out(readings("synthetic_gamma_list.csv"), PlateLayout.TUBES, [TargetCells.K562], RATIOS)
    assert plate == tubes
    assert len(plate) == 27


def test_three_targets_stand_side_by_side_with_six_wells_of_each_control():
    wells = lay_out(grid(), PlateLayout.THREE_TARGETS, THREE, SIX)
    assert len(wells) == 96
    assert positions(wells, WellRole.SPONTANEOUS, TargetCells.DAUDI) == ["G4", "G5", "G6", "A11", "B11", "C11"]
    assert positions(wells, WellRole.MAXIMUM, TargetCells.AUTOLOGOUS_TUMOUR) == ["H7", "H8", "H9", "D12", "E12", "F12"]
    assert positions(wells, WellRole.BACKGROUND, None) == ["G10", "G11", "G12", "H10", "H11", "H12"]
    at_20 = [laid.well.position for laid in wells if laid.well.effector_target_ratio == 20]
    assert at_20 == ["B1", "B2", "B3", "B4", "B5", "B6", "B7", "B8", "B9"]


@given(st.integers(1, 3), st.integers(1, 6))
def test_no_well_belongs_to_two_groups(targets: int, ratios: int):
    wells = lay_out(grid(), PlateLayout.THREE_TARGETS, THREE[:targets], SIX[:ratios])
    assert len({laid.well.position for laid in wells}) == len(wells) == targets * (12 + 3 * ratios) + 6


def test_a_well_that_was_not_read_is_missing_and_not_zero():
    wells = lay_out(grid(frozenset({"B2"})), PlateLayout.ONE_TARGET, [TargetCells.K562], RATIOS)
    (missing,) = (laid.well for laid in wells if laid.well.position == "B2")
    assert missing.value is None


def test_medium_that_was_not_read_at_all_is_left_out():
    wells = lay_out(grid(frozenset({"H10", "H11", "H12"})), PlateLayout.ONE_TARGET, [TargetCells.K562], RATIOS)
    assert positions(wells, WellRole.BACKGROUND, None) == []


@pytest.mark.parametrize(
    ("layout", "targets", "ratios", "code"),
    [
        (PlateLayout.ONE_TARGET, THREE[:2], RATIOS, "targets_do_not_fit"),
        (PlateLayout.THREE_TARGETS, (), RATIOS, "targets_do_not_fit"),
        (PlateLayout.THREE_TARGETS, THREE[:1] * 2, RATIOS, "stands_twice"),
        (PlateLayout.ONE_TARGET, THREE[:1], (), "ratios_do_not_fit"),
        (PlateLayout.ONE_TARGET, THREE[:1], (*SIX, Decimal("0.6")), "ratios_do_not_fit"),
        (PlateLayout.ONE_TARGET, THREE[:1], (*RATIOS, Decimal("20.0")), "stands_twice"),
        (PlateLayout.TUBES, THREE[:1], RATIOS, "no_tubes_in_file"),
    ],
)
def test_what_has_no_room_on_the_plate_is_refused(layout, targets, ratios, code):
    with pytest.raises(Invalid) as refused:
        lay_out(grid(), layout, targets, ratios)
    assert refused.value.code == code


def test_a_file_of_tubes_is_no_plate():
    with pytest.raises(Invalid) as refused:
        lay_out(readings("synthetic_gamma_list.csv"), PlateLayout.ONE_TARGET, [TargetCells.K562], RATIOS)
    assert refused.value.code == "well_missing"
