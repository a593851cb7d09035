"""What happens by itself: checks lapse, bags of a recalled material are called back, bags expire.

One thread beside each server's requests. Safety does not wait for it: every command judges for itself. The sweep only
writes down what is so.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from datetime import datetime
from typing import Final

import structlog
from sqlalchemy import Select

from app.clock import Clock
from app.custody.commands import expire_bag, overdue_bags, recall_tainted_bag, tainted_bags
from app.db.database import Database
from app.db.transaction import Transaction, transaction
from app.domain.actor import Job
from app.infusion.commands import lapse_check, overdue_checks

EVERY_SECONDS: Final = 15
Due = Callable[[datetime], Select[str]]
End = Callable[[Transaction, str], bool]
SWEPT: Final[tuple[tuple[Due, End], ...]] = (
    (overdue_checks, lapse_check),
    (tainted_bags, recall_tainted_bag),
    (overdue_bags, expire_bag),
)
"""In this order: a bag whose check has lapsed may be called back or expire, and one called back does not expire."""

_log = structlog.get_logger("veinline.jobs")


def sweep(database: Database, clock: Clock) -> None:
    """Do once what is due, each bag in a transaction of its own. Several servers may sweep at once.

    A bag that cannot be moved is logged by the kind of its fault, and the others are done.
    """
    for due, end in SWEPT:
        with database.reading() as db:
            codes = db.execute(due(clock())).scalars().all()
        for code in codes:
            try:
                with transaction(database, Job("sweep"), clock) as tx:
                    end(tx, code)
            except Exception as error:  # one broken record must not keep the others from their end
                _log.error("sweep_failed", bag=code, kind=type(error).__name__)


class Sweeper:
    """Sweeps until it is stopped. A sweep that fails is logged by its kind and tried again."""

    def __init__(self, database: Database, clock: Clock) -> None:
        self._database = database
        self._clock = clock
        self._is_over = threading.Event()
        self._thread = threading.Thread(target=self._run, name="sweeper", daemon=True)

    def start(self) -> None:
        """Begin, with a first sweep at once."""
        self._thread.start()

    def stop(self) -> None:
        """End after the sweep under way."""
        self._is_over.set()
        self._thread.join()

    def _run(self) -> None:
        while True:
            try:
                sweep(self._database, self._clock)
            except Exception as error:  # the next sweep may find the database again
                _log.error("sweep_failed", kind=type(error).__name__)
            if self._is_over.wait(EVERY_SECONDS):
                return
