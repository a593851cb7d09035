"""Server processes to be measured, and what the kernel says they used. Not a load generator: see `load`."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.client import HTTPConnection
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
PATIENCE_S = 30.0
TICKS_PER_S = os.sysconf("SC_CLK_TCK")


@dataclass(slots=True)
class Server:
    """One process on a free port of this machine. `database` is the process of its PostgreSQL server, if it has one."""

    command: tuple[str, ...]
    environment: Mapping[str, str]
    first_path: str
    database: int | None = None
    port: int = field(default_factory=lambda: free_port())
    started_in_s: float = 0.0
    _process: subprocess.Popen[bytes] | None = None

    @property
    def origin(self) -> str:
        """The address browsers use."""
        return f"http://127.0.0.1:{self.port}"

    def start(self) -> None:
        """Start it and wait for the first answer to `first_path`."""
        began = time.monotonic()
        command = [sys.executable, *self.command, "--port", str(self.port)]
        environment = os.environ | self.environment | {"VEINLINE_ORIGIN": self.origin}
        quiet = subprocess.DEVNULL
        self._process = subprocess.Popen(command, cwd=ROOT, env=environment, stdout=quiet, stderr=quiet)
        while not self._answers():
            if self._process.poll() is not None or time.monotonic() - began > PATIENCE_S:
                message = f"{' '.join(command)} did not start"
                raise RuntimeError(message)
            time.sleep(0.01)
        self.started_in_s = time.monotonic() - began

    def stop(self) -> None:
        """End it."""
        assert self._process is not None, "stopped before it was started"
        self._process.terminate()
        self._process.wait(timeout=PATIENCE_S)

    def processor_s(self) -> float:
        """Processor time used so far, user and system, with its database server's."""
        assert self._process is not None, "measured before it was started"
        own = _ticks(self._process.pid)
        return (own if self.database is None else own + _family_ticks(self.database)) / TICKS_PER_S

    def memory_mb(self) -> float:
        """Proportional set size of the server alone."""
        assert self._process is not None, "measured before it was started"
        lines = Path(f"/proc/{self._process.pid}/smaps_rollup").read_text().splitlines()
        return int(next(line for line in lines if line.startswith("Pss:")).split()[1]) / 1024

    def _answers(self) -> bool:
        try:
            connection = HTTPConnection("127.0.0.1", self.port, timeout=5)
            connection.request("GET", self.first_path)
            return connection.getresponse().status == 200
        except OSError:
            return False


@contextmanager
def running(server: Server) -> Iterator[Server]:
    """The server, started, and ended afterwards."""
    server.start()
    try:
        yield server
    finally:
        server.stop()


def free_port() -> int:
    """A port nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _ticks(process: int) -> int:
    """Own and waited-for children's user and system time; 0 for a process that is gone."""
    try:
        text = Path(f"/proc/{process}/stat").read_text()
    except OSError:
        return 0
    return sum(int(word) for word in text.rpartition(")")[2].split()[11:15])


def _family_ticks(parent: int) -> int:
    children = Path(f"/proc/{parent}/task/{parent}/children").read_text().split()
    return _ticks(parent) + sum(_ticks(int(child)) for child in children)
