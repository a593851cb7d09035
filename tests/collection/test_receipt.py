"""What arrives is handed over by two, scanned, inspected; only what passed in every line is accepted, by two."""

from __future__ import annotations

import pytest

from app.collection import commands, records
from app.collection.schemas import (
    AcceptCollection,
    AcceptQuarantinedCollection,
    ReceiveCollection,
    RejectCollection,
    StopCollection,
)
from app.domain.errors import Refusal
from app.domain.identifiers import with_print_number
from app.domain.vocabulary import ConsentKind, Disposition
from app.patients.commands import withdraw_consent
from app.patients.schemas import WithdrawConsent
from tests.hostile import refused_by_the_database
from tests.line.collection import (
    accepted_collection,
    apheresis,
    finished_collection,
    receipt_request,
    received_collection,
    version_of,
)
from tests.line.deviations import closed_deviation
from tests.line.patients import JAMES, ordered_patient
from tests.people import CHLOE, NIA, QUENTIN, SAM, TARA, THEO, Person
from tests.world import World

REASON = "the bag was found outside its box"


def state_of(world: World, code: str) -> str:
    ((state,),) = world.rows("SELECT state FROM collection WHERE code = :code", code=code)
    return str(state)


def arrived(world: World) -> str:
    return finished_collection(world, ordered_patient(world), apheresis(world))


def received(world: World, **changed: object) -> str:
    code = arrived(world)
    world.act(TARA, commands.receive_collection, receipt_request(world, code, **changed))
    return code


def accept(world: World, code: str, second: Person = THEO) -> AcceptCollection:
    return AcceptCollection(collection_code=code, row_version=version_of(world, code), **world.second(second))


def stop(world: World, code: str) -> StopCollection:
    return StopCollection(collection_code=code, row_version=version_of(world, code), reason=REASON)


def reject(world: World, code: str, who: Person) -> RejectCollection:
    signed = world.signed(who, world.read(records.rejection, code).sha256)
    return RejectCollection(collection_code=code, row_version=version_of(world, code), reason=REASON, **signed)


def accept_quarantined(world: World, code: str, who: Person = QUENTIN) -> AcceptQuarantinedCollection:
    signed = world.signed(who, world.read(records.quarantine_acceptance, code).sha256)
    version = version_of(world, code)
    return AcceptQuarantinedCollection(collection_code=code, row_version=version, physician_informed=True, **signed)


def close_deviation(world: World, code: str, disposition: str) -> None:
    """QA's closing of the one deviation about a collection."""
    ((number,),) = world.rows("SELECT number FROM deviation WHERE about = :code", code=code)
    closed_deviation(world, str(number), Disposition(disposition))


def refused_receipt(world: World, code: str, **changed: object) -> Refusal:
    return world.refused(TARA, commands.receive_collection, receipt_request(world, code, **changed))


@pytest.mark.requirement("REQ-053")
def test_a_collection_that_passed_is_accepted_by_two(world: World) -> None:
    code = accepted_collection(world)
    rows = world.rows("SELECT state, accepted_by_id, accepted_with_id FROM collection")
    assert rows == [("accepted", world.user_id(TARA), world.user_id(THEO))]
    assert world.rows("SELECT given_by_id, received_by_id, volume_ul FROM collection_receipt") == [
        (world.user_id(NIA), world.user_id(TARA), 218_000)
    ]
    assert state_of(world, code) == "accepted"


def test_nobody_hands_over_to_oneself(world: World) -> None:
    code = arrived(world)
    refusal = refused_receipt(world, code, **world.second(TARA))
    assert refusal.code == "second_is_first"
    assert state_of(world, code) == "collected"


def test_a_hand_over_by_one_is_refused_by_the_database(world: World) -> None:
    received(world)
    refused_by_the_database(
        world,
        "INSERT INTO collection_receipt (course_id, patient_id, collection_id, received_at, recorded_at, given_by_id,"
        " received_by_id, integrity, temperature, identity, label, time_out_of_storage, temperature_c,"
        " out_of_storage_min, volume_ul) SELECT course_id, patient_id, collection_id, received_at, recorded_at,"
        " given_by_id, given_by_id, integrity, temperature, identity, label, time_out_of_storage, temperature_c,"
        " out_of_storage_min, volume_ul FROM collection_receipt",
        "handed_over_by_two",
    )
    refused_by_the_database(world, "UPDATE collection_receipt SET identity = 'pass'", "append_only")


@pytest.mark.requirement("REQ-128")
def test_another_label_or_an_older_print_is_not_taken_over(world: World) -> None:
    at = apheresis(world)
    code = finished_collection(world, ordered_patient(world), at)
    other = finished_collection(world, ordered_patient(world, JAMES), at)
    for scanned, why in (
        (other, "wrong_collection"),
        (with_print_number(code, 2), "void_label"),
        ("BGD7M26000418M", "wrong_kind"),
        (f"{code}{code}", "doubled_scan"),
    ):
        refusal = refused_receipt(world, code, scanned=scanned)
        assert (refusal.code, refusal.near_miss is not None) == (why, True)
    world.act(TARA, commands.receive_collection, receipt_request(world, code, scanned=with_print_number(code, 1)))


@pytest.mark.requirement("REQ-053")
@pytest.mark.parametrize("line", ["integrity", "temperature", "identity", "label", "time_out_of_storage"])
@pytest.mark.parametrize("found", ["fail", "unknown"])
def test_a_line_that_did_not_pass_leaves_quarantine_and_rejection(sqlite_world: World, line: str, found: str) -> None:
    code = received(sqlite_world, **{line: found})
    refusal = sqlite_world.refused(TARA, commands.accept_collection, accept(sqlite_world, code))
    assert (refusal.code, refusal.near_miss is not None) == ("inspection_not_passed", True)
    sqlite_world.act(TARA, commands.quarantine_collection, stop(sqlite_world, code))
    assert state_of(sqlite_world, code) == "quarantined"


@pytest.mark.parametrize(
    ("temperature", "second", "guard"),
    [("unknown", THEO, "collection_not_acceptable"), ("pass", TARA, "accepted_by_two")],
)
def test_the_database_accepts_nothing_that_did_not_pass_or_was_accepted_by_one(
    world: World, temperature: str, second: Person, guard: str
) -> None:
    code = received(world, temperature=temperature)
    accepted = (
        "UPDATE collection SET state = 'accepted', accepted_by_id = :one, accepted_with_id = :two,"
        " row_version = row_version + 1 WHERE code = :code"
    )
    refused_by_the_database(world, accepted, guard, one=world.user_id(TARA), two=world.user_id(second), code=code)


def test_one_person_does_not_accept_alone(world: World) -> None:
    code = received(world)
    assert world.refused(TARA, commands.accept_collection, accept(world, code, TARA)).code == "second_is_first"
    assert world.refused(TARA, commands.accept_collection, accept(world, code, NIA)).code == "not_permitted"
    assert world.refused(NIA, commands.accept_collection, accept(world, code)).code == "not_permitted"


def test_a_quarantine_opens_a_deviation_that_only_qa_can_resolve(world: World) -> None:
    code = received(world, identity="unknown")
    world.act(TARA, commands.quarantine_collection, stop(world, code))
    ((about, grade, state, what),) = world.rows("SELECT about, grade, state, what FROM deviation")
    assert (about, grade, state) == (code, "major", "open")
    assert "identity: unknown" in str(what)
    assert world.refused(TARA, commands.accept_collection, accept(world, code)).code == "in_quarantine"
    asked = accept_quarantined(world, code)
    assert world.refused(QUENTIN, commands.accept_quarantined_collection, asked).code == "deviation_open"
    close_deviation(world, code, "use")
    tara = accept_quarantined(world, code, TARA)
    assert world.refused(TARA, commands.accept_quarantined_collection, tara).code == "not_permitted"
    assert world.refused(QUENTIN, commands.accept_quarantined_collection, asked).code == "record_changed"
    world.act(QUENTIN, commands.accept_quarantined_collection, accept_quarantined(world, code))
    assert state_of(world, code) == "accepted"


def test_a_deviation_closed_for_rejection_never_lets_a_collection_in(world: World) -> None:
    code = received(world, integrity="fail")
    world.act(TARA, commands.quarantine_collection, stop(world, code))
    close_deviation(world, code, "reject")
    asked = accept_quarantined(world, code)
    assert world.refused(QUENTIN, commands.accept_quarantined_collection, asked).code == "not_for_use"
    refused_by_the_database(
        world,
        "UPDATE collection SET state = 'accepted', accepted_by_id = :by, row_version = row_version + 1",
        "collection_not_acceptable",
        by=world.user_id(QUENTIN),
    )


def test_a_quarantine_without_a_deviation_is_refused_by_the_database(world: World) -> None:
    received(world, label="fail")
    refused_by_the_database(
        world,
        "UPDATE collection SET state = 'quarantined', row_version = row_version + 1",
        "quarantine_without_deviation",
    )


@pytest.mark.parametrize("who", [SAM, QUENTIN], ids=lambda who: who.name)
def test_a_supervisor_or_qa_rejects_by_signature(sqlite_world: World, who: Person) -> None:
    code = received(sqlite_world, integrity="fail")
    sqlite_world.act(who, commands.reject_collection, reject(sqlite_world, code, who))
    assert state_of(sqlite_world, code) == "rejected"
    ((meaning, statement),) = sqlite_world.rows(
        "SELECT meaning, statement FROM signature WHERE record_of = :of", of=f"collection:{code}"
    )
    assert meaning == "rejected"
    assert "HALVORSEN, Ingrid" in str(statement)


def test_a_technician_does_not_reject_and_nobody_rejects_twice(sqlite_world: World) -> None:
    code = received(sqlite_world)
    asked = reject(sqlite_world, code, TARA)
    assert sqlite_world.refused(TARA, commands.reject_collection, asked).code == "not_permitted"
    sqlite_world.act(SAM, commands.reject_collection, reject(sqlite_world, code, SAM))
    again = reject(sqlite_world, code, SAM)
    assert sqlite_world.refused(SAM, commands.reject_collection, again).code == "cannot_reject"


def test_a_withdrawn_consent_blocks_acceptance_but_neither_receipt_nor_rejection(world: World) -> None:
    code = arrived(world)
    ((course,),) = world.rows("SELECT code FROM course")
    withdrawn = WithdrawConsent(course_code=str(course), kind=ConsentKind.TREATMENT, reason="the patient said stop")
    world.act(CHLOE, withdraw_consent, withdrawn)
    world.act(TARA, commands.receive_collection, receipt_request(world, code))
    refusal = world.refused(TARA, commands.accept_collection, accept(world, code))
    assert (refusal.code, refusal.near_miss is not None) == ("consent_withdrawn", True)
    refused_by_the_database(
        world,
        "UPDATE collection SET state = 'accepted', accepted_by_id = :one, accepted_with_id = :two,"
        " row_version = row_version + 1",
        "course_not_going_on",
        one=world.user_id(TARA),
        two=world.user_id(THEO),
    )
    world.act(SAM, commands.reject_collection, reject(world, code, SAM))


@pytest.mark.parametrize(
    ("changed", "code"),
    [
        ({"temperature_c": "60.1"}, "outside_limits"),
        ({"temperature_c": "-200.1"}, "outside_limits"),
        ({"temperature_c": "25.1"}, "temperature_cannot_pass"),
        ({"temperature_c": "1.9"}, "temperature_cannot_pass"),
        ({"out_of_storage_min": 10_081}, "outside_limits"),
        ({"volume_ml": "49.9"}, "reason_required"),
        ({"volume_ml": "3000.1"}, "outside_limits"),
    ],
    ids=str,
)
def test_a_receipt_is_judged_at_its_limits(sqlite_world: World, changed: dict[str, object], code: str) -> None:
    assert refused_receipt(sqlite_world, arrived(sqlite_world), **changed).code == code


@pytest.mark.requirement("REQ-053")
@pytest.mark.parametrize("celsius", ["2.0", "25.0"])
def test_a_temperature_at_the_limit_of_storage_passes(sqlite_world: World, celsius: str) -> None:
    code = arrived(sqlite_world)
    asked = receipt_request(sqlite_world, code, temperature_c=celsius)
    assert sqlite_world.act(TARA, commands.receive_collection, asked).has_passed


@pytest.mark.requirement("REQ-053")
def test_a_collection_that_came_too_warm_is_received_as_failed_and_not_accepted(world: World) -> None:
    code = arrived(world)
    asked = receipt_request(world, code, temperature_c="60", temperature="fail")
    assert not world.act(TARA, commands.receive_collection, asked).has_passed
    assert state_of(world, code) == "received"


@pytest.mark.requirement("REQ-053")
def test_the_database_lets_no_warm_collection_pass(world: World) -> None:
    received(world)
    refused_by_the_database(
        world,
        "INSERT INTO collection_receipt (course_id, patient_id, collection_id, received_at, recorded_at, given_by_id,"
        " received_by_id, integrity, temperature, identity, label, time_out_of_storage, temperature_c,"
        " out_of_storage_min, volume_ul) SELECT course_id, patient_id, collection_id, received_at, recorded_at,"
        " given_by_id, received_by_id, integrity, 'pass', identity, label, time_out_of_storage, '25.1',"
        " out_of_storage_min, volume_ul FROM collection_receipt",
        "temperature_cannot_pass",
    )


def test_a_collection_is_received_once(world: World) -> None:
    code = arrived(world)
    asked: ReceiveCollection = receipt_request(world, code)
    world.act(TARA, commands.receive_collection, asked)
    assert world.refused(TARA, commands.receive_collection, asked).code == "record_changed"
    assert refused_receipt(world, code).code == "cannot_receive"


def test_everybody_who_touched_a_collection_counts_as_an_actor_of_its_evidence(world: World) -> None:
    received_collection(world, ordered_patient(world), apheresis(world))
    people = {row[0] for row in world.rows("SELECT DISTINCT user_id FROM evidence_actor WHERE collection_id = 1")}
    assert {world.user_id(who) for who in (NIA, TARA, THEO)} <= people
