"""ISBT 128 numbers of a collection: on record by two scans and two persons, and never of two patients."""

from __future__ import annotations

from uuid import uuid4

import pytest

from app.collection import commands
from app.collection.queries.numbers import number_on_file
from app.collection.schemas import RecordIsbtNumber
from app.domain.errors import Duplicate, Invalid, Mismatch, NotAllowed
from app.domain.isbt128 import AdapterSettings, compose
from app.identity.commands import switch_isbt_off
from tests.licence import off, open_gate
from tests.line.collection import planned_collection, version_of
from tests.line.patients import JAMES, ordered_patient
from tests.people import CHLOE, NIA, OMAR, TARA, THEO
from tests.world import World

DIN = "=A99992612345600"
COI = "&/CHA999926A00001"
BOTH = f"=+02000{DIN}{COI}"


def number(world: World, code: str, isbt: str = DIN, **changed: object) -> RecordIsbtNumber:
    """The request that Tara makes with Theo beside her."""
    given = {"collection_code": code, "row_version": version_of(world, code), "scanned": code, "isbt": isbt}
    return RecordIsbtNumber.model_validate(given | world.second(THEO) | changed)


def collection(world: World) -> str:
    open_gate(world)
    return planned_collection(world, ordered_patient(world))


def caught(world: World) -> list[object]:
    return [row[0] for row in world.rows("SELECT kind FROM near_miss ORDER BY id")]


@pytest.mark.parametrize(("scanned", "found"), [(DIN, 1), (COI, 1), (BOTH, 2), (f"]C4{DIN}{COI}", 2)])
def test_a_number_is_recorded_with_who_scanned_and_who_looked(world: World, scanned: str, found: int) -> None:
    code = collection(world)
    done = world.act(TARA, commands.record_isbt_number, number(world, code, scanned))
    assert len(done.numbers) == found
    for kept in done.numbers:
        there = world.read(number_on_file, kept)
        assert there is not None
        assert there.collection_code == code
        assert there.code == (there.course_code if kept.startswith("CH") else code)
    rows = world.rows("SELECT recorded_by_id, confirmed_by_id FROM isbt_number")
    assert rows == [(world.user_id(TARA), world.user_id(THEO))] * found


def test_a_number_is_refused_while_the_adapter_is_off(world: World) -> None:
    code = planned_collection(world, ordered_patient(world))
    refusal = world.refused(TARA, commands.record_isbt_number, number(world, code))
    assert isinstance(refusal, Invalid)
    assert refusal.code == "adapter_off"
    assert "which is not read here" in refusal.sentence


@pytest.mark.parametrize(
    ("scanned", "code", "words"),
    [
        ("=A99992612345607", "wrong_kind", "a tube of it, is no bag"),
        ("=A99992612345608", "wrong_kind", "a record of it, is no bag"),
        ("=<S1128V00", "wrong_kind", "no donation number"),
        ("BGD7M26000418M", "wrong_kind", "no donation number"),
        ("=G12341765432170", "not_validation_fin", "G1234"),
        ("=A99992612345662", "bad_check", "check character"),
    ],
)
def test_what_is_no_label_of_the_container_is_refused(sqlite_world: World, scanned: str, code: str, words: str) -> None:
    collected = collection(sqlite_world)
    refusal = sqlite_world.refused(TARA, commands.record_isbt_number, number(sqlite_world, collected, scanned))
    assert refusal.code == code
    assert words in refusal.sentence
    assert not sqlite_world.rows("SELECT id FROM isbt_number")


def test_the_same_number_twice_and_another_number_are_refused(world: World) -> None:
    code = collection(world)
    world.act(TARA, commands.record_isbt_number, number(world, code))
    assert isinstance(world.refused(TARA, commands.record_isbt_number, number(world, code)), Duplicate)
    other = number(world, code, "=A99992612345700")
    assert world.refused(TARA, commands.record_isbt_number, other).code == "another_number"
    assert len(world.rows("SELECT id FROM isbt_number")) == 1


def test_a_number_of_another_patient_is_a_stop_and_tells_no_name(world: World) -> None:
    first = collection(world)
    world.act(TARA, commands.record_isbt_number, number(world, first, BOTH))
    second = planned_collection(world, ordered_patient(world, JAMES))
    for scanned in (DIN, COI, BOTH):
        refusal = world.refused(TARA, commands.record_isbt_number, number(world, second, scanned))
        assert isinstance(refusal, Mismatch)
        assert refusal.code == "wrong_patient"
        assert "HALVORSEN" not in refusal.sentence
    assert len(world.rows("SELECT id FROM isbt_number")) == 2


def test_our_own_label_is_scanned_beside_it(sqlite_world: World) -> None:
    code = collection(sqlite_world)
    other = planned_collection(sqlite_world, ordered_patient(sqlite_world, JAMES))
    asked = number(sqlite_world, code, scanned=other)
    assert sqlite_world.refused(TARA, commands.record_isbt_number, asked).code == "wrong_collection"
    asked = number(sqlite_world, code, scanned=DIN)
    refusal = sqlite_world.refused(TARA, commands.record_isbt_number, asked)
    assert refusal.code == "wrong_kind"
    assert "Donation number A9999 26 123456" in refusal.sentence


def test_it_takes_two_persons_of_the_laboratory(sqlite_world: World) -> None:
    code = collection(sqlite_world)
    alone = number(sqlite_world, code, **sqlite_world.second(TARA))
    assert sqlite_world.refused(TARA, commands.record_isbt_number, alone).code == "second_is_first"
    for who in (NIA, CHLOE):
        assert isinstance(
            sqlite_world.refused(who, commands.record_isbt_number, number(sqlite_world, code)), NotAllowed
        )


def test_a_number_on_record_never_changes_not_even_by_raw_sql(world: World) -> None:
    code = collection(world)
    world.act(TARA, commands.record_isbt_number, number(world, code))
    with pytest.raises(Exception, match="append_only"):
        world.sql("UPDATE isbt_number SET number = 'A999926123457'")
    with pytest.raises(Exception, match="nothing_is_deleted"):
        world.sql("DELETE FROM isbt_number")


def test_page_and_api_put_it_on_record_while_the_adapter_is_on(world: World) -> None:
    code = collection(world)
    tara = world.client(TARA)
    assert f"/collections/{code}/numbers" in tara.get(f"/collections/{code}").text
    assert "Put a number on record" in tara.get(f"/collections/{code}/numbers").text
    form = number(world, code).model_dump() | world.second(THEO) | {"request_key": str(uuid4())}
    assert tara.post(f"/collections/{code}/numbers", data=form).headers["location"] == f"/collections/{code}/numbers"
    assert "A999926123456" in tara.get(f"/collections/{code}/numbers").text
    body = number(world, code, COI).model_dump() | world.second(THEO)
    answer = tara.post(f"/api/v1/collections/{code}/numbers", json=body, headers={"Idempotency-Key": str(uuid4())})
    assert answer.json() == {"collection_code": code, "numbers": ["CHA999926A00001"]}
    world.act(OMAR, switch_isbt_off, off(world), station=None)
    shown = world.client(TARA).get(f"/collections/{code}/numbers").text
    assert "Put a number on record" not in shown
    assert "CHA999926A00001" in shown


def test_a_donation_number_is_composed_as_it_was_scanned(sqlite_world: World) -> None:
    """What is on record prints again: number and flags make the text of the label."""
    code = collection(sqlite_world)
    done = sqlite_world.act(TARA, commands.record_isbt_number, number(sqlite_world, code))
    din = done.numbers[0]
    fields = {"fin": din[:5], "year": din[5:7], "sequence": din[7:], "flags": "00"}
    assert compose("001", fields, AdapterSettings(own_facility="A9999")) == DIN
