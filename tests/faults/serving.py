"""A real server process on a free port, to be killed. It runs the command line a site runs."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx2

from app.settings import Settings

ROOT = Path(__file__).resolve().parents[2]


def free_port() -> int:
    """A port nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


class Server:
    """One server process of an installation; it can be killed and started again on the same port."""

    def __init__(self, settings: Settings) -> None:
        self.port = free_port()
        self.origin = f"http://127.0.0.1:{self.port}"
        self._env = os.environ | {
            "VEINLINE_DATA_DIR": str(settings.data_dir),
            "VEINLINE_DATABASE_URL": settings.database_url,
            "VEINLINE_ORIGIN": self.origin,
        }
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Start it and wait until it answers."""
        command = [sys.executable, "-m", "app.cli", "serve", "--port", str(self.port)]
        self._process = subprocess.Popen(command, cwd=ROOT, env=self._env, stdout=subprocess.DEVNULL)
        for _ in range(400):
            try:
                if httpx2.get(f"{self.origin}/health", timeout=1).status_code == 200:
                    return
            except httpx2.TransportError:
                time.sleep(0.05)
        msg = "the server did not start"
        raise AssertionError(msg)

    def kill(self) -> None:
        """Kill it as a power switch would: no goodbye."""
        assert self._process is not None
        self._process.send_signal(signal.SIGKILL)
        self._process.wait()

    def client(self, cookies: str = "") -> httpx2.Client:
        """A client as our own pages are: same origin, with these cookies."""
        headers = {"Origin": self.origin, "Sec-Fetch-Site": "same-origin", "Cookie": cookies}
        return httpx2.Client(base_url=self.origin, headers=headers, timeout=10)

    def sign_in(self, name: str, password: str) -> str:
        """The cookies of a person signed in by password."""
        form = {"user_name": name, "password": password, "request_key": "6f0c1a52-3f5e-4a52-9d0e-0c5a3f1b7e10"}
        with self.client() as client:
            answer = client.post("/sign-in", data=form)
            assert answer.status_code == 303, answer.text
            return "; ".join(f"{name}={value}" for name, value in answer.cookies.items())


@contextmanager
def serving(settings: Settings) -> Iterator[Server]:
    """A running server that is killed at the end."""
    server = Server(settings)
    server.start()
    try:
        yield server
    finally:
        server.kill()
