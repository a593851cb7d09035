"""The two commands of the README work from a clean copy with nothing but Python, make and git."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import time
from pathlib import Path

import httpx2
import pytest

from tests.faults.serving import free_port

ROOT = Path(__file__).resolve().parents[2]
COMMANDS = re.findall(r"```sh\n(make \w+)\n```", (ROOT / "README.md").read_text())


@pytest.fixture(scope="module")
def clean_copy(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What git tracks, and nothing that was installed by hand."""
    folder = tmp_path_factory.mktemp("clean") / "veinline"
    subprocess.run(["git", "clone", "--quiet", str(ROOT), str(folder)], check=True)
    return folder


def environment() -> dict[str, str]:
    return {key: value for key, value in os.environ.items() if not key.startswith(("VEINLINE_", "PYTEST_", "VIRTUAL_"))}


@pytest.mark.requirement("REQ-139")
@pytest.mark.requirement("REQ-116")
@pytest.mark.xdist_group("clean copy")
def test_make_run_serves_the_demo_from_a_clean_copy(clean_copy: Path) -> None:
    assert COMMANDS[0] == "make run"
    port = free_port()
    log = clean_copy / "demo.log"
    with log.open("w") as out:
        command = [*COMMANDS[0].split(), f"DEMO=--port {port}"]
        process = subprocess.Popen(
            command, cwd=clean_copy, env=environment(), stdout=out, stderr=out, start_new_session=True
        )
    try:
        _wait_until_it_answers(port, process, log)
        assert "Sign-ins of this demo" in log.read_text()
        assert "Demo laboratory" in httpx2.get(f"http://127.0.0.1:{port}/sign-in").text
    finally:
        os.killpg(process.pid, signal.SIGTERM)
        process.wait(20)


@pytest.mark.requirement("REQ-139")
@pytest.mark.xdist_group("clean copy")
def test_make_test_checks_a_clean_copy(clean_copy: Path) -> None:
    assert COMMANDS[1] == "make test"
    command = [*COMMANDS[1].split(), "PYTEST_WORKERS=0", "TESTS=tests/ledger/test_canonical_text.py"]
    done = subprocess.run(command, cwd=clean_copy, env=environment(), capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr


def _wait_until_it_answers(port: int, process: subprocess.Popen[bytes], log: Path) -> None:
    for _ in range(1200):
        try:
            if httpx2.get(f"http://127.0.0.1:{port}/health", timeout=1).status_code == 200:
                return
        except httpx2.TransportError:
            assert process.poll() is None, log.read_text()
            time.sleep(0.25)
    raise AssertionError(log.read_text())
