"""kill -9 of the server under load: no acknowledged write is lost, none doubled, and the ledger verifies."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from uuid import uuid4

import httpx2
import pytest

from app.ledger.verify import verify
from tests.clocks import TestClock
from tests.faults.serving import Server, serving
from tests.people import CHLOE
from tests.postgresql import Server as PostgreSQL
from tests.world import World, found, settings_for

KILLS = 10
WRITERS = 4
WRITES_BEFORE_A_KILL = 12


@pytest.fixture
def running_world(dialect: str, request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[World]:
    """A laboratory founded yesterday, so that the real clock of a real server is ahead of it."""
    clock = TestClock(datetime.now(UTC) - timedelta(days=1))
    if dialect == "sqlite":
        world = found(settings_for(tmp_path), clock)
        yield world
        world.close()
        return
    server: PostgreSQL = request.getfixturevalue("postgresql_server")
    name = f"kill_{uuid4().hex[:12]}"
    server.run(f"CREATE DATABASE {name}")
    world = found(settings_for(tmp_path, server.url(name)), clock)
    yield world
    world.close()
    server.run(f"DROP DATABASE {name} WITH (FORCE)")


class Writers:
    """Clients that enrol patients as fast as they are answered; each keeps what it sent and what was acknowledged."""

    def __init__(self, server: Server, cookies: str) -> None:
        self._server = server
        self._cookies = cookies
        self._enough = threading.Event()
        self.sent: dict[str, str] = {}
        self.acknowledged: dict[str, str] = {}

    def run_until_killed(self) -> None:
        """Write until the server dies, then see every client end."""
        goal = len(self.acknowledged) + WRITES_BEFORE_A_KILL
        self._enough.clear()
        threads = [threading.Thread(target=self._write, args=(goal,), daemon=True) for _ in range(WRITERS)]
        for thread in threads:
            thread.start()
        assert self._enough.wait(60), "the server answered too few writes"
        self._server.kill()
        for thread in threads:
            thread.join(30)
            assert not thread.is_alive()

    def send_again(self) -> None:
        """After a restart: the same requests with the same keys, so that unknown becomes known."""
        with self._server.client(self._cookies) as client:
            for key, number in self.sent.items():
                if key not in self.acknowledged:
                    self._send(client, key, number)

    def _write(self, goal: int) -> None:
        try:
            with self._server.client(self._cookies) as client:
                while True:
                    key, number = str(uuid4()), str(uuid4().int)[:12]
                    self.sent[key] = number
                    self._send(client, key, number)
                    if len(self.acknowledged) >= goal:
                        self._enough.set()
        except httpx2.TransportError:
            return

    def _send(self, client: httpx2.Client, key: str, number: str) -> None:
        body = {
            "family_name": "Synthetic", "given_name": "Someone", "birth_date": "1951-03-14", "sex": "female",
            "hospital_number": number, "protocol": "DEMO-LAK-1", "is_under_ind": True,
            "first_day": datetime.now(UTC).date().isoformat(),
        }  # fmt: skip
        answer = client.post("/api/v1/patients", json=body, headers={"Idempotency-Key": key})
        assert answer.status_code in {200, 201}, answer.text
        self.acknowledged[key] = number


@pytest.mark.requirement("REQ-107")
def test_ten_kills_under_load_lose_and_double_nothing(running_world: World) -> None:
    world = running_world
    with serving(world.settings) as server:
        writers = Writers(server, server.sign_in(CHLOE.name, CHLOE.password))
        for _ in range(KILLS):
            writers.run_until_killed()
            server.start()
            writers.send_again()
    stored = [str(row[0]) for row in world.rows("SELECT hospital_number FROM patient")]
    assert sorted(stored) == sorted(writers.acknowledged.values())
    assert len(stored) == len(set(stored)) >= KILLS * WRITES_BEFORE_A_KILL
    with world.database.reading() as db:
        assert verify(db, world.keyring).finding is None
