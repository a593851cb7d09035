"""Printer bytes over a raw TCP connection (port 9100). It reports what left; what that means is decided elsewhere."""

from __future__ import annotations

import select
import socket
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from time import monotonic
from typing import Final

from app.domain.labels.jobs import PrinterProblem, Report


@dataclass(frozen=True, slots=True)
class Patience:
    """How long a printer is waited for, in seconds: to answer, to take one label, to close after the last."""

    connect_s: float = 3.0
    send_s: float = 10.0
    close_s: float = 2.0


PATIENCE: Final = Patience()
_HEARD: Final = 4096
_ON_THE_WAY: Final = 4096
"""Bytes this machine keeps for a printer that does not take them: few, so that "taken" is near to "arrived"."""


def send(host: str, port: int, blocks: Sequence[bytes], patience: Patience = PATIENCE) -> Report:
    """Send the blocks over one connection, in order, each once. Never raises for what a printer does."""
    try:
        line = socket.create_connection((host, port), timeout=patience.connect_s)
    except OSError:
        return Report(0, PrinterProblem.NO_ANSWER)
    with line:
        with suppress(OSError):
            line.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, _ON_THE_WAY)
        for number, block in enumerate(blocks):
            problem, is_begun = _send_block(line, block, patience.send_s)
            if problem is not None:
                return Report(number + is_begun, problem)
        return Report(len(blocks), _close(line, patience.close_s))


def _send_block(line: socket.socket, block: bytes, most_s: float) -> tuple[PrinterProblem | None, bool]:
    """Why it broke off, and whether any byte of the block had left by then."""
    if _is_closed(line):
        return PrinterProblem.CLOSED, False
    rest, until = memoryview(block), monotonic() + most_s
    while rest:
        try:
            line.settimeout(max(until - monotonic(), 0.001))
            rest = rest[line.send(rest) :]
        except TimeoutError:
            return PrinterProblem.STALLED, len(rest) < len(block)
        except OSError:
            return PrinterProblem.CLOSED, len(rest) < len(block)
    return None, True


def _is_closed(line: socket.socket) -> bool:
    """Whether the printer hung up. What it says, such as its status, is no hanging up and stays unread."""
    try:
        ready, _, _ = select.select([line], [], [], 0)
        return bool(ready) and line.recv(1, socket.MSG_PEEK) == b""
    except OSError:
        return True


def _close(line: socket.socket, most_s: float) -> PrinterProblem | None:
    """Say that nothing more comes and wait for the printer to close. One that stays open took it all the same."""
    until = monotonic() + most_s
    try:
        line.shutdown(socket.SHUT_WR)
        while (left := until - monotonic()) > 0:
            line.settimeout(left)
            if line.recv(_HEARD) == b"":
                return None
    except TimeoutError:
        return None
    except OSError:
        return PrinterProblem.CLOSED
    return None
