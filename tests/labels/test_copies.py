"""Every copy of a label is read back, applied by two, and accounted for; an older print is void."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from uuid import uuid4

import pypdfium2
import pytest
from httpx2 import Response

from app.domain.states import LabelState
from app.labels import commands
from app.labels.queries.copies import Equation, label_page
from app.labels.queries.paper import label_pdf
from app.labels.schemas import ApplyLabel, DestroyLabel, HandOutLabel, PrintLabel, ScanBack, SpoilLabel
from tests.culture.doors import by_api, by_page
from tests.custody.ward import near_misses, state_of
from tests.hostile import refused_by_the_database
from tests.line.assay import register
from tests.line.collection import apheresis, ended_collection
from tests.line.culture import filled_bags, shelf
from tests.line.labels import apply_label_to
from tests.line.patients import JAMES, enrol, ordered_patient
from tests.people import CHLOE, NIA, QUINN, SAM, TARA, THEO, Person
from tests.world import World

CREASED = "it came out creased"
AtStage = Callable[[str, Callable[[World], object]], tuple[World, object]]


def band(world: World) -> str:
    """The cheapest labelled thing: a wristband."""
    return enrol(world).wristband_code


def printed(world: World, code: str, reason: str | None = None) -> int:
    return world.act(TARA, commands.print_label, PrintLabel(code=code, reason=reason)).print_number


def back(code: str, number: int = 1, scanned: str = "") -> ScanBack:
    return ScanBack(code=code, print_number=number, scanned=scanned or f"{code}{number:02}")


def apply(world: World, code: str, number: int = 1, second: Person = THEO, scanned: str = "") -> ApplyLabel:
    copy = {"code": code, "print_number": number, "scanned": scanned or f"{code}{number:02}"}
    return ApplyLabel.model_validate(copy | world.second(second))


def spoil(code: str, number: int = 1, reason: str = CREASED) -> SpoilLabel:
    return SpoilLabel(code=code, print_number=number, reason=reason)


def destroy(world: World, code: str, number: int = 1, witness: Person = THEO) -> DestroyLabel:
    return DestroyLabel.model_validate({"code": code, "print_number": number} | world.second(witness))


def equation(world: World, code: str) -> Equation:
    with world.database.reading() as db:
        return label_page(db, code, world.clock(), "UTC", world.actor(db, TARA)).equation


@pytest.mark.requirement("REQ-054")
@pytest.mark.requirement("REQ-137")
def test_each_copy_counts_once_by_its_last_state(sqlite_world: World) -> None:
    world, code = sqlite_world, band(sqlite_world)
    assert equation(world, code) == Equation(0, 0, 0, 0, 0)
    printed(world, code)
    assert equation(world, code) == Equation(0, 0, 0, 0, 0), "sent is not printed"
    world.act(TARA, commands.spoil_label, spoil(code))
    assert equation(world, code) == Equation(1, 0, 1, 0, 0)
    apply_label_again(world, code)
    assert equation(world, code) == Equation(2, 1, 1, 0, 0)
    world.act(TARA, commands.destroy_label, destroy(world, code))
    apply_label_again(world, code)
    assert equation(world, code) == Equation(3, 1, 0, 1, 1), "the void print is still to be destroyed"
    world.act(TARA, commands.destroy_label, destroy(world, code, 2))
    assert equation(world, code) == Equation(3, 1, 0, 2, 0)


def apply_label_again(world: World, code: str) -> None:
    number = printed(world, code, CREASED)
    world.act(TARA, commands.scan_back_label, back(code, number))
    world.act(TARA, commands.apply_label, apply(world, code, number))


@pytest.mark.requirement("REQ-105")
def test_a_reprint_needs_a_reason_and_voids_the_print_before_it(world: World) -> None:
    code = band(world)
    apply_label_to(world, code)
    refusal = world.refused(TARA, commands.print_label, PrintLabel(code=code))
    assert refusal.code == "reason_required"
    assert by_api(world, TARA, "/labels", PrintLabel(code=code)) == (422, "reason_required")
    apply_label_again(world, code)
    assert world.rows("SELECT print_number, state FROM label ORDER BY id") == [(1, "void"), (2, "applied")]


def test_a_reprint_says_what_was_printed_and_not_what_is_on_file_since(sqlite_world: World) -> None:
    world, code = sqlite_world, band(sqlite_world)
    apply_label_to(world, code)
    world.sql("UPDATE patient SET family_name = 'Changed', row_version = row_version + 1")
    number = printed(world, code, CREASED)
    words = text_of(world.read(label_pdf, code, number))
    assert "HALVORSEN" in words
    assert "CHANGED" not in words


def test_while_a_copy_is_on_its_way_there_is_no_other(world: World) -> None:
    code = band(world)
    printed(world, code)
    assert world.refused(TARA, commands.print_label, PrintLabel(code=code, reason=CREASED)).code == "label_on_the_way"


@pytest.mark.requirement("REQ-104")
@pytest.mark.parametrize("scan", ["another thing", "another print", "linear symbol"])
def test_only_this_very_copy_is_scanned_back(world: World, scan: str) -> None:
    code, other = band(world), enrol(world, JAMES).wristband_code
    printed(world, code)
    scanned = {"another thing": f"{other}01", "another print": f"{code}02", "linear symbol": code}[scan]
    refusal = world.refused(TARA, commands.scan_back_label, back(code, scanned=scanned))
    assert refusal.code == ("scan_square_symbol" if scan == "linear symbol" else "another_label")
    status, slug = by_api(world, TARA, "/labels/scan-back", back(code, scanned=scanned))
    assert (status in {409, 422}, slug) == (True, refusal.code)
    expected = [] if scan == "linear symbol" else [("another_label", "scan back", None)]
    assert near_misses(world) == expected


@pytest.mark.requirement("REQ-104")
@pytest.mark.requirement("REQ-076")
def test_who_scanned_it_back_does_not_confirm_it(world: World) -> None:
    code = band(world)
    printed(world, code)
    world.act(TARA, commands.scan_back_label, back(code))
    assert world.refused(TARA, commands.apply_label, apply(world, code, second=TARA)).code == "second_is_first"
    assert world.refused(THEO, commands.apply_label, apply(world, code, second=TARA)).code == "verified_by_same"
    assert world.refused(TARA, commands.apply_label, apply(world, code, second=QUINN)).code == "not_permitted"
    assert world.act(THEO, commands.apply_label, apply(world, code, second=SAM)).state is LabelState.APPLIED


def test_a_copy_that_was_not_scanned_back_is_not_applied(world: World) -> None:
    code = band(world)
    printed(world, code)
    assert world.refused(TARA, commands.apply_label, apply(world, code)).code == "cannot_verify"


BEHIND = {
    "nobody read it back": ("UPDATE label SET state = 'scanned_back', row_version = 2", "label_not_checked_by_two"),
    "one person did both": (
        "UPDATE label SET state = 'scanned_back', scanned_back_by_id = 1, verified_by_id = 1, row_version = 2",
        "verified_by_another",
    ),
}


@pytest.mark.requirement("REQ-104")
@pytest.mark.parametrize("attempt", BEHIND)
def test_the_database_lets_no_unchecked_label_count_as_applied(world: World, attempt: str) -> None:
    code = band(world)
    printed(world, code)
    statement, because = BEHIND[attempt]
    if because == "verified_by_another":
        refused_by_the_database(world, statement, because)
        return
    world.sql(statement)
    world.sql("UPDATE label SET state = 'verified', row_version = 3")
    refused_by_the_database(world, "UPDATE label SET state = 'applied', row_version = 4", because)


@pytest.mark.parametrize("state", ["verified", "void", "destroyed"])
def test_the_database_lets_no_copy_jump(world: World, state: str) -> None:
    printed(world, band(world))
    refused_by_the_database(world, f"UPDATE label SET state = '{state}'", "transition")


def test_what_a_copy_says_never_changes(world: World) -> None:
    printed(world, band(world))
    refused_by_the_database(world, "UPDATE label SET content = '{}'", "fixed")
    refused_by_the_database(world, "DELETE FROM label", "nothing_is_deleted")


def handed_out(world: World, code: str, number: int = 1, *, form: str = "pdf", key: str | None = None) -> Response:
    """The answer to a download by page."""
    asked = {"code": code, "print_number": str(number), "form": form, "request_key": key or str(uuid4())}
    return world.client(TARA).post(f"/labels/{code}/file", data=asked)


@pytest.mark.requirement("REQ-103")
def test_the_bytes_for_the_printer_are_those_the_server_read_back(sqlite_world: World) -> None:
    world, code = sqlite_world, band(sqlite_world)
    printed(world, code)
    answer = handed_out(world, code)
    assert (answer.status_code, answer.headers["content-type"]) == (200, "application/pdf")
    assert answer.headers["content-disposition"] == f'attachment; filename="{code}-01.pdf"'
    assert world.rows("SELECT pdf_sha256 FROM label") == [(hashlib.sha256(answer.content).hexdigest(),)]
    assert "HALVORSEN" in text_of(answer.content)


@pytest.mark.requirement("REQ-103")
def test_the_download_is_the_sending_and_happens_once_by_page_and_api(world: World) -> None:
    code = band(world)
    printed(world, code)
    key = str(uuid4())
    assert "Download PDF" in world.client(TARA).get(f"/labels/{code}").text
    assert handed_out(world, code, form="zpl-8", key=key).status_code == 200
    assert "Download PDF" not in world.client(TARA).get(f"/labels/{code}").text
    for again in (handed_out(world, code), handed_out(world, code, form="zpl-8", key=key)):
        assert (again.status_code, "ask for a reprint" in again.text) == (409, True)
    assert by_api(world, TARA, "/labels/file", HandOutLabel(code=code, print_number=1, form="pdf")) == (
        409,
        "handed_out_already",
    )
    refused_by_the_database(world, "UPDATE label SET handed_out_at = NULL", "handed_out_once")


def test_a_label_with_times_is_drawn_again_in_the_zone_of_the_site(sqlite_world: World) -> None:
    world = sqlite_world
    code = ended_collection(world, ordered_patient(world), apheresis(world))
    printed(world, code)
    assert "local time (CET)" in text_of(world.read(label_pdf, code, 1))


def test_other_bytes_than_those_are_not_handed_out(sqlite_world: World) -> None:
    world, code = sqlite_world, band(sqlite_world)
    printed(world, code)
    world.sql("UPDATE label SET pdf_sha256 = :other", other="0" * 64)
    asked = HandOutLabel(code=code, print_number=1, form="pdf")
    assert by_api(world, TARA, "/labels/file", asked) == (409, "label_bytes_differ")
    assert world.rows("SELECT handed_out_at FROM label") == [(None,)], "it did not leave"


def test_a_copy_that_is_on_paper_is_not_handed_out_again(sqlite_world: World) -> None:
    world, code = sqlite_world, band(sqlite_world)
    printed(world, code)
    world.act(TARA, commands.scan_back_label, back(code))
    answer = handed_out(world, code)
    assert (answer.status_code, "Ask for a reprint" in answer.text) == (409, True)
    assert handed_out(world, code, 2).status_code == 404


@pytest.mark.parametrize("who", [CHLOE, NIA, QUINN])
def test_only_the_laboratory_prints(sqlite_world: World, who: Person) -> None:
    code = band(sqlite_world)
    assert sqlite_world.refused(who, commands.print_label, PrintLabel(code=code)).code == "not_permitted"
    page = sqlite_world.client(who).get(f"/labels/{code}").text
    assert "<form" not in page.split('class="labels"')[1].split("</main>")[0]
    assert "A technician or the supervisor" in page


def test_a_spoiled_copy_says_why_and_is_destroyed_before_a_witness(world: World) -> None:
    code = band(world)
    printed(world, code)
    assert world.refused(TARA, commands.spoil_label, spoil(code, reason="error")).code == "reason_required"
    assert world.refused(TARA, commands.destroy_label, destroy(world, code)).code == "cannot_destroy"
    world.act(TARA, commands.spoil_label, spoil(code))
    assert world.refused(TARA, commands.scan_back_label, back(code)).code == "cannot_scan_back"
    assert world.refused(TARA, commands.destroy_label, destroy(world, code, witness=TARA)).code == "second_is_first"
    assert world.act(TARA, commands.destroy_label, destroy(world, code)).state is LabelState.DESTROYED


def filled(world: World) -> str:
    return filled_bags(world, shelf(world), register)[1].bag_codes[0]


@pytest.mark.requirement("REQ-054")
@pytest.mark.requirement("REQ-104")
def test_a_bag_with_an_unverified_label_does_not_move(at_stage: AtStage) -> None:
    world, bag = at_stage("filled_bags", filled)
    assert isinstance(bag, str)
    number = printed(world, bag)
    world.act(TARA, commands.scan_back_label, back(bag, number))
    refused_by_the_database(world, "UPDATE bag SET state = 'labelled'", "label_not_applied")
    assert state_of(world, bag) == "filled"
    world.act(TARA, commands.apply_label, apply(world, bag, number))
    assert state_of(world, bag) == "labelled"
    look = "SELECT kind, actor_id, witness_id FROM custody_event ORDER BY id DESC LIMIT 1"
    assert world.rows(look) == [("label", world.user_id(TARA), world.user_id(THEO))]


def test_a_label_walks_through_its_pages(at_stage: AtStage) -> None:
    world, bag = at_stage("filled_bags", filled)
    assert isinstance(bag, str)
    steps = (
        ("print", PrintLabel(code=bag), {}, "As it would be printed now"),
        ("spoil", spoil(bag), {}, "Scan print 1 back"),
        ("destroy", destroy(world, bag), world.second(THEO), "Destroy print 1"),
        ("print", PrintLabel(code=bag, reason=CREASED), {}, "saw it destroyed"),
        ("scan-back", back(bag, 2), {}, "Download PDF"),
        ("apply", apply(world, bag, 2), world.second(THEO), "Apply print 2"),
    )
    for step, asked, secrets, words in steps:
        page = world.client(TARA).get(f"/labels/{bag}").text
        assert words in page, (step, words)
        assert 'width="101.6mm"' in page
        assert by_page(world, TARA, f"/labels/{bag}/{step}", asked, **secrets) == (303, f"/labels/{bag}")
    page = world.client(TARA).get(f"/labels/{bag}").text
    assert "Reprint, with reason" in page
    assert "to account for" not in page


def text_of(pdf: bytes) -> str:
    document = pypdfium2.PdfDocument(pdf)
    try:
        return str(document[0].get_textpage().get_text_bounded())
    finally:
        document.close()
