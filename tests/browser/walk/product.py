"""The product: the culture harvested, filled into two bags, each bag labelled by two, the lot in quarantine."""

from __future__ import annotations

from tests.browser.walk.labels import put_on
from tests.browser.walk.story import Walk
from tests.people import TARA, THEO

BAGS = ("Bag 1", "Bag 2")


def harvest(walk: Walk) -> None:
    """On day 3 the bottles are pooled: 44 x 10^9 viable cells."""
    walk.site.world.clock.forward(hours=20)
    tara = walk.at(TARA)
    tara.shot("today-harvest")
    tara.due("Harvest, Harvest")
    tara.tap("Harvest culture")
    tara.scan(walk.read["Biosafety cabinet 1"])
    tara.type("Viable cells harvested", "44")
    tara.type("Viability", "92")
    tara.type("Volume of the pool", "600")
    tara.scan(walk.read["Hood 1"])
    tara.second(THEO)
    tara.shot("harvest")
    tara.tap("Finish harvest")
    tara.says("harvested")
    tara.shot("culture-harvested")


def fill_bags(walk: Walk) -> None:
    """Two bags of 2.08 x 10^10 viable cells in 200 mL."""
    tara = walk.at(TARA)
    tara.due("Open, Formulate and fill bags")
    tara.tap("Fill bags")
    for label, value in (
        ("Bags", "2"),
        ("Volume of each bag", "200"),
        ("Viable cells in each bag", "20.8"),
        ("Viability", "91.4"),
    ):
        tara.type(label, value)
    tara.scan(walk.read["Saline with 5% albumin"])
    tara.scan(walk.read["Hood 1"])
    tara.second(THEO)
    tara.shot("fill-bags")
    tara.tap("Finish filling")
    tara.shows("Product lot")
    tara.shot("lot-filled")


def label_bags(walk: Walk) -> None:
    """Each bag wears its label, read back and confirmed; then the lot is complete."""
    tara = walk.at(TARA)
    tara.due("Open, Formulate and fill bags")
    for bag in BAGS:
        tara.tap(f"Label {bag}")
        put_on(walk, tara, bag)
        tara.tap("Open bag")
        tara.shot("bag-labelled")
        tara.tap("Open lot")
    tara.shot("lot-labelled")
    tara.tap("Complete lot")
    tara.second(THEO)
    tara.shot("complete-lot")
    tara.tap("Complete lot")
    tara.says("quarantine")
    tara.shot("lot-in-quarantine")
