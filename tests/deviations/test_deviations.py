"""What was not as it should be stands open, blocks release, and is closed by QA's signature: not by who opened it."""

from __future__ import annotations

import pytest

from app.collection.commands import quarantine_collection
from app.collection.schemas import StopCollection
from app.custody.commands import issue_bag
from app.deviations import commands
from app.deviations.schemas import ClosingWords, RaiseDeviation
from app.domain.release import BlockerKind
from app.domain.vocabulary import DeviationClass, Disposition
from app.release.judged import release_case
from tests.culture.doors import by_api, by_page
from tests.hostile import refused_by_the_database
from tests.line.collection import apheresis, collected_patient, received_collection, version_of
from tests.line.custody import issue_request
from tests.line.deviations import close_request, closed_deviation, raised_deviation
from tests.line.infusion import Ward
from tests.line.patients import ordered_patient
from tests.people import ADA, CHLOE, IRIS, NIA, QUENTIN, QUINN, SAM, TARA, THEO, Person
from tests.world import World

DESK = "QA desk"
CLOSED = (
    "UPDATE deviation SET state = 'closed', disposition = 'use', cause = 'x', effect = 'x', action = 'x',"
    " closed_at = opened_at, closed_by_id = {by}, signature_id = (SELECT max(id) FROM signature),"
    " row_version = row_version + 1"
)


def what(about: str, words: str = "it stood outside the store") -> RaiseDeviation:
    return RaiseDeviation(about=about, grade=DeviationClass.MAJOR, what=words)


@pytest.mark.requirement("REQ-035")
@pytest.mark.parametrize("table", ["bag", "product_lot", "culture", "sample", "course"])
def test_it_can_be_about_anything_of_a_course(lot: tuple[World, Ward], table: str) -> None:
    world, _ = lot
    ((code,),) = world.rows(f"SELECT code FROM {table} ORDER BY id LIMIT 1")
    number = raised_deviation(world, str(code))
    assert number == "DV-26-0001"
    rows = world.rows("SELECT about, state, product_lot_id IS NOT NULL FROM deviation")
    assert [(about, state, bool(lot_id)) for about, state, lot_id in rows] == [
        (code, "open", table in {"bag", "product_lot"})
    ]
    page = world.client(TARA).get(f"/deviations/{number}").text
    assert "It blocks the release of" in page


@pytest.mark.requirement("REQ-035")
@pytest.mark.requirement("REQ-066")
def test_open_it_blocks_release_and_closed_it_does_not(lot: tuple[World, Ward]) -> None:
    world, ward = lot
    ((code,),) = world.rows("SELECT code FROM product_lot")

    def blocks() -> bool:
        case = world.read(release_case, code, world.clock())
        return any(blocker.kind is BlockerKind.OPEN_DEVIATION for blocker in case.evaluation.blockers)

    assert not blocks()
    number = raised_deviation(world, ward.bag)
    assert blocks()
    closed_deviation(world, number)
    assert not blocks()


def test_words_that_say_nothing_are_refused(sqlite_world_lot: tuple[World, Ward]) -> None:
    world, ward = sqlite_world_lot
    assert world.refused(TARA, commands.raise_deviation, what(ward.bag, "error")).code == "reason_required"
    assert world.refused(TARA, commands.raise_deviation, what(world.badge(TARA))).code == "wrong_kind"


def test_who_opened_it_does_not_close_it(lot: tuple[World, Ward]) -> None:
    world, ward = lot
    number = raised_deviation(world, ward.bag, QUENTIN)
    asked = close_request(world, number)
    assert world.refused(QUENTIN, commands.close_deviation, asked, station=DESK).code == "own_act"
    secrets = {"secret": QUENTIN.pin}
    assert by_api(world, QUENTIN, "/deviations/close", asked, **secrets) == (403, "own_act")
    assert by_page(world, QUENTIN, "/deviations/close", asked, **secrets)[0] == 403
    refused_by_the_database(world, CLOSED.format(by="opened_by_id"), "clos")
    assert "because you opened it" in world.client(QUENTIN).get(f"/deviations/{number}").text
    world.act(QUINN, commands.close_deviation, close_request(world, number, who=QUINN), station=DESK)


@pytest.mark.parametrize("who", [TARA, SAM, CHLOE, NIA, IRIS])
def test_only_qa_closes(sqlite_world_lot: tuple[World, Ward], who: Person) -> None:
    world, ward = sqlite_world_lot
    asked = close_request(world, raised_deviation(world, ward.bag, THEO), who=who)
    assert world.refused(who, commands.close_deviation, asked).code == "not_permitted"


BEHIND = {
    "no signature of its own": (CLOSED.format(by="opened_by_id + 1"), "closing_not_signed"),
    "born closed": (
        "INSERT INTO deviation (course_id, patient_id, number, about, grade, state, what, opened_at, opened_by_id,"
        " disposition, signature_id, row_version) SELECT course_id, patient_id, 'DV-26-0099', about, grade, 'closed',"
        " what, opened_at, opened_by_id, 'use', (SELECT max(id) FROM signature), 1 FROM deviation",
        "deviation_begins_open",
    ),
    "taken away": ("DELETE FROM deviation", "nothing_is_deleted"),
    "about something else": ("UPDATE deviation SET about = 'X'", "fixed"),
}


@pytest.mark.parametrize("attempt", BEHIND)
def test_it_is_not_closed_behind_the_application(lot: tuple[World, Ward], attempt: str) -> None:
    world, ward = lot
    raised_deviation(world, ward.bag)
    refused_by_the_database(world, *BEHIND[attempt])


def test_closed_it_stays_closed(lot: tuple[World, Ward]) -> None:
    world, ward = lot
    number = raised_deviation(world, ward.bag)
    closed_deviation(world, number)
    again = close_request(world, number, who=QUINN)
    assert world.refused(QUINN, commands.close_deviation, again, station=DESK).code == "deviation_closed"
    refused_by_the_database(world, "UPDATE deviation SET state = 'open'", "deviation_stays_closed")


@pytest.mark.requirement("REQ-015")
def test_the_signature_binds_the_words(lot: tuple[World, Ward]) -> None:
    world, ward = lot
    number = raised_deviation(world, ward.bag)
    other = close_request(world, number).model_copy(update={"effect": "none at all"})
    assert world.refused(QUENTIN, commands.close_deviation, other, station=DESK).code == "record_changed"
    closed_deviation(world, number)
    ((record,),) = world.rows("SELECT record FROM signature WHERE record_of = :of", of=f"deviation:{number}")
    assert '"effect":"none found"' in str(record)


def test_a_lot_that_is_rejected_goes_on_hold_at_once(lot: tuple[World, Ward]) -> None:
    world, ward = lot
    closed_deviation(world, raised_deviation(world, ward.bag), Disposition.REJECT)
    assert world.refused(TARA, issue_bag, issue_request(world, ward.bag)).code == "on_hold"
    assert world.rows("SELECT placed_by_id, lifted_at FROM hold") == [(world.user_id(QUENTIN), None)]


@pytest.mark.parametrize(("table", "on_the_lot"), [("culture", True), ("sample", True), ("course", False)])
def test_what_is_rejected_stops_everything_made_of_it(lot: tuple[World, Ward], table: str, on_the_lot: bool) -> None:
    world, ward = lot
    ((code,),) = world.rows(f"SELECT code FROM {table} ORDER BY id LIMIT 1")
    closed_deviation(world, raised_deviation(world, str(code)), Disposition.REJECT)
    assert [bool(row[0]) for row in world.rows("SELECT product_lot_id IS NOT NULL FROM hold")] == [on_the_lot]
    assert world.refused(TARA, issue_bag, issue_request(world, ward.bag)).code == "on_hold"


@pytest.mark.parametrize(("state", "holds"), [("quarantined", 0), ("accepted", 1)])
def test_a_rejected_collection_is_never_cultured(sqlite_world: World, state: str, holds: int) -> None:
    world = sqlite_world
    if state == "accepted":
        _, collection = collected_patient(world)
    else:
        collection = received_collection(world, ordered_patient(world), apheresis(world))
        asked = StopCollection(
            collection_code=collection, row_version=version_of(world, collection), reason="the bag leaked"
        )
        world.act(TARA, quarantine_collection, asked)
    closed_deviation(world, raised_deviation(world, collection), Disposition.REJECT)
    assert world.rows("SELECT count(*) FROM hold WHERE product_lot_id IS NULL") == [(holds,)]


@pytest.mark.requirement("REQ-014")
def test_it_is_raised_and_closed_through_the_pages(lot: tuple[World, Ward]) -> None:
    world, ward = lot
    assert "Raise deviation" in world.client(TARA).get(f"/deviations/new?about={ward.bag}").text
    assert by_page(world, TARA, "/deviations", what(ward.bag)) == (303, "/deviations/DV-26-0001")
    assert "DV-26-0001" in world.client(SAM).get("/deviations").text
    words = ClosingWords(
        number="DV-26-0001",
        cause="a door left open",
        effect="none found",
        action="an alarm was put on the door",
        disposition=Disposition.USE,
    )
    client = world.client(QUINN, DESK)
    form = words.model_dump(mode="json") | {"request_key": "0b0e7f0e-0000-4000-8000-00000000aaaa"}
    review = client.post("/deviations/review", data=form)
    asked = close_request(world, "DV-26-0001", who=QUINN)
    assert asked.record_sha256 in review.text
    assert by_page(world, QUINN, "/deviations/close", asked, secret=QUINN.pin) == (303, "/deviations/DV-26-0001")
    page = world.client(TARA).get("/deviations/DV-26-0001").text
    for part in ("a door left open", "an alarm was put on the door", "Signed by Quinn Lindqvist", "approved"):
        assert part in page, part


def test_an_administrator_raises_one_and_sees_no_patient(sqlite_world_lot: tuple[World, Ward]) -> None:
    world, ward = sqlite_world_lot
    client = world.client(ADA, None)
    form = what(ward.bag).model_dump(mode="json") | {"request_key": "0b0e7f0e-0000-4000-8000-00000000bbbb"}
    assert client.post("/deviations", data=form).headers["location"] == "/more"
    assert client.get("/deviations/DV-26-0001").status_code == 403
