"""Printers and print jobs, each command once: a group printed, read back and applied; a job given up."""

from __future__ import annotations

from app.printing import commands
from app.printing.schemas import ChangePrinter, RetirePrinter, TestPrinter
from app.simulator.line.culture import Shelf
from tests.line.culture import seeded_culture, vessel_codes
from tests.line.patients import Someone, enrol
from tests.people import ADA, TARA
from tests.printing.house import (
    BAND_MM,
    checked,
    named,
    network_printer,
    of_group,
    of_thing,
    scan,
    sent,
    version,
)
from tests.printing.sink import nobody_listens, printer
from tests.printing.test_accounting import all_applied, cancel
from tests.world import World

WHY = "it was sold to another house"


def printing(lab: World, at: Shelf, grown: Someone, banded: Someone) -> None:
    """The labels of all vessels of a culture; then the band of a patient on a printer that is away."""
    batch = seeded_culture(lab, at, grown)
    vessels = tuple(vessel_codes(lab, batch.culture))
    with printer() as sink:
        roll = network_printer(lab, sink.port)
        asked = TestPrinter(printer_code=roll, row_version=version(lab, "printer", code=roll))
        lab.act(TARA, commands.ask_test_label, asked)
        checked(lab, roll)
        job = of_group(lab, batch.culture, roll).job
        sent(lab, job)
    for code in vessels:
        scan(lab, job, code)
    lab.act(TARA, commands.apply_job, all_applied(lab, job, vessels))
    lab.act(TARA, commands.reconcile_job, named(lab, job))
    given_up(lab, enrol(lab, banded).wristband_code)


def given_up(lab: World, band: str) -> None:
    """Sent once more, given up; the printer is changed and then retired."""
    away = network_printer(lab, nobody_listens(), BAND_MM, "Away")
    job = of_thing(lab, band, away).job
    sent(lab, job)
    lab.act(TARA, commands.send_rest, named(lab, job))
    lab.act(TARA, commands.cancel_job, cancel(lab, job))
    given = {"printer_code": away, "row_version": version(lab, "printer", code=away)}
    size = {"dots_per_mm": 12, "media_width_mm": BAND_MM[0], "media_height_mm": BAND_MM[1]}
    other = ChangePrinter.model_validate(given | size | {"name": "Away", "transport": "download_zpl"})
    lab.act(ADA, commands.change_printer, other, station=None)
    gone = {"printer_code": away, "row_version": version(lab, "printer", code=away), "reason": WHY}
    lab.act(ADA, commands.retire_printer, RetirePrinter.model_validate(gone), station=None)
