"""The pages of printers and print jobs: what they say at each step, by page and by API alike."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable
from uuid import uuid4

import pytest

from app.domain.labels.reader_check import TEST_TEXT
from app.domain.vocabulary import SpoilReason, Transport
from app.labels.commands import destroy_label, spoil_label
from app.labels.schemas import DestroyLabel, HandOutLabel, SpoilLabel
from app.printing import commands
from app.printing.schemas import (
    ApplyJob,
    CancelJob,
    CheckPrinter,
    NewPrinter,
    PrintLabelJob,
    PrintVesselLabels,
    RetirePrinter,
    ScanBackInJob,
    TestPrinter,
)
from app.printing.sending.spooler import print_test_label
from tests.culture.doors import by_api, by_page
from tests.line.patients import JAMES, enrol
from tests.people import ADA, TARA, THEO
from tests.printing.house import (
    BAND_MM,
    SHORT,
    VESSEL_MM,
    Growing,
    download,
    growing,
    named,
    network_printer,
    of_group,
    of_thing,
    scan,
    sent,
    state,
    version,
)
from tests.printing.sink import Fault, nobody_listens, printer, squares
from tests.world import World

AtStage = Callable[[str, Callable[[World], object]], tuple[World, object]]


def at_growing(at_stage: AtStage) -> tuple[World, Growing]:
    world, culture = at_stage("growing_for_print", growing)
    assert isinstance(culture, Growing)
    return world, culture


def page(world: World, path: str) -> str:
    answer = world.client(TARA).get(path)
    assert answer.status_code == 200, answer.text
    return " ".join(answer.text.split())


def test_a_group_walks_through_its_pages(at_stage: AtStage) -> None:
    world, culture = at_growing(at_stage)
    assert f"/batches/{culture.culture}/labels" in page(world, f"/batches/{culture.culture}")
    with printer() as sink:
        roll = network_printer(world, sink.port)
        assert "32 vessels without label" in page(world, f"/batches/{culture.culture}/labels")
        asked = PrintVesselLabels(culture_code=culture.culture, printer_code=roll)
        where = by_page(world, TARA, f"/batches/{culture.culture}/labels", asked)
        assert where == (303, "/print-jobs/1")
        assert "32 labels waiting for Roll. Nothing has left yet." in page(world, "/print-jobs/1")
        assert "waits for its printer" in page(world, f"/labels/{culture.vessels[0]}")
        sent(world, 1)
    for code in culture.vessels[:4]:
        back = ScanBackInJob(job=1, code=code, print_number=1, scanned=f"{code}01")
        assert by_page(world, TARA, "/print-jobs/1/scan-back", back) == (303, "/print-jobs/1")
    assert "4 of 32 labels scanned back. Scan the next one." in page(world, "/print-jobs/1")
    back = ScanBackInJob(job=1, code=culture.vessels[4], print_number=1, scanned=f"{culture.vessels[4]}01")
    assert by_api(world, TARA, "/print-jobs/scan-back", back) == (200, "")
    for code in culture.vessels[5:]:
        scan(world, 1, code)
    assert "Confirm the labelled vessels" in page(world, "/print-jobs/1")
    ends = {"first_scanned": f"{culture.vessels[0]}01", "last_scanned": f"{culture.vessels[-1]}01", "count": 32}
    applied = ApplyJob.model_validate(ends | {"job": 1} | world.second(THEO))
    assert by_page(world, TARA, "/print-jobs/1/apply", applied, **world.second(THEO))[0] == 303
    assert "Every copy has its end: 32 printed = 32 applied + 0 spoiled" in page(world, "/print-jobs/1")
    assert by_page(world, TARA, "/print-jobs/1/reconcile", named(world, 1))[0] == 303
    assert "Every copy is accounted for." in page(world, "/print-jobs/1")
    assert "The labels of all vessels were asked for" in page(world, f"/batches/{culture.culture}/labels")


def test_an_interrupted_job_says_which_labels_are_uncertain(at_stage: AtStage) -> None:
    world, culture = at_growing(at_stage)
    with printer(Fault.CLOSES_IN_THE_SECOND_LABEL) as sink:
        job = of_group(world, culture.culture, network_printer(world, sink.port)).job
        sent(world, job)
        said = page(world, f"/print-jobs/{job}")
        begun = said.count("Begun when the connection broke")
        assert f"{begun} of 32 labels may have come out. {32 - begun} can still be sent" in said
        assert "The printer hung up." in said
        sink.fault = Fault.NONE
        assert by_page(world, TARA, f"/print-jobs/{job}/rest", named(world, job))[0] == 303
        sent(world, job)
    scan(world, job, culture.vessels[0])
    gone = SpoilLabel(code=culture.vessels[1], print_number=1, spoiled_as=SpoilReason.DID_NOT_COME_OUT)
    assert by_page(world, TARA, f"/labels/{culture.vessels[1]}/spoil", gone)[0] == 303
    said = page(world, f"/print-jobs/{job}")
    assert "Did not come out" in said
    assert "1 of 32 labels scanned back, 1 spoiled. Scan the next one." in said
    destroyed = DestroyLabel.model_validate({"code": culture.vessels[1], "print_number": 1} | world.second(THEO))
    world.act(TARA, destroy_label, destroyed)
    assert "Did not come out" in page(world, f"/labels/{culture.vessels[1]}")


@pytest.mark.parametrize(("transport", "kind"), [(Transport.DOWNLOAD_PDF, "pdf"), (Transport.DOWNLOAD_ZPL, "zpl")])
def test_the_download_is_the_sending_and_happens_once(at_stage: AtStage, transport: Transport, kind: str) -> None:
    world, culture = at_growing(at_stage)
    desk = download(world, transport)
    job = of_group(world, culture.culture, desk).job
    assert "32 labels to download, once." in page(world, f"/print-jobs/{job}")
    asked = named(world, job).model_dump(mode="json") | {"request_key": str(uuid4())}
    answer = world.client(TARA).post(f"/print-jobs/{job}/file", data=asked)
    assert answer.headers["content-disposition"] == f'attachment; filename="print-job-{job}.{kind}"'
    hashes = [str(row[0]) for row in world.rows("SELECT sent_sha256 FROM label WHERE print_job_id = :job", job=job)]
    if kind == "pdf":
        assert set(hashes) == {hashlib.sha256(answer.content).hexdigest()}
    else:
        head, *labels = re.findall(rb"\^XA.*?\^XZ", answer.content, re.DOTALL)
        assert squares([head, *labels]) == ["", *(f"{code}01" for code in culture.vessels)]
        assert hashes == [hashlib.sha256(label).hexdigest() for label in labels]
    assert world.client(TARA).post(f"/print-jobs/{job}/file", data=asked).status_code == 409
    assert by_page(world, TARA, f"/print-jobs/{job}/file", named(world, job))[0] == 409
    assert by_api(world, TARA, "/print-jobs/file", named(world, job)) == (409, "handed_out_already")
    alone = HandOutLabel(code=culture.vessels[0], print_number=1, form="pdf")
    assert by_page(world, TARA, f"/labels/{alone.code}/file", alone)[0] == 409


def test_a_label_goes_to_a_printer_from_its_page(world: World) -> None:
    band = enrol(world, JAMES).wristband_code
    roll = network_printer(world, nobody_listens(), BAND_MM, "Bands")
    assert "On a label printer" in page(world, f"/labels/{band}")
    asked = PrintLabelJob(code=band, printer_code=roll)
    assert by_page(world, TARA, f"/labels/{band}/job", asked) == (303, "/print-jobs/1")
    sent(world, 1)
    assert "No byte left. 1 can still be sent" in page(world, "/print-jobs/1")
    cancel = CancelJob(job=1, row_version=version(world, "print_job", id=1), reason="the printer is broken")
    assert by_page(world, TARA, "/print-jobs/1/cancel", cancel)[0] == 303
    assert by_page(world, TARA, "/print-jobs/1/reconcile", named(world, 1))[0] == 303
    assert "Job 1" in page(world, "/print-jobs")
    assert by_api(world, TARA, "/print-jobs", asked)[0] == 200


def test_an_address_comes_from_the_administrator_alone(world: World) -> None:
    band = enrol(world, JAMES).wristband_code
    roll = network_printer(world, nobody_listens(), BAND_MM)
    smuggled = {"code": band, "printer_code": roll, "host": "198.51.100.7", "port": 9100}
    headers = {"Idempotency-Key": str(uuid4())}
    assert world.client(TARA).post("/api/v1/print-jobs", json=smuggled, headers=headers).status_code == 422
    form = NewPrinter(
        name="Mine",
        transport=Transport.RAW_9100,
        host="198.51.100.7",
        port=9100,
        dots_per_mm=8,
        media_width_mm=VESSEL_MM[0],
        media_height_mm=VESSEL_MM[1],
    )
    assert by_page(world, TARA, "/printers", form)[0] == 403
    assert by_api(world, TARA, "/printers", form) == (403, "not_permitted")
    client = world.client(ADA, None)
    given = form.model_dump(mode="json", exclude_none=True) | {"request_key": str(uuid4())}
    assert client.post("/printers", data=given).status_code == 303
    assert "Not checked" in page(world, "/printers")
    change = given | {"printer_code": roll, "row_version": 1, "request_key": str(uuid4()), "name": "Other"}
    assert client.post(f"/printers/{roll}/change", data=change).status_code == 303
    assert world.rows("SELECT host FROM printer WHERE code = :code", code=roll) == [("198.51.100.7",)]


def test_a_printer_is_tried_checked_and_retired(world: World) -> None:
    with printer() as sink:
        roll = network_printer(world, sink.port)
        asked = TestPrinter(printer_code=roll, row_version=version(world, "printer", code=roll))
        assert by_page(world, TARA, f"/printers/{roll}/test", asked)[0] == 303
        assert "The test label is on its way." in page(world, f"/printers/{roll}")
        print_test_label(world.database, world.clock, roll, SHORT)
        print_test_label(world.database, world.clock, roll, SHORT)
    assert squares(sink.paper) == [TEST_TEXT]
    assert "The test label was sent" in page(world, f"/printers/{roll}")
    seen = {"frame_is_whole": True, "comb_has_no_gap": True, "rulers_are_true": True}
    known = {"printer_code": roll, "row_version": version(world, "printer", code=roll)}
    torn = CheckPrinter.model_validate(known | seen | {"comb_has_no_gap": False, "scanned": TEST_TEXT})
    assert by_api(world, TARA, "/printers/check", torn) == (422, "test_label_not_right")
    changed = CheckPrinter.model_validate(known | seen | {"scanned": TEST_TEXT.replace("Y", "Z")})
    assert by_api(world, TARA, "/printers/check", changed) == (409, "test_symbol_differs")
    right = CheckPrinter.model_validate(known | seen | {"scanned": TEST_TEXT})
    assert by_page(world, TARA, f"/printers/{roll}/check", right)[0] == 303
    assert "Checked" in page(world, "/printers")
    gone = RetirePrinter(
        printer_code=roll, row_version=version(world, "printer", code=roll), reason="it was sold to another house"
    )
    world.act(ADA, commands.retire_printer, gone, station=None)
    band = enrol(world, JAMES).wristband_code
    refused = world.refused(TARA, commands.print_label_job, PrintLabelJob(code=band, printer_code=roll))
    assert refused.code == "printer_retired"


def test_a_printer_that_does_not_answer_its_test_says_so(world: World) -> None:
    roll = network_printer(world, nobody_listens())
    asked = TestPrinter(printer_code=roll, row_version=version(world, "printer", code=roll))
    world.act(TARA, commands.ask_test_label, asked)
    print_test_label(world.database, world.clock, roll, SHORT)
    assert "The printer did not answer" in page(world, f"/printers/{roll}")


def test_the_test_label_of_a_downloaded_printer_is_a_file(sqlite_world: World) -> None:
    desk = download(sqlite_world, Transport.DOWNLOAD_PDF)
    assert f"/printers/{desk}/test.pdf" in page(sqlite_world, f"/printers/{desk}")
    answer = sqlite_world.client(TARA).get(f"/printers/{desk}/test.pdf")
    assert (answer.status_code, answer.content[:5]) == (200, b"%PDF-")
    block = sqlite_world.client(TARA).get(f"/printers/{desk}/test.zpl").content
    assert squares([block]) == [TEST_TEXT]


CAME = {
    f"]d1{TEST_TEXT}": "All 31 characters came through, with the prefix.",
    TEST_TEXT: "No prefix",
    f"]d1{TEST_TEXT.translate(str.maketrans('YZyz', 'ZYzy'))}": "Y and Z exchanged",
    f"]d1{TEST_TEXT.upper()}": "All upper case",
    f"]d1{TEST_TEXT.swapcase()}": "caps lock is on",
    f"]d1{TEST_TEXT[:-3]}": "Characters are missing",
    f"]d1{TEST_TEXT.replace('=', '0')}": "Signs have changed",
}


@pytest.mark.parametrize("came", CAME)
def test_the_scanner_check_names_the_likely_cause(sqlite_world: World, came: str) -> None:
    answer = sqlite_world.client(TARA).post("/scanner-check", data={"scanned": came, "request_key": str(uuid4())})
    assert (answer.status_code, CAME[came] in answer.text) == (200, True)


def test_what_spoiled_means_is_kept(world: World) -> None:
    band = enrol(world, JAMES).wristband_code
    job = of_thing(world, band, download(world, Transport.DOWNLOAD_PDF)).job
    world.act(TARA, commands.hand_out_job, named(world, job))
    nothing = SpoilLabel(code=band, print_number=1)
    assert world.refused(TARA, spoil_label, nothing).code == "reason_required"
    world.act(TARA, spoil_label, SpoilLabel(code=band, print_number=1, spoiled_as=SpoilReason.WRONG_STOCK))
    assert world.rows("SELECT spoiled_as FROM label") == [("wrong_stock",)]
    assert state(world, job) == ("sent", None)
