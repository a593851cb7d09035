"""A patient comes on file once, with a course and a wristband; wristbands are replaced, courses opened and closed."""

from __future__ import annotations

from datetime import timedelta

import pytest
from pydantic import ValidationError

from app.domain.identifiers import Kind
from app.domain.scan import expect
from app.patients import commands
from app.patients.schemas import CloseCourse, OpenCourse, ReissueWristband
from tests.hostile import refused_by_the_database
from tests.line.patients import INGRID, JAMES, MARTA, enrol, enrolment, ordered_patient
from tests.people import CHLOE, IRIS, NIA, QUENTIN, TARA
from tests.world import World

REASON = "the band was cut off before the scan"


@pytest.mark.requirement("REQ-046")
def test_enrolment_gives_a_chart_a_course_and_a_wristband(world: World) -> None:
    made = enrol(world)
    assert expect(made.patient_code, Kind.PATIENT_SHEET, step="test").code == made.patient_code
    assert expect(made.course_code, Kind.COURSE, step="test").code == made.course_code
    assert expect(made.wristband_code, Kind.WRISTBAND, step="test").code == made.wristband_code
    assert world.rows("SELECT hospital_number, search_name FROM patient") == [("44170926", "halvorsen")]


@pytest.mark.requirement("REQ-046")
def test_no_code_tells_who_it_is(world: World) -> None:
    codes = " ".join([*vars_of(enrol(world)), *vars_of(enrol(world, JAMES))])
    for word in (INGRID.family_name, INGRID.hospital_number, JAMES.hospital_number, "1951", "1958"):
        assert word.upper() not in codes


def vars_of(made: commands.PatientEnrolled) -> tuple[str, str, str]:
    return made.patient_code, made.course_code, made.wristband_code


@pytest.mark.parametrize("number", ["44170926", "4417 0926", " 44 17 09 26 "])
def test_a_hospital_number_is_on_file_once_however_it_is_written(sqlite_world: World, number: str) -> None:
    enrol(sqlite_world)
    refusal = sqlite_world.refused(
        CHLOE, commands.enrol_patient, enrolment(sqlite_world, MARTA, hospital_number=number)
    )
    assert (refusal.code, refusal.field) == ("patient_on_file", "hospital_number")


@pytest.mark.parametrize("who", [TARA, QUENTIN, IRIS])
def test_only_clinicians_enrol(sqlite_world: World, who: object) -> None:
    assert sqlite_world.refused(who, commands.enrol_patient, enrolment(sqlite_world)).code == "not_permitted"


@pytest.mark.parametrize(("days", "is_possible"), [(0, True), (1, False), (-120 * 366 + 1, True), (-120 * 366, False)])
def test_a_birth_date_lies_in_the_last_120_years(sqlite_world: World, days: int, *, is_possible: bool) -> None:
    born = sqlite_world.clock().date() + timedelta(days=days)
    asked = enrolment(sqlite_world, birth_date=born)
    if is_possible:
        sqlite_world.act(CHLOE, commands.enrol_patient, asked)
    else:
        assert sqlite_world.refused(CHLOE, commands.enrol_patient, asked).field == "birth_date"


@pytest.mark.parametrize(("days", "is_possible"), [(-366, True), (-367, False), (366, True), (367, False)])
def test_day_1_lies_within_a_year(sqlite_world: World, days: int, *, is_possible: bool) -> None:
    asked = enrolment(sqlite_world, first_day=sqlite_world.clock().date() + timedelta(days=days))
    if is_possible:
        sqlite_world.act(CHLOE, commands.enrol_patient, asked)
    else:
        assert sqlite_world.refused(CHLOE, commands.enrol_patient, asked).field == "first_day"


@pytest.mark.parametrize(
    "changed",
    [
        {"family_name": ""},
        {"family_name": "H" * 81},
        {"family_name": "Halvorsen\nIngrid"},
        {"given_name": "c1:abc"},
        {"hospital_number": "<script>"},
        {"hospital_number": ""},
        {"sex": "other"},
        {"birth_date": "14.03.1951"},
        {"diagnosis": "x" * 201},
        {"unknown_field": "1"},
    ],
    ids=lambda changed: "{}={!r:.12}".format(*next(iter(changed.items()))),
)
def test_what_cannot_be_a_name_or_a_number_is_refused_at_the_door(sqlite_world: World, changed: dict[str, str]) -> None:
    with pytest.raises(ValidationError):
        enrolment(sqlite_world, **changed)


def test_a_name_in_decomposed_letters_is_stored_composed(sqlite_world: World) -> None:
    sqlite_world.act(CHLOE, commands.enrol_patient, enrolment(sqlite_world, family_name="Mu\u0308ller"))
    assert sqlite_world.rows("SELECT family_name, search_name FROM patient") == [("M\u00fcller", "muller")]


def test_a_new_wristband_voids_the_one_worn(world: World) -> None:
    made = enrol(world)
    asked = ReissueWristband(patient_code=made.patient_code, reason=REASON)
    new = world.act(NIA, commands.reissue_wristband, asked).wristband_code
    worn = world.rows("SELECT code FROM wristband WHERE voided_at IS NULL")
    assert worn == [(new,)]
    assert new != made.wristband_code


def test_a_second_worn_wristband_is_refused_by_the_database(world: World) -> None:
    made = enrol(world)
    world.act(NIA, commands.reissue_wristband, ReissueWristband(patient_code=made.patient_code, reason=REASON))
    refused_by_the_database(
        world,
        "UPDATE wristband SET voided_at = NULL, row_version = row_version + 1 WHERE code = :code",
        "wristband_stays_void",
        code=made.wristband_code,
    )
    refused_by_the_database(
        world,
        "INSERT INTO wristband (code, patient_id, issued_at, issued_by_id, row_version)"
        " SELECT 'PWD7M26999999X', patient_id, issued_at, issued_by_id, 1 FROM wristband WHERE voided_at IS NULL",
        "patient_id" if world.is_sqlite else "uq_wristband_worn",
    )


def test_a_wristband_is_not_replaced_without_a_reason(sqlite_world: World) -> None:
    made = enrol(sqlite_world)
    asked = ReissueWristband(patient_code=made.patient_code, reason="error")
    assert sqlite_world.refused(NIA, commands.reissue_wristband, asked).code == "reason_required"


def test_a_further_course_has_its_own_code(world: World) -> None:
    made = enrol(world)
    asked = OpenCourse(
        patient_code=made.patient_code, protocol="DEMO-LAK-1", is_under_ind=True, first_day=world.clock().date()
    )
    code = world.act(CHLOE, commands.open_course, asked).course_code
    assert world.rows("SELECT code, number FROM course ORDER BY number") == [(made.course_code, 1), (code, 2)]


def test_a_closed_course_is_closed_once_and_takes_a_fresh_page(world: World) -> None:
    made = ordered_patient(world)
    stale = CloseCourse(course_code=made.course_code, row_version=7, reason="the treatment is over")
    assert world.refused(CHLOE, commands.close_course, stale).code == "record_changed"
    asked = stale.model_copy(update={"row_version": 1})
    world.act(CHLOE, commands.close_course, asked)
    again = asked.model_copy(update={"row_version": 2})
    assert world.refused(CHLOE, commands.close_course, again).code == "course_closed"


@pytest.mark.requirement("REQ-101")
def test_a_course_never_changes_its_patient(world: World) -> None:
    enrol(world)
    enrol(world, JAMES)
    refused_by_the_database(world, "UPDATE course SET patient_id = 3 - patient_id WHERE number = 1", "fixed")
