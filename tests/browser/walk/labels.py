"""A label on its thing: printed, decoded from the paper, scanned back, put on before a second person."""

from __future__ import annotations

from tests.browser.hands import Hands
from tests.browser.walk.story import Walk
from tests.people import THEO


def put_on(walk: Walk, hands: Hands, thing: str) -> None:
    """On the page of a label: print it, read the paper, scan it back, put it on. What it reads as is kept."""
    hands.tap("Print label")
    hands.shot(f"label-{thing}-printed")
    walk.keep(thing, hands.hand_out("Download PDF"))
    hands.scan(walk.read[thing])
    hands.tap("Scan label back")
    hands.scan(walk.read[thing])
    hands.second(THEO)
    hands.shot(f"label-{thing}-put-on")
    hands.tap("Apply label")
    hands.says("Applied")
    hands.shot(f"label-{thing}-done")
