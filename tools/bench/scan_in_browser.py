"""How long a nurse waits: from the last key of a scan to the painted verdict, in a real Chromium. Not a test.

    .venv/bin/python tools/bench/scan_in_browser.py [--scans 15]

A reader in keyboard mode types at the bedside station: the wristband, then the bag that was ordered and brought, a
MATCH; after that a bag nobody brought to the ward, a STOP. The clock is the browser's own: from the Enter key to the
first frame drawn after the answer stands in the page, at full speed and with a processor four times slower.
"""

from __future__ import annotations

import argparse
import shutil
import sys
import tempfile
import time
from pathlib import Path
from statistics import median

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from playwright.sync_api import BrowserContext, Page, Playwright, sync_playwright

from app.domain.identifiers import with_print_number
from app.settings import Settings
from app.simulator.line.infusion import brought, confirmed
from app.simulator.people import NIA
from app.web.door import SESSION_COOKIE, STATION_COOKIE
from tools.bench.laboratory import Measured, measured_laboratory, station_token
from tools.bench.load import sign_in
from tools.bench.processes import Server, running

BED = "Bed 7"
TARGETS_MS = {1: 150, 4: 500}
ARGUMENTS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--no-first-run"]
READER_PAUSE_S = 0.8
"""A page takes the same code twice within 0.7 s for one scan."""

CLOCK = """
const now = (stamp) => String(performance.timeOrigin + stamp);
addEventListener("keydown", (event) => {
  if (event.key === "Enter") sessionStorage.setItem("scanned", now(event.timeStamp));
}, true);
const answered = () => requestAnimationFrame(() => setTimeout(() => {
  sessionStorage.setItem("painted", now(performance.now()));
}));
addEventListener("DOMContentLoaded", answered);
addEventListener("htmx:after:swap", answered);
"""


def main() -> None:
    """Found, serve, scan, print medians."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--scans", type=int, default=15)
    scans = parser.parse_args().scans
    with tempfile.TemporaryDirectory(prefix="veinline-scan-") as folder, sync_playwright() as playwright:
        measured = measured_laboratory(Settings(data_dir=Path(folder)))
        given, left = measured.made.bags[:2]
        confirmed(measured.lab, measured.made.batch.patient, (given,))
        brought(measured.lab, given)
        with running(Server(("-m", "app.cli", "serve"), {"VEINLINE_DATA_DIR": folder}, "/ready")) as server:
            context = tablet(playwright, server, measured)
            page = context.new_page()
            for slower, target in TARGETS_MS.items():
                context.new_cdp_session(page).send("Emulation.setCPUThrottlingRate", {"rate": slower})
                for bag, word in ((given, "MATCH"), (left, "STOP")):
                    waits = [verdict(page, measured.wristband, bag, word) for _ in range(scans + 1)][1:]
                    print(f"scan to painted {word}, processor {slower}x slower: median {median(waits):.0f} ms", end=" ")
                    print(f"(slowest {max(waits):.0f}, {scans} scans, target {target})")


def tablet(playwright: Playwright, server: Server, measured: Measured) -> BrowserContext:
    """A browser that is the station at a bed, Nia signed in."""
    path = shutil.which("chromium") or shutil.which("chromium-browser")
    context = playwright.chromium.launch(executable_path=path, args=ARGUMENTS).new_context(base_url=server.origin)
    token = station_token(BED)
    session = sign_in(server, NIA.name, measured.lab.secrets[NIA.name].password, token).partition("=")[2]
    at = server.origin.replace("http:", "https:")
    for name, value in ((SESSION_COOKIE, session), (STATION_COOKIE, token)):
        context.add_cookies([{"name": name, "value": value, "url": at, "secure": True, "sameSite": "Strict"}])
    context.add_init_script(CLOCK)
    return context


def verdict(page: Page, wristband: str, bag: str, word: str) -> float:
    """Wristband, then bag; milliseconds from the bag's Enter to the painted verdict."""
    page.goto("/bedside")
    read(page, with_print_number(wristband, 1), "Wristband read")
    return read(page, with_print_number(bag, 1), word)


def read(page: Page, code: str, expected: str) -> float:
    """One scan; the answer must show what is expected."""
    time.sleep(READER_PAUSE_S)
    page.evaluate("sessionStorage.clear()")
    for key in code:
        page.keyboard.press(key)
    page.keyboard.press("Enter")
    page.locator("main", has_text=expected).wait_for(timeout=10_000)
    scanned, painted = 0.0, 0.0
    while painted <= scanned:  # the frame is being drawn
        scanned, painted = page.evaluate("['scanned', 'painted'].map((key) => Number(sessionStorage.getItem(key)))")
    return painted - scanned


if __name__ == "__main__":
    main()
