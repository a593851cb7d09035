"""Printers on file and jobs asked for, as the tests of printing share them."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from app.domain.labels.reader_check import TEST_TEXT
from app.domain.vocabulary import Transport
from app.printing import commands
from app.printing.commands import JobFact
from app.printing.schemas import (
    CheckPrinter,
    JobNamed,
    NewPrinter,
    PrintLabelJob,
    PrintVesselLabels,
    ScanBackInJob,
)
from app.printing.sending.spooler import print_job
from app.printing.sending.transport import Patience
from tests.line.culture import seeded_culture, shelf
from tests.people import ADA, TARA
from tests.world import World

SHORT = Patience(connect_s=1, send_s=0.3, close_s=0.3)
VESSEL_MM = (Decimal("50.8"), Decimal("25.4"))
BAND_MM = (Decimal(100), Decimal("25.4"))
BAG_MM = (Decimal("101.6"), Decimal("101.6"))


@dataclass(frozen=True)
class Growing:
    """A culture whose vessels have no labels yet."""

    culture: str
    vessels: tuple[str, ...]


def growing(world: World) -> Growing:
    """A seeded culture."""
    batch = seeded_culture(world, shelf(world))
    rows = world.rows(
        "SELECT v.code FROM vessel v JOIN culture c ON c.id = v.culture_id WHERE c.code = :code ORDER BY v.member",
        code=batch.culture,
    )
    return Growing(batch.culture, tuple(str(code) for (code,) in rows))


def network_printer(world: World, port: int, size_mm: tuple[Decimal, Decimal] = VESSEL_MM, name: str = "Roll") -> str:
    """A printer of the network, at this port of this machine."""
    asked = NewPrinter(
        name=name,
        transport=Transport.RAW_9100,
        host="127.0.0.1",
        port=port,
        dots_per_mm=8,
        media_width_mm=size_mm[0],
        media_height_mm=size_mm[1],
    )
    return world.act(ADA, commands.register_printer, asked, station=None).printer_code


def download(world: World, transport: Transport, name: str = "Desk") -> str:
    """A printer reached by download."""
    asked = NewPrinter(
        name=name, transport=transport, dots_per_mm=8, media_width_mm=VESSEL_MM[0], media_height_mm=VESSEL_MM[1]
    )
    return world.act(ADA, commands.register_printer, asked, station=None).printer_code


def checked(world: World, printer: str) -> None:
    """Its test label was looked at."""
    asked = CheckPrinter(
        printer_code=printer,
        row_version=version(world, "printer", code=printer),
        frame_is_whole=True,
        comb_has_no_gap=True,
        rulers_are_true=True,
        scanned=f"]d1{TEST_TEXT}",
    )
    world.act(TARA, commands.check_printer, asked)


def of_group(world: World, culture: str, printer: str) -> JobFact:
    """The labels of all its vessels."""
    return world.act(TARA, commands.print_vessel_labels, PrintVesselLabels(culture_code=culture, printer_code=printer))


def of_thing(world: World, code: str, printer: str, reason: str | None = None) -> JobFact:
    """The next label of one thing."""
    return world.act(TARA, commands.print_label_job, PrintLabelJob(code=code, printer_code=printer, reason=reason))


def sent(world: World, job: int) -> None:
    """The print thread takes the job."""
    print_job(world.database, world.clock, job, SHORT)


def named(world: World, job: int) -> JobNamed:
    """The job as its page shows it now."""
    return JobNamed(job=job, row_version=version(world, "print_job", id=job))


def version(world: World, table: str, **key: object) -> int:
    """The row version somebody sees now."""
    (name,) = key
    return int(str(world.rows(f"SELECT row_version FROM {table} WHERE {name} = :{name}", **key)[0][0]))


def copies(world: World, job: int) -> list[tuple[object, ...]]:
    """State and delivery of every copy, in order."""
    look = "SELECT state, delivery FROM label WHERE print_job_id = :job ORDER BY position"
    return world.rows(look, job=job)


def state(world: World, job: int) -> tuple[object, ...]:
    """State and problem of a job."""
    return world.rows("SELECT state, problem FROM print_job WHERE id = :job", job=job)[0]


def scan(world: World, job: int, code: str, number: int = 1, scanned: str = "") -> JobFact:
    """Scan a copy back in its job."""
    asked = ScanBackInJob(job=job, code=code, print_number=number, scanned=scanned or f"{code}{number:02}")
    return world.act(TARA, commands.scan_back_in_job, asked)
