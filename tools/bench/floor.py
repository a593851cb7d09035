"""The floor under every figure: a server that does nothing (F0), and one that looks one row up in SQLite (F1).

Run by `run.py`: FastAPI on the same uvicorn as the application, `async def`, nothing else.
"""

from __future__ import annotations

import argparse
import sqlite3
from itertools import count

import uvicorn
from fastapi import FastAPI, Response

ROWS = 100_000
STRIDE = 7919
"""A prime, so that looked-up rows lie far apart."""

app = FastAPI(openapi_url=None)
database = sqlite3.connect(":memory:", check_same_thread=False)
asked = count()


@app.get("/f0")
async def get_ready_bytes() -> Response:
    """F0."""
    return Response(b'{"status":"alive"}', media_type="application/json")


@app.get("/f1")
async def get_one_row() -> Response:
    """F1: the row of one code, by the raw driver."""
    wanted = f"D7M26B{next(asked) * STRIDE % ROWS:08}"
    code, state = database.execute("SELECT code, state FROM thing WHERE code = ?", (wanted,)).fetchone()
    return Response(f'{{"code":"{code}","state":"{state}"}}', media_type="application/json")


if __name__ == "__main__":
    database.execute("CREATE TABLE thing (id INTEGER PRIMARY KEY, code TEXT UNIQUE, state TEXT)")
    rows = ((f"D7M26B{number:08}", "released") for number in range(ROWS))
    database.executemany("INSERT INTO thing (code, state) VALUES (?, ?)", rows)
    parser = argparse.ArgumentParser()
    parser.add_argument("--port", type=int, required=True)
    uvicorn.run(app, port=parser.parse_args().port, loop="uvloop", http="httptools", access_log=False)
