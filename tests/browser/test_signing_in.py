"""Changing the person at a tablet as people do it: badge and PIN, lock, another takes over; with and without script."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import PHONE, TABLET, Site, sign_in
from tests.browser.looking import faults
from tests.people import ADA, QUENTIN, QUINN, SAM, TARA, THEO, Person

pytestmark = pytest.mark.browser
SCREENS = (
    (TARA, ("/", "/account", "/more")),
    (SAM, ("/near-misses", "/ledger")),
    (QUENTIN, ("/users", "/users/12", "/users/12/roles/technician", "/stations", "/checklist")),
)


def test_a_wrong_pin_is_said_at_its_field_and_the_badge_stays(site: Site) -> None:
    page = site.device("Bench 1").new_page()
    page.goto("/sign-in")
    page.get_by_label("Badge", exact=True).fill(site.world.badge(TARA))
    page.get_by_label("PIN", exact=True).fill("000000")
    page.get_by_role("button", name="Sign in", exact=True).click()
    expect(page.get_by_role("alert")).to_contain_text("The badge or the PIN is not right.")
    expect(page.get_by_label("Badge", exact=True)).to_have_value(site.world.badge(TARA))
    page.get_by_label("PIN", exact=True).fill(TARA.pin)
    page.get_by_role("button", name="Sign in", exact=True).click()
    expect(page.get_by_role("heading", name="Today")).to_be_visible()
    expect(page).to_have_url(f"{site.origin}/")


@pytest.mark.requirement("REQ-114")
def test_one_tap_locks_and_a_colleague_takes_over_with_one_form(site: Site) -> None:
    page = site.device("Bench 1").new_page()
    sign_in(page, site.world, TARA)
    page.get_by_role("button", name="T. Adeyemi. Lock the screen").tap()
    expect(page.get_by_role("heading", name="Locked")).to_be_visible()
    assert page.get_by_role("navigation").count() == 0
    page.get_by_role("textbox", name="Badge").fill(site.world.badge(THEO))
    page.get_by_label("PIN", exact=True).fill(THEO.pin)
    page.get_by_role("button", name="Unlock the screen").tap()
    expect(page.get_by_role("button", name="T. Brandt. Lock the screen")).to_be_visible()


def test_who_comes_back_stands_where_they_left(site: Site) -> None:
    page = site.device("Bench 1").new_page()
    sign_in(page, site.world, TARA)
    page.get_by_role("link", name="More").tap()
    page.get_by_role("link", name="My account").tap()
    expect(page.get_by_role("heading", name=TARA.full_name)).to_be_visible()
    site.world.clock.forward(minutes=5)
    page.reload()
    expect(page.get_by_role("heading", name="Locked")).to_be_visible()
    page.get_by_label("PIN", exact=True).fill(TARA.pin)
    page.get_by_role("button", name="Unlock the screen").tap()
    expect(page).to_have_url(f"{site.origin}/account")


@pytest.mark.requirement("REQ-114")
def test_a_tablet_left_alone_covers_itself(site: Site) -> None:
    page = site.device("Bench 1").new_page()
    page.clock.install()
    sign_in(page, site.world, TARA)
    page.clock.fast_forward("02:05")
    expect(page).to_have_url(f"{site.origin}/lock")
    expect(page.get_by_role("heading", name="Locked")).to_be_visible()


def test_everything_works_without_script(site: Site) -> None:
    context = site.browser.new_context(java_script_enabled=False, base_url=site.origin, viewport=TABLET)
    page = context.new_page()
    page.goto("/sign-in")
    page.get_by_label("User name", exact=True).fill(TARA.name)
    page.get_by_label("Password", exact=True).fill(TARA.password)
    page.get_by_role("button", name="Sign in", exact=True).click()
    expect(page.get_by_role("heading", name="Today")).to_be_visible()
    page.get_by_role("button", name="Lock the screen").click()
    page.get_by_label("Password", exact=True).fill("not it")
    page.get_by_role("button", name="Unlock the screen").click()
    expect(page.get_by_role("alert")).to_contain_text("The password is not right.")
    page.goto("/lock")
    page.get_by_label("Password", exact=True).fill(TARA.password)
    page.get_by_role("button", name="Unlock the screen").click()
    page.goto("/more")
    page.get_by_role("button", name="Sign out").click()
    expect(page.get_by_role("heading", name="Sign in")).to_be_visible()


def test_the_board_keeps_up_by_itself(site: Site) -> None:
    page = site.device("Bench 1").new_page()
    page.clock.install()
    sign_in(page, site.world, TARA)
    before = page.locator("#clock").inner_text()
    site.world.clock.forward(minutes=1)
    page.clock.fast_forward("00:31")
    expect(page.locator("#clock")).not_to_have_text(before)


def test_an_account_is_opened_entered_and_given_a_role_by_three_people(site: Site) -> None:
    ada = site.device().new_page()
    with_password(ada, ADA)
    ada.goto("/users")
    ada.get_by_label("Full name", exact=True).fill("Uma Berg")
    ada.get_by_label("User name", exact=True).fill("uma")
    ada.get_by_role("button", name="Open the account").click()
    code = ada.locator("p.lead.mono").inner_text()
    uma = site.device().new_page()
    uma.goto("/welcome")
    uma.get_by_label("One-time code", exact=True).fill(code)
    uma.get_by_label("Password", exact=True).fill("copper kettle field 7")
    uma.get_by_label("PIN", exact=True).fill("730518")
    uma.get_by_role("button", name="Keep password and PIN").click()
    expect(uma.get_by_role("heading", name="Sign in")).to_be_visible()
    quinn = site.device("QA desk").new_page()
    sign_in(quinn, site.world, QUINN)
    quinn.goto("/users/13/roles/technician")
    quinn.get_by_label("Trained until", exact=True).fill("2027-06-30")
    quinn.get_by_label("Reason", exact=True).fill("trained by the supervisor, record 12")
    quinn.get_by_label("Badge", exact=True).fill(site.world.badge(QUINN))
    quinn.get_by_label("PIN", exact=True).fill(QUINN.pin)
    quinn.get_by_role("button", name="Give technician").click()
    expect(quinn.get_by_role("heading", name="Uma Berg")).to_be_visible()
    expect(quinn.get_by_text("Technician", exact=True)).to_be_visible()


@pytest.mark.parametrize(("size", "theme"), [(TABLET, "light"), (PHONE, "dark")], ids=["tablet", "phone"])
def test_nothing_is_wrong_with_the_screens_of_people(site: Site, size: dict[str, int], theme: str) -> None:
    door = site.device("Bench 1", size, theme).new_page()
    for path in ("/sign-in", "/welcome", "/enrol"):
        door.goto(path)
        assert faults(door) == [], path
    for who, paths in SCREENS:
        page = site.device("QA desk", size, theme).new_page()
        sign_in(page, site.world, who)
        for path in paths:
            page.goto(path)
            page.evaluate("document.querySelectorAll('details').forEach(each => each.open = true)")
            assert faults(page) == [], f"{path} for {who.name}"
        page.context.close()


def with_password(page: Page, who: Person) -> None:
    """Sign in on a device that is no station."""
    page.goto("/sign-in")
    page.get_by_label("User name", exact=True).fill(who.name)
    page.get_by_label("Password", exact=True).fill(who.password)
    page.get_by_role("button", name="Sign in", exact=True).click()
    expect(page.get_by_role("navigation", name="Main")).to_be_visible()
