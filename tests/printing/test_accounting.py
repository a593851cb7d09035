"""Every copy of a job has an end: applied, or spoiled and destroyed; until then neither job nor batch is closed."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from app.domain.vocabulary import SpoilReason, Transport
from app.labels.commands import apply_label, destroy_label, scan_back_label, spoil_label
from app.labels.schemas import ApplyLabel, DestroyLabel, ScanBack, SpoilLabel
from app.printing import commands
from app.printing.schemas import ApplyJob, CancelJob, PrintLabelJob, ScanBackInJob
from tests.hostile import refused_by_the_database
from tests.line.assay import register
from tests.line.culture import filled_bags, shelf
from tests.line.patients import JAMES, enrol
from tests.people import ADA, NIA, QUINN, TARA, THEO, Person
from tests.printing.house import (
    BAG_MM,
    BAND_MM,
    Growing,
    checked,
    copies,
    download,
    growing,
    named,
    network_printer,
    of_group,
    of_thing,
    scan,
    sent,
    state,
    version,
)
from tests.printing.sink import nobody_listens, printer
from tests.world import World

AtStage = Callable[[str, Callable[[World], object]], tuple[World, object]]


def at_growing(at_stage: AtStage) -> tuple[World, Growing]:
    world, culture = at_stage("growing_for_print", growing)
    assert isinstance(culture, Growing)
    return world, culture


def sent_group(world: World, culture: Growing) -> int:
    with printer() as sink:
        job = of_group(world, culture.culture, network_printer(world, sink.port)).job
        sent(world, job)
    return job


def all_applied(world: World, job: int, vessels: tuple[str, ...], second: Person = THEO, count: int = 0) -> ApplyJob:
    ends = {"first_scanned": f"{vessels[0]}01", "last_scanned": f"{vessels[-1]}01"}
    return ApplyJob.model_validate({"job": job, "count": count or len(vessels)} | ends | world.second(second))


def cancel(world: World, job: int) -> CancelJob:
    return CancelJob(job=job, row_version=version(world, "print_job", id=job), reason="the roll is at its end")


@pytest.mark.requirement("REQ-054")
@pytest.mark.requirement("REQ-137")
def test_a_group_is_scanned_back_in_order_applied_by_two_and_reconciled(at_stage: AtStage) -> None:
    world, culture = at_growing(at_stage)
    job, vessels = sent_group(world, culture), culture.vessels
    neighbour = ScanBackInJob(job=job, code=vessels[0], print_number=1, scanned=f"{vessels[1]}01")
    assert world.refused(TARA, commands.scan_back_in_job, neighbour).code == "another_label"
    lost = vessels[4]
    for code in vessels:
        if code != lost:
            scan(world, job, code)
    early = all_applied(world, job, vessels)
    assert world.refused(TARA, commands.apply_job, early).code == "copies_unread"
    gone = SpoilLabel(code=lost, print_number=1, spoiled_as=SpoilReason.DID_NOT_COME_OUT)
    world.act(TARA, spoil_label, gone)
    assert world.refused(TARA, commands.apply_job, all_applied(world, job, vessels)).code == "another_count"
    applied = all_applied(world, job, vessels, count=31)
    alone = all_applied(world, job, vessels, second=TARA, count=31)
    assert world.refused(TARA, commands.apply_job, alone).code == "second_is_first"
    assert world.refused(THEO, commands.apply_job, alone).code == "verified_by_same"
    world.act(TARA, commands.apply_job, applied)
    assert world.refused(TARA, commands.reconcile_job, named(world, job)).code == "labels_unaccounted"
    destroyed = DestroyLabel.model_validate({"code": lost, "print_number": 1} | world.second(THEO))
    world.act(TARA, destroy_label, destroyed)
    world.act(TARA, commands.reconcile_job, named(world, job))
    assert state(world, job) == ("reconciled", None)
    assert sorted(word for word, _ in copies(world, job)) == ["applied"] * 31 + ["destroyed"]


def test_a_job_for_a_printer_that_is_away_can_be_given_up(world: World) -> None:
    band = enrol(world, JAMES).wristband_code
    job = of_thing(world, band, network_printer(world, nobody_listens(), BAND_MM)).job
    sent(world, job)
    assert world.refused(TARA, commands.reconcile_job, named(world, job)).code == "labels_unaccounted"
    world.act(TARA, commands.cancel_job, cancel(world, job))
    assert (state(world, job), copies(world, job)) == (("interrupted", "no_answer"), [("refused", None)])
    assert world.refused(TARA, commands.cancel_job, cancel(world, job)).code == "nothing_to_cancel"
    world.act(TARA, commands.reconcile_job, named(world, job))
    assert of_thing(world, band, download(world, Transport.DOWNLOAD_PDF)).state == "queued"


def test_a_job_that_waits_is_cancelled_and_not_sent_any_more(world: World) -> None:
    with printer() as sink:
        band = enrol(world, JAMES).wristband_code
        job = of_thing(world, band, network_printer(world, sink.port, BAND_MM)).job
        world.act(TARA, commands.cancel_job, cancel(world, job))
        sent(world, job)
    assert (state(world, job), sink.received) == (("cancelled", None), [])


@pytest.mark.requirement("REQ-105")
def test_a_download_is_handed_out_once_and_a_reprint_says_what_was_printed_then(world: World) -> None:
    band = enrol(world, JAMES).wristband_code
    desk = download(world, Transport.DOWNLOAD_PDF)
    job = of_thing(world, band, desk).job
    world.act(TARA, commands.hand_out_job, named(world, job))
    assert copies(world, job) == [("sent", "accepted")]
    assert world.refused(TARA, commands.hand_out_job, named(world, job)).code == "handed_out_already"
    assert world.refused(TARA, commands.print_label_job, again(band, desk)).code == "label_on_the_way"
    world.act(TARA, scan_back_label, ScanBack(code=band, print_number=1, scanned=f"{band}01"))
    applied = {"code": band, "print_number": 1, "scanned": f"{band}01"} | world.second(THEO)
    world.act(TARA, apply_label, ApplyLabel.model_validate(applied))
    world.act(TARA, commands.reconcile_job, named(world, job))
    assert world.refused(TARA, commands.print_label_job, again(band, desk)).code == "reason_required"
    world.sql("UPDATE patient SET family_name = 'Otherwise'")
    second = of_thing(world, band, desk, reason="the first one is torn").job
    first, reprint = (str(words) for (words,) in world.rows("SELECT content FROM label ORDER BY id"))
    assert reprint == first.replace('"print_number":1', '"print_number":2')
    assert state(world, second) == ("queued", None)


def again(code: str, printer_code: str) -> PrintLabelJob:
    return PrintLabelJob(code=code, printer_code=printer_code)


def test_a_job_of_the_network_is_not_downloaded(world: World) -> None:
    band = enrol(world, JAMES).wristband_code
    job = of_thing(world, band, network_printer(world, nobody_listens(), BAND_MM)).job
    assert world.refused(TARA, commands.hand_out_job, named(world, job)).code == "job_not_downloaded"


def test_a_label_for_another_roll_is_refused_and_leaves_no_job(world: World) -> None:
    band = enrol(world, JAMES).wristband_code
    asked = again(band, network_printer(world, nobody_listens()))
    assert world.refused(TARA, commands.print_label_job, asked).code == "wrong_stock"
    assert world.rows("SELECT id FROM print_job") == []


@pytest.mark.requirement("REQ-103")
def test_one_label_that_does_not_fit_refuses_the_whole_job_before_the_first_byte(at_stage: AtStage) -> None:
    world, culture = at_growing(at_stage)
    world.sql("UPDATE patient SET family_name = :name", name="W" * 80)
    with printer() as sink:
        job = of_group(world, culture.culture, network_printer(world, sink.port)).job
        sent(world, job)
    assert (state(world, job), sink.received) == (("refused", None), [])
    assert {word for word, _ in copies(world, job)} == {"refused"}
    ((why,),) = world.rows("SELECT DISTINCT refused_why FROM label WHERE print_job_id = :job", job=job)
    assert "vessel label VS-" in str(why)


def test_what_was_refused_at_once_says_so(world: World) -> None:
    band = enrol(world, JAMES).wristband_code
    world.sql("UPDATE patient SET family_name = :name", name="W" * 80)
    fact = of_thing(world, band, network_printer(world, nobody_listens(), BAND_MM))
    assert (fact.state, state(world, fact.job)) == ("refused", ("refused", None))


def first_bag(world: World) -> str:
    return filled_bags(world, shelf(world), register)[1].bag_codes[0]


def test_no_bag_label_goes_to_a_printer_nobody_looked_at(at_stage: AtStage) -> None:
    world, bag = at_stage("filled_bags", first_bag)
    assert isinstance(bag, str)
    roll = network_printer(world, nobody_listens(), BAG_MM)
    assert world.refused(TARA, commands.print_label_job, again(bag, roll)).code == "printer_not_checked"
    checked(world, roll)
    assert of_thing(world, bag, roll).state == "queued"
    world.clock.forward(days=31)
    refusal = world.refused(TARA, commands.print_label_job, again(bag, roll))
    assert refusal.code == "printer_not_checked"


@pytest.mark.parametrize("who", [NIA, QUINN, ADA])
def test_only_the_laboratory_asks_for_labels(world: World, who: Person) -> None:
    band = enrol(world, JAMES).wristband_code
    asked = again(band, download(world, Transport.DOWNLOAD_ZPL))
    assert world.refused(who, commands.print_label_job, asked).code == "not_permitted"


BEHIND = {
    "sent while labels wait": ("UPDATE print_job SET state = 'sent', row_version = 3", "labels_not_sent"),
    "cancelled while labels wait": ("UPDATE print_job SET state = 'cancelled'", "labels_left_already"),
    "a label sent without its job": (
        "UPDATE label SET state = 'sent', delivery = 'accepted' WHERE print_job_id IS NOT NULL",
        "job_not_sending",
    ),
    "asked for by somebody else": ("UPDATE print_job SET requested_by_id = 2", "fixed"),
    "another head": ("UPDATE print_job SET head = '{}'", "head_is_frozen"),
    "out of its job": ("UPDATE label SET print_job_id = NULL, position = NULL", "fixed"),
    "deleted": ("DELETE FROM print_job", "nothing_is_deleted"),
    "a printer without its address": ("UPDATE printer SET host = NULL", "address_of_the_network_only"),
    "a check of another resolution": ("UPDATE printer SET dots_per_mm = 12", "check_outlived_change"),
}


@pytest.mark.requirement("REQ-137")
@pytest.mark.parametrize("attempt", BEHIND)
def test_the_database_keeps_a_job_true(at_stage: AtStage, attempt: str) -> None:
    world, culture = at_growing(at_stage)
    where = network_printer(world, nobody_listens())
    of_group(world, culture.culture, where)
    statement, because = BEHIND[attempt]
    if because == "check_outlived_change":
        checked(world, where)
    if because == "labels_not_sent":
        world.sql("UPDATE print_job SET state = 'sending', row_version = 2")
    refused_by_the_database(world, statement, because)


@pytest.mark.requirement("REQ-137")
def test_the_database_reconciles_nothing_with_labels_open(at_stage: AtStage) -> None:
    world, culture = at_growing(at_stage)
    sent_group(world, culture)
    ended = "UPDATE print_job SET state = 'reconciled', reconciled_at = requested_at, reconciled_by_id = 1"
    refused_by_the_database(world, ended, "labels_unaccounted")
    refused_by_the_database(
        world, "UPDATE label SET delivery = 'uncertain' WHERE print_job_id IS NOT NULL", "delivery_is_settled"
    )
    refused_by_the_database(world, "UPDATE label SET state = 'queued' WHERE print_job_id IS NOT NULL", "transition")
    refused_by_the_database(
        world, "UPDATE label SET state = 'spoiled' WHERE print_job_id IS NOT NULL", "spoiled_without_reason"
    )


@pytest.mark.requirement("REQ-054")
def test_a_batch_is_not_closed_while_a_print_job_of_it_is_open(at_stage: AtStage) -> None:
    world, _bag = at_stage("filled_bags", first_bag)
    ((vessel, culture),) = world.rows(
        "SELECT v.code, c.code FROM vessel v JOIN culture c ON c.id = v.culture_id LIMIT 1"
    )
    world.sql("UPDATE culture SET state = 'formulated' WHERE code = :code", code=culture)
    job = of_thing(world, str(vessel), network_printer(world, nobody_listens())).job
    refused_by_the_database(world, "UPDATE culture SET state = 'closed'", "labels_not_reconciled")
    world.act(TARA, commands.cancel_job, cancel(world, job))
    world.sql("UPDATE culture SET state = 'closed' WHERE code = :code", code=culture)
