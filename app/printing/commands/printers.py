"""Printers: put on file, changed and retired by an administrator; tried and checked by whoever prints."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from sqlalchemy import exists, select

from app.db.codes import next_code
from app.db.finding import fresh, load
from app.db.models import Place, Printer
from app.db.transaction import Transaction, command
from app.domain.actor import Actor
from app.domain.errors import Duplicate, Invalid, Mismatch, WrongState
from app.domain.identifiers import Kind
from app.domain.labels.jobs import PrinterProblem
from app.domain.labels.reader_check import compare
from app.domain.reasons import require_reason
from app.domain.roles import Action
from app.domain.vocabulary import Transport
from app.printing.schemas import ChangePrinter, CheckPrinter, NewPrinter, RetirePrinter, TestPrinter


@dataclass(frozen=True, slots=True)
class PrinterFact:
    """The printer a command registered or changed."""

    printer_code: str


@command
def register_printer(tx: Transaction, actor: Actor, asked: NewPrinter) -> PrinterFact:
    """Put a printer on file. No bag label goes to it before its test label was looked at."""
    tx.permit(actor, Action.ENROL_STATION)
    printer = Printer(code=next_code(tx, Kind.STATION), is_active=True)
    _describe(tx, printer, asked)
    tx.session.add(printer)
    return PrinterFact(printer.code)


@command
def change_printer(tx: Transaction, actor: Actor, asked: ChangePrinter) -> PrinterFact:
    """Change a printer. Whatever decides how a label comes out ends its check."""
    tx.permit(actor, Action.ENROL_STATION)
    printer = _active(tx, asked.printer_code, asked.row_version)
    before = _outcome(printer)
    _describe(tx, printer, asked)
    if _outcome(printer) != before:
        printer.checked_at = printer.checked_by_id = None
        printer.tested_at = printer.test_problem = None
    return PrinterFact(printer.code)


@command
def retire_printer(tx: Transaction, actor: Actor, asked: RetirePrinter) -> PrinterFact:
    """A printer is not used any more; what waits for it is cancelled by whoever asked for it."""
    tx.permit(actor, Action.ENROL_STATION)
    printer = _active(tx, asked.printer_code, asked.row_version)
    tx.because("printer_retired", require_reason(asked.reason, "Retiring a printer needs a reason."))
    printer.is_active = False
    return PrinterFact(printer.code)


@command
def ask_test_label(tx: Transaction, actor: Actor, asked: TestPrinter) -> PrinterFact:
    """Have the test label sent to a printer of the network. It names nobody and is no copy of anything."""
    tx.permit(actor, Action.PRINT_LABEL)
    printer = _active(tx, asked.printer_code, asked.row_version)
    if printer.transport is not Transport.RAW_9100:
        raise Invalid("test_is_downloaded", f"{printer.name} is not on the network. Download its test label.")
    printer.test_wanted_at = tx.now
    return PrinterFact(printer.code)


@command
def check_printer(tx: Transaction, actor: Actor, asked: CheckPrinter) -> PrinterFact:
    """The test label was looked at and read: the printer may print bag labels for thirty days."""
    tx.permit(actor, Action.PRINT_LABEL)
    printer = _active(tx, asked.printer_code, asked.row_version)
    if not (asked.frame_is_whole and asked.comb_has_no_gap and asked.rulers_are_true):
        raise Invalid(
            "test_label_not_right",
            f"The test label of {printer.name} is not right. Clean or adjust the printer and print it again.",
        )
    if not compare(asked.scanned).is_same:
        raise Mismatch(
            "test_symbol_differs",
            "What was read is not the text of the test label. Open the scanner check and see what changed.",
            field="scanned",
        )
    printer.checked_at, printer.checked_by_id = tx.now, actor.user_id
    return PrinterFact(printer.code)


@command
def test_label_begun(tx: Transaction, code: str) -> bool:
    """Take the wish for a test label, before the first byte of it leaves: it comes out at most once."""
    printer = load(tx, Printer, code)
    is_wanted = printer.is_active and printer.test_wanted_at is not None
    printer.test_wanted_at = None
    return is_wanted


@command
def test_label_ended(tx: Transaction, code: str, problem: PrinterProblem | None) -> None:
    """What became of the test label."""
    printer = load(tx, Printer, code)
    printer.tested_at, printer.test_problem = tx.now, problem


def _active(tx: Transaction, code: str, row_version: int) -> Printer:
    printer = load(tx, Printer, code)
    fresh(printer, row_version)
    if not printer.is_active:
        raise WrongState("printer_retired", f"{printer.name} is retired. Choose another printer.")
    return printer


def _describe(tx: Transaction, printer: Printer, asked: NewPrinter) -> None:
    same_name = select(exists().where(Printer.name == asked.name, Printer.code != printer.code))
    if tx.session.execute(same_name).scalar_one():
        raise Duplicate("printer_on_file", f"A printer called {asked.name} is on file already.", field="name")
    is_raw = asked.transport is Transport.RAW_9100
    if is_raw is not (asked.host is not None and asked.port is not None):
        raise Invalid(
            "printer_address",
            "A printer of the network has an address and a port, one that is downloaded for has neither.",
            field="host",
        )
    printer.name, printer.transport, printer.dots_per_mm = asked.name, asked.transport, asked.dots_per_mm
    printer.host, printer.port = (asked.host, asked.port) if is_raw else (None, None)
    printer.media_width_um, printer.media_height_um = _um(asked.media_width_mm), _um(asked.media_height_mm)
    printer.place_id = None if asked.place_code is None else load(tx, Place, asked.place_code).id


def _outcome(printer: Printer) -> tuple[object, ...]:
    return (
        printer.transport,
        printer.host,
        printer.port,
        printer.dots_per_mm,
        printer.media_width_um,
        printer.media_height_um,
    )


def _um(value_mm: Decimal) -> int:
    return int((value_mm * 1000).to_integral_value())
