"""The dose: ordered, confirmed for one bag, and the bag carried to the ward by two."""

from __future__ import annotations

from datetime import timedelta
from zoneinfo import ZoneInfo

from tests.browser.walk.story import Walk
from tests.people import CHLOE, NIA, TARA, THEO


def order_dose(walk: Walk) -> None:
    """Chloe orders 2.08 x 10^10 cells in an hour, over half an hour."""
    chloe = walk.at(CHLOE)
    chloe.tap("Patients")
    chloe.tap("HALVORSEN, Ingrid (Ms)")
    chloe.shot("chart-before-dose")
    chloe.tap("Order dose")
    planned = (walk.site.world.clock.time + timedelta(hours=1)).astimezone(ZoneInfo("Europe/Berlin"))
    for label, value in (
        ("Target", "20.8"),
        ("Target, again", "20.8"),
        ("At least", "15"),
        ("At most", "45"),
        ("Planned", f"{planned:%Y-%m-%d %H:%M}"),
        ("Infusion time of a bag", "30"),
    ):
        chloe.type(label, value)
    chloe.pick("Route", "Intravenous")
    chloe.shot("order-dose")
    chloe.tap("Review order")
    chloe.sign()
    chloe.shot("order-dose-review")
    chloe.tap("Order dose")
    chloe.shows("Dose order 1")
    chloe.shot("dose-order")


def confirm_dose(walk: Walk) -> None:
    """She leaves the second bag for another day and confirms what the page shows of it."""
    chloe = walk.at(CHLOE)
    chloe.press(chloe.page.get_by_role("checkbox").last)
    chloe.tap("Show the dose of these bags")
    chloe.says("pending")
    chloe.sign(within=chloe.page.get_by_role("form", name="Confirm dose"))
    chloe.shot("confirm-dose")
    chloe.tap("Confirm dose of 1 bag")
    chloe.shot("dose-confirmed")


def issue_bag(walk: Walk) -> None:
    """Tara and Theo issue the bag into the courier box."""
    tara = walk.at(TARA)
    tara.tap("Today")
    tara.shot("today-issue")
    tara.scan(walk.read["Bag 1"])
    tara.shot("scan-card-bag")
    tara.tap("Issue bag")
    tara.scan(walk.read["Bag 1"])
    tara.scan(walk.read["Courier box 1"])
    tara.type("Temperature", "5")
    tara.second(THEO)
    tara.shot("issue-bag")
    tara.tap("Issue bag")
    tara.says("issued")
    tara.shot("bag-issued")


def receive_on_the_ward(walk: Walk) -> None:
    """Nia receives it from Tara, by scan and inspection."""
    walk.site.world.clock.forward(minutes=10)
    nia = walk.at(NIA)
    nia.tap("Today")
    nia.shot("today-bag-on-its-way")
    nia.scan(walk.read["Bag 1"])
    nia.tap("Receive bag")
    nia.scan(walk.read["Bag 1"])
    nia.scan(walk.read["10 East"])
    nia.type("Temperature", "6")
    nia.choose("Bag intact, no leak, no clumps", "Pass")
    nia.choose("Label complete and legible", "Pass")
    nia.second(TARA)
    nia.shot("receive-bag")
    nia.tap("Receive bag")
    nia.says("received")
    nia.shot("bag-received")
