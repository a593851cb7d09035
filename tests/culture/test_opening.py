"""Opening and starting a culture: whose cells, which documents, a clear bench, every input scanned, two people."""

from __future__ import annotations

from datetime import timedelta

import pytest

from app.culture import commands
from app.culture.schemas import OpenCulture
from app.domain.vocabulary import ConsentKind
from app.labels import commands as labels
from app.labels.schemas import ApplyLabel, PrintLabel, ScanBack
from app.patients import commands as patients
from app.patients.schemas import WithdrawConsent
from tests.culture.doors import by_api, by_page
from tests.line.collection import accepted_collection, received_collection
from tests.line.culture import opened_culture, shelf, start_request, started_culture
from tests.line.patients import INGRID, JAMES, consent, enrol, ordered_patient
from tests.line.recipes import ROLLER, approved_recipe, approved_specification
from tests.people import CHLOE, NIA, OMAR, QUENTIN, TARA, THEO, Person
from tests.world import World


def near_misses(world: World) -> list[tuple[object, ...]]:
    return world.rows("SELECT kind, step FROM near_miss ORDER BY id")


def test_a_culture_pins_the_documents_of_its_day(sqlite_world: World) -> None:
    world = sqlite_world
    at = shelf(world)
    first = opened_culture(world, at)
    approved_recipe(world)
    approved_specification(world)
    second = opened_culture(world, at, JAMES)
    look = (
        "SELECT r.version, s.version FROM culture c JOIN recipe r ON r.id = c.recipe_id"
        " JOIN specification s ON s.id = c.specification_id WHERE c.code = :code"
    )
    assert world.rows(look, code=first.culture) == [(1, 1)]
    assert world.rows(look, code=second.culture) == [(2, 2)]


def test_without_approved_documents_nothing_opens(sqlite_world: World) -> None:
    world = sqlite_world
    patient = ordered_patient(world)
    collection = accepted_collection(world, patient)
    asked = OpenCulture(course_code=patient.course_code, collection_codes=(collection,), recipe_name=ROLLER)
    assert world.refused(TARA, commands.open_culture, asked).code == "no_approved_recipe"
    approved_recipe(world)
    assert world.refused(TARA, commands.open_culture, asked).code == "no_approved_specification"
    approved_specification(world)
    assert world.act(TARA, commands.open_culture, asked).number == 1


@pytest.mark.requirement("REQ-101")
def test_cells_of_another_patient_open_nothing(world: World) -> None:
    at = shelf(world)
    ingrid, james = ordered_patient(world), ordered_patient(world, JAMES)
    foreign = accepted_collection(world, james, at.apheresis)
    asked = OpenCulture(course_code=ingrid.course_code, collection_codes=(foreign,), recipe_name=at.recipe)
    refusal = world.refused(TARA, commands.open_culture, asked)
    assert refusal.code == "wrong_patient"
    assert refusal.near_miss is not None
    assert refusal.near_miss.course_code == ingrid.course_code
    assert JAMES.family_name not in refusal.sentence
    assert by_api(world, TARA, "/batches", asked) == (409, "wrong_patient")
    assert by_page(world, TARA, f"/courses/{ingrid.course_code}/batch", asked) == (409, "")
    assert near_misses(world) == [("wrong_patient", "open_culture")] * 2


def test_only_accepted_cells_of_an_ordered_consented_course_are_cultured(sqlite_world: World) -> None:
    world = sqlite_world
    at = shelf(world)
    patient = ordered_patient(world)
    received = received_collection(world, patient, at.apheresis)
    asked = OpenCulture(course_code=patient.course_code, collection_codes=(received,), recipe_name=at.recipe)
    assert world.refused(TARA, commands.open_culture, asked).code == "not_accepted"
    accepted = accepted_collection(world, patient, at.apheresis)
    good = OpenCulture(course_code=patient.course_code, collection_codes=(accepted,), recipe_name=at.recipe)
    no = WithdrawConsent(course_code=patient.course_code, kind=ConsentKind.TREATMENT, reason="the patient said no")
    world.act(CHLOE, patients.withdraw_consent, no)
    assert world.refused(TARA, commands.open_culture, good).code == "consent_withdrawn"
    consent(world, patient.course_code)
    assert world.act(TARA, commands.open_culture, good).culture_code
    other = enrol(world, JAMES)
    unordered = OpenCulture(course_code=other.course_code, collection_codes=(accepted,), recipe_name=at.recipe)
    assert world.refused(TARA, commands.open_culture, unordered).code == "consent_missing"


@pytest.mark.parametrize("who", [NIA, CHLOE, QUENTIN, OMAR])
def test_the_laboratory_opens_cultures(sqlite_world: World, who: Person) -> None:
    asked = OpenCulture(course_code="T" * 14, collection_codes=("C" * 14,), recipe_name=ROLLER)
    assert sqlite_world.refused(who, commands.open_culture, asked).code == "not_permitted"


@pytest.mark.requirement("REQ-007")
def test_two_patients_never_stand_open_at_one_bench(world: World) -> None:
    at = shelf(world)
    started_culture(world, at)
    james = opened_culture(world, at, JAMES)
    taken = start_request(world, james, bench=world.place("Biosafety cabinet 1"))
    refusal = world.refused(TARA, commands.start_culture, taken)
    assert refusal.code == "line_clearance"
    assert "Biosafety cabinet 1 is not clear" in refusal.sentence
    assert INGRID.family_name not in refusal.sentence
    assert refusal.near_miss is not None
    assert refusal.near_miss.kind == "line_clearance"
    free = start_request(world, james, bench=world.place("Biosafety cabinet 2"))
    assert world.act(TARA, commands.start_culture, free).state == "in_process"


def test_every_input_is_scanned_and_nothing_else(sqlite_world: World) -> None:
    world = sqlite_world
    at = shelf(world)
    batch, james = opened_culture(world, at), opened_culture(world, at, JAMES)
    own = accepted_collection(world, batch.patient, at.apheresis)

    def said(**changed: object) -> str:
        return world.refused(TARA, commands.start_culture, start_request(world, batch, **changed)).code

    assert said(inputs=(james.collection,)) == "wrong_patient"
    assert said(inputs=(batch.collection, james.collection)) == "wrong_patient"
    assert said(inputs=(own,)) == "wrong_input"
    assert said(inputs=(batch.culture,)) == "wrong_kind"
    assert said(bench=world.place("Cell store")) == "no_bench"
    assert said(bench=batch.collection) == "wrong_kind"
    labelled_again(world, batch.collection)
    assert said(inputs=(f"{batch.collection}01",)) == "void_label"
    world.act(TARA, commands.start_culture, start_request(world, batch, inputs=(f"{batch.collection}02",)))


def labelled_again(world: World, code: str) -> None:
    """A second print takes the place of the first."""

    number = world.act(
        TARA, labels.print_label, PrintLabel(code=code, reason="the first print was smeared")
    ).print_number
    copy = {"code": code, "print_number": number, "scanned": f"{code}{number:02}"}
    world.act(TARA, labels.scan_back_label, ScanBack.model_validate(copy))
    world.act(TARA, labels.apply_label, ApplyLabel.model_validate(copy | world.second(THEO)))


def test_one_person_starts_nothing(sqlite_world: World) -> None:
    world = sqlite_world
    batch = opened_culture(world, shelf(world))
    for who, code in ((TARA, "second_is_first"), (NIA, "not_permitted"), (OMAR, "not_permitted")):
        asked = start_request(world, batch, **world.second(who))
        assert world.refused(TARA, commands.start_culture, asked).code == code
    wrong = start_request(world, batch, **(world.second(THEO) | {"second_pin": "000000"}))
    assert world.refused(TARA, commands.start_culture, wrong).code == "wrong_secret"
    assert world.rows("SELECT state FROM culture") == [("planned",)]


def test_a_stale_page_starts_nothing(sqlite_world: World) -> None:
    world = sqlite_world
    batch = opened_culture(world, shelf(world))
    asked = start_request(world, batch)
    world.act(TARA, commands.start_culture, asked)
    assert world.refused(TARA, commands.start_culture, asked).code == "record_changed"
    again = start_request(world, batch)
    assert world.refused(TARA, commands.start_culture, again).code == "cannot_start"


TIMES = [
    (timedelta(seconds=61), "time_in_future"),
    (timedelta(minutes=-31), "reason_required"),
    (timedelta(days=-400), "before_last_step"),
]


@pytest.mark.parametrize(("away", "code"), TIMES)
def test_a_step_has_a_possible_time(sqlite_world: World, away: timedelta, code: str) -> None:
    world = sqlite_world
    batch = opened_culture(world, shelf(world))
    world.clock.forward(hours=1)
    reason = "recorded on paper first" if code == "before_last_step" else None
    asked = start_request(world, batch, performed_at=world.clock.time + away, reason=reason)
    assert world.refused(TARA, commands.start_culture, asked).code == code


def test_a_late_step_keeps_its_reason(sqlite_world: World) -> None:
    world = sqlite_world
    batch = opened_culture(world, shelf(world))
    world.clock.forward(hours=1)
    performed = world.clock.time - timedelta(minutes=40)
    asked = start_request(world, batch, performed_at=performed, reason="the tablet had no power")
    world.act(TARA, commands.start_culture, asked)
    assert world.rows("SELECT reason FROM culture_step") == [("the tablet had no power",)]
    ((event,),) = world.rows("SELECT canon FROM ledger_event WHERE canon LIKE '%start_culture%'")
    assert "late_entry" in str(event)
