"""The reporting rule of lytic units: each step, each limit below, at and above; and what may never change a result."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.domain.cytotoxicity import (
    ENGINE_VERSION,
    HOUSE_SETTINGS,
    LU20_PER_1E7,
    LU30_PER_1E7,
    AssayConditions,
    AssayResult,
    Basis,
    Curve,
    CurvePoint,
    ExcludedPoint,
    Exclusion,
    Flag,
    Grade,
    LyticUnitDefinition,
    LyticUnits,
    Model,
    Plate,
    PlateauMode,
    Point,
    Reason,
    Status,
    Well,
    evaluate_assay,
    fit_line,
    lysis_by_well,
    lytic_unit_sentence,
    plain,
    ratio_by_model,
    reduce_plate,
    report,
    require_comparable,
)
from app.domain.errors import Invalid, Mismatch
from app.domain.vocabulary import Censor, TargetCells, WellRole

pytestmark = pytest.mark.requirement("REQ-111")

DAUDI = AssayConditions(TargetCells.DAUDI, 5000, Decimal(4))
GOOD = {40: (3321, 3398, 3275), 20: (2890, 2811, 2945), 10: (2195, 2260, 2131), 5: (1540, 1489, 1577)}
SPONTANEOUS = (412, 398, 405, 421, 389, 402)
MAXIMUM = (4105, 4220, 4168, 4077, 4190, 4143)
WHY = "Pipette tip fell off, seen by the technician"


def plate(
    effectors: dict[object, tuple[object, ...]] | None = None,
    *,
    spontaneous: tuple[object, ...] = SPONTANEOUS,
    maximum: tuple[object, ...] = MAXIMUM,
    background: tuple[object, ...] = (),
) -> Plate:
    groups = [
        (WellRole.SPONTANEOUS, None, spontaneous),
        (WellRole.MAXIMUM, None, maximum),
        (WellRole.BACKGROUND, None, background),
        *(
            (WellRole.EXPERIMENTAL, Decimal(str(ratio)), values)
            for ratio, values in (GOOD if effectors is None else effectors).items()
        ),
    ]
    values = [(role, ratio, value) for role, ratio, each in groups for value in each]
    return Plate(
        tuple(
            Well(str(n), role, None if value is None else Decimal(str(value)), ratio)
            for n, (role, ratio, value) in enumerate(values, start=1)
        )
    )


def result(given_plate: Plate, conditions: AssayConditions = DAUDI) -> AssayResult:
    return evaluate_assay(given_plate, conditions, HOUSE_SETTINGS)


def lu(points: dict[object, object], p: int = 20, **changed: object) -> LyticUnits:
    curve = Curve(tuple(CurvePoint(Decimal(str(x)), Decimal(str(y))) for x, y in points.items()), 5000)
    return report(curve, LyticUnitDefinition(Decimal(p), 10**7), replace(HOUSE_SETTINGS, **changed))


def only_reason(found: AssayResult) -> Reason | None:
    assert len({units.reason for units in found.lytic_units}) == 1
    assert all(units.value is None and units.status is Status.NOT_DETERMINABLE for units in found.lytic_units)
    return found.lytic_units[0].reason


CURVE = {40: 69.2, 20: 50.6, 10: 31.5, 5: 17.7}


@pytest.mark.parametrize(
    ("spontaneous", "grade", "is_valid"),
    [("19.99", "pass", True), ("20", "warn", True), ("30", "warn", True), ("30.01", "invalid", False)],
)
def test_spontaneous_release_is_judged_below_at_and_above_each_limit(spontaneous, grade, is_valid):
    found = result(
        plate({40: (90, 90), 20: (70, 70), 10: (50, 50)}, spontaneous=(spontaneous,) * 2, maximum=(100,) * 2)
    )
    assert (found.reduction.s_over_m.grade, found.reduction.is_valid) == (grade, is_valid)
    assert all((units.reason is Reason.ASSAY_INVALID) is not is_valid for units in found.lytic_units)


def test_the_share_is_exactly_30_percent_when_thirds_make_it_so():
    found = reduce_plate(plate(spontaneous=("123.45",) * 3, maximum=("411.5",) * 3), HOUSE_SETTINGS)
    assert (found.s_over_m.gross_percent, found.s_over_m.grade) == (30, Grade.WARN)


def test_an_invalid_assay_still_shows_its_lysis_but_no_number_and_no_reference():
    found = result(plate(spontaneous=(1400, 1410, 1420)))
    assert only_reason(found) is Reason.ASSAY_INVALID
    assert all(point.lysis_percent is not None for point in found.reduction.points)
    assert (found.reference_lysis_percent, found.auc_log10, found.fit) == (None, None, None)


@pytest.mark.parametrize(
    ("slug", "bad"),
    [
        ("maximum_not_above_spontaneous", {"maximum": (405, 404, 404)}),
        ("maximum_not_above_spontaneous", {"maximum": (300, 300)}),
        ("maximum_not_above_spontaneous", {"maximum": (0, 0), "spontaneous": (0, 0)}),
        ("control_wells", {"maximum": (4105,)}),
        ("control_wells", {"spontaneous": (412, None)}),
        ("control_wells", {"spontaneous": ()}),
        ("background_above_maximum", {"background": (5000, 5000)}),
    ],
)
def test_controls_that_give_no_scale_make_a_sentence_and_no_number(slug, bad):
    found = result(plate(**bad))
    finding = next(each for each in found.reduction.findings if each.slug == slug)
    assert (finding.grade, finding.sentence[-1]) == (Grade.INVALID, ".")
    assert only_reason(found) is Reason.ASSAY_INVALID
    if slug == "maximum_not_above_spontaneous":
        assert all(point.lysis_percent is None for point in found.reduction.points)
        assert lysis_by_well(found.plate) == {}


def test_net_of_blanks_is_judged_only_with_enough_of_them():
    assert reduce_plate(plate(background=(22, 25)), HOUSE_SETTINGS).s_over_m.basis is Basis.NET
    assert reduce_plate(plate(background=(22,)), HOUSE_SETTINGS).s_over_m.basis is Basis.GROSS
    above = reduce_plate(plate(background=(500, 500)), HOUSE_SETTINGS)
    assert (above.s_over_m.grade, above.findings[0].slug) == (Grade.WARN, "s_over_m")


@pytest.mark.parametrize(
    ("spread", "grade"), [("14.99", Grade.PASSED), ("15", Grade.WARN), ("25", Grade.WARN), ("25.01", Grade.HIGH)]
)
def test_replicates_are_judged_below_at_and_above_each_limit(spread, grade):
    """Three wells at mean - d, mean, mean + d have a standard deviation of d."""
    effectors = {**GOOD, 40: (Decimal(3000), 3000 - 30 * Decimal(spread), 3000 + 30 * Decimal(spread))}
    found = reduce_plate(plate(effectors), HOUSE_SETTINGS)
    assert found.points[0].replicates.cv_percent == Decimal(spread)
    assert found.points[0].replicates.cv_grade is grade
    assert bool(found.wells_to_explain) is (grade is Grade.HIGH)


def test_the_well_farthest_from_its_replicates_must_be_explained():
    found = reduce_plate(plate({**GOOD, 20: (2890, 900, 2945)}), HOUSE_SETTINGS)
    assert found.wells_to_explain == ("17",)


def test_excluding_a_well_is_flagged_and_restoring_it_returns_the_first_result():
    first = plate()
    excluded = replace(first.wells[-1], exclusion=Exclusion("user:7", WHY))
    second = Plate((*first.wells[:-1], excluded))
    restored = Plate((*second.wells[:-1], replace(excluded, exclusion=None)))
    assert all(Flag.WELLS_EXCLUDED in units.flags for units in result(second).lytic_units)
    assert result(second).reduction.points[-1].replicates.wells_used == 2
    assert result(restored) == result(first)


@pytest.mark.parametrize("gap", [{"value": None}, {"censor": Censor.ABOVE}, {"censor": Censor.BELOW}])
def test_a_missing_or_censored_well_enters_no_mean_and_is_not_zero(gap):
    full = plate()
    gapped = Plate((*full.wells[:-1], replace(full.wells[-1], **gap)))
    assert reduce_plate(gapped, HOUSE_SETTINGS).points[-1].replicates.mean == Decimal("1514.5")


def test_a_group_with_one_well_is_shown_but_not_used():
    found = result(plate({**GOOD, 5: (1540,)}))
    assert [point.is_usable for point in found.reduction.points] == [True, True, True, False]
    assert found.lytic_units[0].a_mode_used is PlateauMode.FIXED


@pytest.mark.parametrize(
    ("points", "a_mode", "reason"),
    [
        ({40: 60}, "auto", Reason.TOO_FEW_POINTS),
        ({40: 60, 20: 40}, "auto", Reason.TOO_FEW_POINTS),
        ({40: 60, 20: 40, 10: 22}, "auto", None),
        ({40: 60, 20: 40, 10: 22}, "free", Reason.TOO_FEW_POINTS),
        ({}, "fixed", Reason.TOO_FEW_POINTS),
    ],
)
def test_too_few_points_give_no_number(points, a_mode, reason):
    assert lu(points, a_mode=PlateauMode(a_mode)).reason is reason


@pytest.mark.parametrize(("top", "is_hook"), [("65", False), ("64.99", True)])
def test_a_drop_of_more_than_five_points_is_a_hook(top, is_hook):
    points = {40: top, 20: 70, 10: 50, 5: 30}
    assert (lu(points).reason is Reason.HOOK) is is_hook


def test_a_hook_is_seen_between_any_two_points():
    assert lu({40: 62, 20: 66, 10: 68, 5: 30}).reason is Reason.HOOK


@pytest.mark.parametrize(("error", "is_hook"), [("2", True), ("3", False)])
def test_a_large_standard_error_hides_a_small_drop(error, is_hook):
    """Twice the error of a difference: 5.66 points for 2 %, 8.49 for 3 %, against a drop of 6."""
    points = [CurvePoint(Decimal(x), Decimal(y), Decimal(error)) for x, y in ((40, 64), (20, 70), (10, 50), (5, 30))]
    found = report(Curve(tuple(points), 5000), LU20_PER_1E7, HOUSE_SETTINGS)
    assert (found.reason is Reason.HOOK) is is_hook


def test_points_above_the_peak_can_be_excluded_by_a_person_and_the_rule_runs_again():
    hooked = {**GOOD, 80: (2400, 2420, 2410)}
    assert only_reason(result(plate(hooked))) is Reason.HOOK
    excluded = (ExcludedPoint(Decimal(80), Exclusion("user:7", WHY)),)
    again = result(plate(hooked), replace(DAUDI, excluded_points=excluded))
    assert again.lytic_units[0].value == result(plate()).lytic_units[0].value
    assert all(units.flags[-1] is Flag.POINTS_EXCLUDED for units in again.lytic_units)


def test_a_point_that_is_not_on_the_plate_cannot_be_excluded():
    with pytest.raises(Invalid) as refused:
        result(plate(), replace(DAUDI, excluded_points=(ExcludedPoint(Decimal(80), Exclusion("user:7", WHY)),)))
    assert refused.value.code == "point_unknown"


@pytest.mark.parametrize(("highest", "status"), [("19.99", Status.BELOW), ("20", Status.VALUE)])
def test_when_no_ratio_reaches_the_lysis_only_an_upper_bound_is_known(highest, status):
    found = lu({40: highest, 20: "10.8", 10: "5.6"})
    assert found.status is status
    if status is Status.BELOW:
        assert (found.value, found.reason) == (50, Reason.MAX_LYSIS_BELOW_P)


def test_the_upper_bound_of_5000_targets_at_40_to_1_is_50_per_1e7():
    assert lu({40: 0, 20: 0, 10: 0}).value == 50


def test_when_the_lowest_ratio_is_above_the_lysis_only_a_lower_bound_is_known():
    found = lu({40: 80, 20: 79, 10: 78, 5: 77})
    assert (found.status, found.value, found.reason) == (Status.ABOVE, 400, Reason.LYSIS_ABOVE_P_AT_LOWEST_ET)


@pytest.mark.parametrize(
    ("points", "p", "reason"),
    [
        ({40: 34, 20: 30, 10: 32, 5: 28.5, 2.5: 29, 1.25: 6}, 10, Reason.POOR_FIT),
        ({40: 28, 20: 30.2, 10: 28, 5: 20}, 30, Reason.PLATEAU_BELOW_P),
    ],
)
def test_a_faulty_fit_gives_no_number(points, p, reason):
    found = lu(points, p, r2_min=Decimal("0.99" if reason is Reason.POOR_FIT else "0.5"))
    assert (found.status, found.value, found.reason) == (Status.NOT_DETERMINABLE, None, reason)


def test_a_ratio_too_far_outside_the_tested_ones_is_no_number():
    found = lu({40: 20.1, 20: 5, 10: 2.5, 5: 1.2}, 20, range_factor=Decimal("0.9"), r2_min=Decimal("0.5"))
    assert found.reason is Reason.OUT_OF_RANGE


def test_equal_lysis_everywhere_has_no_fit_to_trust():
    found = lu({40: 50, 20: 50, 10: 50, 5: 50})
    assert (found.status, found.r2) == (Status.ABOVE, None)


@pytest.mark.parametrize(
    ("highest", "count", "mode"),
    [("30", 4, PlateauMode.FREE), ("29.99", 4, PlateauMode.FIXED), ("30", 3, PlateauMode.FIXED)],
)
def test_the_plateau_is_free_from_30_percent_and_four_points_on(highest, count, mode):
    points = dict(list({40: highest, 20: "17.5", 10: "9.4", 5: "4.9"}.items())[:count])
    found = lu(points, 20)
    assert found.a_mode_used is mode
    assert (Flag.FEW_POINTS in found.flags) is (count == 3)


def test_a_free_plateau_that_ends_at_100_percent_is_flagged():
    assert Flag.A_AT_BOUND in lu({40: 95, 20: 75, 10: 48, 5: 26, 2.5: 13}).flags
    assert Flag.A_AT_BOUND not in lu(CURVE).flags


def test_lysis_above_100_and_below_zero_is_kept():
    found = reduce_plate(plate({40: (4300, 4310), 20: (390, 395)}), HOUSE_SETTINGS)
    assert found.points[0].lysis_percent > 100
    assert found.points[1].lysis_percent < 0
    assert "lysis_above_100" in [finding.slug for finding in found.findings]


def test_reference_lysis_is_that_of_20_to_1_and_never_interpolated():
    assert float(result(plate()).reference_lysis_percent) == pytest.approx(66.1372, rel=1e-5)
    without = {ratio: values for ratio, values in GOOD.items() if ratio != 20}
    assert result(plate(without)).reference_lysis_percent is None


def test_a_lytic_unit_is_never_a_bare_number():
    found = result(plate())
    assert lytic_unit_sentence(found, found.lytic_units[0]) == (
        f"LU30 per 10,000,000: 389.2 (5,000 Daudi per well, 4 h, exp, A free, engine {ENGINE_VERSION})"
    )
    none = result(plate({40: (405, 405)}))
    assert "not determinable" in lytic_unit_sentence(none, none.lytic_units[0])


@pytest.mark.parametrize("reason", Reason)
def test_every_reason_is_said_in_a_sentence(reason):
    assert reason.sentence.endswith(".")


@pytest.mark.parametrize(
    "other",
    [
        replace(DAUDI, target=TargetCells.K562),
        replace(DAUDI, targets_per_well=10_000),
        replace(DAUDI, duration_h=Decimal(18)),
    ],
    ids=["target", "targets", "duration"],
)
def test_results_of_different_conditions_are_not_compared(other):
    require_comparable(result(plate()), result(plate()))
    with pytest.raises(Mismatch) as refused:
        require_comparable(result(plate()), result(plate(), other))
    assert refused.value.code == "assays_not_comparable"


@pytest.mark.parametrize(
    "changed", [{"a_fixed": Decimal(0)}, {"a_fixed": Decimal("100.1")}, {"min_wells": 1}, {"min_points": 1}]
)
def test_settings_that_cannot_be_are_refused(changed):
    with pytest.raises(Invalid):
        replace(HOUSE_SETTINGS, **changed)


@pytest.mark.parametrize("percent", ["0", "100", "-5"])
def test_a_lytic_unit_needs_a_lysis_between_0_and_100(percent):
    with pytest.raises(Invalid):
        LyticUnitDefinition(Decimal(percent), 10**7)


def test_a_published_hooked_curve_gives_no_monstrous_log_linear_number():
    """E072: log-linear would give LU10 = 3.9e58 per 1e7 and overflow for LU30."""
    points = [Point(80, 8.3), Point(40, 13.2), Point(20, 15.8), Point(10, 14.5), Point(5, 7.6)]
    line = fit_line(Model.LOG_LINEAR, points)
    assert line is not None
    assert line.ratio_at(30) is None
    assert ratio_by_model(Model.LOG_LINEAR, points, 10) is None


@pytest.mark.parametrize("model", Model)
@pytest.mark.parametrize("lysis", [(50, 50, 50), (60, 40, 20), (0, 0, 0), (100, 100, 100), (-5, 120, 50)])
def test_no_model_breaks_on_a_flat_falling_or_impossible_curve(model, lysis):
    points = [Point(x, y) for x, y in zip((5, 10, 20), lysis, strict=True)]
    ratio = ratio_by_model(model, points, 30)
    assert ratio is None or 0.005 <= ratio <= 20_000


def test_lysis_of_single_wells_is_given_for_the_picture_of_the_plate():
    whole = plate()
    assert set(lysis_by_well(whole)) == {well.position for well in whole.wells if well.effector_target_ratio}


WELLS = st.lists(st.integers(0, 6000), min_size=2, max_size=3).map(tuple)
PLATES = st.builds(
    lambda groups: plate({40: groups[0], 20: groups[1], 10: groups[2], 5: groups[3]}),
    st.lists(WELLS, min_size=4, max_size=4),
)
FEW = settings(max_examples=15, deadline=None)


@FEW
@given(PLATES, st.sampled_from(["2", "0.5", "7.25"]))
def test_scaling_all_counts_leaves_lysis_unchanged(given_plate, factor):
    scaled = Plate(tuple(replace(well, value=well.value * Decimal(factor)) for well in given_plate.wells))
    assert lysis_of(scaled) == lysis_of(given_plate)


@FEW
@given(PLATES, st.integers(1, 500))
def test_adding_a_constant_to_all_wells_leaves_lysis_and_its_error_unchanged(given_plate, constant):
    raised = Plate(tuple(replace(well, value=well.value + constant) for well in given_plate.wells))
    assert lysis_of(raised) == lysis_of(given_plate)


def lysis_of(given_plate: Plate) -> list[tuple[Decimal | None, object]]:
    points = reduce_plate(given_plate, HOUSE_SETTINGS).points
    return [(point.lysis_percent, pytest.approx(point.se_percent)) for point in points]


@FEW
@given(PLATES)
def test_doubling_the_targets_halves_every_lytic_unit(given_plate):
    single, double = result(given_plate), result(given_plate, replace(DAUDI, targets_per_well=10_000))
    for one, half in zip(single.lytic_units, double.lytic_units, strict=True):
        assert (half.status, half.reason, half.flags) == (one.status, one.reason, one.flags)
        assert half.value is None or half.value * 2 == pytest.approx(one.value)


@FEW
@given(PLATES, st.randoms(use_true_random=False))
def test_the_order_of_wells_changes_nothing(given_plate, chance):
    wells = list(given_plate.wells)
    chance.shuffle(wells)
    shuffled, first = result(Plate(tuple(wells))), result(given_plate)
    assert shuffled.lytic_units == first.lytic_units
    assert shuffled.reduction == replace(first.reduction, wells_to_explain=shuffled.reduction.wells_to_explain)


@FEW
@given(PLATES)
def test_every_plate_gives_a_number_a_bound_or_a_reason_and_a_record_without_floats(given_plate):
    found = result(given_plate)
    for units in found.lytic_units:
        assert (units.value is None) is (units.status is Status.NOT_DETERMINABLE)
        assert (units.reason is None) is (units.status is Status.VALUE)
        assert units.value is None or (units.value.is_finite() and units.value > 0)
    assert "fit" in plain(found)


def test_what_has_no_plain_form_is_a_mistake_of_the_program():
    with pytest.raises(TypeError):
        plain({1, 2})
    with pytest.raises(ValueError, match="no result"):
        plain(float("nan"))


def test_both_default_lytic_units_are_reported_lu30_first():
    assert [units.definition for units in result(plate()).lytic_units] == [LU30_PER_1E7, LU20_PER_1E7]
