"""Sends what waits for the printers of the network: one thread for each printer, one connection for each job.

It commits before it connects and after: a job found in sending at the start of a server is one nobody knows the end of.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping
from typing import Final

import structlog
from sqlalchemy import Connection, select

from app.clock import Clock
from app.db.database import Database
from app.db.models import Printer, PrintJob
from app.db.transaction import Transaction, transaction
from app.db.types import in_words
from app.domain.actor import Job
from app.domain.errors import Refusal
from app.domain.labels.jobs import Report
from app.domain.states import JobState
from app.domain.vocabulary import Transport
from app.printing import commands
from app.printing.queries.printers import test_label_bytes
from app.printing.sending.paper import JobPaper, Proven, job_paper, proven
from app.printing.sending.transport import PATIENCE, Patience, send

EVERY_SECONDS: Final = 1.0
WHO: Final = Job("printing")

_log = structlog.get_logger("veinline.printing")


def end_left_jobs(database: Database, clock: Clock) -> None:
    """Jobs the server was sending when it stopped: interrupted, their copies uncertain, nothing sent again."""
    with database.reading() as db:
        look = select(PrintJob.id).where(PrintJob.state == in_words(JobState.SENDING))
        left = db.execute(look).scalars().all()
    for number in left:
        with transaction(database, WHO, clock) as tx:
            commands.end_left_sending(tx, number)


def print_job(
    database: Database,
    clock: Clock,
    number: int,
    patience: Patience = PATIENCE,
    keeps_trying: Callable[[], bool] = lambda: False,
) -> None:
    """Draw and prove every copy, commit, send, commit what was seen. A job that does not hold is refused."""
    with database.reading() as db:
        paper = job_paper(db, number)
    ready = _proven(database, clock, paper)
    if ready is None:
        return
    with transaction(database, WHO, clock) as tx:
        is_ours = commands.start_sending(tx, number, dict(ready.proofs))
    if is_ours:
        report = send(paper.host, paper.port, ready.blocks, patience)
        _record(database, clock, paper, report, keeps_trying)


def print_test_label(database: Database, clock: Clock, code: str, patience: Patience = PATIENCE) -> None:
    """Send the test label of a printer, at most once for each time it was asked for."""
    with database.reading() as db:
        block = test_label_bytes(db, code, "zpl")
        look = select(Printer.host, Printer.port).where(Printer.code == code)
        host, port = db.execute(look).one()
    with transaction(database, WHO, clock) as tx:
        is_wanted = commands.test_label_begun(tx, code)
    if is_wanted:
        report = send(host or "", port or 0, (block,), patience)
        with transaction(database, WHO, clock) as tx:
            commands.test_label_ended(tx, code, report.problem)


def _proven(database: Database, clock: Clock, paper: JobPaper) -> Proven | None:
    try:
        return proven(paper)
    except Refusal as refusal:
        why = refusal.sentence
    except Exception as error:  # whatever it is: bytes that cannot be proven do not leave
        _log.error("drawing_failed", job=paper.number, kind=type(error).__name__)
        why = "The labels could not be drawn. Ask the administrator to look into the log of the server."
    with transaction(database, WHO, clock) as tx:
        commands.refuse_drawing(tx, paper.number, why)
    return None


def _record(
    database: Database, clock: Clock, paper: JobPaper, report: Report, keeps_trying: Callable[[], bool]
) -> None:
    """What was sent is written down, and if the database is away for a moment, then after it."""

    def write(tx: Transaction) -> None:
        commands.record_sending(tx, paper.number, [copy.label_id for copy in paper.copies], report)

    while True:
        try:
            with transaction(database, WHO, clock) as tx:
                write(tx)
        except Exception as error:  # the job stays in sending, which is true; the next start calls it uncertain
            _log.error("sending_not_recorded", job=paper.number, kind=type(error).__name__)
            if keeps_trying():
                continue
        return


def wanted(db: Connection) -> Mapping[int, tuple[int | str, ...]]:
    """What waits, by the printers of the network: the code of one whose test label is asked for, then its jobs.

    The longest waiting comes first. By ix_print_job_wanted_at.
    """
    is_raw = Printer.transport == Transport.RAW_9100
    tests = select(Printer.id, Printer.code).where(Printer.test_wanted_at.is_not(None), Printer.is_active, is_raw)
    jobs = (
        select(PrintJob.printer_id, PrintJob.id)
        .join(Printer, Printer.id == PrintJob.printer_id)
        .where(PrintJob.wanted_at.is_not(None), is_raw)
        .order_by(PrintJob.wanted_at, PrintJob.id)
    )
    waiting: dict[int, tuple[int | str, ...]] = {}
    for printer_id, code in db.execute(tests):
        waiting[printer_id] = (code,)
    for printer_id, number in db.execute(jobs):
        waiting[printer_id] = (*waiting.get(printer_id, ()), number)
    return waiting


class Spooler:
    """Looks every second for what waits, and gives each printer a thread as long as it has work."""

    def __init__(self, database: Database, clock: Clock, patience: Patience = PATIENCE) -> None:
        self._database = database
        self._clock = clock
        self._patience = patience
        self._is_over = threading.Event()
        self._thread = threading.Thread(target=self._run, name="spooler", daemon=True)
        self._printers: dict[int, threading.Thread] = {}

    def start(self) -> None:
        """Begin by ending what a stopped server left."""
        self._thread.start()

    def stop(self) -> None:
        """End after the jobs under way."""
        self._is_over.set()
        self._thread.join()
        for thread in self._printers.values():
            thread.join()

    def _run(self) -> None:
        is_cleared = False
        while True:
            try:
                if not is_cleared:
                    end_left_jobs(self._database, self._clock)
                    is_cleared = True
                self._look()
            except Exception as error:  # the next look may find the database again
                _log.error("spooler_failed", kind=type(error).__name__)
            if self._is_over.wait(EVERY_SECONDS):
                return

    def _look(self) -> None:
        with self._database.reading() as db:
            waiting = wanted(db)
        for printer_id, work in waiting.items():
            busy = self._printers.get(printer_id)
            if busy is None or not busy.is_alive():
                thread = threading.Thread(target=self._print, args=(work,), name=f"printer {printer_id}", daemon=True)
                self._printers[printer_id] = thread
                thread.start()

    def _print(self, work: tuple[int | str, ...]) -> None:
        for what in work:
            if self._is_over.is_set():
                return
            try:
                if isinstance(what, str):
                    print_test_label(self._database, self._clock, what, self._patience)
                else:
                    print_job(self._database, self._clock, what, self._patience, self._goes_on)
            except Exception as error:  # it waits on and is tried again: nothing was sent
                _log.error("printing_failed", what=what, kind=type(error).__name__)

    def _goes_on(self) -> bool:
        """Whether to try again, after a while."""
        return not self._is_over.wait(EVERY_SECONDS)
