"""Entering results: what each test takes, what it refuses with a sentence, and that nothing is written then."""

from __future__ import annotations

from decimal import Decimal

import pytest
from pydantic import ValidationError

from app.assay import commands
from app.assay.queries import run_record
from app.assay.schemas import EnterCount, EnterEndotoxin, EnterFinding, RecordInterim
from app.domain.vocabulary import Censor, Finding, SampleKind, TestKind
from tests.line.assay import Run, requested, running, sampled, state_of
from tests.people import CHLOE, QUINN, TARA
from tests.world import World


@pytest.fixture
def sample(lab: World, culture: str) -> str:
    return sampled(lab, culture)


def values(lab: World, run: Run) -> dict[str, object]:
    return {result.analyte: result.value for result in lab.read(run_record, run.sample, run.number).results}


def count(run: Run, **given: object) -> EnterCount:
    return EnterCount.model_validate(run.fields | given)


def test_a_count_by_eye_keeps_the_numbers_counted_and_what_follows_from_them(lab: World, culture: str):
    run = running(lab, sampled(lab, culture, SampleKind.CULTURE), TestKind.COUNT_VIABILITY)
    lab.act(TARA, commands.enter_count_viability, count(run, live=374, dead=26, squares=4, dilution="2"))
    found = values(lab, run)
    assert (found["viable_cells_per_ml"], found["viability"]) == (Decimal(1_870_000), Decimal("93.5"))
    assert (found["live_cells_counted"], found["dead_cells_counted"]) == (374, 26)


def test_a_count_of_fewer_than_a_hundred_cells_says_so(lab: World, culture: str):
    run = running(lab, sampled(lab, culture, SampleKind.CULTURE), TestKind.COUNT_VIABILITY)
    lab.act(TARA, commands.enter_count_viability, count(run, live=90, dead=9, squares=4, dilution="1.1"))
    statuses = {result.status for result in lab.read(run_record, run.sample, 1).results if result.status}
    assert statuses == {"few_cells_counted"}


def test_no_live_cell_is_a_result_that_needs_a_reason(lab: World, culture: str):
    run = running(lab, sampled(lab, culture, SampleKind.CULTURE), TestKind.COUNT_VIABILITY)
    asked = count(run, live=0, dead=120, squares=4, dilution="2")
    assert lab.refused(TARA, commands.enter_count_viability, asked).code == "reason_required"
    reasoned = asked.model_copy(update={"reason": "the culture was left at the window"})
    lab.act(TARA, commands.enter_count_viability, reasoned)
    assert values(lab, run)["viability"] == 0


IMPOSSIBLE: tuple[tuple[dict[str, object], str], ...] = (
    ({"live": 0, "dead": 0, "squares": 4, "dilution": "2"}, "nothing_counted"),
    ({"live": 10, "dead": 0, "squares": 4, "dilution": "0.5"}, "dilution_below_one"),
    ({"viable_1e6_per_ml": "104", "viability_percent": "100.1"}, "outside_limits"),
    ({"viable_1e6_per_ml": "-1", "viability_percent": "90"}, "concentration_impossible"),
    ({"viable_1e6_per_ml": "104000", "viability_percent": "90"}, "concentration_impossible"),
    ({"viable_1e6_per_ml": "1001", "viability_percent": "90"}, "outside_limits"),
)


def test_an_impossible_count_is_refused_and_nothing_is_written(lab: World, sample: str, subtests: pytest.Subtests):
    run = running(lab, sample, TestKind.COUNT_VIABILITY)
    for given, code in IMPOSSIBLE:
        with subtests.test(code):
            assert lab.refused(TARA, commands.enter_count_viability, count(run, **given)).code == code
            assert state_of(lab, run) == "running"
            assert lab.rows("SELECT count(*) FROM test_result") == [(0,)]


@pytest.mark.parametrize(
    "given",
    [
        {},
        {"live": 100},
        {"viability_percent": "90"},
        {"live": 100, "dead": 3, "squares": 4, "dilution": "2", "viability_percent": "90"},
        {"live": 100.5, "dead": 3, "squares": 4, "dilution": "2"},
        {"live": -1, "dead": 3, "squares": 4, "dilution": "2"},
        {"viable_1e6_per_ml": "much", "viability_percent": "90"},
        {"viable_1e6_per_ml": "NaN", "viability_percent": "90"},
    ],
)
def test_a_count_is_entered_in_one_way_only(given):
    with pytest.raises(ValidationError):
        EnterCount.model_validate({"sample_code": "SMD7M26000001X", "number": 1} | given)


def test_a_viability_below_80_needs_a_reason(lab: World, culture: str):
    for viability, needs_reason in (("79.9", True), ("80", False), ("80.1", False)):
        run = running(lab, sampled(lab, culture), TestKind.COUNT_VIABILITY)
        asked = count(run, viable_1e6_per_ml="104", viability_percent=viability)
        if needs_reason:
            assert lab.refused(TARA, commands.enter_count_viability, asked).code == "reason_required"
        else:
            lab.act(TARA, commands.enter_count_viability, asked)


def test_endotoxin_is_never_zero_nor_beyond_reason(lab: World, culture: str):
    run = running(lab, sampled(lab, culture), TestKind.ENDOTOXIN)
    for refused in ("0", "-1", "1000001"):
        asked = EnterEndotoxin(**run.fields, eu_per_ml=Decimal(refused), censor=Censor.BELOW)
        assert lab.refused(TARA, commands.enter_endotoxin, asked).code == "endotoxin_impossible"
    for taken in ("0.005", "1000000"):
        run = running(lab, sampled(lab, culture), TestKind.ENDOTOXIN)
        lab.act(
            TARA, commands.enter_endotoxin, EnterEndotoxin(**run.fields, eu_per_ml=Decimal(taken), censor=Censor.BELOW)
        )
        (result,) = lab.read(run_record, run.sample, 1).results
        assert (result.value, result.unit, result.censor) == (Decimal(taken), "EU/mL", Censor.BELOW)


def test_a_finding_of_another_test_is_refused(lab: World, sample: str):
    for kind, finding in (
        (TestKind.GRAM_STAIN, Finding.NO_GROWTH),
        (TestKind.MYCOPLASMA, Finding.NO_ORGANISM),
        (TestKind.IDENTITY, Finding.INTACT),
        (TestKind.IN_PROCESS_CULTURE, Finding.DETECTED),
    ):
        run = running(lab, sample, kind)
        refused = lab.refused(TARA, commands.enter_finding, EnterFinding(**run.fields, finding=finding))
        assert refused.code == "finding_of_another_test"


def test_an_appearance_test_also_says_whether_the_bag_is_intact(lab: World, sample: str):
    run = running(lab, sample, TestKind.APPEARANCE)
    alone = EnterFinding(**run.fields, finding=Finding.NO_AGGREGATES)
    assert lab.refused(TARA, commands.enter_finding, alone).field == "integrity"
    lab.act(TARA, commands.enter_finding, alone.model_copy(update={"integrity": Finding.NOT_INTACT}))
    results = lab.read(run_record, run.sample, 1).results
    assert [(result.analyte, result.finding) for result in results] == [
        ("appearance", "no_aggregates"),
        ("bag_integrity", "not_intact"),
    ]


def test_the_entry_of_one_test_does_not_fit_another(lab: World, sample: str):
    run = running(lab, sample, TestKind.GRAM_STAIN)
    asked = EnterEndotoxin(**run.fields, eu_per_ml=Decimal(1))
    assert lab.refused(TARA, commands.enter_endotoxin, asked).code == "another_test"
    interim = RecordInterim(**run.fields, finding=Finding.NO_GROWTH)
    assert lab.refused(TARA, commands.record_interim, interim).code == "another_test"


def test_nothing_is_entered_before_the_test_was_started_nor_twice(lab: World, sample: str):
    run = requested(lab, sample, TestKind.GRAM_STAIN)
    asked = EnterFinding(**run.fields, finding=Finding.NO_ORGANISM)
    assert lab.refused(TARA, commands.enter_finding, asked).code == "cannot_enter"
    other = running(lab, sample, TestKind.MYCOPLASMA)
    once = EnterFinding(**other.fields, finding=Finding.NOT_DETECTED)
    lab.act(TARA, commands.enter_finding, once)
    assert lab.refused(TARA, commands.enter_finding, once).code == "cannot_enter"
    assert lab.rows("SELECT count(*) FROM test_result") == [(1,)]


def test_a_test_that_does_not_exist_is_named(lab: World, sample: str):
    asked = EnterFinding(sample_code=sample, number=9, finding=Finding.NO_ORGANISM)
    refused = lab.refused(TARA, commands.enter_finding, asked)
    assert (refused.code, "has no test 9" in refused.sentence) == ("not_on_file", True)


def test_only_the_laboratory_enters_results(lab: World, sample: str):
    run = running(lab, sample, TestKind.GRAM_STAIN)
    asked = EnterFinding(**run.fields, finding=Finding.NO_ORGANISM)
    for who in (QUINN, CHLOE):
        assert lab.refused(who, commands.enter_finding, asked).code == "not_permitted"
