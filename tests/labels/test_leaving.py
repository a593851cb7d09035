"""What leaves for a printer was read back first; what does not hold stays on record as refused, and nothing leaves."""

from __future__ import annotations

from dataclasses import replace
from io import BytesIO

import pytest
from PIL import Image

from app.domain.states import LabelState
from app.labels import commands
from app.labels.drawing.outputs.zpl import bitmap_from_zpl
from app.labels.queries.copies import Count, label_page
from app.labels.schemas import HandOutLabel, PrintLabel, SpoilLabel
from tests.culture.doors import by_api
from tests.labels.test_copies import CREASED, back, band, handed_out, printed
from tests.line.patients import INGRID, enrol
from tests.people import NIA, TARA
from tests.world import World

NO_GLYPH = "李"


def count(world: World, code: str) -> Count:
    with world.database.reading() as db:
        return label_page(db, code, world.clock(), "UTC", world.actor(db, TARA)).count


def unprintable(world: World) -> str:
    """The wristband of somebody whose name our fonts cannot print."""
    return enrol(world, replace(INGRID, family_name=NO_GLYPH)).wristband_code


@pytest.mark.requirement("REQ-103", "REQ-106")
def test_a_label_that_does_not_hold_is_refused_and_nothing_leaves(world: World) -> None:
    code = unprintable(world)
    assert world.act(TARA, commands.print_label, PrintLabel(code=code)).state is LabelState.REFUSED
    assert count(world, code) == Count(labels=1, decoded=0, refused=1)
    ((state, why, sha256),) = world.rows("SELECT state, refused_why, pdf_sha256 FROM label")
    assert (state, sha256) == ("refused", None)
    assert "recipient name" in str(why)
    assert "U+674E" in str(why)
    answer = world.client(TARA).get(f"/api/v1/labels/{code}/1-12.png")
    assert (answer.status_code, answer.json()["type"]) == (409, "urn:veinline:label_refused")
    for form in ("pdf", "zpl-8"):
        assert "was refused" in handed_out(world, code, form=form).text


def test_the_page_says_why_a_label_was_refused_and_offers_no_paper(sqlite_world: World) -> None:
    world, code = sqlite_world, unprintable(sqlite_world)
    world.act(TARA, commands.print_label, PrintLabel(code=code))
    page = world.client(TARA).get(f"/labels/{code}").text
    assert "1\N{NO-BREAK SPACE}label, 0 decoded, 1 refused" in page
    assert page.count("U+674E") >= 2, "where the copy stands, and where the preview would be"
    assert "Codes and words read back" not in page
    assert "Download ZPL" not in page
    assert "Why again" not in page


def test_a_print_after_a_refused_one_is_no_reprint_and_reads_the_records_anew(sqlite_world: World) -> None:
    world, code = sqlite_world, unprintable(sqlite_world)
    world.act(TARA, commands.print_label, PrintLabel(code=code))
    world.sql("UPDATE patient SET family_name = 'Li', row_version = row_version + 1")
    moved = world.act(TARA, commands.print_label, PrintLabel(code=code))
    assert (moved.print_number, moved.state) == (2, LabelState.SENT)
    assert world.rows("SELECT reason FROM label ORDER BY id") == [(None,), ("Print 1 was refused and never left",)]
    assert count(world, code) == Count(labels=2, decoded=1, refused=1, unread=1)
    world.act(TARA, commands.scan_back_label, back(code, 2))


def test_a_label_that_was_out_once_needs_a_reason_again(sqlite_world: World) -> None:
    world, code = sqlite_world, band(sqlite_world)
    number = printed(world, code)
    world.act(TARA, commands.spoil_label, SpoilLabel(code=code, print_number=number, reason=CREASED))
    assert world.refused(TARA, commands.print_label, PrintLabel(code=code)).code == "reason_required"


@pytest.mark.requirement("REQ-103", "REQ-106")
@pytest.mark.parametrize("dots_per_mm", [8, 12])
def test_printer_bytes_and_picture_show_the_copy_at_the_dots_asked_for(sqlite_world: World, dots_per_mm: int) -> None:
    world, code = sqlite_world, band(sqlite_world)
    printed(world, code)
    answer = handed_out(world, code, form=f"zpl-{dots_per_mm}")
    assert answer.headers["content-disposition"] == f'attachment; filename="{code}-01-{dots_per_mm}.zpl"'
    image = bitmap_from_zpl(answer.content)
    assert image.size == (100 * dots_per_mm, round(25.4 * dots_per_mm))
    png = world.client(TARA).get(f"/api/v1/labels/{code}/1-{dots_per_mm}.png")
    assert Image.open(BytesIO(png.content)).tobytes() == image.tobytes()


@pytest.mark.parametrize("form", ["zpl-9", "zpl-0", "png"])
def test_other_forms_and_dots_are_refused(sqlite_world: World, form: str) -> None:
    code = band(sqlite_world)
    printed(sqlite_world, code)
    assert handed_out(sqlite_world, code, form=form).status_code == 422


def test_a_nurse_gets_no_printer_bytes(sqlite_world: World) -> None:
    code = band(sqlite_world)
    printed(sqlite_world, code)
    assert by_api(sqlite_world, NIA, "/labels/file", HandOutLabel(code=code, print_number=1, form="zpl-8"))[0] == 403
