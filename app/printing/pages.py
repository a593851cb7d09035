"""The pages of printers, print jobs and the scanner check."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter
from fastapi.responses import Response

from app.domain.roles import Action
from app.identity.commands import check_reader
from app.identity.schemas import ReadBack
from app.printing import commands
from app.printing.files import handed_out, test_label_file
from app.printing.queries.jobs import job_list, job_page, vessel_labels_page
from app.printing.queries.printers import printer_form, printer_list, printer_page, reader_page
from app.printing.schemas import (
    ApplyJob,
    CancelJob,
    ChangePrinter,
    CheckPrinter,
    JobNamed,
    NewPrinter,
    PrintLabelJob,
    PrintVesselLabels,
    RetirePrinter,
    ScanBackInJob,
    TestPrinter,
)
from app.web.door import AnyDoor, Door
from app.web.forms import page_form, same
from app.web.needs import needs, signed_in

routes = APIRouter()


@routes.get("/printers")
@signed_in
def get_printers(door: AnyDoor) -> Response:
    """Every printer, and which of them is checked."""
    with door.reading() as db:
        page = printer_list(db, door.viewer.actor, door.now)
    return door.page("printing/printers.html", page, here="more")


@routes.get("/printers/new")
@needs(Action.ENROL_STATION)
def get_new_printer(door: AnyDoor) -> Response:
    """The form of a new printer."""
    with door.reading() as db:
        page = printer_form(db)
    return door.page("printing/printer_form.html", page, here="more")


@routes.post("/printers")
@needs(Action.ENROL_STATION)
def post_printer(door: AnyDoor, form: Annotated[NewPrinter, page_form(NewPrinter)]) -> Response:
    """Register a printer."""
    done = door.write(commands.register_printer, form)
    return _printer(door, done.fact.printer_code, is_replay=done.is_replay)


@routes.get("/printers/{code}")
@signed_in
def get_printer(door: AnyDoor, code: str) -> Response:
    """One printer, its check and its test label."""
    with door.reading() as db:
        page = printer_page(db, code, door.viewer.actor, door.now, door.house.site.zone)
    return door.page("printing/printer.html", page, here="more")


@routes.get("/printers/{code}/change")
@needs(Action.ENROL_STATION)
def get_change(door: AnyDoor, code: str) -> Response:
    """The form of a printer that is changed."""
    with door.reading() as db:
        page = printer_form(db, code)
    return door.page("printing/printer_form.html", page, here="more")


@routes.post("/printers/{code}/change")
@needs(Action.ENROL_STATION)
def post_change(door: AnyDoor, code: str, form: Annotated[ChangePrinter, page_form(ChangePrinter)]) -> Response:
    """Change a printer."""
    same(code, form.printer_code)
    return _printer(door, code, is_replay=door.write(commands.change_printer, form).is_replay)


@routes.post("/printers/{code}/retire")
@needs(Action.ENROL_STATION)
def post_retire(door: AnyDoor, code: str, form: Annotated[RetirePrinter, page_form(RetirePrinter)]) -> Response:
    """A printer is not used any more."""
    same(code, form.printer_code)
    return _printer(door, code, is_replay=door.write(commands.retire_printer, form).is_replay)


@routes.get("/printers/{code}/test.pdf")
@needs(Action.PRINT_LABEL)
def get_test_pdf(door: AnyDoor, code: str) -> Response:
    """The test label as a page."""
    return test_label_file(door, code, "pdf")


@routes.get("/printers/{code}/test.zpl")
@needs(Action.PRINT_LABEL)
def get_test_zpl(door: AnyDoor, code: str) -> Response:
    """The test label as printer bytes."""
    return test_label_file(door, code, "zpl")


@routes.post("/printers/{code}/test")
@needs(Action.PRINT_LABEL)
def post_test(door: AnyDoor, code: str, form: Annotated[TestPrinter, page_form(TestPrinter)]) -> Response:
    """Send the test label to a printer of the network."""
    same(code, form.printer_code)
    return _printer(door, code, is_replay=door.write(commands.ask_test_label, form).is_replay)


@routes.post("/printers/{code}/check")
@needs(Action.PRINT_LABEL)
def post_check(door: AnyDoor, code: str, form: Annotated[CheckPrinter, page_form(CheckPrinter)]) -> Response:
    """Somebody looked at the test label."""
    same(code, form.printer_code)
    return _printer(door, code, is_replay=door.write(commands.check_printer, form).is_replay)


@routes.get("/scanner-check")
@signed_in
def get_scanner_check(door: AnyDoor) -> Response:
    """Whether a reader and its computer bring every character through."""
    with door.reading():
        page = reader_page(None)
    return door.page("printing/scanner_check.html", page, here="more")


@routes.post("/scanner-check")
@signed_in
def post_scanner_check(door: AnyDoor, form: Annotated[ReadBack, page_form(ReadBack)]) -> Response:
    """Compare what came with what stands there. At a station the outcome is kept: identity scans ask for it."""
    kept = door.write(check_reader, form).fact
    page = reader_page(form.scanned, kept.station_code is not None)
    return door.page("printing/scanner_check.html", page, here="more")


@routes.get("/print-jobs")
@needs(Action.SEE_PATIENT_IDENTITY)
def get_jobs(door: AnyDoor, before: int | None = None) -> Response:
    """Print jobs, those that are not over first."""
    with door.reading() as db:
        page = job_list(db, before, door.now, door.house.site.zone)
    return door.page("printing/jobs.html", page, here="more")


@routes.get("/print-jobs/{job}")
@needs(Action.SEE_PATIENT_IDENTITY)
def get_job(door: AnyDoor, job: int) -> Response:
    """One print job as it truly stands."""
    with door.reading() as db:
        page = job_page(db, job, door.now, door.house.site.zone, door.viewer.actor)
    return door.page("printing/job.html", page, here="batches")


@routes.post("/labels/{code}/job")
@needs(Action.PRINT_LABEL)
def post_label_job(door: AnyDoor, code: str, form: Annotated[PrintLabelJob, page_form(PrintLabelJob)]) -> Response:
    """Send the next label of a thing to a printer."""
    same(code, form.code)
    done = door.write(commands.print_label_job, form)
    return _job(door, done.fact.job, is_replay=done.is_replay)


@routes.get("/batches/{code}/labels")
@needs(Action.PRINT_LABEL)
def get_vessel_labels(door: AnyDoor, code: str) -> Response:
    """Asking for the labels of all vessels of a culture."""
    with door.reading() as db:
        page = vessel_labels_page(db, code, door.now, door.house.site.zone)
    return door.page("printing/vessels.html", page, here="batches")


@routes.post("/batches/{code}/labels")
@needs(Action.PRINT_LABEL)
def post_vessel_labels(
    door: AnyDoor, code: str, form: Annotated[PrintVesselLabels, page_form(PrintVesselLabels)]
) -> Response:
    """Print the labels of all vessels."""
    same(code, form.culture_code)
    done = door.write(commands.print_vessel_labels, form)
    return _job(door, done.fact.job, is_replay=done.is_replay)


@routes.post("/print-jobs/{job}/file")
@needs(Action.PRINT_LABEL)
def post_file(door: AnyDoor, job: int, form: Annotated[JobNamed, page_form(JobNamed)]) -> Response:
    """Download the labels, once: this is the sending."""
    same(str(job), str(form.job))
    return handed_out(door, form) or _job(door, job, is_replay=False)


@routes.post("/print-jobs/{job}/rest")
@needs(Action.PRINT_LABEL)
def post_rest(door: AnyDoor, job: int, form: Annotated[JobNamed, page_form(JobNamed)]) -> Response:
    """Send the copies of which no byte left."""
    same(str(job), str(form.job))
    return _job(door, job, is_replay=door.write(commands.send_rest, form).is_replay)


@routes.post("/print-jobs/{job}/cancel")
@needs(Action.PRINT_LABEL)
def post_cancel(door: AnyDoor, job: int, form: Annotated[CancelJob, page_form(CancelJob)]) -> Response:
    """Give up the copies of which no byte left."""
    same(str(job), str(form.job))
    return _job(door, job, is_replay=door.write(commands.cancel_job, form).is_replay)


@routes.post("/print-jobs/{job}/scan-back")
@needs(Action.SCAN_BACK_LABEL)
def post_scan_back(door: AnyDoor, job: int, form: Annotated[ScanBackInJob, page_form(ScanBackInJob)]) -> Response:
    """The next copy came out and was scanned."""
    same(str(job), str(form.job))
    return _job(door, job, is_replay=door.write(commands.scan_back_in_job, form).is_replay)


@routes.post("/print-jobs/{job}/apply")
@needs(Action.APPLY_LABEL)
def post_apply(door: AnyDoor, job: int, form: Annotated[ApplyJob, page_form(ApplyJob)]) -> Response:
    """All vessels wear their labels; a second person confirms."""
    same(str(job), str(form.job))
    return _job(door, job, is_replay=door.write(commands.apply_job, form).is_replay)


@routes.post("/print-jobs/{job}/reconcile")
@needs(Action.PRINT_LABEL)
def post_reconcile(door: AnyDoor, job: int, form: Annotated[JobNamed, page_form(JobNamed)]) -> Response:
    """Every copy has its end."""
    same(str(job), str(form.job))
    return _job(door, job, is_replay=door.write(commands.reconcile_job, form).is_replay)


def _printer(door: Door, code: str, *, is_replay: bool) -> Response:
    return door.see(f"/printers/{code}", is_replay=is_replay)


def _job(door: Door, job: int, *, is_replay: bool) -> Response:
    return door.see(f"/print-jobs/{job}", is_replay=is_replay)
