"""Scan anything with ISBT 128 on and off: what a code belongs to, or why it is refused; and at the steps of a bag."""

from __future__ import annotations

from uuid import uuid4

import pytest
from httpx2 import Response

from app.collection import commands as collecting
from app.collection.schemas import RecordIsbtNumber
from app.domain.identifiers import display
from app.identity.commands import switch_isbt_off
from tests.licence import off, open_gate
from tests.line.collection import planned_collection, version_of
from tests.line.infusion import Ward
from tests.line.patients import JAMES, ordered_patient
from tests.people import NIA, OMAR, TARA, THEO, Person
from tests.world import World

Ready = tuple[World, Ward]
DIN = "=A99992612345600"
TUBE = "=A99992612345607"
COI = "&/CHA999926A00001"
MESSAGE = f"=+04000{DIN}=<S11281A0&>0263281430{COI}"


def scan(world: World, scanned: str, who: Person = TARA, **more: str) -> Response:
    form = {"scanned": scanned, "request_key": str(uuid4())} | more
    return world.client(who).post("/scan", data=form)


def ask(world: World, scanned: str, who: Person = TARA, **more: object) -> Response:
    headers = {"Idempotency-Key": str(uuid4())}
    return world.client(who).post("/api/v1/scan", json={"scanned": scanned} | more, headers=headers)


def caught(world: World) -> list[object]:
    return [row[0] for row in world.rows("SELECT kind FROM near_miss ORDER BY id")]


def recorded(world: World, scanned: str = f"=+02000{DIN}{COI}", who: object = None) -> str:
    """A collection with its numbers on record; its code."""
    code = planned_collection(world, ordered_patient(world) if who is None else ordered_patient(world, JAMES))
    given = {"collection_code": code, "row_version": version_of(world, code), "scanned": code, "isbt": scanned}
    world.act(TARA, collecting.record_isbt_number, RecordIsbtNumber.model_validate(given | world.second(THEO)))
    return code


@pytest.mark.parametrize("raw", [DIN, "=<S1128V00", MESSAGE, COI, f"]C4{DIN}=<S1128V00", "&>0263272359"])
def test_while_the_adapter_is_off_every_code_of_it_is_refused_as_such(world: World, raw: str) -> None:
    answer, page = ask(world, raw), scan(world, raw)
    assert answer.json()["type"] == "urn:veinline:adapter_off"
    assert "This is an ISBT 128 code, which is not read here" in answer.json()["detail"]
    assert (page.status_code, "which is not read here" in page.text) == (answer.status_code, True)
    assert caught(world) == ["adapter_off", "adapter_off"]


@pytest.mark.parametrize(
    ("raw", "named"),
    [
        (DIN, "Donation number A9999 26 123456"),
        (TUBE, "a tube of it"),
        (MESSAGE, "Donation number A9999 26 123456"),
        (f"]C4{DIN}=<S1128V00", "Donation number A9999 26 123456"),
    ],
)
def test_a_donation_number_finds_its_collection(world: World, raw: str, named: str) -> None:
    open_gate(world)
    code = recorded(world)
    answer, page = ask(world, raw).json(), scan(world, raw)
    assert (answer["code"], answer["kind"]) == (code, "collection")
    assert page.status_code == 200
    assert named in page.text
    assert "HALVORSEN" in page.text
    assert caught(world) == []


def test_a_chain_of_identity_finds_its_course(world: World) -> None:
    open_gate(world)
    recorded(world)
    (course,) = world.rows("SELECT code FROM course")[0]
    answer = ask(world, COI).json()
    assert (answer["code"], answer["kind"]) == (course, "course")


def test_a_typed_number_needs_its_check_character(world: World) -> None:
    open_gate(world)
    code = recorded(world)
    text = world.client(TARA).get(f"/collections/{code}/numbers").text
    assert "A999926123456" in text
    right = scan(world, DIN).text.split("Donation number ")[1][:17]
    assert ask(world, right, is_typed=True).json()["code"] == code
    wrong = right[:-1] + ("A" if right[-1] != "A" else "B")
    assert ask(world, wrong, is_typed=True).json()["type"] == "urn:veinline:bad_check"
    assert ask(world, right).json()["type"] == "urn:veinline:unknown_prefix"


REFUSED = {
    "not on file": ("=A99992612345700", "not_on_file", "nothing is on file under it"),
    "a product code": ("=<S1128V00", "not_on_file", "names no single thing"),
    "a date": ("&>0263272359", "not_on_file", "ISBT 128 code of structure 005"),
    "a division that is missing": ("=<S1128V99", "missing_companion", "belong together"),
    "another facility in a demonstration": ("=G12341765432170", "not_validation_fin", "G1234"),
    "a wrong check": ("=A99992612345660", "bad_check", "check character"),
    "twice": (DIN * 2, "doubled_scan", "twice in one go"),
    "one known, one not": (f"=+02000=A99992612345700{COI}", "not_on_file", "nothing is on file"),
    "a national structure": ("=a1234567890", "unknown_structure", "do not read"),
}


@pytest.mark.requirement("REQ-113")
@pytest.mark.requirement("REQ-128")
@pytest.mark.parametrize("case", REFUSED)
def test_what_belongs_to_nothing_is_refused_by_its_reason_and_kept(world: World, case: str) -> None:
    raw, code, words = REFUSED[case]
    open_gate(world)
    recorded(world)
    answer, page = ask(world, raw), scan(world, raw)
    assert answer.json()["type"] == f"urn:veinline:{code}", answer.json()
    assert words in answer.json()["detail"]
    assert (page.status_code, words in page.text) == (answer.status_code, True)
    assert caught(world) == [code, code]


def test_one_code_that_names_two_patients_is_refused(world: World) -> None:
    open_gate(world)
    recorded(world, DIN)
    recorded(world, COI, who="the other patient")
    answer = ask(world, f"=+02000{DIN}{COI}")
    assert answer.json()["type"] == "urn:veinline:wrong_patient"
    assert "HALVORSEN" not in answer.text


def issue(world: World, ward: Ward, raw: str) -> dict[str, object]:
    given: dict[str, object] = {"bag": raw, "transport_place": world.place("Courier box 1"), "temperature_c": "18.0"}
    return given | world.second(THEO)


@pytest.mark.requirement("REQ-113")
@pytest.mark.parametrize(
    ("raw", "words"),
    [
        (TUBE, "a tube of it, is no bag. Scan the label of the bag itself."),
        (DIN, "is the wrong code here. Scan our own label of the product bag."),
        (MESSAGE, "is the wrong code here. Scan our own label of the product bag."),
    ],
)
def test_a_step_of_a_bag_refuses_every_code_of_it_by_name(ready: Ready, raw: str, words: str) -> None:
    world, ward = ready
    open_gate(world)
    tara, before = world.client(TARA), len(caught(world))
    asked = issue(world, ward, raw)
    answer = tara.post("/api/v1/bags/issue", json=asked, headers={"Idempotency-Key": str(uuid4())})
    page = tara.post(f"/bags/{ward.bag}/issue", data=asked | {"request_key": str(uuid4())})
    assert answer.json()["type"] == "urn:veinline:wrong_kind", answer.json()
    assert words in answer.json()["detail"]
    assert words in page.text
    assert caught(world)[before:] == ["wrong_kind", "wrong_kind"]
    assert world.rows("SELECT state FROM bag WHERE code = :code", code=ward.bag) == [("available",)]


def test_a_step_of_a_bag_says_the_adapter_is_off_where_it_is(ready: Ready) -> None:
    world, ward = ready
    open_gate(world)
    world.act(OMAR, switch_isbt_off, off(world), station=None)
    asked = issue(world, ward, TUBE)
    answer = world.client(TARA).post("/api/v1/bags/issue", json=asked, headers={"Idempotency-Key": str(uuid4())})
    assert answer.json()["type"] == "urn:veinline:adapter_off"


def test_the_bedside_takes_no_donation_number_for_a_wristband(ready: Ready) -> None:
    world, _ = ready
    open_gate(world)
    answer = world.client(NIA, "Bed 4").post(
        "/api/v1/bedside/wristband", json={"wristband": DIN}, headers={"Idempotency-Key": str(uuid4())}
    )
    assert answer.json()["type"] == "urn:veinline:wrong_kind", answer.json()
    assert "Scan our own label of the patient wristband." in answer.json()["detail"]


def test_our_own_code_of_the_same_collection_opens_the_same_card(world: World) -> None:
    open_gate(world)
    code = recorded(world)
    assert display(code) in scan(world, code).text.replace("</span>", "").replace('<span class="nb">', "")
    assert ask(world, code).json() == ask(world, DIN).json()
