"""Clients that ask one thing over and over, each on its own connection. Not the measuring: see `run`."""

from __future__ import annotations

import json
import time
from collections import Counter
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from http.client import HTTPConnection, HTTPException
from uuid import uuid4

from app.web.door import STATION_COOKIE
from tools.bench.processes import Server

Body = Callable[[], Mapping[str, object]]


@dataclass(frozen=True, slots=True)
class Job:
    """One thing to ask for. `body` makes a new JSON body for each request; without one it is a GET."""

    name: str
    path: str
    target: str
    body: Body | None = None


@dataclass(frozen=True, slots=True)
class Round:
    """What one round showed. `processor_ms` per answered request, None when a request was not answered with 2xx."""

    processor_ms: float | None
    latency_ms: float
    answers: Mapping[int, int]


def one_round(server: Server, job: Job, cookies: str, clients: int, seconds: float) -> Round:
    """Let so many clients ask for so long. A refused request makes the round a failure, never a figure."""
    before, until = server.processor_s(), time.monotonic() + seconds
    with ThreadPoolExecutor(clients) as pool:
        asked = [pool.submit(_client, server, job, cookies, until) for _ in range(clients)]
        answers = sum((each.result() for each in asked), Counter[int]())
    used, number = server.processor_s() - before, answers.total()
    is_good = number > 0 and all(200 <= status < 300 for status in answers)
    return Round(used / number * 1000 if is_good else None, seconds * clients / max(number, 1) * 1000, answers)


def ask(connection: HTTPConnection, server: Server, job: Job, cookies: str) -> tuple[int, str]:
    """Ask once; status and text."""
    headers = {"Origin": server.origin, "Sec-Fetch-Site": "same-origin", "Cookie": cookies}
    if job.body is None:
        connection.request("GET", job.path, headers=headers)
    else:
        headers |= {"Content-Type": "application/json", "Idempotency-Key": str(uuid4())}
        connection.request("POST", job.path, json.dumps(job.body()), headers)
    answer = connection.getresponse()
    return answer.status, answer.read().decode()


def sign_in(server: Server, name: str, password: str, station: str = "") -> str:
    """The cookies of a person signed in by password, on any device or on the station whose token is given."""
    connection = HTTPConnection("127.0.0.1", server.port)
    headers = {"Origin": server.origin, "Content-Type": "application/json", "Idempotency-Key": str(uuid4())}
    headers["Cookie"] = f"{STATION_COOKIE}={station}" if station else ""
    asked = {"user_name": name, "password": password}
    connection.request("POST", "/api/v1/sign-in", json.dumps(asked), headers)
    answer = connection.getresponse()
    text = answer.read().decode()
    if answer.status != 204:
        raise RuntimeError(text)
    return "; ".join(line.partition(";")[0] for line in answer.headers.get_all("Set-Cookie") or ())


def _client(server: Server, job: Job, cookies: str, until: float) -> Counter[int]:
    connection = HTTPConnection("127.0.0.1", server.port, timeout=30)
    answers = Counter[int]()
    try:
        while time.monotonic() < until:
            answers[ask(connection, server, job, cookies)[0]] += 1
    except (OSError, HTTPException):
        answers[0] += 1
    finally:
        connection.close()
    return answers
