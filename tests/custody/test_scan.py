"""Scan anything: a card for what may be used, STOP for what must not, a sentence for what is no code of ours."""

from __future__ import annotations

from collections.abc import Callable
from uuid import uuid4

import pytest
from httpx2 import Response
from sqlalchemy import event

from app.domain.identifiers import check_character, display
from app.domain.vocabulary import EquipmentKind, MaterialRole
from tests.counting import statements
from tests.custody.ward import recalled
from tests.line.collection import planned_collection
from tests.line.custody import issued, received
from tests.line.deviations import placed_hold
from tests.line.infusion import BED, Ward, labelled_again
from tests.line.materials import equipment, recall_lot, registered_lot, release_lot, released_lot
from tests.line.patients import ordered_patient
from tests.people import CHLOE, IRIS, NIA, QUINN, SAM, TARA, Person
from tests.world import World

Ready = tuple[World, Ward]


def scan(world: World, scanned: str, who: Person = TARA, station: str = "Bench 1") -> Response:
    return world.client(who, station).post("/scan", data={"scanned": scanned, "request_key": str(uuid4())})


def ask(world: World, scanned: str, who: Person = TARA) -> Response:
    headers = {"Idempotency-Key": str(uuid4())}
    return world.client(who).post("/api/v1/scan", json={"scanned": scanned}, headers=headers)


def caught(world: World) -> list[tuple[object, ...]]:
    return world.rows("SELECT kind, step, scanned FROM near_miss ORDER BY id")


def code_of(world: World, table: str) -> str:
    return str(world.rows(f"SELECT code FROM {table} ORDER BY id LIMIT 1")[0][0])


PATIENT_THINGS = {
    "wristband": ("Wristband", "Open chart"),
    "patient": ("Patient", "Open chart"),
    "course": ("Course 1", "Open course"),
    "culture": ("Culture 1", "Open culture"),
    "sample": ("Sample, final product", "Open sample"),
    "product_lot": ("Product lot", "Open lot"),
    "bag": ("Bag 1", "Issue bag"),
}
HOUSE_THINGS = {"place": "Biosafety cabinet 1", "station": "Bench 1", "badge": "staff badge"}


@pytest.mark.requirement("REQ-113")
@pytest.mark.parametrize("table", PATIENT_THINGS)
def test_a_card_says_what_it_is_whose_and_what_may_be_done(ready: Ready, table: str) -> None:
    world, _ = ready
    title, verb = PATIENT_THINGS[table]
    answer = scan(world, code_of(world, table))
    assert answer.status_code == 200, answer.text
    for words in (title, verb, "HALVORSEN, Ingrid", "4417\u00a00926"):
        assert words in answer.text, words
    said = ask(world, code_of(world, table)).json()
    assert (said["title"], said["patient_code"]) == (title, code_of(world, "patient"))
    assert 1 <= len(said["acts"]) <= 3


@pytest.mark.parametrize("table", HOUSE_THINGS)
def test_what_is_no_patients_has_a_card_too(sqlite_world: World, table: str) -> None:
    answer = scan(sqlite_world, code_of(sqlite_world, table))
    assert answer.status_code == 200
    assert HOUSE_THINGS[table] in answer.text


def test_materials_and_equipment_have_a_card(sqlite_world: World) -> None:
    lot = released_lot(sqlite_world, "AB serum pool 07", MaterialRole.SERUM)
    hood = equipment(sqlite_world, "Hood 1", EquipmentKind.HOOD)
    assert "Open material lot" in scan(sqlite_world, lot).text
    assert "Open equipment" in scan(sqlite_world, hood).text


def test_the_last_link_of_custody_stands_on_the_card(ready: Ready) -> None:
    world, ward = ready
    issued(world, ward.bag)
    assert "Issued" in ask(world, f"{ward.bag}01").json()["last_link"]
    assert "T.\u00a0Adeyemi" in scan(world, f"{ward.bag}01").text


@pytest.mark.parametrize(
    ("who", "verbs"),
    [
        (TARA, ["Issue bag", "Hand over bag", "Open bag"]),
        (SAM, ["Issue bag", "Destroy bag", "Open bag"]),
        (NIA, ["Open bag"]),
        (QUINN, ["Recall bag", "Open bag"]),
        (IRIS, ["Open bag"]),
    ],
    ids=lambda given: given.name if isinstance(given, Person) else "",
)
def test_the_acts_are_those_of_the_role_now(ready: Ready, who: Person, verbs: list[str]) -> None:
    world, ward = ready
    assert [act["verb"] for act in ask(world, f"{ward.bag}01", who).json()["acts"]] == verbs


def test_on_its_way_the_bag_is_received_by_the_ward(ready: Ready) -> None:
    world, ward = ready
    issued(world, ward.bag)
    assert ask(world, f"{ward.bag}01", NIA).json()["acts"][0]["verb"] == "Receive bag"
    received(world, ward.bag)
    verbs = [act["verb"] for act in ask(world, f"{ward.bag}01", NIA).json()["acts"]]
    assert verbs == ["Check at the bedside", "Hand over bag", "Open bag"]


def test_the_wristband_of_a_patient_to_be_collected_leads_to_the_collection(sqlite_world: World) -> None:
    world, patient = sqlite_world, ordered_patient(sqlite_world)
    code = planned_collection(world, patient)
    act = {"href": f"/collections/{code}", "verb": "Start collection"}
    assert ask(world, f"{patient.wristband_code}01", NIA).json()["acts"][0] == act


def test_the_ward_checks_a_wristband_at_the_bedside(ready: Ready) -> None:
    world, ward = ready
    assert ask(world, ward.band, NIA).json()["acts"][0] == {"href": "/bedside", "verb": "Check at the bedside"}


def test_a_scan_that_is_answered_writes_nothing(ready: Ready) -> None:
    world, ward = ready
    world.client(TARA)
    before = world.rows("SELECT count(*) FROM ledger_event")
    assert scan(world, f"{ward.bag}01").status_code == 200
    assert world.rows("SELECT count(*) FROM ledger_event") == before
    assert world.rows("SELECT count(*) FROM request_key WHERE command = 'keep_stop'") == [(0,)]


TYPED: dict[str, Callable[[str], str]] = {
    "as printed": display,
    "in small letters": lambda code: display(code).lower(),
    "with blanks": lambda code: f" {code[:2]} {code[2:5]} {code[5:7]} {code[7:13]} {code[13]}",
    "bare": str,
}


@pytest.mark.requirement("REQ-113")
@pytest.mark.parametrize("way", TYPED)
def test_a_code_typed_from_its_label_is_looked_up(ready: Ready, way: str) -> None:
    world, ward = ready
    text = TYPED[way](ward.bag)
    form = {"scanned": text, "is_typed": "true", "request_key": str(uuid4())}
    page = world.client(TARA).post("/scan", data=form)
    assert (page.status_code, "HALVORSEN, Ingrid" in page.text) == (200, True)
    headers = {"Idempotency-Key": str(uuid4())}
    told = world.client(TARA).post("/api/v1/scan", json={"scanned": text, "is_typed": True}, headers=headers)
    assert told.json()["code"] == ward.bag
    assert ask(world, text).status_code == (200 if way == "bare" else 422), "a reader never sends it so"


def test_a_mistyped_code_is_told_as_what_it_is(sqlite_world: World) -> None:
    place = code_of(sqlite_world, "place")
    typed = display(place[:13] + ("A" if place[13] != "A" else "B")).lower()
    form = {"scanned": typed, "is_typed": "true", "request_key": str(uuid4())}
    assert "check character does not fit" in sqlite_world.client(TARA).post("/scan", data=form).text
    assert caught(sqlite_world)[0][0] == "bad_check"


def made_up(stem: str) -> Callable[[str], str]:
    return lambda _: stem + check_character(stem)


SENTENCES: dict[str, tuple[Callable[[str], str], str, str]] = {
    "lower case": (str.lower, "bad_character", "small letter"),
    "doubled": (lambda code: code * 2, "doubled_scan", "twice in one go"),
    "a wrong check character": (lambda code: code[:13] + ("A" if code[13] != "A" else "B"), "bad_check", "check"),
    "cut short": (lambda code: code[:9], "bad_length", "this has 9"),
    "a code of somebody else": (lambda _: "4006381333931", "unknown_prefix", "no code of ours"),
    "nothing on file": (
        lambda _: f"BGD7M26009999{check_character('BGD7M26009999')}",
        "not_on_file",
        "code of a product bag",
    ),
    "a code of another site": (made_up("BGX9K26000001"), "unknown_site", "of site X9K; this is site D7M"),
    "a kind not in use": (made_up("SHD7M26000001"), "not_on_file", "shipping box"),
    "a maker's code": (lambda _: "]d20104012345123456", "gs1_code", "maker"),
}


@pytest.mark.requirement("REQ-113")
@pytest.mark.requirement("REQ-128")
@pytest.mark.parametrize("case", SENTENCES)
def test_what_cannot_be_read_is_answered_by_a_sentence_and_kept(sqlite_world: World, case: str) -> None:
    change, code, words = SENTENCES[case]
    scanned = change(code_of(sqlite_world, "place"))
    answer = ask(sqlite_world, scanned)
    assert answer.json()["type"] == f"urn:veinline:{code}", answer.json()
    assert words in answer.json()["detail"]
    assert answer.json()["near_miss"] == "NM-26-0001"
    page = scan(sqlite_world, scanned)
    assert (page.status_code, words in page.text) == (answer.status_code, True)
    assert [row[0] for row in caught(sqlite_world)] == [code, code]


def on_hold(world: World, ward: Ward) -> tuple[str, Person]:
    placed_hold(world, ward.bag)
    return f"{ward.bag}01", TARA


def called_back(world: World, ward: Ward) -> tuple[str, Person]:
    recalled(world, ward.bag)
    return f"{ward.bag}01", CHLOE


def expired(world: World, ward: Ward) -> tuple[str, Person]:
    world.clock.forward(hours=9)
    return f"{ward.bag}01", TARA


def void_label(world: World, ward: Ward) -> tuple[str, Person]:
    labelled_again(world, ward.bag)
    return f"{ward.bag}01", TARA


def not_released(world: World, ward: Ward) -> tuple[str, Person]:
    world.sql("UPDATE decision_bag SET is_effective = :no, row_version = row_version + 1", no=False)
    return f"{ward.bag}01", NIA


STOPS = {
    "on_hold": on_hold,
    "recalled": called_back,
    "expired": expired,
    "void_label": void_label,
    "quarantined": not_released,
}


@pytest.mark.requirement("REQ-105")
@pytest.mark.requirement("REQ-128")
@pytest.mark.parametrize("code", STOPS)
def test_what_must_not_be_used_is_a_stop_and_a_near_miss(ready: Ready, code: str) -> None:
    world, ward = ready
    scanned, who = STOPS[code](world, ward)
    answer = scan(world, scanned, who)
    assert answer.status_code == 409
    for words in (">STOP<", "Near miss 26-0001 recorded", "HALVORSEN, Ingrid"):
        assert words in answer.text, words
    problem = ask(world, scanned, who).json()
    assert (problem["type"], problem["title"]) == (f"urn:veinline:{code}", "STOP")
    assert caught(world) == [(code, "scan anything", ward.bag)] * 2
    ((course,),) = world.rows("SELECT DISTINCT course_id FROM near_miss")
    assert course is not None, "it is filed under the course it protected"


def test_a_bag_that_waits_for_its_decision_is_daily_work_in_the_laboratory(ready: Ready) -> None:
    world, ward = ready
    scanned, _ = not_released(world, ward)
    assert scan(world, scanned, TARA).status_code == 200
    assert scan(world, scanned, QUINN).status_code == 200


def test_the_stop_is_kept_once_however_often_the_same_request_comes(ready: Ready) -> None:
    world, ward = ready
    scanned, _ = on_hold(world, ward)
    client, form = world.client(TARA), {"scanned": scanned, "request_key": str(uuid4())}
    assert [client.post("/scan", data=form).status_code for _ in range(2)] == [409, 409]
    assert len(caught(world)) == 1


def test_a_quarantined_material_is_a_stop_but_for_who_may_release_it(sqlite_world: World) -> None:
    code = registered_lot(sqlite_world, "AB serum pool 07", MaterialRole.SERUM)
    answer = scan(sqlite_world, code)
    assert (answer.status_code, "This material lot is in quarantine" in answer.text) == (409, True)
    assert scan(sqlite_world, code, SAM).status_code == 200
    release_lot(sqlite_world, code)
    assert scan(sqlite_world, code).status_code == 200
    recall_lot(sqlite_world, code)
    assert "was recalled" in scan(sqlite_world, code, SAM).text


def test_a_void_wristband_is_a_stop(ready: Ready) -> None:
    world, ward = ready
    world.sql("UPDATE wristband SET voided_at = issued_at, row_version = row_version + 1")
    answer = scan(world, ward.band, NIA, BED)
    assert (answer.status_code, "replaced and is void" in answer.text) == (409, True)


@pytest.mark.requirement("REQ-113")
@pytest.mark.parametrize("table", ["bag", "wristband", "product_lot", "sample", "place"])
def test_a_scan_costs_at_most_eight_statements_with_the_sign_in(ready: Ready, table: str) -> None:
    world, _ = ready
    code, client = code_of(world, table), world.client(TARA)
    made: list[str] = []
    listening = (world.app.state.house.database.reader, "before_cursor_execute")

    def note(*told: object) -> None:
        made.append(str(told[2]))

    event.listen(*listening, note)
    answer = client.post("/scan", data={"scanned": code, "request_key": str(uuid4())})
    event.remove(*listening, note)
    assert answer.status_code == 200
    asked = [one for one in made if one.startswith("SELECT")]
    assert 1 < len(asked) <= 8, asked


@pytest.mark.requirement("REQ-113")
def test_the_scan_of_a_program_and_the_page_of_a_bag_cost_few_statements(ready: Ready) -> None:
    world, ward = ready
    client = world.client(TARA)
    with statements(world) as scanned:
        asked = {"scanned": ward.bag}
        assert client.post("/api/v1/scan", json=asked, headers={"Idempotency-Key": str(uuid4())}).status_code == 200
    with statements(world) as shown:
        assert client.get(f"/bags/{ward.bag}").status_code == 200
    assert 1 < len(scanned) <= 8, scanned
    assert 1 < len(shown) <= 10, shown
