"""A printer made of a real socket, with the faults printers have. It keeps every byte that came."""

from __future__ import annotations

import re
import socket
import struct
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from enum import Enum, auto
from typing import Final

from PIL import Image
from zxingcpp import BarcodeFormat, BarcodeFormats, TextMode, read_barcodes

from app.labels.drawing.outputs.zpl import bitmap_from_zpl

_BLOCK: Final = re.compile(rb"\^XA.*?\^XZ", re.DOTALL)
_RESET: Final = struct.pack("ii", 1, 0)
"""Close at once, without what is still on the way: SO_LINGER of zero."""


class Fault(Enum):
    """How the printer behaves."""

    NONE = auto()
    CLOSES_AT_ONCE = auto()
    CLOSES_IN_THE_SECOND_LABEL = auto()
    STALLS = auto()
    DROPS = auto()
    DUPLICATES = auto()
    STAYS_OPEN = auto()


class Sink:
    """A listening printer. `received` holds the bytes of each connection; `paper` what came out of it."""

    def __init__(self, fault: Fault) -> None:
        self.fault = fault
        self.received: list[bytes] = []
        self.paper: list[bytes] = []
        self._server = socket.socket()
        self._server.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)  # what is not read fills the network soon
        self._server.bind(("127.0.0.1", 0))
        self._server.listen(5)
        self.port: int = self._server.getsockname()[1]
        self.is_fed = threading.Event()
        self._is_done = threading.Event()
        self._threads = [threading.Thread(target=self._serve, daemon=True)]
        self._threads[0].start()

    def close(self) -> None:
        """Switch it off."""
        self._is_done.set()
        self._server.shutdown(socket.SHUT_RDWR)
        self._server.close()
        for thread in self._threads:
            thread.join()

    def _serve(self) -> None:
        while True:
            try:
                line, _ = self._server.accept()
            except OSError:
                return
            with line:
                self.received.append(self._taken(line))
            if self.fault is not Fault.DROPS:
                self.paper += _BLOCK.findall(self.received[-1]) * (2 if self.fault is Fault.DUPLICATES else 1)
            self.is_fed.set()

    def _taken(self, line: socket.socket) -> bytes:
        if self.fault is Fault.STALLS:
            self._is_done.wait()
            return b""
        if self.fault is Fault.CLOSES_AT_ONCE:
            line.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _RESET)
            return b""
        taken = b""
        while chunk := line.recv(1024):
            taken += chunk
            if self.fault is Fault.CLOSES_IN_THE_SECOND_LABEL and taken.count(b"^XA") > 1:
                line.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _RESET)
                return taken
        if self.fault is Fault.STAYS_OPEN:
            self._is_done.wait()
        return taken


@contextmanager
def printer(fault: Fault = Fault.NONE) -> Iterator[Sink]:
    """A printer for one test."""
    sink = Sink(fault)
    try:
        yield sink
    finally:
        sink.close()


def nobody_listens() -> int:
    """A port at which no printer is."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def squares(blocks: list[bytes]) -> list[str]:
    """The square symbols on the paper, label by label, as zxing-cpp reads them; '' for a label without one."""
    only = BarcodeFormats((BarcodeFormat.DataMatrix,))
    read = [read_barcodes(_grey(block), formats=only, text_mode=TextMode.Plain) for block in blocks]
    return [found[0].text if found else "" for found in read]


def _grey(block: bytes) -> Image.Image:
    return bitmap_from_zpl(block).convert("L")
