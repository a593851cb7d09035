"""Patients are listed by family name page by page, found by number or name, and similar names are marked on both."""

from __future__ import annotations

from itertools import combinations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import text

from app.db.transaction import Transaction, command
from app.domain.actor import Actor
from app.domain.names import is_similar
from app.patients.commands.enrolment import enrol_patient
from app.patients.queries.finding import (
    PAGE_OF,
    PatientList,
    found_patients,
    has_similar_name,
    patient_list,
    similar_names,
)
from tests.counting import statements
from tests.line.patients import INGRID, JAMES, MARTA, enrol, enrolment
from tests.people import ADA, CHLOE, OMAR, TARA
from tests.world import World

ZONE = "Europe/Berlin"


@command
def enrol_many(tx: Transaction, actor: Actor, asked: list[object]) -> int:
    """Several patients in one transaction, for long lists."""
    for each in asked:
        enrol_patient(tx, actor, each)
    return len(asked)


def listed(world: World, after: str | None = None) -> PatientList:
    with world.database.reading() as db:
        return patient_list(db, after, world.clock(), ZONE, world.actor(db, CHLOE))


def found(world: World, sought: str) -> list[str]:
    with world.database.reading() as db:
        return [row.name for row in found_patients(db, sought, world.clock(), ZONE, world.actor(db, CHLOE)).rows]


def test_every_patient_stands_once_on_the_pages_whatever_the_letters(world: World) -> None:
    names = [f"{first}{number:02}" for number in range(18) for first in ("Øst", "berg", "ÅS", "Zorn")]
    asked = [
        enrolment(world, family_name=name, given_name="A", hospital_number=f"7{at:05}") for at, name in enumerate(names)
    ]
    world.act(CHLOE, enrol_many, asked)
    first = listed(world)
    assert len(first.rows) == PAGE_OF
    second = listed(world, first.after)
    assert second.after is None
    shown = [row.name.split(",")[0] for row in (*first.rows, *second.rows)]
    assert len(shown) == len(set(shown)) == len(names)
    assert [name[:3] for name in shown[:36:18]] == ["ÅS0", "BER"]
    assert [name[:3] for name in shown[36::18]] == ["ØST", "ZOR"]


@pytest.mark.parametrize("sought", ["44170926", "4417 0926", "halv", "HALVORSEN", "hálvorsen"])
def test_a_patient_is_found_by_number_and_by_the_beginning_of_the_name(world: World, sought: str) -> None:
    enrol(world)
    enrol(world, JAMES)
    assert found(world, sought) == ["HALVORSEN, Ingrid (Ms)"]


@pytest.mark.parametrize("sought", ["4417", "orsen", "%", "_", "' OR 1=1 --", "\u200b"])
def test_a_part_of_a_number_or_a_wildcard_finds_nobody(sqlite_world: World, sought: str) -> None:
    enrol(sqlite_world)
    assert found(sqlite_world, sought) == []


def test_both_of_two_similar_names_are_marked(sqlite_world: World) -> None:
    enrol(sqlite_world)
    enrol(sqlite_world, JAMES)
    asked = enrolment(sqlite_world, MARTA, family_name="Halversen")
    sqlite_world.act(CHLOE, enrol_patient, asked)
    marks = {row.name.split(",")[0]: row.is_similar for row in listed(sqlite_world).rows}
    assert marks == {"HALVORSEN": True, "HALVERSEN": True, "OKONKWO": False}
    with sqlite_world.database.reading() as db:
        assert has_similar_name(db, 1, INGRID.family_name)
        assert not has_similar_name(db, 2, JAMES.family_name)


@pytest.mark.requirement("REQ-118")
def test_a_list_costs_the_same_statements_however_long_it_is(sqlite_world: World) -> None:
    enrol(sqlite_world)
    with statements(sqlite_world) as few:
        listed(sqlite_world)
    asked = [enrolment(sqlite_world, MARTA, hospital_number=f"8{at:05}") for at in range(60)]
    sqlite_world.act(CHLOE, enrol_many, asked)
    with statements(sqlite_world) as many:
        listed(sqlite_world)
    assert len(many) == len(few)


@pytest.mark.requirement("REQ-118")
def test_list_and_search_go_by_an_index(world: World) -> None:
    look = (
        "SELECT id FROM patient WHERE search_name >= 'halv' AND search_name < 'halw' ORDER BY search_name, id LIMIT 51"
    )
    with world.database.reading() as db:
        if not world.is_sqlite:
            db.execute(text("SET LOCAL enable_seqscan = off"))
        plan = db.execute(text(f"EXPLAIN {'QUERY PLAN ' if world.is_sqlite else ''}{look}")).all()
    assert "ix_patient_search_name_id" in str(plan)


def test_a_search_is_a_post_and_leaves_nothing_in_the_address(sqlite_world: World) -> None:
    enrol(sqlite_world)
    client = sqlite_world.client(TARA)
    form = {"sought": "Halvorsen", "request_key": "4a8c2f3e-9a70-4a53-8f0b-0d8c8f3a6d11"}
    answer = client.post("/patients/search", data=form)
    assert answer.status_code == 200
    assert "HALVORSEN, Ingrid" in answer.text
    assert "alvorsen" not in str(answer.url).lower()
    assert answer.headers["cache-control"] == "no-store"


@pytest.mark.parametrize("who", [ADA, OMAR])
@pytest.mark.parametrize("path", ["/patients", "/api/v1/patients"])
def test_who_may_not_know_patients_sees_none(sqlite_world: World, who: object, path: str) -> None:
    enrol(sqlite_world)
    answer = sqlite_world.client(who, None).get(path)
    assert answer.status_code == 403
    assert "HALVORSEN" not in answer.text


def test_a_technician_is_offered_no_enrolment(sqlite_world: World) -> None:
    assert "Enrol patient" not in sqlite_world.client(TARA).get("/patients").text
    assert sqlite_world.client(TARA).get("/patients/new").status_code == 403


@given(st.dictionaries(st.integers(), st.text("abc", max_size=6), max_size=12))
def test_marking_similar_names_finds_what_comparing_each_with_every_other_finds(names: dict[int, str]) -> None:
    pairs = [pair for pair in combinations(names, 2) if is_similar(names[pair[0]], names[pair[1]])]
    assert similar_names(names) == {key for pair in pairs for key in pair}
