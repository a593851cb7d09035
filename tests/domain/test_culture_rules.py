"""What a culture's numbers must satisfy: limits below, at and above, jumps, allergies, the balance of the cells."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.culture import (
    USUAL_RECOVERY,
    CellBalance,
    Filling,
    Seeding,
    is_jump,
    judged_filling,
    judged_harvest,
    judged_reading,
    judged_seeding,
    judged_separation,
    require_enough_cells,
    require_no_allergy,
    usual_volume_ml,
)
from app.domain.errors import Invalid, Mismatch
from app.domain.limits import Grade
from app.domain.recipes import RecipeStepKind, limits_of
from app.domain.vocabulary import Il2Unit, SeparationMethod
from app.recipes.seeds import seed

OK, OUTSIDE, WARN, REFUSE = Grade.OK, Grade.OUTSIDE_RECIPE, Grade.WARN, Grade.REFUSE
AT_SEEDING = limits_of(seed("LAK-ROLLER"), 1, RecipeStepKind.SEED)
AT_HARVEST = limits_of(seed("LAK-ROLLER"), 1, RecipeStepKind.HARVEST)
COLLECTED = 54 * 10**9


def seeding(**changed: object) -> Seeding:
    """The published roller bottles: 54e9 cells collected, 88 % kept, 1.5e9 in 1 L, 1,500 Cetus units per mL."""
    values: dict[str, object] = {
        "cells_before": COLLECTED,
        "viable_cells": Decimal("47.52e9"),
        "viability_percent": Decimal(96),
        "viable_cells_per_vessel": Decimal("1.5e9"),
        "vessel_volume_ml": Decimal(1000),
        "il2_per_ml": Decimal(1500),
        "il2_unit": Il2Unit.CETUS,
    }
    return Seeding(**values | changed)  # type: ignore[arg-type]  the table above has the right types


@pytest.mark.parametrize(
    ("cells", "each", "vessels"),
    [
        pytest.param("54e9", "1.5e9", 36, id="all 54e9 collected, 1.5e9 per bottle (roller bottles 1986)"),
        pytest.param("47.52e9", "1.5e9", 32, id="54e9 x 0.88 kept by washing (wash-only 1986)"),
        pytest.param("47.52e9", "3e9", 16, id="3e9 per one-litre bag: 16 bags (wash-only 1986)"),
        pytest.param("201e9", "1.5e9", 134, id="2e11 cells of a course: 134 roller bottles (NCI)"),
        pytest.param("1.5e9", "1.5e9", 1, id="exactly one"),
        pytest.param("1500000001", "1.5e9", 2, id="one cell more"),
    ],
)
def test_the_vessels_follow_from_the_cells(cells: str, each: str, vessels: int) -> None:
    assert seeding(viable_cells=Decimal(cells), viable_cells_per_vessel=Decimal(each)).vessels == vessels


def test_1500_cetus_units_are_9000_iu() -> None:
    assert seeding().il2_iu_per_ml == 9000
    assert seeding(il2_per_ml=Decimal(9000), il2_unit=Il2Unit.IU).il2_iu_per_ml == 9000


@pytest.mark.parametrize("unit", [Il2Unit.BRMP, Il2Unit.ROCHE, Il2Unit.CHIRON])
def test_a_unit_without_a_factor_cannot_seed(unit: Il2Unit) -> None:
    with pytest.raises(Invalid) as refusal:
        judged_seeding(seeding(il2_unit=unit), AT_SEEDING)
    assert refusal.value.code == "unit_not_convertible"


SEEDINGS = [
    ("viable_cells_1e9", {"viable_cells": Decimal("21.5e9")}, WARN),
    ("viable_cells_1e9", {"viable_cells": Decimal("21.6e9")}, OK),
    ("viable_cells_1e9", {"viable_cells": Decimal("54e9")}, OK),
    ("viable_cells_1e9", {"viable_cells": Decimal("54.1e9")}, WARN),
    ("viable_cells_1e9", {"viable_cells": Decimal("70.2e9")}, WARN),
    ("viable_cells_1e9", {"viable_cells": Decimal("70.3e9")}, REFUSE),
    ("viable_cells_per_vessel_1e9", {"viable_cells_per_vessel": Decimal("0.34e9")}, OK),
    ("viable_cells_per_vessel_1e9", {"viable_cells_per_vessel": Decimal("0.33e9")}, WARN),
    ("viable_cells_per_vessel_1e9", {"viable_cells_per_vessel": Decimal("0.09504e9")}, WARN),
    ("viable_cells_per_vessel_1e9", {"viable_cells_per_vessel": Decimal("0.095e9")}, REFUSE),
    ("vessel_volume_ml", {"vessel_volume_ml": Decimal(300)}, OK),
    ("vessel_volume_ml", {"vessel_volume_ml": Decimal(299)}, WARN),
    ("vessel_volume_ml", {"vessel_volume_ml": Decimal(3000)}, OK),
    ("vessel_volume_ml", {"vessel_volume_ml": Decimal(3001)}, WARN),
    ("vessel_volume_ml", {"vessel_volume_ml": Decimal("14.9")}, REFUSE),
    ("viability_percent", {"viability_percent": Decimal("79.9")}, WARN),
    ("viability_percent", {"viability_percent": Decimal(80)}, OK),
    ("viability_percent", {"viability_percent": Decimal("100.1")}, REFUSE),
    ("il2_per_ml", {"il2_per_ml": Decimal("999.9")}, OUTSIDE),
    ("il2_per_ml", {"il2_per_ml": Decimal(1000)}, OK),
    ("il2_per_ml", {"il2_per_ml": Decimal("1500.1")}, OUTSIDE),
    ("il2_per_ml", {"il2_per_ml": Decimal(2001)}, WARN),
    ("il2_per_ml", {"il2_per_ml": Decimal(1_000_000)}, REFUSE),
]


@pytest.mark.parametrize(("field", "changed", "grade"), SEEDINGS)
def test_a_seeding_is_judged_at_its_limits(field: str, changed: dict[str, object], grade: Grade) -> None:
    assert judged_seeding(seeding(**changed), AT_SEEDING)[field].grade is grade


@pytest.mark.parametrize("field", ["viable_cells", "viable_cells_per_vessel", "vessel_volume_ml"])
@pytest.mark.parametrize("value", [0, -1])
def test_nothing_cannot_be_seeded(field: str, value: int) -> None:
    with pytest.raises(Invalid) as refusal:
        judged_seeding(seeding(**{field: Decimal(value)}), AT_SEEDING)
    assert refusal.value.code == "not_positive"


@given(st.integers(1, 10**12), st.integers(10**6, 10**11))
def test_the_vessels_hold_all_cells_and_none_is_empty(cells: int, each: int) -> None:
    vessels = seeding(viable_cells=Decimal(cells), viable_cells_per_vessel=Decimal(each)).vessels
    assert (vessels - 1) * each < cells <= vessels * each


@pytest.mark.parametrize(
    ("method", "kept", "grade"),
    [
        (SeparationMethod.WASH, "88", OK),
        (SeparationMethod.WASH, "75", OK),
        (SeparationMethod.WASH, "74.9", OUTSIDE),
        (SeparationMethod.WASH, "98.1", OUTSIDE),
        (SeparationMethod.WASH, "39.9", WARN),
        (SeparationMethod.FICOLL, "59.2", OK),
        (SeparationMethod.FICOLL, "44.9", OUTSIDE),
        (SeparationMethod.FICOLL, "80.1", OUTSIDE),
        (SeparationMethod.FICOLL, "130.1", REFUSE),
    ],
)
def test_a_separation_keeps_what_its_method_keeps(method: SeparationMethod, kept: str, grade: Grade) -> None:
    cells = int(COLLECTED * Decimal(kept) / 100)
    judged = judged_separation(method, cells_before=COLLECTED, viable_cells=cells, viability_percent=Decimal(95))
    assert judged["viable_cells_1e9"].grade is grade


def test_both_published_recoveries_are_usual() -> None:
    assert Decimal(88) in USUAL_RECOVERY[SeparationMethod.WASH]
    assert Decimal("59.2") in USUAL_RECOVERY[SeparationMethod.FICOLL]


READINGS = [
    ("viable_cells_1e6_per_ml", "0.499", WARN),
    ("viable_cells_1e6_per_ml", "0.5", OK),
    ("viable_cells_1e6_per_ml", "5", OK),
    ("viable_cells_1e6_per_ml", "5.001", WARN),
    ("viable_cells_1e6_per_ml", "100.1", REFUSE),
    ("viability_percent", "79.9", WARN),
    ("viability_percent", "80", OK),
    ("viability_percent", "100", OK),
    ("viability_percent", "100.1", REFUSE),
    ("volume_ml", "899", WARN),
    ("volume_ml", "900", OK),
    ("volume_ml", "1050", OK),
    ("volume_ml", "1051", WARN),
    ("volume_ml", "-1", REFUSE),
]


@pytest.mark.parametrize(("field", "value", "grade"), READINGS)
def test_a_reading_is_judged_at_its_limits(field: str, value: str, grade: Grade) -> None:
    numbers = {"viable_cells_1e6_per_ml": Decimal("1.58"), "viability_percent": Decimal(94), "volume_ml": Decimal(1010)}
    numbers[field] = Decimal(value)
    judged = judged_reading(
        viable_cells_per_ml=numbers["viable_cells_1e6_per_ml"] * 10**6,
        viability_percent=numbers["viability_percent"],
        volume_ml=numbers["volume_ml"],
        filled_ml=Decimal(1000),
    )
    assert judged[field].grade is grade


def test_a_litre_bottle_usually_holds_900_to_1050_ml() -> None:
    usual = usual_volume_ml(Decimal(1000))
    assert (usual.low, usual.high) == (900, 1050)


@pytest.mark.parametrize(
    ("now", "before", "jumps"),
    [
        ("15", "1.5", True),
        ("14.99", "1.5", False),
        ("0.15", "1.5", True),
        ("0.151", "1.5", False),
        ("0", "1.5", True),
        ("1.5", "0", False),
    ],
)
def test_a_tenfold_change_is_a_jump(now: str, before: str, jumps: bool) -> None:
    assert is_jump(Decimal(now), Decimal(before)) is jumps


@given(st.decimals("0.001", "1e9", places=3), st.decimals("0.001", "1e9", places=3))
def test_a_jump_is_a_jump_both_ways(one: Decimal, other: Decimal) -> None:
    assert is_jump(one, other) is is_jump(other, one)


HARVESTS = [
    ("performed_at", {"age_h": "71.9"}, OUTSIDE),
    ("performed_at", {"age_h": "72"}, OK),
    ("performed_at", {"age_h": "96"}, OK),
    ("performed_at", {"age_h": "96.01"}, OUTSIDE),
    ("performed_at", {"age_h": "59.9"}, WARN),
    ("performed_at", {"age_h": "120.1"}, WARN),
    ("performed_at", {"age_h": "5.9"}, REFUSE),
    ("viable_cells_1e9", {"harvested": 100}, OK),
    ("viable_cells_1e9", {"harvested": 101}, OUTSIDE),
    ("viable_cells_1e9", {"harvested": 60}, OK),
    ("viable_cells_1e9", {"harvested": 59}, OUTSIDE),
    ("viable_cells_1e9", {"harvested": 120}, OUTSIDE),
    ("viable_cells_1e9", {"harvested": 121}, WARN),
    ("viable_cells_1e9", {"harvested": 39}, WARN),
    ("viable_cells_1e9", {"harvested": 501}, REFUSE),
    ("viability_percent", {"viability": "79.9"}, WARN),
]


@pytest.mark.parametrize(("field", "changed", "grade"), HARVESTS)
def test_a_harvest_is_judged_at_its_limits(field: str, changed: dict[str, object], grade: Grade) -> None:
    numbers = {"age_h": "80", "viability": "92", "harvested": 92} | changed
    judged = judged_harvest(
        age_h=Decimal(str(numbers["age_h"])),
        limits=AT_HARVEST,
        balance=CellBalance(seeded=100, harvested=int(str(numbers["harvested"]))),
        viability_percent=Decimal(str(numbers["viability"])),
    )
    assert judged[field].grade is grade


def test_a_quotient_is_shortened_but_not_across_a_limit() -> None:
    balance = CellBalance(seeded=3_000_000_000, harvested=3_000_000_001)
    judged = judged_harvest(
        age_h=Decimal(80),
        limits=AT_HARVEST,
        balance=balance,
        viability_percent=Decimal(90),
    )
    assert judged["viable_cells_1e9"].grade is OUTSIDE
    third = judged_separation(SeparationMethod.WASH, cells_before=3, viable_cells=2, viability_percent=Decimal(90))[
        "viable_cells_1e9"
    ]
    assert "66.7 %" in third.sentence


def test_the_balance_knows_what_left_the_culture() -> None:
    balance = CellBalance(seeded=32, discarded=2, harvested=27, bagged=18)
    assert (balance.possible, balance.recovery_percent, balance.bagged_percent) == (30, 90, Decimal(200) / 3)
    assert CellBalance(seeded=32).recovery_percent is None
    assert CellBalance(seeded=32, harvested=0).bagged_percent is None


FILLINGS = [
    ("volume_each_ml", {"volume_ml": Decimal("49.9")}, WARN),
    ("volume_each_ml", {"volume_ml": Decimal(50)}, OK),
    ("volume_each_ml", {"volume_ml": Decimal(500)}, OK),
    ("volume_each_ml", {"volume_ml": Decimal(501)}, WARN),
    ("volume_each_ml", {"volume_ml": Decimal(2001)}, REFUSE),
    ("viable_cells_each_1e9", {"viable_cells": Decimal("10e9")}, OK),
    ("viable_cells_each_1e9", {"viable_cells": Decimal("9.9e9")}, OUTSIDE),
    ("viable_cells_each_1e9", {"viable_cells": Decimal("0.9e9")}, WARN),
    ("viable_cells_each_1e9", {"viable_cells": Decimal("100.1e9")}, WARN),
    ("viable_cells_each_1e9", {"viable_cells": Decimal("1001e9")}, REFUSE),
    ("concentration", {"viable_cells": Decimal("40.1e9")}, OUTSIDE),
    ("concentration", {"viable_cells": Decimal("60.1e9")}, WARN),
    ("viability_percent", {"viability_percent": Decimal("79.9")}, WARN),
]


def filling(**changed: object) -> Filling:
    values: dict[str, object] = {
        "bags": 2,
        "volume_ml": Decimal(200),
        "viable_cells": Decimal("20.8e9"),
        "viability_percent": Decimal("91.4"),
    }
    return Filling(**values | changed)  # type: ignore[arg-type]  the table above has the right types


@pytest.mark.parametrize(("field", "changed", "grade"), FILLINGS)
def test_a_filling_is_judged_at_its_limits(field: str, changed: dict[str, object], grade: Grade) -> None:
    assert judged_filling(filling(**changed))[field].grade is grade


def test_bags_hold_no_more_than_was_harvested() -> None:
    require_enough_cells(filling(), 41_600_000_000)
    with pytest.raises(Invalid) as refusal:
        require_enough_cells(filling(), 41_599_999_999)
    assert refusal.value.code == "more_than_harvested"


ALLERGIES = [
    ("penicillin", "penicillin gentamicin", True),
    ("Penicillin G", "penicillin gentamicin", True),
    ("gentamicin", "penicillin GENTAMICIN", True),
    ("gentamicin", "penicillin", False),
    ("penicill", "penicillin", False),
    ("penicillin", None, False),
]


@pytest.mark.parametrize(("allergy", "substances", "is_refused"), ALLERGIES)
def test_an_allergy_meets_its_substance(allergy: str, substances: str | None, is_refused: bool) -> None:
    lots = [("RG1", "RPMI", substances)]
    if not is_refused:
        require_no_allergy([allergy], lots, "seed_culture", "TH1")
        return
    with pytest.raises(Mismatch) as refusal:
        require_no_allergy([allergy], lots, "seed_culture", "TH1")
    assert refusal.value.near_miss is not None
    assert refusal.value.near_miss.kind == "allergy"
