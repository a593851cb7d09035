"""The screens of ISBT 128 while it is on: the gate as an administrator sees it, the licence to sign, the numbers."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect

from tests.browser.conftest import served
from tests.browser.test_every_screen import at_the_device, looked_at
from tests.licence import make_administrator, open_gate
from tests.line.collection import planned_collection
from tests.line.patients import ordered_patient
from tests.people import OMAR, TARA
from tests.world import World

pytestmark = pytest.mark.browser


def test_nothing_is_wrong_with_the_gate_and_the_licence_to_sign(
    sqlite_world: World, chromium: Browser, screens: Path
) -> None:
    make_administrator(sqlite_world)
    with served(sqlite_world, chromium) as site:
        page = at_the_device(site, OMAR, None)
        page.goto("/isbt-128")
        assert looked_at(page, screens / "licence off") == []
        page.get_by_label("Facility number").fill("A9999")
        page.get_by_label("Licence number").fill("TRIAL-7")
        page.get_by_label("Date of the licence").fill("2026-11-02")
        page.get_by_role("button", name="Review and sign").click()
        expect(page.get_by_role("heading", name="State the licence")).to_be_visible()
        assert looked_at(page, screens / "licence to sign") == []
        page.get_by_label("User name").fill(OMAR.name)
        page.get_by_label("Password").fill(OMAR.password)
        page.get_by_role("button", name="Switch ISBT 128 on").click()
        expect(page.get_by_role("heading", name="State another licence")).to_be_visible()
        assert looked_at(page, screens / "licence on") == []


def test_nothing_is_wrong_with_the_numbers_of_a_collection(
    sqlite_world: World, chromium: Browser, screens: Path
) -> None:
    open_gate(sqlite_world)
    code = planned_collection(sqlite_world, ordered_patient(sqlite_world))
    with served(sqlite_world, chromium) as site:
        page = at_the_device(site, TARA, "Bench 1")
        page.goto(f"/collections/{code}/numbers")
        expect(page.get_by_role("heading", name="Put a number on record")).to_be_visible()
        assert looked_at(page, screens / "isbt numbers") == []
