"""Every scalar formula gives its worked example; one row per formula."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from decimal import Decimal

import pytest

from app.domain.body import (
    body_surface_area_du_bois_m2,
    body_surface_area_mosteller_m2,
    total_blood_volume_l,
    weight_change_percent,
)
from app.domain.counting import CountStatus, haemocytometer_count
from app.domain.culture_arithmetic import collection_efficiency, growth, recovery, seeding, spike, vessel_count
from app.domain.cytotoxicity import (
    LdhMeans,
    conversion_factor,
    cr51_decay_factor,
    flow_lysis,
    ldh_lysis,
    release_lysis,
    total_lytic_units,
)
from app.domain.dose import viable_dose
from app.domain.errors import Invalid
from app.domain.il2 import Il2Amount, il2_dose, in_cetus_units, in_iu, read_amount
from app.domain.proportion import clopper_pearson, wilson
from app.domain.vocabulary import Sex
from tests.domain.vectors_of import Vector, number, vectors

Given = Mapping[str, Vector]
Answer = Mapping[str, object]


def haemocytometer(given: Given) -> Answer:
    count = haemocytometer_count(
        given["live"]["value"],
        given["dead"]["value"],
        squares=given["squares"]["value"],
        dilution=number(given["dilution"]),
    )
    return {
        "viable_per_ml": count.viable_per_ml,
        "total_per_ml": count.total_per_ml,
        "viability": count.viability.percent,
        "viability_wilson_low": count.viability.low,
        "viability_wilson_high": count.viability.high,
        "poisson_cv": count.poisson_cv_percent,
        "count_status": count.status.value,
        "total_viable": count.total_viable(number(given["volume"])),
    }


def dose(given: Given) -> Answer:
    whole = viable_dose(number(given["total_nucleated_cells"]), number(given["viability"]), number(given["weight"]))
    subset = whole.subset(number(given["subset"]))
    return {
        "viable": whole.cells,
        "viable_per_kg": whole.per_kg,
        "subset_viable": subset.cells,
        "subset_per_kg": subset.per_kg,
    }


def grown(given: Given) -> Answer:
    found = growth(number(given["start_viable"]), number(given["end_viable"]), hours=number(given["time"]))
    return {
        "fold": found.fold,
        "population_doublings": found.population_doublings,
        "doubling_time": found.doubling_time_h,
    }


def recovered(given: Given) -> Answer:
    found = recovery([Decimal(cells) for cells in given["viable_by_step"]["value"]])
    return {"step_recovery": list(found.steps_percent), "overall": found.overall_percent}


def seeded(given: Given) -> Answer:
    found = seeding(
        number(given["viable_to_seed"]), density_per_ml=number(given["density"]), stock_per_ml=number(given["stock"])
    )
    return {"vessel_volume": found.vessel_volume_ml, "stock_volume": found.stock_volume_ml}


def vessels(given: Given) -> Answer:
    found = vessel_count(number(given["viable_cells"]), number(given["cells_per_vessel"]))
    return {"exact": found.exact, "vessels": found.vessels}


def spiked(given: Given) -> Answer:
    target, stock = (read_amount(number(given[key]), given[key]["unit"]) for key in ("target", "stock"))
    found = spike(number(given["volume"]), target=target, stock=stock)
    return {"volume_added_to_culture": found.added_to_culture_ml, "volume_in_fixed_final": found.in_fixed_final_ml}


def blood_volume(given: Given) -> Answer:
    volume = total_blood_volume_l(
        Sex(given["sex"]["value"]), height_m=number(given["height"]), weight_kg=number(given["weight"])
    )
    return {
        "total_blood_volume": volume,
        "blood_volumes_processed": number(given["blood_processed"]) / volume,
    }


def surface(given: Given) -> Answer:
    return {"mosteller": body_surface_area_mosteller_m2(number(given["height"]), number(given["weight"]))}


def converted(given: Given) -> Answer:
    return {"amount": in_iu(read_amount(number(given["amount"]), given["amount"]["unit"])).value}


def il2_for_a_patient(given: Given) -> Answer:
    found = il2_dose(
        number(given["weight"]),
        read_amount(number(given["dose"]), given["dose"]["unit"]),
        iu_per_ml=number(given["concentration"]),
        iu_per_vial=number(given["vial"]),
    )
    return {
        "dose_total": found.total_iu,
        "volume": found.volume_ml,
        "vials_exact": found.vials_exact,
        "vials": found.vials,
    }


def weight_change(given: Given) -> Answer:
    return {"change": weight_change_percent(number(given["baseline"]), number(given["current"]))}


def decayed(given: Given) -> Answer:
    return {"factor": cr51_decay_factor(float(number(given["elapsed"])))}


def ldh(given: Given) -> Answer:
    return {"lysis": ldh_lysis(LdhMeans(**{key: number(value) for key, value in given.items()}))}


def flow(given: Given) -> Answer:
    return {"lysis": flow_lysis(number(given["dead"]), number(given["spontaneous"]))}


def release(given: Given) -> Answer:
    experimental, *controls = (number(given[key]) for key in ("experimental", "spontaneous", "maximum", "blank"))
    found = release_lysis(experimental, **dict(zip(("spontaneous", "maximum", "blank"), controls, strict=True)))
    return {
        "lysis": found.lysis_percent,
        "s_over_m_gross": found.s_over_m_gross_percent,
        "s_over_m_net": found.s_over_m_net_percent,
    }


def within_a_fit(given: Given) -> Answer:
    factor = conversion_factor(number(given["from_p"]), number(given["to_p"]), float(number(given["plateau"])))
    return {"factor": factor, "lytic_units": float(number(given["lytic_units"])) * factor}


def proportion(given: Given) -> Answer:
    found = clopper_pearson(given["events"]["value"], given["total"]["value"])
    return {"percent": found.percent, "exact_low": found.low, "exact_high": found.high}


FORMULAS: Mapping[str, Callable[[Given], Answer]] = {
    "counting.hemocytometer": haemocytometer,
    "dose.viable": dose,
    "culture.growth": grown,
    "yield.recovery": recovered,
    "culture.seeding": seeded,
    "culture.vessel_count": vessels,
    "il2.spike": spiked,
    "patient.total_blood_volume_nadler": blood_volume,
    "patient.body_surface_area": surface,
    "il2.convert": converted,
    "il2.dose": il2_for_a_patient,
    "patient.weight_change": weight_change,
    "cr51.decay_factor": decayed,
    "cytotoxicity.ldh": ldh,
    "cytotoxicity.flow": flow,
    "cytotoxicity.release": release,
    "cytotoxicity.convert_within_fit": within_a_fit,
    "reports.proportion": proportion,
}


@pytest.mark.requirement("REQ-042")
@pytest.mark.parametrize("vector", vectors("scalars.json"), ids=lambda vector: vector["id"])
def test_a_formula_gives_its_worked_example(vector):
    formula, expected = FORMULAS[vector["formula"]], vector["expected"]
    if "error" in expected:
        with pytest.raises(Invalid) as refused:
            formula(vector["inputs"])
        assert refused.value.code == expected["error"]
        return
    found = formula(vector["inputs"])
    assert found.keys() == expected.keys()
    for key, wanted in expected.items():
        if isinstance(wanted, str):
            assert found[key] == wanted
        else:
            assert numbers(found[key]) == pytest.approx(numbers(wanted["value"]), rel=1e-5, abs=1e-12)


def numbers(value: object) -> object:
    if isinstance(value, list):
        return [float(item) for item in value]
    return float(value) if isinstance(value, Decimal | int) else value


def test_54e9_cells_washed_at_88_percent_fill_sixteen_one_litre_bags_at_3e6_per_ml():
    washed = Decimal("54e9") * Decimal("0.88")
    volume_ml = seeding(washed, density_per_ml=Decimal("3e6"), stock_per_ml=Decimal("5e7")).vessel_volume_ml
    assert (volume_ml, vessel_count(volume_ml, 1000).vessels) == (Decimal(15840), 16)


@pytest.mark.parametrize(
    ("cells", "vessels_needed"), [("1.5e9", 1), ("1500000001", 2), ("2e11", 134), ("2.01e11", 134), ("0", 0)]
)
def test_vessels_are_rounded_up_from_the_exact_quotient(cells, vessels_needed):
    assert vessel_count(Decimal(cells), Decimal("1.5e9")).vessels == vessels_needed


def test_a_culture_that_does_not_grow_has_no_doubling_time():
    assert growth(100, 100, hours=Decimal(96)).doubling_time_h is None
    assert growth(100, 50, hours=Decimal(96)).population_doublings == -1
    assert growth(100, 0, hours=Decimal(96)).population_doublings is None


def test_a_recovery_above_100_percent_is_kept_and_flagged():
    found = recovery([100, 104])
    assert (found.overall_percent, found.is_above_100) == (104, True)


def test_no_live_cell_is_a_result_and_nothing_counted_is_none():
    dead = haemocytometer_count(0, 100, squares=4, dilution=Decimal("1.1"))
    assert (dead.viable_per_ml, dead.viability.low, dead.status) == (0, 0, CountStatus.OK)
    with pytest.raises(Invalid) as refused:
        haemocytometer_count(0, 0, squares=4, dilution=Decimal("1.1"))
    assert refused.value.code == "nothing_counted"


@pytest.mark.parametrize(("counted", "status"), [(99, "low"), (100, "ok"), (101, "ok")])
def test_below_one_hundred_cells_a_count_warns(counted, status):
    assert haemocytometer_count(counted, 0, squares=4, dilution=Decimal(2)).status == status


@pytest.mark.parametrize("stock", ["1500 Cetus U/mL", "9000 IU/mL"])
def test_a_stock_of_equal_strength_in_any_unit_cannot_be_spiked(stock):
    value, unit = stock.split(" ", 1)
    with pytest.raises(Invalid) as refused:
        spike(Decimal(1000), target=read_amount(Decimal(1500), "Cetus U/mL"), stock=read_amount(Decimal(value), unit))
    assert refused.value.code == "stock_not_stronger_than_target"


@pytest.mark.parametrize("unit", ["U", "U/mL", "u/ml", "units", "", "BRMP U/mL", "Roche U", "Chiron U/m2/d"])
def test_only_cetus_units_and_iu_have_a_factor(unit):
    with pytest.raises(Invalid) as refused:
        in_iu(read_amount(Decimal(1000), unit))
    assert refused.value.code == "unit_not_convertible"


def test_a_unit_of_another_product_is_kept_as_entered():
    assert str(read_amount(Decimal("3e6"), "Roche U/m2/d")) == "3,000,000 Roche U/m2/d"


@pytest.mark.parametrize("cetus", [1, 75_000, 100_000, 3_000_000])
def test_one_cetus_unit_is_six_iu_both_ways(cetus):
    amount = read_amount(Decimal(cetus), "Cetus U")
    assert in_iu(amount).value == 6 * cetus
    assert in_cetus_units(in_iu(amount)) == amount


def test_an_il2_dose_is_given_per_kg():
    with pytest.raises(Invalid) as refused:
        il2_dose(Decimal(70), read_amount(Decimal("6e5"), "IU/mL"), iu_per_ml=Decimal("18e6"), iu_per_vial=Decimal(1))
    assert refused.value.code == "not_per_kg"


def test_a_blood_volume_needs_the_sex():
    with pytest.raises(Invalid) as refused:
        total_blood_volume_l(Sex.NOT_KNOWN, height_m=Decimal("1.7"), weight_kg=Decimal(70))
    assert refused.value.code == "sex_not_known"


def test_both_body_surface_formulas_agree_within_two_percent_for_an_adult():
    mosteller = body_surface_area_mosteller_m2(Decimal(178), Decimal("72.5"))
    assert body_surface_area_du_bois_m2(Decimal(178), Decimal("72.5")) == pytest.approx(mosteller, rel=Decimal("0.02"))


@pytest.mark.parametrize(("cells", "is_error"), [("1.1e11", False), ("1.11e11", True)])
def test_a_collection_efficiency_above_110_percent_is_a_count_error(cells, is_error):
    found = collection_efficiency(Decimal(cells), processed_l=Decimal(10), precount_1e9_per_l=Decimal(10))
    assert found.is_count_error is is_error


@pytest.mark.parametrize(
    ("events", "total", "low", "high"),
    [
        pytest.param(11, 25, 24.4, 65.1, id="NEJM-1985-11-of-25"),
        pytest.param(23, 106, 14.3, 30.8, id="NEJM-1987-23-of-106"),
        pytest.param(14, 41, 20.1, 50.6, id="Surgery-1986-14-of-41"),
        pytest.param(0, 10, 0, 30.8, id="none-of-ten"),
        pytest.param(10, 10, 69.2, 100, id="ten-of-ten"),
    ],
)
def test_published_response_rates_have_their_exact_intervals(events, total, low, high):
    found = clopper_pearson(events, total)
    assert (float(found.low), float(found.high)) == (pytest.approx(low, abs=0.05), pytest.approx(high, abs=0.05))


@pytest.mark.parametrize(("events", "total"), [(0, 0), (-1, 5), (6, 5)])
@pytest.mark.parametrize("interval", [wilson, clopper_pearson])
def test_what_is_no_proportion_has_no_interval(interval, events, total):
    with pytest.raises(Invalid):
        interval(events, total)


def per_ml(value: str, unit: str = "IU/mL") -> Il2Amount:
    return read_amount(Decimal(value), unit)


def per_kg() -> Il2Amount:
    return read_amount(Decimal(600_000), "IU/kg")


REFUSED: Mapping[str, tuple[str, Callable[[], object]]] = {
    "undiluted is one": (
        "dilution_below_one",
        lambda: haemocytometer_count(100, 0, squares=4, dilution=Decimal("0.9")),
    ),
    "no squares": ("not_positive", lambda: haemocytometer_count(100, 0, squares=0, dilution=Decimal(2))),
    "one step is no recovery": ("too_few_steps", lambda: recovery([100])),
    "nothing to recover from": ("not_positive", lambda: recovery([0, 10])),
    "stock thinner than the culture": (
        "stock_thinner_than_density",
        lambda: seeding(10**9, density_per_ml=Decimal("1.5e6"), stock_per_ml=Decimal("1e6")),
    ),
    "spike without a volume": ("not_a_concentration", lambda: spike(Decimal(1), target=per_ml("1"), stock=per_kg())),
    "IL-2 per something else": ("unit_unknown", lambda: read_amount(Decimal(1), "IU/furlong")),
    "negative IL-2": ("negative_value", lambda: per_ml("-1")),
    "no controls": (
        "maximum_not_above_spontaneous",
        lambda: release_lysis(Decimal(2), spontaneous=Decimal(3), maximum=Decimal(3), blank=None),
    ),
    "all targets dead by themselves": ("maximum_not_above_spontaneous", lambda: flow_lysis(Decimal(50), Decimal(100))),
}


@pytest.mark.parametrize("case", REFUSED)
def test_what_has_no_answer_is_refused(case):
    code, ask = REFUSED[case]
    with pytest.raises(Invalid) as refused:
        ask()
    assert refused.value.code == code
    assert refused.value.sentence.endswith(".")


def test_a_release_without_a_blank_has_no_net_share():
    found = release_lysis(Decimal(2), spontaneous=Decimal(1), maximum=Decimal(3), blank=None)
    assert (found.lysis_percent, found.s_over_m_net_percent) == (50, None)


def test_an_amount_in_cetus_units_is_shown_as_it_is():
    amount = per_ml("1500", "Cetus U/mL")
    assert in_cetus_units(amount) is amount


def test_lytic_units_of_a_product_scale_with_its_viable_cells():
    assert total_lytic_units(Decimal("389.2"), 10**7, 2 * 10**10) == Decimal("778400.0")


@pytest.mark.parametrize("to_percent", [80, 81])
def test_a_lytic_unit_at_the_plateau_and_above_is_refused(to_percent):
    with pytest.raises(Invalid) as refused:
        conversion_factor(Decimal(20), Decimal(to_percent), 80.0)
    assert refused.value.code == "lysis_level_at_or_above_plateau"


@pytest.mark.parametrize("bad", ["NaN", "Infinity", "-Infinity", "-1"])
def test_what_is_no_number_of_cells_gives_no_dose(bad):
    with pytest.raises(Invalid):
        viable_dose(Decimal(bad), Decimal(90), Decimal(70))
    with pytest.raises(Invalid):
        viable_dose(Decimal("1e10"), Decimal(90), Decimal(bad))
    with pytest.raises(Invalid):
        viable_dose(Decimal("1e10"), Decimal(bad), Decimal(70))
