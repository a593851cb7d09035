"""Printers and print jobs as JSON: the same requests and commands as the pages."""

from __future__ import annotations

from fastapi.responses import Response

from app.domain.roles import Action
from app.printing import commands
from app.printing.commands import JobFact, PrinterFact
from app.printing.files import handed_out, test_label_file
from app.printing.queries.jobs import JobPage, job_page
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
from app.web.addresses import api_router
from app.web.door import AnyDoor
from app.web.needs import needs

routes = api_router()


@routes.post("/printers")
@needs(Action.ENROL_STATION)
def register_printer(door: AnyDoor, asked: NewPrinter) -> PrinterFact:
    """Register a printer."""
    return door.write(commands.register_printer, asked).fact


@routes.post("/printers/change")
@needs(Action.ENROL_STATION)
def change_printer(door: AnyDoor, asked: ChangePrinter) -> PrinterFact:
    """Change a printer."""
    return door.write(commands.change_printer, asked).fact


@routes.post("/printers/retire")
@needs(Action.ENROL_STATION)
def retire_printer(door: AnyDoor, asked: RetirePrinter) -> PrinterFact:
    """A printer is not used any more."""
    return door.write(commands.retire_printer, asked).fact


@routes.get("/printers/{code}/test.pdf")
@needs(Action.PRINT_LABEL)
def printer_test_pdf(door: AnyDoor, code: str) -> Response:
    """The test label as a page."""
    return test_label_file(door, code, "pdf")


@routes.get("/printers/{code}/test.zpl")
@needs(Action.PRINT_LABEL)
def printer_test_zpl(door: AnyDoor, code: str) -> Response:
    """The test label as printer bytes."""
    return test_label_file(door, code, "zpl")


@routes.post("/printers/test")
@needs(Action.PRINT_LABEL)
def ask_test_label(door: AnyDoor, asked: TestPrinter) -> PrinterFact:
    """Send the test label to a printer of the network."""
    return door.write(commands.ask_test_label, asked).fact


@routes.post("/printers/check")
@needs(Action.PRINT_LABEL)
def check_printer(door: AnyDoor, asked: CheckPrinter) -> PrinterFact:
    """Somebody looked at the test label."""
    return door.write(commands.check_printer, asked).fact


@routes.get("/print-jobs/{job}")
@needs(Action.SEE_PATIENT_IDENTITY)
def print_job(door: AnyDoor, job: int) -> JobPage:
    """One print job as it truly stands."""
    with door.reading() as db:
        return job_page(db, job, door.now, door.house.site.zone, door.viewer.actor)


@routes.post("/print-jobs")
@needs(Action.PRINT_LABEL)
def print_label_job(door: AnyDoor, asked: PrintLabelJob) -> JobFact:
    """Send the next label of a thing to a printer."""
    return door.write(commands.print_label_job, asked).fact


@routes.post("/print-jobs/vessels")
@needs(Action.PRINT_LABEL)
def print_vessel_labels(door: AnyDoor, asked: PrintVesselLabels) -> JobFact:
    """Print the labels of all vessels of a culture."""
    return door.write(commands.print_vessel_labels, asked).fact


@routes.post("/print-jobs/file")
@needs(Action.PRINT_LABEL)
def job_file(door: AnyDoor, asked: JobNamed) -> Response:
    """Download the labels, once. A job that was refused answers without a body; its page says why."""
    return handed_out(door, asked) or Response(status_code=204)


@routes.post("/print-jobs/rest")
@needs(Action.PRINT_LABEL)
def send_rest(door: AnyDoor, asked: JobNamed) -> JobFact:
    """Send the copies of which no byte left."""
    return door.write(commands.send_rest, asked).fact


@routes.post("/print-jobs/cancel")
@needs(Action.PRINT_LABEL)
def cancel_job(door: AnyDoor, asked: CancelJob) -> JobFact:
    """Give up the copies of which no byte left."""
    return door.write(commands.cancel_job, asked).fact


@routes.post("/print-jobs/scan-back")
@needs(Action.SCAN_BACK_LABEL)
def scan_back_in_job(door: AnyDoor, asked: ScanBackInJob) -> JobFact:
    """The next copy came out and was scanned."""
    return door.write(commands.scan_back_in_job, asked).fact


@routes.post("/print-jobs/apply")
@needs(Action.APPLY_LABEL)
def apply_job(door: AnyDoor, asked: ApplyJob) -> JobFact:
    """All vessels wear their labels; a second person confirms."""
    return door.write(commands.apply_job, asked).fact


@routes.post("/print-jobs/reconcile")
@needs(Action.PRINT_LABEL)
def reconcile_job(door: AnyDoor, asked: JobNamed) -> JobFact:
    """Every copy has its end."""
    return door.write(commands.reconcile_job, asked).fact
