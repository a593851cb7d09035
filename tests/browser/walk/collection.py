"""Leukapheresis: planned, started at the bed by scans, ended, labelled, carried to the laboratory, accepted by two."""

from __future__ import annotations

from tests.browser.walk.labels import put_on
from tests.browser.walk.story import Walk
from tests.people import CHLOE, NIA, NOEL, TARA, THEO

INSPECTION = (
    "Container intact, no leak",
    "Temperature inside its limits",
    "Name, birth date and hospital number agree",
    "Label complete and legible",
    "Time out of storage inside its limit",
)


def plan_collection(walk: Walk) -> None:
    """Chloe plans it from the course."""
    chloe = walk.at(CHLOE)
    chloe.tap("Plan collection")
    chloe.shot("plan-collection")
    chloe.tap("Plan collection")
    chloe.shows("Collection 1")
    chloe.shot("collection-planned")


def start_collection(walk: Walk) -> None:
    """Nia scans the wristband on the arm, the separator and the kit, and starts."""
    nia = walk.at(NIA)
    nia.tap("Today")
    nia.shot("today-of-a-nurse")
    nia.scan(walk.read["wristband"])
    nia.shows("Wristband")
    nia.shot("scan-card-wristband")
    nia.tap("Start collection")
    nia.scan(walk.read["wristband"])
    nia.scan(walk.read["Separator 1"])
    nia.scan(walk.read["Leukapheresis kit"])
    nia.type("Lymphocytes before", "11.1")
    nia.type("Haemoglobin before", "112")
    nia.type("Platelets before", "180")
    nia.shot("start-collection")
    nia.tap("Start collection")
    nia.says("in progress")


def end_collection(walk: Walk) -> None:
    """After four hours: 54 x 10^9 white cells, the label printed with these values, and Noel as second person."""
    walk.site.world.clock.forward(hours=4)
    nia = walk.at(NIA)
    for label, value in (
        ("Blood processed", "10"),
        ("Anticoagulant (ACD-A)", "830"),
        ("Volume collected", "220"),
        ("White cells", "54"),
        ("Lymphocytes", "95"),
    ):
        nia.type(label, value)
    nia.shot("enter-yield")
    nia.tap("Enter yield")
    nia.shot("collection-to-label")
    tara = walk.at(TARA)
    tara.tap("Patients")
    tara.tap("HALVORSEN, Ingrid (Ms)")
    tara.tap("Collection 1")
    tara.tap("Print label")
    put_on(walk, tara, "collection")
    nia.wake()
    nia.second(NOEL)
    nia.shot("finish-collection")
    nia.tap("Finish collection")
    nia.says("collected")
    nia.shot("collection-finished")


def receive_collection(walk: Walk) -> None:
    """Tara scans the container on arrival; Nia, who brought it, confirms."""
    walk.site.world.clock.forward(minutes=25)
    tara = walk.at(TARA)
    tara.tap("Today")
    tara.shot("today-collection-on-its-way")
    tara.scan(walk.read["collection"])
    tara.shot("scan-card-collection")
    tara.tap("Receive collection")
    tara.scan(walk.read["collection"])
    tara.type("Temperature", "19.5")
    tara.type("Out of storage", "25")
    tara.type("Volume", "218")
    for line in INSPECTION:
        tara.choose(line, "Pass")
    tara.second(NIA)
    tara.shot("receive-collection")
    tara.tap("Receive collection")
    tara.says("received")
    tara.second(THEO)
    tara.shot("accept-collection")
    tara.tap("Accept collection")
    tara.says("accepted")
    tara.shot("collection-accepted")
