"""A PostgreSQL server of our own in a temporary folder, with durable commits, to be measured and thrown away."""

from __future__ import annotations

import os
import pwd
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tools.bench.processes import free_port

UNPRIVILEGED = "nobody"


@contextmanager
def temporary_database() -> Iterator[tuple[str, int]]:
    """Its address and the process of the server. PostgreSQL never runs as root."""
    binaries = max(Path("/usr/lib/postgresql").glob("*/bin"))
    folder = Path(tempfile.mkdtemp(prefix="veinline-bench-pg-"))
    user = pwd.getpwnam(UNPRIVILEGED).pw_uid if os.geteuid() == 0 else os.geteuid()
    os.chown(folder, user, -1)
    port, data = free_port(), folder / "data"
    make = (binaries / "initdb", "-D", data, "-U", "veinline", "-A", "trust", "-E", "UTF8", "--locale=C.UTF-8")
    subprocess.run(make, check=True, capture_output=True, user=user)
    serve = (binaries / "postgres", "-D", data, "-p", str(port), "-k", folder, "-c", "listen_addresses=127.0.0.1")
    server = subprocess.Popen(serve, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, user=user)
    ready = (binaries / "pg_isready", "-q", "-h", "127.0.0.1", "-p", str(port))
    try:
        while subprocess.run(ready, check=False).returncode != 0:
            if server.poll() is not None:
                raise RuntimeError("PostgreSQL did not start")
            time.sleep(0.1)
        yield f"postgresql+psycopg://veinline@127.0.0.1:{port}/postgres", server.pid
    finally:
        server.send_signal(signal.SIGINT)  # open connections are ended
        server.wait(timeout=60)
        shutil.rmtree(folder)
