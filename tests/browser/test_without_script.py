"""The same forms where the browser runs no script: plain fields, plain buttons, plain pages."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.browser.conftest import Site, sign_in
from tests.browser.walk.collection import INSPECTION
from tests.browser.walk.patient import ENROLMENT
from tests.line.collection import apheresis, finished_collection
from tests.line.culture import seeded_culture, shelf, vessel_codes
from tests.line.custody import COURIER
from tests.line.infusion import available_bags, confirmed
from tests.line.patients import ordered_patient
from tests.people import CHLOE, NIA, TARA, THEO, Person

pytestmark = pytest.mark.browser


def plain(site: Site, who: Person, station: str) -> Page:
    """This person at a station whose browser runs no script."""
    page = site.device(station, has_script=False).new_page()
    sign_in(page, site.world, who)
    return page


def fill(page: Page, **fields: str) -> None:
    """Fill fields by their name in the form."""
    for name, value in fields.items():
        field(page, name).fill(value)


def field(page: Page, name: str) -> Locator:
    return page.locator(f"main [name={name}]:visible").first


def send(page: Page, verb: str) -> None:
    """Press the button and get the next page."""
    with page.expect_navigation():
        page.get_by_role("button", name=verb, exact=True).click()


def second(page: Page, site: Site, who: Person) -> None:
    fill(page, second_badge=site.world.badge(who), second_pin=who.pin)


def test_a_patient_is_enrolled(site: Site) -> None:
    page = plain(site, CHLOE, "Bed 7")
    page.get_by_role("link", name="Patients", exact=True).click()
    page.get_by_role("link", name="Enrol patient").first.click()
    for label, value in ENROLMENT:
        page.get_by_label(label, exact=True).fill(value)
    page.get_by_label("Female", exact=True).check()
    page.get_by_label("Under an IND", exact=True).check()
    send(page, "Enrol patient")
    expect(page.get_by_role("heading", name="Course 1")).to_be_visible()
    expect(page.get_by_label("Patient", exact=True)).to_contain_text("HALVORSEN, Ingrid (Ms)")


def test_a_collection_is_received(site: Site, screens: Path) -> None:
    world = site.world
    code = finished_collection(world, ordered_patient(world), apheresis(world))
    page = plain(site, TARA, "Bench 1")
    page.get_by_role("link", name="Receive, ").click()
    page.get_by_role("link", name="Receive collection").click()
    fill(page, scanned=f"{code}01", temperature_c="19.5", out_of_storage_min="25", volume_ml="218")
    for line in INSPECTION:
        page.get_by_role("group", name=line).get_by_label("Pass").check()
    second(page, site, NIA)
    page.screenshot(path=screens / "without-script-receive.png")
    send(page, "Receive collection")
    expect(page.get_by_role("heading", name="Accept collection")).to_be_visible()


def test_a_refusal_is_a_page_with_its_sentence(site: Site) -> None:
    world = site.world
    code = finished_collection(world, ordered_patient(world), apheresis(world))
    page = plain(site, TARA, "Bench 1")
    page.get_by_role("link", name="Receive, ").click()
    page.get_by_role("link", name="Receive collection").click()
    fill(page, scanned=f"{code}01", temperature_c="19.5", out_of_storage_min="25", volume_ml="218")
    for line in INSPECTION:
        page.get_by_role("group", name=line).get_by_label("Pass").check()
    second(page, site, TARA)
    send(page, "Receive collection")
    expect(page.get_by_role("heading", name="Refused")).to_be_visible()
    expect(page.get_by_text("Nothing was saved.")).to_be_visible()
    page.go_back()
    expect(page.get_by_role("button", name="Receive collection")).to_be_visible()
    assert world.rows("SELECT state FROM collection") == [("collected",)]


def test_a_vessel_is_counted(site: Site) -> None:
    world = site.world
    batch = seeded_culture(world, shelf(world))
    world.clock.forward(hours=23)
    page = plain(site, TARA, "Bench 1")
    page.get_by_role("link", name="Count, ").click()
    page.get_by_role("link", name="Count vessels").click()
    fill(page, viable_cells_1e6_per_ml="1.58", viability_percent="94", volume_ml="1010")
    send(page, "Next, vessel 02")
    expect(page.get_by_role("heading", name="Vessel 02 of 32")).to_be_visible()
    assert world.rows("SELECT count(*) FROM vessel_reading") == [(1,)]
    assert len(vessel_codes(world, batch.culture)) == 32


def test_a_bag_is_issued(site: Site) -> None:
    world = site.world
    patient = ordered_patient(world)
    (bag,) = available_bags(world, patient)
    confirmed(world, patient, (bag,))
    page = plain(site, TARA, "Bench 1")
    field(page, "scanned").fill(f"{bag}01")
    page.keyboard.press("Enter")
    page.get_by_role("link", name="Issue bag").click()
    fill(page, bag=f"{bag}01", transport_place=world.place(COURIER), temperature_c="5")
    second(page, site, THEO)
    send(page, "Issue bag")
    expect(page.get_by_text("issued", exact=True)).to_be_visible()
    assert world.rows("SELECT state FROM bag") == [("issued",)]
