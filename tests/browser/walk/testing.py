"""Samples and tests: the tube labelled, every test requested and begun with its tube in the hand, results by two."""

from __future__ import annotations

from pathlib import Path

from tests.browser.hands import Hands
from tests.browser.walk.labels import put_on
from tests.browser.walk.story import Walk
from tests.people import SAM, TARA, THEO

PLATE = Path(__file__).resolve().parents[2] / "domain" / "instruments" / "synthetic_plate_cpm_96.csv"
"""The plate whose LU20 is 636.1 and LU30 389.2 per ten million cells."""

TESTS = (
    "Gram stain",
    "In-process culture",
    "Final sterility, 14 days",
    "Mycoplasma",
    "Appearance",
    "Identity",
    "Cell count and viability",
    "Endotoxin",
    "Cr-51 release assay",
)
FINDINGS = {
    "Gram stain": "No organism",
    "In-process culture": "No growth",
    "Appearance": "No aggregates",
    "Identity": "Match",
}
RESULTS = (*FINDINGS, "Cell count and viability", "Endotoxin")


def take_sample(walk: Walk) -> None:
    """Tara takes a sample, labels the tube, requests every test and begins it with the tube scanned."""
    tara = walk.at(TARA)
    tara.tap("Batches")
    tara.press(tara.page.locator("th + td + td a.nb"))
    tara.tap("Samples and tests")
    tara.shot("no-samples")
    tara.choose("From", "Final product")
    tara.tap("Take sample")
    tara.shot("sample-taken")
    tara.tap("Print label")
    put_on(walk, tara, "sample")
    tara.tap("Open sample")
    for test in TESTS:
        tara.pick("Test", test)
        tara.type("Method", "site procedure 12")
        tara.shot("request-test")
        tara.tap("Request test")
        tara.scan(walk.read["sample"])
        tara.shot("start-test")
        tara.tap("Start test")
        tara.shot(f"test-running-{TESTS.index(test) + 1}")
        tara.tap("Open sample")
    tara.shot("sample-with-tests")


def enter_results(walk: Walk) -> None:
    """Tara enters what the tests gave; sterility and mycoplasma are still running."""
    tara = walk.scan(TARA, "sample")
    tara.tap("Open sample")
    for test, finding in FINDINGS.items():
        _open(tara, test)
        tara.choose(test, finding)
        if test == "Appearance":
            tara.choose("The bag", "Intact")
        tara.shot(f"enter-{test.lower().replace(' ', '-')}")
        tara.tap("Enter result")
        tara.tap("Open sample")
    _open(tara, "Cell count and viability")
    tara.shot("enter-count")
    tara.type("Viable cells", "104")
    tara.type("Viability", "91.4")
    tara.tap("Enter instrument count")
    tara.tap("Open sample")
    _open(tara, "Endotoxin")
    tara.choose("The result is", "less than")
    tara.type("Endotoxin", "0.05")
    tara.shot("enter-endotoxin")
    tara.tap("Enter endotoxin")
    tara.tap("Open sample")
    _open(tara, "Final sterility, 14 days")
    tara.choose("The bottle shows", "No growth")
    tara.shot("interim-sterility")
    tara.tap("Record interim reading")
    tara.shot("sterility-pending")


def import_plate(walk: Walk) -> None:
    """The file of the gamma counter is looked at before it is kept; then LU20 is 636.1 and LU30 389.2."""
    tara = walk.scan(TARA, "sample")
    tara.tap("Open sample")
    _open(tara, "Cr-51 release assay")
    tara.tap("Import file")
    tara.field("File of the gamma counter").set_input_files(PLATE)
    tara.pick("First target", "Daudi")
    tara.shot("import-plate")
    tara.tap("Look at file")
    tara.shot("plate-preview")
    tara.tap("Import plate")
    tara.says("389.2")
    tara.says("636.1")
    tara.shot("plate")


def verify_results(walk: Walk) -> None:
    """Theo compares every result with its source; Sam approves each by signature."""
    theo = walk.at(THEO)
    theo.shot("today-verify-results")
    theo.due("Verify, Verify 6 results")
    for test in RESULTS:
        _open(theo, test)
        theo.shot("verify-result")
        theo.tap("Verify result")
        theo.tap("Open sample")
    theo.due("Verify, Verify Cr-51 plate")
    theo.tap("Verify result")
    sam = walk.at(SAM)
    sam.shot("today-approve-results")
    sam.due("Approve, Approve 6 results")
    for test in RESULTS:
        _open(sam, test)
        sam.sign()
        sam.shot("approve-result")
        sam.tap("Approve result")
        sam.tap("Open sample")
    sam.shot("results-approved")
    sam.due("Approve, Approve Cr-51 plate")
    sam.sign()
    sam.shot("approve-plate")
    sam.tap("Approve result")


def _open(hands: Hands, test: str) -> None:
    hands.tap(f"{TESTS.index(test) + 1}. {test}")
