"""The culture: opened, started at a clear bench, seeded into 32 bottles, counted by two."""

from __future__ import annotations

from tests.browser.hands import Hands
from tests.browser.walk.story import Walk
from tests.people import TARA, THEO


def open_culture(walk: Walk) -> None:
    """Tara opens it from the accepted collection."""
    tara = walk.scan(TARA, "collection")
    tara.tap("Open collection")
    tara.tap("Open culture")
    tara.choose("Recipe", "LAK-ROLLER: LAK cells, autologous")
    tara.shot("open-culture")
    tara.tap("Open culture")
    tara.shows("Culture 1")
    tara.shot("culture-planned")


def start_culture(walk: Walk) -> None:
    """Bench and bag scanned; Theo has looked at both."""
    tara = walk.at(TARA)
    tara.tap("Start culture")
    tara.scan(walk.read["Biosafety cabinet 1"])
    tara.scan(walk.read["collection"])
    tara.second(THEO)
    tara.shot("start-culture")
    tara.tap("Start culture")
    tara.shot("culture-started")


def seed_culture(walk: Walk) -> None:
    """47.52 x 10^9 cells give 32 bottles of 1.5 x 10^9 in a litre, with 1,500 Cetus units of IL-2 per mL."""
    tara = walk.at(TARA)
    tara.tap("Seed culture")
    tara.type("Viable cells to seed", "47.52")
    tara.type("Viability", "96")
    tara.type("Viable cells in each vessel", "1.5")
    tara.type("Volume of each vessel", "1000")
    tara.type("IL-2", "1500")
    tara.choose("Unit of IL-2", "Cetus units")
    tara.says("32 vessels")
    tara.says("9,000 IU/mL")
    tara.shot("seeding-arithmetic")
    for thing in ("Interleukin-2", "RPMI 1640 with antibiotics", "AB serum pool 07", "Hood 1", "Incubator 2"):
        tara.scan(walk.read[thing])
    tara.second(THEO)
    tara.shot("seed-culture")
    tara.tap("Finish seeding")
    tara.says("incubating")
    tara.shot("culture-seeded")


def count_vessels(walk: Walk) -> None:
    """On day 3 Tara counts three bottles on the number pad; Theo verifies at his own bench."""
    walk.site.world.clock.forward(hours=66)
    tara = walk.at(TARA)
    tara.tap("Today")
    tara.shot("today-count")
    tara.due("Count, Count")
    tara.tap("Count vessels")
    tara.shot("culture-log-empty")
    for bottle in range(3):
        _on_the_pad(tara, "1.58", "94", "1010", is_pictured=not bottle)
    tara.shot("culture-log-own-counts")
    theo = walk.at(THEO)
    theo.shot("today-of-a-second-person")
    theo.due("Verify, Verify 3 counts")
    theo.shot("verify-counts")
    theo.tap("Verify counts")
    theo.shot("counts-verified")


def _on_the_pad(hands: Hands, *readings: str, is_pictured: bool) -> None:
    pad = hands.page.get_by_role("group", name="Number pad")
    for position, value in enumerate(readings):
        for digit in value:
            pad.locator(f"[data-key='{digit}']").tap()
        if is_pictured and position == len(readings) - 1:
            hands.says("1.60 × 10")
            hands.shot("culture-log-entered")
        hands.press(pad.locator(".go")) if position == len(readings) - 1 else pad.locator(".go").tap()
