"""Measures processor time per request of a real server, beside the floor of the same run. It judges nothing.

    .venv/bin/python tools/bench/run.py [--postgresql] [--rounds 3] [--seconds 1.0]

What the figures mean and what we aim at: docs/performance.md.
"""

from __future__ import annotations

import argparse
import os
import platform
import sys
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from datetime import UTC, datetime
from itertools import count
from pathlib import Path
from statistics import median

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from app.settings import Settings
from app.simulator.people import CHLOE
from tools.bench.laboratory import Measured, measured_laboratory
from tools.bench.load import Job, Round, one_round, sign_in
from tools.bench.postgresql import temporary_database
from tools.bench.processes import Server, running

CLIENTS = (1, 8)
F0, F1 = Job("F0 ready bytes", "/f0", "-"), Job("F1 one row of SQLite", "/f1", "-")
STARTS = 3

Figures = dict[tuple[str, int], list[Round]]


def main() -> None:
    """One run: found, start, measure in interleaved rounds, print."""
    asked = _arguments()
    print(f"{datetime.now(UTC):%Y-%m-%d %H:%M} UTC, {platform.machine()}, {os.cpu_count()} cores, Python", end=" ")
    print(
        f"{platform.python_version()}, load {os.getloadavg()[0]:.1f}, {'PostgreSQL' if asked.postgresql else 'SQLite'}"
    )
    with ExitStack() as stack:
        settings, database = stack.enter_context(_installation(is_postgresql=asked.postgresql))
        measured = measured_laboratory(settings)
        environment = {"VEINLINE_DATA_DIR": str(settings.data_dir), "VEINLINE_DATABASE_URL": settings.database_url}
        server = Server(("-m", "app.cli", "serve"), environment, "/ready", database)
        starts = _starts(server)
        stack.enter_context(running(server))
        floor = stack.enter_context(running(Server(("tools/bench/floor.py",), {}, "/f0")))
        cookies = sign_in(server, CHLOE.name, measured.lab.secrets[CHLOE.name].password)
        memory = server.memory_mb()
        jobs = jobs_of(measured)
        figures = _measured(floor, server, jobs, cookies, asked)
    _print(jobs, figures)
    print(f"\nstart to first answer, median of {STARTS}: {median(starts):.2f} s (target 2.0)")
    print(f"idle memory (PSS): {memory:.0f} MB (target 90)\nload at the end {os.getloadavg()[0]:.1f}")


def jobs_of(measured: Measured) -> tuple[Job, ...]:
    """What is measured, each with its target from docs/performance.md."""
    number = count(1)

    def weight() -> dict[str, object]:
        return {"course_code": measured.course, "weight_kg": f"68.{next(number) % 10}"}

    def scan() -> dict[str, object]:
        return {"scanned": measured.bag}

    return (
        Job("who am I, JSON", "/api/v1/me", "-"),
        Job("scan, JSON", "/api/v1/scan", "8 x F1", scan),
        Job("scan, page", f"/bags/{measured.bag}", "8 x F1, 10 x at eight"),
        Job("record with ledger, durable", f"/api/v1/courses/{measured.course}/weights", "4 ms", weight),
        Job("list of 50 patients, JSON", "/api/v1/patients", "3.5 ms"),
        Job("list of 50 patients, page", "/patients", "-"),
        Job("genealogy of a bag, JSON", f"/api/v1/bags/{measured.bag}/line", "2.5 ms"),
        Job("course, page", f"/courses/{measured.course}", "-"),
        Job("Today, page", "/", "-"),
    )


def _measured(floor: Server, server: Server, jobs: tuple[Job, ...], cookies: str, asked: argparse.Namespace) -> Figures:
    """Every job in every round, so that a noisy moment falls on all of them; the first, unmeasured, warms up."""
    figures: Figures = {}
    for number in range(-1, asked.rounds):
        for clients in CLIENTS:
            for job in (F0, F1, *jobs):
                at = floor if job in {F0, F1} else server
                seen = one_round(at, job, cookies, clients, asked.seconds if number >= 0 else 0.1)
                if number >= 0:
                    figures.setdefault((job.name, clients), []).append(seen)
    return figures


def _print(jobs: tuple[Job, ...], figures: Figures) -> None:
    heads = " | ".join(f"{clients} client{'s' * (clients > 1)}, ms | x F1" for clients in CLIENTS)
    print(f"\n| job | {heads} | target |\n|---|{'---|' * 2 * len(CLIENTS)}---|")
    for job in (F0, F1, *jobs):
        cells = [_cell(figures[job.name, clients], figures[F1.name, clients]) for clients in CLIENTS]
        print(f"| {job.name} | {' | '.join(cells)} | {job.target} |")


def _cell(rounds: list[Round], floor: list[Round]) -> str:
    used, least = _median(rounds), _median(floor)
    if used is None or least is None:
        answers = ", ".join(sorted({str(status) for each in rounds for status in each.answers}))
        return f"failed ({answers}) | -"
    return f"{used:.2f} | {used / least:.1f}"


def _median(rounds: list[Round]) -> float | None:
    used = [each.processor_ms for each in rounds if each.processor_ms is not None]
    return median(used) if len(used) == len(rounds) else None


def _starts(server: Server) -> list[float]:
    """Seconds to the first answer; the first start is not counted, it fills the caches."""
    times = []
    for _ in range(STARTS + 1):
        with running(server):
            times.append(server.started_in_s)
    return times[1:]


@contextmanager
def _installation(*, is_postgresql: bool) -> Iterator[tuple[Settings, int | None]]:
    with tempfile.TemporaryDirectory(prefix="veinline-bench-") as folder, ExitStack() as stack:
        if not is_postgresql:
            yield Settings(data_dir=Path(folder)), None
            return
        url, process = stack.enter_context(temporary_database())
        yield Settings(data_dir=Path(folder), database_url=url), process


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--postgresql", action="store_true", help="a temporary PostgreSQL server instead of SQLite")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--seconds", type=float, default=1.0, help="of each round of each job")
    return parser.parse_args()


if __name__ == "__main__":
    main()
