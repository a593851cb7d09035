"""The pages of printers: all of them, one, its form, and the bytes of its test label."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from markupsafe import Markup
from sqlalchemy import Connection, Row, select

from app.db.models import Place, Printer, User
from app.domain.actor import Actor
from app.domain.errors import NotFound
from app.domain.identifiers import display
from app.domain.labels.content import TrialFacts, trial_label
from app.domain.labels.jobs import PrinterProblem
from app.domain.labels.reader_check import TEST_TEXT, ReaderCheck, compare
from app.domain.labels.spec import Expected
from app.domain.roles import Action
from app.domain.vocabulary import Transport
from app.labels.press import pdf_of, picture_of, zpl_of
from app.patients.queries.acts import may
from app.patients.queries.words import Chip
from app.printing.commands.requesting import CHECK_HOLDS, is_checked
from app.web import formats

TRANSPORTS: Final = (
    (Transport.RAW_9100, "Network, raw TCP (port 9100)"),
    (Transport.DOWNLOAD_ZPL, "Download as ZPL"),
    (Transport.DOWNLOAD_PDF, "Download as PDF"),
)
PROBLEMS: Final = {
    PrinterProblem.NO_ANSWER: "The printer did not answer",
    PrinterProblem.STALLED: "The printer took no more",
    PrinterProblem.CLOSED: "The printer hung up",
    PrinterProblem.RESTARTED: "The server stopped while it was sending",
}


@dataclass(frozen=True, slots=True)
class PrinterLine:
    """One printer of the list."""

    code: str
    name: str
    place: str
    transport: str
    media: str
    chip: Chip


@dataclass(frozen=True, slots=True)
class PrinterList:
    """All printers by name."""

    printers: tuple[PrinterLine, ...]
    can_register: bool


@dataclass(frozen=True, slots=True)
class PrinterForm:
    """The fields of a printer: empty, or as it is."""

    transports: tuple[tuple[str, str], ...]
    places: tuple[tuple[str, str], ...]
    code: str = ""
    row_version: int = 0
    name: str = ""
    place_code: str = ""
    transport: str = ""
    host: str = ""
    port: str = ""
    dots_per_mm: str = ""
    width_mm: str = ""
    height_mm: str = ""


@dataclass(frozen=True, slots=True)
class PrinterPage:
    """One printer. `test_href` is its test label as a file, where it is not on the network."""

    line: PrinterLine
    row_version: int
    code_text: str
    facts: tuple[tuple[str, str], ...]
    test: tuple[str, str]
    test_href: str
    can_change: bool
    can_check: bool


@dataclass(frozen=True, slots=True)
class ReaderPage:
    """The scanner check: what is to be scanned, and what came of it."""

    symbol: Markup
    verdict: tuple[str, str]
    pairs: tuple[tuple[str, str, bool], ...]
    kept: str = ""


def printer_list(db: Connection, actor: Actor, now: datetime) -> PrinterList:
    """All printers: as many as the house has. One statement."""
    rows = db.execute(_LOOK.order_by(Printer.name))
    return PrinterList(tuple(_line(row, now) for row in rows), may(actor, Action.ENROL_STATION))


def printer_form(db: Connection, code: str = "") -> PrinterForm:
    """The form of a new printer, or of one that is changed."""
    places = tuple((row.code, row.name) for row in db.execute(select(Place.code, Place.name).order_by(Place.name)))
    transports = tuple((kind.value, words) for kind, words in TRANSPORTS)
    if not code:
        return PrinterForm(transports, places)
    row = _row(db, code)
    return PrinterForm(
        transports=transports,
        places=places,
        code=code,
        row_version=row.row_version,
        name=row.name,
        place_code=row.place_code or "",
        transport=row.transport.value,
        host=row.host or "",
        port="" if row.port is None else str(row.port),
        dots_per_mm=str(row.dots_per_mm),
        width_mm=_mm(row.media_width_um),
        height_mm=_mm(row.media_height_um),
    )


def printer_page(db: Connection, code: str, actor: Actor, now: datetime, zone: str) -> PrinterPage:
    """One printer, its check, and what may be done."""
    row = _row(db, code)
    line = _line(row, now)
    is_raw = row.transport is Transport.RAW_9100
    suffix = "zpl" if row.transport is Transport.DOWNLOAD_ZPL else "pdf"
    facts = [
        ("Place", line.place),
        ("Labels come", line.transport),
        ("Stock", line.media),
        ("Resolution", f"{row.dots_per_mm} dots/mm"),
        ("Checked", _checked(row, now, zone)),
    ]
    if is_raw:
        facts.insert(2, ("Address", f"{row.host}, port {row.port}"))
    can_use = row.is_active and may(actor, Action.PRINT_LABEL)
    return PrinterPage(
        line=line,
        row_version=row.row_version,
        code_text=display(code),
        facts=tuple(facts),
        test=_tested(row, now, zone) if is_raw else ("", ""),
        test_href="" if is_raw or not can_use else f"/printers/{code}/test.{suffix}",
        can_change=row.is_active and may(actor, Action.ENROL_STATION),
        can_check=can_use,
    )


def reader_page(scanned: str | None, is_kept: bool = False) -> ReaderPage:
    """The scanner check; with a scan, each character beside what came."""
    symbol = picture_of(trial_label(TrialFacts("", "scanner check", 50.8, 25.4, 8)))
    if scanned is None:
        return ReaderPage(symbol, ("", ""), ())
    check = compare(scanned)
    pairs = tuple((_shown(wanted), _shown(came), wanted == came) for wanted, came in check.pairs)
    return ReaderPage(symbol, _verdict(check), pairs, _kept(check) if is_kept else "")


def test_label_bytes(db: Connection, code: str, form: str) -> bytes:
    """The test label of a printer, drawn for its stock and its dots, and proven as every label is."""
    row = _row(db, code)
    facts = TrialFacts(
        code=code,
        printer=row.name,
        width_mm=row.media_width_um / 1000,
        height_mm=row.media_height_um / 1000,
        dots_per_mm=row.dots_per_mm,
    )
    label, expected = trial_label(facts), Expected(code, 1, None)
    if form == "zpl":
        return zpl_of(label, expected, row.dots_per_mm).content
    return pdf_of([(label, expected)]).content


def _verdict(check: ReaderCheck) -> tuple[str, str]:
    if not check.is_same:
        return ("stop", check.cause)
    if check.cause:
        return ("warn", f"Every character came through. {check.cause}")
    return ("ok", f"All {len(TEST_TEXT)} characters came through, with the prefix.")


def _kept(check: ReaderCheck) -> str:
    if check.is_same:
        return "The pass is kept for this station: its reader may read patients, vessels and bags."
    return "This station has no passed check now: its reader reads no patient, vessel or bag until it passes."


def _shown(character: str) -> str:
    return {"": "nothing", " ": "blank"}.get(character, character)


def _row(db: Connection, code: str) -> Row[Any]:  # Any: the columns of one statement
    row = db.execute(_LOOK.where(Printer.code == code)).one_or_none()
    if row is None:
        raise NotFound("not_on_file", f"No printer is on file under {display(code)}. Choose one of the list.")
    return row


def _line(row: Row[Any], now: datetime) -> PrinterLine:  # Any: as above
    media = f"{_mm(row.media_width_um)} x {_mm(row.media_height_um)} mm"
    return PrinterLine(
        row.code, row.name, row.place or "no place", dict(TRANSPORTS)[row.transport], media, _chip(row, now)
    )


def _chip(row: Row[Any], now: datetime) -> Chip:  # Any: as above
    if not row.is_active:
        return Chip("none", "ban", "Retired")
    if not is_checked(row.checked_at, now):
        return Chip("warn", "triangle-alert", "Not checked")
    return Chip("ok", "circle-check", "Checked")


def _checked(row: Row[Any], now: datetime, zone: str) -> str:  # Any: as above
    if row.checked_at is None:
        return "Not since it was last changed"
    held = "" if is_checked(row.checked_at, now) else f", more than {CHECK_HOLDS.days} days ago"
    return f"{formats.moment(row.checked_at, zone, now)} by {formats.short_person(row.checker)}{held}"


def _tested(row: Row[Any], now: datetime, zone: str) -> tuple[str, str]:  # Any: as above
    if row.test_wanted_at is not None:
        return ("info", "The test label is on its way.")
    if row.tested_at is None:
        return ("", "")
    at = formats.moment(row.tested_at, zone, now)
    if row.test_problem is not None:
        return ("warn", f"{PROBLEMS[row.test_problem]} at {at}. Look at its cable, its stock and its address.")
    return ("info", f"The test label was sent at {at}. Look at what came out.")


def _mm(value_um: int) -> str:
    return f"{value_um / 1000:g}"


_LOOK: Final = (
    select(
        Printer.__table__,
        Place.name.label("place"),
        Place.code.label("place_code"),
        User.full_name.label("checker"),
    )
    .join(Place, Place.id == Printer.place_id, isouter=True)
    .join(User, User.id == Printer.checked_by_id, isouter=True)
)
