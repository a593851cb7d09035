"""Asks SQLite how it would run every statement of the pages that are asked most, and names full scans. Not a test.

    .venv/bin/python tools/bench/plans.py

Growing tables are all but the few listed; SQLite plans the same for ten rows and for a million, as nobody ran ANALYZE.
"""

from __future__ import annotations

import re
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from fastapi.testclient import TestClient
from sqlalchemy import Connection, event

from app.db.base import Base
from app.main import create_app
from app.settings import Settings
from app.simulator.people import CHLOE, QUINN, TARA, Person
from tools.bench.laboratory import Measured, measured_laboratory

FEW_ROWS = {
    "site",
    "place",
    "station",
    "user_account",
    "user_role",
    "user_grant",
    "specification",
    "recipe",
    "equipment",
}
"""Tables that grow with the house, not with the patients."""

GROWING = frozenset(Base.metadata.tables) - FEW_ROWS


@dataclass(frozen=True, slots=True)
class Page:
    """One address and who asks for it."""

    who: Person
    path: str


def main() -> None:
    """Ask for each page, collect its statements, print those that read a growing table from end to end."""
    with tempfile.TemporaryDirectory(prefix="veinline-plans-") as folder:
        settings = Settings(data_dir=Path(folder), origin="http://127.0.0.1")
        measured = measured_laboratory(settings)
        app = create_app(settings)
        client = TestClient(app, base_url=settings.origin, headers={"Origin": settings.origin})
        database = app.state.house.database
        asked: list[tuple[str, tuple[object, ...]]] = []
        for page in pages(measured):
            _sign_in(client, measured, page.who)
            asked.clear()

            @event.listens_for(database.reader, "before_cursor_execute")
            def note(_db: object, _cursor: object, statement: str, values: tuple[object, ...], *_: object) -> None:
                asked.append((statement, values))

            status = client.get(page.path).status_code
            event.remove(database.reader, "before_cursor_execute", note)
            with database.reading() as db:
                found = [line for statement, values in asked for line in scans(db, statement, values)]
            print(f"{page.path.split('?')[0]}: {status}, {len(asked)} statements, {len(found)} scans of growing tables")
            for line in found:
                print(f"    {line}")


def pages(measured: Measured) -> tuple[Page, ...]:
    """Today, list, genealogy, chart, release and history."""
    return (
        Page(CHLOE, "/"),
        Page(TARA, "/"),
        Page(QUINN, "/"),
        Page(CHLOE, "/patients"),
        Page(CHLOE, "/patients?after=Synthetic"),
        Page(CHLOE, f"/courses/{measured.course}"),
        Page(CHLOE, f"/api/v1/bags/{measured.bag}/line"),
        Page(CHLOE, f"/bags/{measured.bag}"),
        Page(CHLOE, "/bedside"),
        Page(TARA, f"/batches/{measured.culture}"),
        Page(TARA, "/batches"),
        Page(QUINN, "/release"),
        Page(QUINN, f"/release/{measured.lot}"),
        Page(QUINN, "/near-misses"),
        Page(QUINN, "/ledger"),
        Page(QUINN, "/materials"),
    )


def scans(db: Connection, statement: str, values: tuple[object, ...]) -> list[str]:
    """The lines of the plan that read a growing table, or a whole index of it, from end to end."""
    statement = " ".join(statement.split())
    is_first_rows = " WHERE " not in statement and " LIMIT " in statement  # read in the order of an index, then left
    if is_first_rows or not statement.startswith(("SELECT", "WITH")):
        return []
    names = dict(re.findall(r'(?:FROM|JOIN) "?(\w+)"? AS "?(\w+)"?', statement))
    alias = {short: table for table, short in names.items()}
    plan = db.exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", values)
    found = []
    for row in plan:
        scanned = re.match(r"SCAN (\w+)(.*)", row.detail)
        table = alias.get(scanned[1], scanned[1]) if scanned else ""
        if table in GROWING:
            found.append(f"{row.detail}  <-  {statement[statement.index(' FROM ') :][:300]}")
    return found


def _sign_in(client: TestClient, measured: Measured, who: Person) -> None:
    form = {"user_name": who.name, "password": measured.lab.secrets[who.name].password}
    key = {"Idempotency-Key": f"00000000-0000-4000-8000-{hash(who.name) % 10**12:012}"}
    client.cookies.clear()
    answer = client.post("/api/v1/sign-in", json=form, headers=key)
    assert answer.status_code == 204, answer.text
    client.headers["Cookie"] = "; ".join(line.partition(";")[0] for line in answer.headers.get_list("set-cookie"))


if __name__ == "__main__":
    main()
