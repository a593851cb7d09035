"""Back at the arm: wristband, bag, MATCH, a second person with their own scans, the infusion, the empty bag."""

from __future__ import annotations

from tests.browser.walk.story import Walk
from tests.people import NIA, NOEL, SAM


def check(walk: Walk) -> None:
    """Two scans give MATCH; Noel scans both again; Nia signs the start."""
    nia = walk.at(NIA)
    nia.rail("Bedside")
    nia.shot("bedside-wristband")
    nia.scan(walk.read["wristband"])
    nia.says("Wristband read")
    nia.shot("bedside-bag")
    nia.scan(walk.read["Bag 1"])
    nia.shows("MATCH")
    nia.shot("bedside-match-first")
    nia.second(NOEL)
    nia.scan(walk.read["wristband"])
    nia.scan(walk.read["Bag 1"])
    nia.shot("bedside-second")
    nia.tap("Confirm match")
    nia.sign()
    nia.shot("bedside-match-both")
    nia.tap("Start infusion")
    nia.shows("Infusion")
    nia.shot("infusion-running")


def infuse(walk: Walk) -> None:
    """Signs at the start and after a quarter of an hour, the tablet locked between; the empty bag is scanned."""
    _signs(walk, "36.8")
    walk.site.world.clock.forward(minutes=15)
    nia = walk.at(NIA)
    nia.shot("infusion-signs-due")
    _signs(walk, "37.1")
    walk.site.world.clock.forward(minutes=15)
    nia = walk.at(NIA)
    end = nia.page.get_by_role("form", name="Finish infusion")
    nia.scan(walk.read["Bag 1"])
    nia.type("Volume given", "200", within=end)
    nia.type("Volume given, again", "200", within=end)
    nia.shot("infusion-end")
    nia.tap("Finish infusion")
    nia.says("completed")
    nia.shot("infusion-completed")


def verify_ledger(walk: Walk) -> None:
    """Sam verifies that nothing was altered."""
    sam = walk.at(SAM)
    sam.more("Ledger")
    sam.tap("Verify the ledger")
    sam.says("Nothing was altered")
    sam.shot("ledger-verified")


def _signs(walk: Walk, temperature_c: str) -> None:
    nia = walk.people[NIA]
    for label, value in (("Temperature", temperature_c), ("Systolic", "118"), ("Pulse", "84"), ("Oxygen", "97")):
        nia.type(f"{label} optional", value)
    nia.tap("Record signs")
    nia.says(temperature_c)
