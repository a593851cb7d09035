"""The chart shows one course of one patient from the records, and offers each person what they may do."""

from __future__ import annotations

import pytest

from app.domain.vocabulary import ConsentKind
from app.patients import commands
from app.patients.queries.tracing import bag_line
from app.patients.schemas import WithdrawConsent
from tests.counting import statements
from tests.line.culture import shelf
from tests.line.patients import INGRID, JAMES, MARTA, allergic, enrol, ordered_patient
from tests.line.release import quarantined_lot
from tests.people import ADA, CHLOE, IRIS, NIA, TARA
from tests.world import World

NOT_HERE = "PRD7M26999999X"


def test_the_chart_names_patient_allergy_protocol_and_day(sqlite_world: World) -> None:
    made = ordered_patient(sqlite_world)
    allergic(sqlite_world, made.patient_code, "iodine contrast")
    enrol(sqlite_world, MARTA)
    page = sqlite_world.client(CHLOE).get(f"/patients/{made.patient_code}").text
    for words in ("HALVORSEN, Ingrid (Ms)", "Allergy: iodine contrast", "Similar name", "DEMO-LAK-1", "day 1", "68.0"):
        assert words in page
    assert "Marta" not in page
    assert "HALVORSEN" not in page.split("</title>")[0]


def test_only_a_prescriber_is_offered_the_dose(sqlite_world: World) -> None:
    made = ordered_patient(sqlite_world)
    path = f"/patients/{made.patient_code}"
    assert "Order dose" in sqlite_world.client(CHLOE).get(path).text
    for who in (NIA, TARA, IRIS):
        assert "Order dose" not in sqlite_world.client(who).get(path).text
    assert sqlite_world.client(ADA, None).get(path).status_code == 403


def test_a_withdrawn_consent_stands_over_the_chart(sqlite_world: World) -> None:
    made = ordered_patient(sqlite_world)
    asked = WithdrawConsent(course_code=made.course_code, kind=ConsentKind.TREATMENT, reason="she changed her mind")
    sqlite_world.act(NIA, commands.withdraw_consent, asked)
    assert "consent to treatment was withdrawn" in sqlite_world.client(TARA).get(f"/patients/{made.patient_code}").text


@pytest.mark.parametrize(
    "path", [f"/patients/{NOT_HERE}", "/courses/TH", "/patients/%3Cscript%3E", f"/api/v1/bags/{NOT_HERE}/line"]
)
def test_an_unknown_code_is_not_on_file(sqlite_world: World, path: str) -> None:
    answer = sqlite_world.client(CHLOE).get(path)
    assert answer.status_code == 404
    assert "<script>" not in answer.text


def test_a_course_of_another_patient_is_not_shown_on_this_chart(sqlite_world: World) -> None:
    made, other = enrol(sqlite_world, INGRID), enrol(sqlite_world, JAMES)
    path = f"/patients/{made.patient_code}?course={other.course_code}"
    assert sqlite_world.client(CHLOE).get(path).status_code == 404


@pytest.mark.requirement("REQ-045")
@pytest.mark.requirement("REQ-125")
def test_a_bag_leads_back_to_its_patient_and_forward_to_its_sisters(world: World) -> None:
    made = quarantined_lot(world, shelf(world))
    with statements(world) as asked:
        line = world.read(bag_line, made.bags[0])
    assert len(asked) <= 6
    assert line.patient_code == made.batch.patient.patient_code
    assert [each.code for each in line.collections] == [made.batch.collection]
    assert line.culture_code == made.batch.culture
    assert [bag.code for bag in line.bags] == list(made.bags)
    assert len(line.materials) >= 3
    assert line.equipment
    page = world.client(CHLOE).get(f"/patients/{line.patient_code}").text
    for words in ("Collection 1", "Culture 1", "Harvest 1", f"Bag 1 of {len(made.bags)}"):
        assert words in page
    with statements(world) as shown:
        world.client(CHLOE).get(f"/patients/{line.patient_code}")
    assert len(shown) <= 25
