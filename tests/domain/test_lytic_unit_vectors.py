"""The worked plates and published curves: every mean, lysis, fit, model and reported row agrees."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

import pytest

from app.domain.cytotoxicity import (
    HOUSE_SETTINGS,
    AssayConditions,
    AssaySettings,
    Basis,
    Curve,
    CurvePoint,
    LyticUnitDefinition,
    Model,
    Plate,
    PlateauMode,
    Point,
    Well,
    area_log10,
    evaluate_assay,
    fit_exponential,
    fit_line,
    has_hook,
    plain,
    ratio_by_model,
    report,
)
from app.domain.cytotoxicity.models.comparison import interpolated_ratio
from app.domain.cytotoxicity.models.points import within_reach
from app.domain.vocabulary import TargetCells, WellRole
from tests.domain.vectors_of import Vector, vectors

ALL = vectors("cytotoxicity.json")
PLATE = next(vector for vector in ALL if vector["id"] == "plate-e2e")
FITS = [
    pytest.param(vector, fit, id="-".join([vector["id"], fit["model"], fit.get("A_mode", ""), str(fit.get("A", ""))]))
    for vector in ALL
    for fit in vector["expected"]["fits"]
]
DIRECT, FITTED = 1e-5, 1e-4


def close(value: object, expected: object, rel: float = DIRECT) -> bool:
    if value is None or expected is None:
        return value is expected
    return float(str(value)) == pytest.approx(float(str(expected)), rel=rel, abs=1e-9)


def settings_of(vector: Vector, override: Vector | None = None) -> AssaySettings:
    written = {**vector["settings"], **(override or {})}
    lowered = {key.lower(): value for key, value in written.items()}
    kept = {key: Decimal(value) for key, value in lowered.items() if key not in ("t", "n0", "model", "a_mode")}
    whole = {key: int(kept.pop(key)) for key in ("min_points", "min_points_free", "min_wells")}
    return replace(HOUSE_SETTINGS, a_mode=PlateauMode(lowered["a_mode"]), **kept, **whole)


def plate_of(vector: Vector) -> Plate:
    wells = vector["inputs"]["wells"]
    groups = [(WellRole(role), None, wells[role]) for role in ("spontaneous", "maximum", "background")]
    groups += [(WellRole.EXPERIMENTAL, Decimal(group["et"]), group["values"]) for group in wells["experimental"]]
    return Plate(
        tuple(
            Well(f"{'ABCDEFGH'[row]}{column}", role, Decimal(value), ratio)
            for row, (role, ratio, values) in enumerate(groups)
            for column, value in enumerate(values, start=1)
        )
    )


def curve_of(vector: Vector) -> Curve:
    if "wells" in vector["inputs"]:
        points = evaluate(vector, settings_of(vector)).reduction.points
        usable = tuple(
            CurvePoint(point.effector_target_ratio, point.lysis_percent, point.se_percent)
            for point in points
            if point.lysis_percent is not None
        )
        return Curve(usable, 5000)
    written = vector["inputs"]["points"]
    return Curve(tuple(CurvePoint(Decimal(at["et"]), Decimal(at["lysis_pct"])) for at in written), 5000)


def evaluate(vector: Vector, settings: AssaySettings, percents: tuple[int, ...] = (10, 20, 30)):
    definitions = tuple(LyticUnitDefinition(Decimal(p), 10**7) for p in percents)
    conditions = AssayConditions(TargetCells.DAUDI, 5000, Decimal(4), definitions=definitions)
    return evaluate_assay(plate_of(vector), conditions, settings)


def test_the_house_settings_are_those_of_the_vectors():
    for vector in ALL:
        assert settings_of(vector) == HOUSE_SETTINGS


def test_the_plate_gives_the_published_means_and_spreads():
    reduction, expected = evaluate(PLATE, HOUSE_SETTINGS).reduction, PLATE["expected"]
    assert close(reduction.spontaneous.mean, expected["spontaneous_mean"])
    assert close(reduction.spontaneous.cv_percent, expected["spontaneous_cv_pct"])
    assert close(reduction.maximum.mean, expected["maximum_mean"])
    assert close(reduction.maximum.cv_percent, expected["maximum_cv_pct"])
    assert close(reduction.background.mean, expected["background_mean"])


def test_spontaneous_release_is_judged_net_of_the_blanks():
    share, expected = evaluate(PLATE, HOUSE_SETTINGS).reduction.s_over_m, PLATE["expected"]
    assert close(share.gross_percent, expected["s_over_m_gross_pct"])
    assert close(share.net_percent, expected["s_over_m_net_pct"])
    assert (share.basis, share.grade.value) == (Basis.NET, expected["s_over_m_status"])


def test_lysis_and_its_standard_error_agree_at_every_ratio():
    points = evaluate(PLATE, HOUSE_SETTINGS).reduction.points
    for point, expected in zip(points, PLATE["expected"]["lysis"], strict=True):
        assert point.effector_target_ratio == expected["et"]
        assert point.replicates.wells_used == expected["n"]
        assert close(point.replicates.mean, expected["mean"])
        assert close(point.replicates.cv_percent, expected["cv_pct"])
        assert point.replicates.cv_grade == expected["cv_status"]
        assert close(point.lysis_percent, expected["lysis_pct"])
        assert close(point.se_percent, expected["se_pct"])


def test_the_plate_gives_lu20_of_636_1_and_lu30_of_389_2_per_1e7():
    lu20, lu30 = evaluate(PLATE, HOUSE_SETTINGS, (20, 30)).lytic_units
    assert (f"{lu20.value:.1f}", f"{lu30.value:.1f}") == ("636.1", "389.2")


@pytest.mark.parametrize("vector", ALL, ids=lambda vector: vector["id"])
def test_hook_and_area_agree(vector):
    curve = curve_of(vector)
    assert has_hook(curve.points, HOUSE_SETTINGS) is vector["expected"]["hook"]
    assert close(area_log10(curve.floats), vector["expected"]["auc_log10"])


@pytest.mark.parametrize(("vector", "fit"), FITS)
def test_every_model_gives_the_expected_ratio_and_lytic_units(vector, fit):
    points, model = curve_of(vector).floats, Model(fit["model"])
    rel = FITTED if model is Model.EXP else DIRECT
    for row in fit["results"]:
        ratio = ratio_of(fit, points, float(row["p"]))
        assert close(ratio, row["X"], rel)
        for per in (10**6, 10**7):
            lytic_units = None if ratio is None else per / (5000 * ratio)
            assert close(lytic_units, row[f"LU_per_1e{len(str(per)) - 1}"], rel)


def ratio_of(fit: Vector, points: tuple[Point, ...], lysis: float) -> float | None:
    """Through the parameters for a free plateau, by the public comparison for everything else."""
    if fit.get("A_mode") == "free":
        return within_reach(fit_exponential(points, None).ratio_at(lysis), points)
    return ratio_by_model(Model(fit["model"]), points, lysis, float(fit.get("A", 100)))


@pytest.mark.parametrize(("vector", "fit"), FITS)
def test_every_model_finds_the_expected_parameters(vector, fit):
    points, model = curve_of(vector).floats, Model(fit["model"])
    if model is Model.EXP:
        found = fit_exponential(points, None if fit["A_mode"] == "free" else float(fit["A"]))
        assert close(found.plateau, fit["A"], FITTED)
        assert close(found.rate, fit["k"], FITTED)
        assert close(found.r_squared, fit["r2"], FITTED)
        assert found.is_plateau_at_bound is fit.get("A_at_bound", False)
        return
    if model is Model.INTERPOLATION:
        assert all(close(interpolated_ratio(points, float(row["p"])), row["X"]) for row in fit["results"])
        return
    line = fit_line(model, points, float(fit.get("A", 100)))
    assert line is not None
    intercept = 10**line.intercept if model is Model.VON_KROGH else line.intercept
    for key, value in {"K": intercept, "a": intercept, "n": line.slope, "b": line.slope, "k": line.slope}.items():
        assert key not in fit or close(value, fit[key])
    assert line.is_clipped is fit.get("clipped", False)


REPORTS = [
    pytest.param(vector, override, row, id=f"{vector['id']}-{n}-LU{row['p']}")
    for vector in ALL
    for n, group in enumerate(vector["expected"]["reports"])
    for override in [group["settings_override"]]
    for row in group["rows"]
]


@pytest.mark.parametrize(("vector", "override", "row"), REPORTS)
def test_every_reported_row_agrees(vector, override, row):
    definition = LyticUnitDefinition(Decimal(row["p"]), int(row["N0"]))
    reported = report(curve_of(vector), definition, settings_of(vector, override))
    assert (reported.status, reported.reason) == (row["status"], row["reason"])
    assert [flag.value for flag in reported.flags] == row["flags"]
    assert close(reported.value, row["value"], FITTED)
    assert reported.a_mode_used == row.get("A_mode_used")
    assert close(reported.r2, row.get("r2"), FITTED)


def test_the_record_of_a_result_holds_no_floats_and_gives_every_number_back():
    result = evaluate(PLATE, HOUSE_SETTINGS, (20, 30))
    record = plain(result)
    assert record["lytic_units"][0]["value"] == format(result.lytic_units[0].value, "f")
    assert record["settings"]["sm_limit"] == "30"
    assert record["engine_version"] == result.engine_version
    assert float(record["fit"]["rate"]) == result.fit.rate
    assert not any(isinstance(leaf, float) for leaf in leaves(record))


def leaves(value):
    if isinstance(value, dict):
        return [leaf for item in value.values() for leaf in leaves(item)]
    return [leaf for item in value for leaf in leaves(item)] if isinstance(value, list) else [value]
