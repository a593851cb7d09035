"""A real PostgreSQL server in a temporary folder, for the tests. Not a mock, and not the machine's own server."""

from __future__ import annotations

import os
import pwd
import shutil
import signal
import socket
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import psycopg

UNPRIVILEGED = ("postgres", "nobody")
HOST = "127.0.0.1"
PORTS_TRIED = 5

WITHOUT_DISK = ("fsync=off", "full_page_writes=off")
"""The tests kill the application, never the machine: waiting for the disk would show nothing and take half the time."""


@dataclass(frozen=True)
class Server:
    """A running server; databases are made from templates of it."""

    port: int
    folder: Path

    def url(self, name: str) -> str:
        return f"postgresql://veinline@{HOST}:{self.port}/{name}"

    def run(self, statement: str) -> None:
        with psycopg.connect(self.url("postgres"), autocommit=True) as connection:
            connection.execute(statement.encode())


def binaries() -> Path:
    """Folder of initdb and pg_ctl; a missing server is a failure, never a skipped test."""
    for folder in (
        *sorted(Path("/usr/lib/postgresql").glob("*/bin"), reverse=True),
        *map(Path, os.get_exec_path()),
    ):
        if (folder / "initdb").exists() and (folder / "postgres").exists():
            return folder
    msg = "PostgreSQL (initdb, postgres) is not installed: on Debian, apt-get install postgresql"
    raise FileNotFoundError(msg)


@contextmanager
def running() -> Iterator[Server]:
    """Start a server of our own on a free port, as an unprivileged user where root may not."""
    folder = Path(tempfile.mkdtemp(prefix="veinline-pg-"))
    user = _server_user()
    if user is not None:
        os.chown(folder, user.pw_uid, user.pw_gid)
    bin_folder, data = binaries(), folder / "data"
    options = {"user": user.pw_uid, "group": user.pw_gid, "extra_groups": []} if user else {}
    env = {"PATH": os.environ["PATH"], "LC_ALL": "C.UTF-8", "HOME": str(folder)}
    subprocess.run(
        [
            bin_folder / "initdb",
            "-D",
            data,
            "-U",
            "veinline",
            "-A",
            "trust",
            "-E",
            "UTF8",
            "--data-checksums",
            "--no-sync",
        ],
        check=True,
        capture_output=True,
        env=env,
        **options,
    )
    server, port = _started(bin_folder, folder, env, options)
    try:
        yield Server(port, folder)
    finally:
        server.send_signal(signal.SIGINT)  # fast shutdown: open connections are ended
        server.wait(timeout=30)
        shutil.rmtree(folder, ignore_errors=True)


def _started(
    bin_folder: Path, folder: Path, env: dict[str, str], options: dict[str, object]
) -> tuple[subprocess.Popen[bytes], int]:
    """Our server on a port of its own. Another run of the tests may take the port we found before we listen on it."""
    for _ in range(PORTS_TRIED):
        port = _free_port()
        settings = [f"listen_addresses={HOST}", "max_connections=200", *WITHOUT_DISK]
        command = [bin_folder / "postgres", "-D", folder / "data", "-p", str(port), "-k", folder]
        command += [part for setting in settings for part in ("-c", setting)]
        with (folder / "log").open("ab") as log:
            server = subprocess.Popen(command, stdout=log, stderr=log, env=env, **options)  # type: ignore[call-overload]
        if _is_up(bin_folder, port, server, folder):
            return server, port
    msg = "PostgreSQL did not start: " + (folder / "log").read_text()
    raise RuntimeError(msg)


def _server_user() -> pwd.struct_passwd | None:
    if os.geteuid() != 0:
        return None
    for name in UNPRIVILEGED:
        try:
            return pwd.getpwnam(name)
        except KeyError:
            continue
    msg = "PostgreSQL refuses to run as root, and there is no unprivileged user to run it"
    raise RuntimeError(msg)


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind((HOST, 0))
        return int(probe.getsockname()[1])


def _is_up(bin_folder: Path, port: int, server: subprocess.Popen[bytes], folder: Path) -> bool:
    """Whether our own server answers, asked by its socket in our folder: on the port another one might answer."""
    for _ in range(300):
        if server.poll() is not None:
            return False
        ready = subprocess.run([bin_folder / "pg_isready", "-q", "-h", folder, "-p", str(port), "-t", "1"], check=False)
        if ready.returncode == 0:
            return True
        subprocess.run(["sleep", "0.1"], check=True)
    return False
