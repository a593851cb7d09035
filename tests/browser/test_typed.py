"""Who types a code where a scan is awaited is asked why; who scans it is not."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.sync_api import expect

from app.domain.identifiers import display
from tests.browser.conftest import Site
from tests.browser.hands import Hands, Pictures
from tests.browser.looking import faults
from tests.line.infusion import available_bags
from tests.line.patients import ordered_patient
from tests.people import TARA

pytestmark = [pytest.mark.browser, pytest.mark.requirement("REQ-129")]


def test_typing_asks_for_a_reason_and_scanning_takes_the_question_back(site: Site, screens: Path) -> None:
    (bag,) = available_bags(site.world, ordered_patient(site.world))
    tara = Hands(site, TARA, "Bench 1", Pictures(screens))
    tara.scan(f"{bag}01")
    tara.tap("Store bag")
    why = tara.page.get_by_label("Why it was typed")
    expect(why).to_have_count(0)
    field = tara.field("Bag")
    field.press_sequentially(display(bag), delay=110)
    field.blur()
    expect(why).to_be_visible()
    assert faults(tara.page) == []
    tara.shot("typed code")
    field.fill("")
    field.focus()
    tara.scan(f"{bag}01")
    expect(why).to_have_count(0)
    field.fill(display(bag))
    field.blur()
    why.fill("The reader of this bench is broken.")
    tara.scan(site.world.place("Biosafety cabinet 1"))
    tara.tap("Store bag")
    tara.says("Biosafety cabinet 1")
    assert site.world.rows("SELECT code_source FROM custody_event ORDER BY id DESC LIMIT 1") == [("typed",)]
