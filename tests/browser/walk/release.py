"""The decision: reviewed and signed by QA with sterility pending, acknowledged by the physician."""

from __future__ import annotations

from app.simulator.line.release import CONTACT, PLAN
from tests.browser.walk.story import Walk
from tests.people import CHLOE, QUINN


def release_conditionally(walk: Walk) -> None:
    """Quinn opens the lot from the release desk, reviews the record, and signs the only decision that is legal."""
    quinn = walk.at(QUINN)
    quinn.shot("today-of-qa")
    quinn.rail("Release")
    quinn.shot("release-desk")
    quinn.press(quinn.page.get_by_role("link", name="HALVORSEN").first)
    quinn.shot("release-lot-before-review")
    quinn.tap("Review record")
    quinn.sign()
    quinn.shot("review-record")
    quinn.tap("Sign review")
    quinn.says("2 pending")
    form = quinn.page.get_by_role("form", name="Release lot conditionally")
    quinn.type("Plan for a bad result", PLAN)
    quinn.type("On-call contact with telephone", CONTACT)
    quinn.sign(within=form)
    quinn.shot("release-lot-to-sign")
    quinn.press(form.locator("button.go"))
    quinn.shot("release-lot-signed")


def acknowledge(walk: Walk) -> None:
    """Chloe acknowledges on the ward; only now the decision is in force."""
    chloe = walk.at(CHLOE)
    chloe.shot("today-of-physician")
    chloe.due("Acknowledge, Acknowledge conditional release")
    chloe.sign()
    chloe.shot("acknowledge-release")
    chloe.tap("Acknowledge release")
    chloe.shot("release-acknowledged")
