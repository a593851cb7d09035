"""Whatever a printer does, the job says what is true, and nothing is called printed that was not scanned back."""

from __future__ import annotations

import hashlib
from collections.abc import Callable

import pytest

from app.db.transaction import transaction
from app.domain.labels.jobs import Report, account
from app.domain.states import LabelState
from app.printing import commands
from app.printing.schemas import ScanBackInJob
from app.printing.sending.paper import JobPaper, job_paper, proven
from app.printing.sending.spooler import WHO, Spooler, end_left_jobs
from tests.line.patients import JAMES, enrol
from tests.people import TARA
from tests.printing.house import (
    BAND_MM,
    SHORT,
    Growing,
    copies,
    growing,
    named,
    network_printer,
    of_group,
    of_thing,
    scan,
    sent,
    state,
)
from tests.printing.sink import Fault, nobody_listens, printer, squares
from tests.world import World

AtStage = Callable[[str, Callable[[World], object]], tuple[World, object]]
WAITS = ("queued", None)
TAKEN = ("sent", "accepted")
PERHAPS = ("sent", "uncertain")


def at_growing(at_stage: AtStage) -> tuple[World, Growing]:
    world, culture = at_stage("growing_for_print", growing)
    assert isinstance(culture, Growing)
    return world, culture


def printed(world: World, job: int) -> int:
    """How many copies the job says are printed."""
    states = [LabelState(str(word)) for (word, _) in copies(world, job)]
    return account(states).printed


@pytest.mark.requirement("REQ-137")
def test_what_arrives_is_what_was_proven_and_each_label_once(at_stage: AtStage) -> None:
    world, culture = at_growing(at_stage)
    with printer() as sink:
        job = of_group(world, culture.culture, network_printer(world, sink.port)).job
        assert (state(world, job), sink.received) == (("queued", None), [])
        sent(world, job)
        sent(world, job)
    assert state(world, job) == ("sent", None)
    assert copies(world, job) == [TAKEN] * 32
    (received,) = sink.received
    head, *labels = sink.paper
    assert received == head + b"".join(labels)
    assert squares(sink.paper) == ["", *(f"{code}01" for code in culture.vessels)]
    hashes = world.rows("SELECT sent_sha256 FROM label WHERE print_job_id = :job ORDER BY position", job=job)
    assert hashes == [(hashlib.sha256(label).hexdigest(),) for label in labels]
    assert b"^PQ" not in received
    assert printed(world, job) == 0


def test_nobody_listens_and_nothing_leaves(at_stage: AtStage) -> None:
    world, culture = at_growing(at_stage)
    job = of_group(world, culture.culture, network_printer(world, nobody_listens())).job
    sent(world, job)
    assert state(world, job) == ("interrupted", "no_answer")
    assert copies(world, job) == [WAITS] * 32


@pytest.mark.requirement("REQ-137")
def test_a_printer_that_closes_at_once_got_at_most_what_is_called_uncertain(at_stage: AtStage) -> None:
    world, culture = at_growing(at_stage)
    with printer(Fault.CLOSES_AT_ONCE) as sink:
        job = of_group(world, culture.culture, network_printer(world, sink.port)).job
        sent(world, job)
    begun = copies(world, job).count(PERHAPS)
    assert state(world, job) in [("interrupted", "closed")] + [("interrupted", "no_answer")] * (begun == 0)
    assert copies(world, job) == [PERHAPS] * begun + [WAITS] * (32 - begun)
    assert begun < 32
    assert sink.received == [b""]


@pytest.mark.requirement("REQ-137")
def test_a_printer_that_vanishes_in_a_label_leaves_uncertain_what_was_begun_and_the_rest_waiting(
    at_stage: AtStage,
) -> None:
    world, culture = at_growing(at_stage)
    with printer(Fault.CLOSES_IN_THE_SECOND_LABEL) as sink:
        where = network_printer(world, sink.port)
        job = of_group(world, culture.culture, where).job
        sent(world, job)
        assert state(world, job) == ("interrupted", "closed")
        begun = copies(world, job).count(PERHAPS)
        assert 0 < begun < 32
        assert copies(world, job) == [PERHAPS] * begun + [WAITS] * (32 - begun)
        sink.fault = Fault.NONE
        world.act(TARA, commands.send_rest, named(world, job))
        sent(world, job)
    assert state(world, job) == ("sent", None)
    assert copies(world, job) == [PERHAPS] * begun + [TAKEN] * (32 - begun)
    again = squares(sink.paper)[-(32 - begun) :]
    assert again == [f"{code}01" for code in culture.vessels[begun:]]
    assert sink.received[1].count(b"^XA") == 32 - begun


@pytest.mark.requirement("REQ-137")
def test_a_printer_that_stalls_is_given_up_and_nothing_is_sent_twice(at_stage: AtStage) -> None:
    world, culture = at_growing(at_stage)
    with printer(Fault.STALLS) as sink:
        job = of_group(world, culture.culture, network_printer(world, sink.port)).job
        sent(world, job)
    assert state(world, job) == ("interrupted", "stalled")
    begun = copies(world, job).count(PERHAPS)
    assert 0 < begun < 32
    assert copies(world, job) == [PERHAPS] * begun + [WAITS] * (32 - begun)


def test_a_printer_that_stays_open_took_everything(at_stage: AtStage) -> None:
    world, culture = at_growing(at_stage)
    with printer(Fault.STAYS_OPEN) as sink:
        job = of_group(world, culture.culture, network_printer(world, sink.port)).job
        sent(world, job)
    assert (state(world, job), copies(world, job)) == (("sent", None), [TAKEN] * 32)


@pytest.mark.requirement("REQ-104")
@pytest.mark.requirement("REQ-137")
def test_a_printer_that_swallows_its_labels_has_printed_none(at_stage: AtStage) -> None:
    world, culture = at_growing(at_stage)
    with printer(Fault.DROPS) as sink:
        job = of_group(world, culture.culture, network_printer(world, sink.port)).job
        sent(world, job)
    assert (state(world, job), sink.paper, printed(world, job)) == (("sent", None), [], 0)
    refusal = world.refused(TARA, commands.reconcile_job, named(world, job))
    assert (refusal.code, "32 of 32 copies" in refusal.sentence) == ("labels_unaccounted", True)


@pytest.mark.requirement("REQ-137")
def test_the_second_of_two_equal_labels_is_no_second_copy(at_stage: AtStage) -> None:
    world, culture = at_growing(at_stage)
    with printer(Fault.DUPLICATES) as sink:
        job = of_group(world, culture.culture, network_printer(world, sink.port)).job
        sent(world, job)
    first, twin = [each for each in squares(sink.paper) if each.startswith(culture.vessels[0])]
    scan(world, job, culture.vessels[0], scanned=first)
    assert printed(world, job) == 1
    refusal = world.refused(TARA, commands.scan_back_in_job, named_scan(job, culture.vessels[0], twin))
    assert refusal.code == "cannot_scan_back"
    assert printed(world, job) == 1


def named_scan(job: int, code: str, scanned: str) -> ScanBackInJob:
    return ScanBackInJob(job=job, code=code, print_number=1, scanned=scanned)


def begun_and_left(world: World, job: int) -> JobPaper:
    """A server takes a job, commits, and stops before it can write what became of it."""
    with world.database.reading() as db:
        paper = job_paper(db, job)
    with transaction(world.database, WHO, world.clock) as tx:
        assert commands.start_sending(tx, job, dict(proven(paper).proofs))
    return paper


@pytest.mark.requirement("REQ-137")
def test_a_job_the_server_was_sending_when_it_stopped_is_uncertain_and_not_sent_again(at_stage: AtStage) -> None:
    world, culture = at_growing(at_stage)
    with printer() as sink:
        job = of_group(world, culture.culture, network_printer(world, sink.port)).job
        paper = begun_and_left(world, job)
        assert state(world, job) == ("sending", None)
        end_left_jobs(world.database, world.clock)
        assert (state(world, job), copies(world, job)) == (("interrupted", "restarted"), [PERHAPS] * 32)
        sent(world, job)
        assert world.refused(TARA, commands.send_rest, named(world, job)).code == "nothing_to_send"
        with transaction(world.database, WHO, world.clock) as tx:
            commands.record_sending(tx, job, [copy.label_id for copy in paper.copies], Report(32))
    assert (state(world, job), copies(world, job)) == (("interrupted", "restarted"), [PERHAPS] * 32)
    assert sink.received == []


def test_the_print_thread_ends_what_was_left_and_sends_what_waits(at_stage: AtStage) -> None:
    world, culture = at_growing(at_stage)
    with printer() as sink, printer() as other:
        left = of_group(world, culture.culture, network_printer(world, sink.port)).job
        begun_and_left(world, left)
        band = enrol(world, JAMES).wristband_code
        waiting = of_thing(world, band, network_printer(world, other.port, BAND_MM, "Bands")).job
        spooler = Spooler(world.database, world.clock, SHORT)
        spooler.start()
        other.is_fed.wait()
        spooler.stop()
    assert (state(world, left), sink.received) == (("interrupted", "restarted"), [])
    assert (state(world, waiting), squares(other.paper)) == (("sent", None), [f"{band}01"])
