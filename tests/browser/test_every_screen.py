"""Every screen, both sizes and themes: no accessibility fault, nothing clipped, no small target, all in view."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.conftest import PHONE, TABLET, UPRIGHT, Site, served, sign_in
from tests.browser.every_screen import WATCHERS, FullHouse, Screen, full_house, screens_of, unseen
from tests.browser.hands import burst
from tests.browser.looking import barriers, misfits
from tests.people import NIA, TARA, Person
from tests.stages import Stage, copied
from tests.world import World

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("every screen")]
Founded = Callable[[str, str, Callable[[World], object]], Stage[object]]
OPEN_ALL = "document.querySelectorAll('details').forEach(each => each.open = true)"


@pytest.fixture(scope="module")
def full_site(founded: Founded, chromium: Browser, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """A laboratory with patients at all places of the line, served."""
    stage = founded("sqlite", "full_house", full_house)
    with copied(stage, tmp_path_factory.mktemp("full house"), None) as world, served(world, chromium) as site:
        yield site


@pytest.fixture(scope="module")
def house(founded: Founded, full_site: Site) -> FullHouse:
    """What was reached there."""
    reached = founded("sqlite", "full_house", full_house).reached
    assert isinstance(reached, FullHouse)
    return reached


@pytest.fixture(scope="module")
def all_screens(full_site: Site, house: FullHouse) -> list[Screen]:
    """One screen of each kind."""
    return screens_of(full_site.world, house.entrances)


def test_every_page_of_the_application_is_among_the_screens(full_site: Site, all_screens: list[Screen]) -> None:
    assert unseen(full_site.world, all_screens) == set()


@pytest.mark.parametrize(("who", "station"), WATCHERS, ids=[who.name for who, _ in WATCHERS])
def test_nothing_is_wrong_with_the_screens_of(
    who: Person, station: str | None, full_site: Site, all_screens: list[Screen], screens: Path
) -> None:
    page = at_the_device(full_site, who, station)
    wrong = []
    for screen in all_screens:
        if screen.who is who:
            page.goto(screen.path)
            wrong += [f"{screen}, {fault}" for fault in looked_at(page, screens / f"screen {screen.name}")]
    page.context.close()
    assert wrong == [], "\n".join(wrong)


def test_nothing_is_wrong_with_the_front_door(full_site: Site, screens: Path) -> None:
    page = full_site.device("Bench 1").new_page()
    for path in ("/sign-in", "/welcome", "/enrol"):
        page.goto(path)
        assert looked_at(page, screens / f"front {path[1:]}") == [], path


def test_nothing_is_wrong_with_a_locked_screen_a_refused_form_and_an_address_that_leads_nowhere(
    full_site: Site, screens: Path
) -> None:
    page = at_the_device(full_site, TARA, "Bench 1")
    page.goto("/materials/new")
    page.locator("form[novalidate] button[type=submit], main form button[type=submit]").last.click()
    expect(page.locator("main")).to_be_visible()
    assert looked_at(page, screens / "refused form") == []
    for path in ("/patients/PRD7M26999999X", "/users/1/roles/administrator"):
        page.goto(path)
        assert looked_at(page, screens / f"error {path.split('/')[1]}") == [], path
    page.goto("/")
    page.get_by_role("button", name="Lock the screen").first.tap()
    expect(page.get_by_role("heading", name="Locked")).to_be_visible()
    assert looked_at(page, screens / "locked") == []


def test_nothing_is_wrong_with_a_stop(full_site: Site, house: FullHouse, screens: Path) -> None:
    page = at_the_device(full_site, NIA, "Bed 4")
    page.goto(f"/bedside/wristbands/{house.band}")
    burst(page, house.strange)
    expect(page.get_by_role("heading", name="STOP")).to_be_visible()
    assert looked_at(page, screens / "stop") == []


def at_the_device(site: Site, who: Person, station: str | None) -> Page:
    """A new page of somebody who has signed in."""
    page = site.device(station).new_page()
    if station is not None:
        sign_in(page, site.world, who)
        return page
    page.goto("/sign-in")
    page.get_by_label("User name", exact=True).fill(who.name)
    page.get_by_label("Password", exact=True).fill(who.password)
    page.get_by_role("button", name="Sign in", exact=True).click()
    expect(page.get_by_role("navigation", name="Main")).to_be_visible()
    return page


def looked_at(page: Page, picture: Path) -> list[str]:
    """What is wrong with the page as it stands, held both ways, by day and in the dark, and on a phone."""
    page.evaluate(OPEN_ALL)
    wrong = []
    for size, word in ((TABLET, "across"), (UPRIGHT, "upright"), (PHONE, "phone")):
        page.set_viewport_size(size)
        wrong += [f"{word}: {fault}" for fault in misfits(page, is_focus_tried=size is TABLET)]
        if size is UPRIGHT:  # axe takes a row half behind the bar below for small; it scrolls into the open
            depth = page.evaluate("document.documentElement.scrollHeight")
            page.set_viewport_size({"width": size["width"], "height": max(size["height"], depth + 200)})
        for theme in ("light", "dark") if size is not PHONE else ():
            page.emulate_media(color_scheme=theme)
            wrong += [f"{word}, {theme}: {fault}" for fault in barriers(page, is_only_colour=theme == "dark")]
            if (word, theme) in {("across", "light"), ("upright", "dark")}:
                page.screenshot(path=f"{picture} {word}.png")
        page.emulate_media(color_scheme="light")
    page.set_viewport_size(TABLET)
    return wrong
