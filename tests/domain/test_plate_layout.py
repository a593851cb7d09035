"""Wells and their roles: the saved layout decides, and a plate that cannot be is refused."""

from __future__ import annotations

from decimal import Decimal
from statistics import mean

import pytest

from app.domain.cytotoxicity import (
    HOUSE_SETTINGS,
    AssayConditions,
    Exclusion,
    LayoutGroup,
    LdhMeans,
    Plate,
    Well,
    apply_layout,
    evaluate_assay,
    layout_positions,
    ldh_lysis,
    release_lysis,
)
from app.domain.errors import Invalid, ReasonRequired
from app.domain.instruments import Reading, read_instrument_file, read_pasted_grid
from app.domain.vocabulary import Censor, TargetCells, WellRole
from tests.domain.vectors_of import INSTRUMENTS, Vector, read_json

SAMPLES = {each["file"]: each for each in read_json(INSTRUMENTS / "expected.json")["files"]}
DAUDI = AssayConditions(TargetCells.DAUDI, 5000, Decimal(4))


def table_of(file: str):
    return read_instrument_file((INSTRUMENTS / file).read_bytes()).table


def layout_of(sample: Vector) -> list[LayoutGroup]:
    return [
        LayoutGroup(WellRole(group["role"]), group["positions"], Decimal(group["et"]) if "et" in group else None)
        for group in sample["layout"]
    ]


def means_of(sample: Vector, quantity: str) -> dict[str, Decimal]:
    readings = [each for each in table_of(sample["file"]).readings if each.quantity == quantity]
    return {
        group["role"]: mean(each.value for each in readings if each.position in layout_positions(group["positions"]))
        for group in sample["layout"]
    }


@pytest.mark.parametrize("file", ["synthetic_gamma_list.csv", "synthetic_plate_cpm_96.csv"])
def test_a_list_of_tubes_and_a_matrix_of_the_same_plate_give_lu20_636_1_and_lu30_389_2(file):
    wells = apply_layout(table_of(file), layout_of(SAMPLES[file]))
    lu30, lu20 = evaluate_assay(Plate(wells), DAUDI, HOUSE_SETTINGS).lytic_units
    assert (f"{lu20.value:.1f}", f"{lu30.value:.1f}") == ("636.1", "389.2")


def test_taking_the_second_wavelength_off_leaves_ldh_lysis_at_50_percent():
    sample = SAMPLES["synthetic_softmax_utf16.txt"]
    single = means_of(sample, "A490")
    difference = {role: value - means_of(sample, "A680")[role] for role, value in single.items()}
    assert ldh_lysis(LdhMeans(**single)) == ldh_lysis(LdhMeans(**difference)) == 50


def test_the_calcein_plate_gives_its_worked_lysis():
    means = means_of(SAMPLES["synthetic_bmg_matrix.csv"], "RFU 485/520")
    found = release_lysis(
        means["experimental"],
        spontaneous=means["spontaneous"],
        maximum=means["maximum"],
        blank=means["background"],
    )
    assert float(found.lysis_percent) == pytest.approx(32.8976, rel=1e-5)


@pytest.mark.parametrize(
    ("written", "positions"),
    [
        ("A1", "A1"),
        ("A1-A3", "A1 A2 A3"),
        ("B1-C2", "B1 B2 C1 C2"),
        ("13-15", "13 14 15"),
        ("A1, h12", "A1 H12"),
    ],
)
def test_a_layout_text_names_wells_row_by_row(written, positions):
    assert " ".join(layout_positions(written)) == positions


@pytest.mark.parametrize(
    ("written", "code"),
    [
        ("", "position_unknown"),
        ("A13", "position_unknown"),
        ("A1-3", "position_unknown"),
        ("A1-", "position_unknown"),
        ("A3-A1", "range_backwards"),
        ("B1-A3", "range_backwards"),
        ("15-13", "range_backwards"),
    ],
)
def test_a_layout_text_that_names_no_wells_is_refused(written, code):
    with pytest.raises(Invalid) as refused:
        layout_positions(written)
    assert refused.value.code == code


SPONTANEOUS = [LayoutGroup(WellRole.SPONTANEOUS, "A1-A2")]
GRID = "\n".join(["412\t398" + "\t" * 10, *["\t" * 11] * 7])


def test_what_the_layout_leaves_out_is_ignored_and_a_blank_is_missing():
    wells = apply_layout(read_pasted_grid(GRID), [LayoutGroup(WellRole.MAXIMUM, "A2-A3")])
    assert [(well.position, well.value, well.is_used) for well in wells] == [("A2", 398, True), ("A3", None, False)]


def test_a_bound_stays_a_bound_and_is_not_used():
    (well, _) = apply_layout(read_instrument_file(_list("1,>60000,", "2,412,")).table, _tubes("1-2"))
    assert (well.value, well.censor, well.is_used) == (60000, Censor.ABOVE, False)


def _list(*rows: str) -> bytes:
    return "\n".join(["Position,CPM,Flag", *rows]).encode()


def _tubes(positions: str) -> list[LayoutGroup]:
    return [LayoutGroup(WellRole.SPONTANEOUS, positions)]


@pytest.mark.parametrize(
    ("code", "rows", "positions"),
    [
        ("well_missing", ["1,412,", "2,398,"], "1-3"),
        ("reading_flagged", ["1,412,", "2,398,HIGH"], "1-2"),
        ("position_twice", ["1,412,", "2,398,"], "1-2,2"),
        ("well_missing", ["1,412,"], "A1"),
    ],
)
def test_a_layout_that_does_not_fit_the_file_is_refused(code, rows, positions):
    with pytest.raises(Invalid) as refused:
        apply_layout(read_instrument_file(_list(*rows)).table, _tubes(positions))
    assert refused.value.code == code


def test_a_file_of_two_wavelengths_needs_the_choice_of_one():
    table = table_of("synthetic_softmax_utf16.txt")
    with pytest.raises(Invalid) as refused:
        apply_layout(table, SPONTANEOUS)
    assert refused.value.code == "several_quantities"
    assert [well.value for well in apply_layout(table, SPONTANEOUS, "A680")] == [Decimal("0.0400")] * 2


S, E = WellRole.SPONTANEOUS, WellRole.EXPERIMENTAL


@pytest.mark.parametrize(
    ("code", "position", "role", "value", "ratio"),
    [
        ("position_unknown", "A13", S, "412", None),
        ("position_unknown", "a1", S, "412", None),
        ("not_a_number", "A1", S, "NaN", None),
        ("not_a_number", "A1", S, "Infinity", None),
        ("negative_value", "A1", S, "-1", None),
        ("reading_out_of_range", "A1", S, "1e308", None),
        ("reading_out_of_range", "A1", S, "1000000001", None),
        ("ratio_where_effectors", "A1", S, "412", "40"),
        ("ratio_where_effectors", "A1", E, "412", None),
        ("not_positive", "A1", E, "412", "0"),
        ("not_a_number", "A1", E, "412", "NaN"),
        ("ratio_out_of_range", "A1", E, "412", "1001"),
    ],
)
def test_a_well_that_cannot_be_is_refused(code, position, role, value, ratio):
    with pytest.raises(Invalid) as refused:
        Well(position, role, Decimal(value), Decimal(ratio) if ratio else None)
    assert refused.value.code == code


def test_a_plate_without_wells_or_with_a_well_twice_is_refused():
    well = Well("A1", S, Decimal(412))
    for wells, code in (((), "no_wells"), ((well, well), "position_twice")):
        with pytest.raises(Invalid) as refused:
            Plate(wells)
        assert refused.value.code == code


@pytest.mark.requirement("REQ-111")
@pytest.mark.parametrize("reason", ["", "error", "outlier"])
def test_a_well_is_left_out_only_with_a_reason(reason):
    with pytest.raises(ReasonRequired):
        Exclusion("user:7", reason)


def test_an_instrument_reading_carries_no_role():
    assert "role" not in Reading.__dataclass_fields__
