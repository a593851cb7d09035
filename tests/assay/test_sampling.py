"""Samples and requests: what may be sampled when, the tube in hand, and repeats that keep the first result."""

from __future__ import annotations

from datetime import timedelta

import pytest

from app.assay import commands
from app.assay.queries import run_record
from app.assay.schemas import RequestTest, StartTest, TakeSample
from app.domain.vocabulary import SampleKind, TestKind
from tests.line.assay import approved_result, plate_cells, plate_request, requested, running, sampled, state_of
from tests.line.culture import Batch, opened_culture, shelf, started_culture
from tests.people import CHLOE, QUINN, TARA
from tests.world import World


def test_a_sample_gets_its_own_code_and_keeps_who_took_it(world: World, batch: Batch):
    code = sampled(world, batch.culture)
    assert code.startswith("SMD7M26")
    ((kind, person),) = world.rows("SELECT kind, taken_by_id FROM sample WHERE code = :code", code=code)
    assert (kind, person) == ("final_product", world.user_id(TARA))


def test_nothing_can_be_sampled_from_a_culture_that_is_only_planned(lab: World):
    planned = opened_culture(lab, shelf(lab))
    asked = TakeSample(culture_code=planned.culture, kind=SampleKind.CULTURE)
    assert lab.refused(TARA, commands.take_sample, asked).code == "nothing_to_sample"


def test_the_final_product_cannot_be_sampled_before_cells_are_seeded(lab: World):
    started = started_culture(lab, shelf(lab))
    final = TakeSample(culture_code=started.culture, kind=SampleKind.FINAL_PRODUCT)
    assert lab.refused(TARA, commands.take_sample, final).code == "nothing_to_sample"
    sampled(lab, started.culture, SampleKind.CULTURE)


@pytest.mark.requirement("REQ-136")
def test_a_sample_lies_neither_in_the_future_nor_before_its_culture(lab: World, culture: str):
    now, reason = lab.clock(), "entered from the paper form of the morning"
    for shift, code in ((timedelta(minutes=2), "time_in_future"), (timedelta(days=-90), "sampled_before_culture")):
        asked = TakeSample(culture_code=culture, kind=SampleKind.FINAL_PRODUCT, taken_at=now + shift, reason=reason)
        assert lab.refused(TARA, commands.take_sample, asked).code == code


def test_a_sample_entered_half_an_hour_late_needs_a_reason(lab: World):
    culture = started_culture(lab, shelf(lab)).culture
    lab.clock.forward(hours=2)
    late = TakeSample(culture_code=culture, kind=SampleKind.CULTURE, taken_at=lab.clock() - timedelta(minutes=31))
    assert lab.refused(TARA, commands.take_sample, late).code == "reason_required"
    lab.act(TARA, commands.take_sample, late.model_copy(update={"reason": "the bench tablet was flat"}))


def test_who_has_no_right_takes_no_sample(lab: World):
    asked = TakeSample(culture_code="BAD7M26000001X", kind=SampleKind.CULTURE)
    for who in (QUINN, CHLOE):
        assert lab.refused(who, commands.take_sample, asked).code == "not_permitted"


@pytest.mark.requirement("REQ-059")
def test_a_sterility_test_is_due_fourteen_days_after_its_sample(world: World, batch: Batch):
    run = requested(world, sampled(world, batch.culture), TestKind.STERILITY)
    found = world.read(run_record, run.sample, run.number).run
    assert found.due_at == found.sample.taken_at + timedelta(days=14)


def test_the_tube_in_hand_must_be_the_sample(lab: World, culture: str):
    wrong, right = sampled(lab, culture), sampled(lab, culture)
    run = requested(lab, right, TestKind.GRAM_STAIN)
    refused = lab.refused(TARA, commands.start_test, StartTest(sample_code=right, number=1, scanned=wrong))
    assert refused.code == "wrong_sample"
    assert refused.near_miss is not None
    scanned_bench = StartTest(sample_code=right, number=1, scanned=lab.place("Biosafety cabinet 1"))
    assert lab.refused(TARA, commands.start_test, scanned_bench).code == "wrong_kind"
    assert state_of(lab, run) == "requested"


def test_a_second_test_of_the_same_kind_names_the_one_it_repeats(lab: World, culture: str):
    run = running(lab, sampled(lab, culture), TestKind.GRAM_STAIN)
    again = RequestTest(sample_code=run.sample, kind=TestKind.GRAM_STAIN, method="site procedure 12")
    assert lab.refused(TARA, commands.request_test, again).code == "test_requested"
    named = again.model_copy(update={"repeats_number": 1, "reason": "the slide was broken"})
    assert lab.refused(TARA, commands.request_test, named).code == "test_still_open"


@pytest.mark.requirement("REQ-043")
def test_a_repeat_needs_a_reason_and_keeps_the_first_result(world: World, batch: Batch):
    first = running(world, sampled(world, batch.culture), TestKind.GRAM_STAIN)
    approved_result(world, first)
    repeat = RequestTest(
        sample_code=first.sample, kind=TestKind.GRAM_STAIN, method="site procedure 12", repeats_number=1
    )
    assert world.refused(TARA, commands.request_test, repeat).code == "reason_required"
    world.act(TARA, commands.request_test, repeat.model_copy(update={"reason": "stain looked too pale to read"}))
    look = (
        "SELECT r.number, r.state, f.finding FROM test_run r LEFT JOIN test_result f ON f.test_run_id = r.id"
        " ORDER BY r.number"
    )
    assert world.rows(look) == [(1, "approved", "no_organism"), (2, "requested", None)]


@pytest.mark.requirement("REQ-043")
def test_a_repeat_of_a_failed_plate_stands_beside_it(lab: World, culture: str):
    failed = running(lab, sampled(lab, culture), TestKind.CYTOTOXICITY_51CR)
    cells = ["4000" if at < 6 else cell for at, cell in enumerate(plate_cells())]
    lab.act(TARA, commands.enter_plate, plate_request(failed, cells=cells))
    running(lab, failed.sample, TestKind.CYTOTOXICITY_51CR, repeats_number=1, reason="spontaneous release was too high")
    assert state_of(lab, failed) == "control_failed"
    assert lab.rows("SELECT count(*) FROM plate_well") == [(27,)]


def test_a_repeat_of_another_kind_of_test_is_refused(lab: World):
    culture = started_culture(lab, shelf(lab)).culture
    sample = sampled(lab, culture, SampleKind.CULTURE)
    requested(lab, sample, TestKind.GRAM_STAIN)
    asked = RequestTest(
        sample_code=sample, kind=TestKind.ENDOTOXIN, method="LAL", repeats_number=1, reason="wanted to see it again"
    )
    assert lab.refused(TARA, commands.request_test, asked).code == "nothing_to_repeat"


def test_phenotype_cannot_be_requested_while_it_has_no_entry(lab: World):
    asked = RequestTest(sample_code="SMD7M26000001X", kind=TestKind.PHENOTYPE, method="flow")
    assert lab.refused(TARA, commands.request_test, asked).code == "no_such_test"
