"""What must not go on is stopped on the whole screen: at the bed, at a scan, and on the release desk."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from app.domain.infusion import StopCode, stop_of
from app.simulator.line.infusion import Ward, finished
from app.simulator.line.release import Product, quarantined_lot, review
from tests.browser.conftest import Site, served
from tests.browser.hands import Hands, Pictures
from tests.browser.looking import faults
from tests.infusion import test_bedside_stops as scenes
from tests.line.culture import shelf
from tests.line.infusion import on_the_ward
from tests.people import NIA, QUINN
from tests.stages import Stage, copied
from tests.world import World

pytestmark = pytest.mark.browser
Founded = Callable[[str, str, Callable[[World], object]], Stage[object]]
LEAST_WORD_PX = 100
OTHER_NAMES = ("OKONKWO", "James")


def given_already(world: World) -> tuple[Ward, str, str, dict[str, object]]:
    ward = on_the_ward(world)
    finished(world, ward)
    return ward, "Bed 4", "bag", scenes.bag_form(world, ward)


SCENES: tuple[tuple[scenes.Scene, StopCode], ...] = (
    (scenes.of_another_patient, StopCode.WRONG_PATIENT),
    (scenes.expired, StopCode.EXPIRED),
    (scenes.recalled, StopCode.RECALLED_OR_HELD),
    (scenes.held, StopCode.RECALLED_OR_HELD),
    (scenes.not_released, StopCode.NOT_RELEASED),
    (scenes.running_already, StopCode.ALREADY_INFUSED),
    (given_already, StopCode.ALREADY_INFUSED),
    (scenes.dose_not_confirmed, StopCode.DOSE_NOT_CONFIRMED),
    (scenes.relabelled, StopCode.LABEL_VOID),
)
NAMED = [pytest.param(scene, code, id=scene.__name__) for scene, code in SCENES]


@pytest.fixture
def pictures(screens: Path) -> Pictures:
    folder = screens / "stop"
    folder.mkdir(exist_ok=True)
    return Pictures(folder)


@pytest.mark.requirement("REQ-077")
@pytest.mark.parametrize(("scene", "code"), NAMED)
def test_two_scans_at_the_bed_end_in_stop(site: Site, pictures: Pictures, scene: scenes.Scene, code: StopCode) -> None:
    ward, _, _, form = scene(site.world)
    nia = Hands(site, NIA, "Bed 4", pictures)
    nia.rail("Bedside")
    nia.scan(ward.band)
    nia.says("Wristband read")
    nia.scan(str(form["bag"]))
    stopped(nia.page, stop_of(code).sentence)
    nia.shot(scene.__name__)
    nia.tap("Scan another bag")
    nia.says("Scan the wristband")


@pytest.mark.requirement("REQ-077")
def test_the_second_person_is_not_the_first(site: Site, pictures: Pictures) -> None:
    ward = on_the_ward(site.world)
    nia = Hands(site, NIA, "Bed 4", pictures)
    nia.rail("Bedside")
    nia.scan(ward.band)
    nia.says("Wristband read")
    nia.scan(f"{ward.bag}01")
    nia.second(NIA)
    nia.scan(ward.band)
    nia.scan(f"{ward.bag}01")
    nia.tap("Confirm match")
    stopped(nia.page, stop_of(StopCode.SECOND_IS_FIRST).sentence)
    nia.shot("second_is_first")


def test_a_match_two_minutes_old_is_no_match(site: Site, pictures: Pictures) -> None:
    ward = on_the_ward(site.world)
    nia = Hands(site, NIA, "Bed 4", pictures)
    nia.rail("Bedside")
    nia.scan(ward.band)
    nia.says("Wristband read")
    nia.scan(f"{ward.bag}01")
    nia.shows("MATCH")
    nia.page.clock.install()  # only now: from here on the browser tells the reader's times by it, too
    nia.page.reload()
    nia.shows("MATCH")
    nia.page.clock.fast_forward("02:01")
    site.world.clock.forward(seconds=121)
    expect(nia.page.get_by_role("heading", name="MATCH")).to_be_hidden()
    expect(nia.page.get_by_role("link", name="Check again")).to_be_visible()
    assert nia.page.get_by_role("button", name="Confirm match").is_hidden()
    nia.shot("match_too_old")


@pytest.mark.requirement("REQ-141")
def test_who_took_part_cannot_sign_the_release(
    founded: Founded, chromium: Browser, tmp_path: Path, pictures: Pictures
) -> None:
    with quarantined(founded, chromium, tmp_path) as (site, _):
        culture = site.world.rows("SELECT id FROM culture")[0][0]
        site.world.sql(
            "INSERT INTO evidence_actor (id, user_id, culture_id, step)"
            " VALUES (9001, :quinn, :culture, 'record_reading')",
            quinn=site.world.user_id(QUINN),
            culture=culture,
        )
        quinn = Hands(site, QUINN, "QA desk", pictures)
        quinn.rail("Release")
        quinn.press(quinn.page.get_by_role("link", name="HALVORSEN").first)
        quinn.says("You took part in this lot (record reading), so somebody else must decide.")
        assert quinn.page.locator("section.sign").count() == 0
        quinn.shot("releaser_took_part")


def test_a_bag_that_waits_for_its_decision_is_a_stop_wherever_the_ward_scans_it(
    founded: Founded, chromium: Browser, tmp_path: Path, pictures: Pictures
) -> None:
    with quarantined(founded, chromium, tmp_path) as (site, product):
        nia = Hands(site, NIA, "Bed 4", pictures)
        nia.scan(f"{product.bags[0]}01")
        stopped(nia.page, "QA has not released it")
        nia.shot("scanned_in_quarantine")
        nia.tap("Scan another")
        nia.shows("Today")


@contextmanager
def quarantined(founded: Founded, chromium: Browser, folder: Path) -> Iterator[tuple[Site, Product]]:
    """A laboratory with a reviewed lot that waits for its decision."""
    stage = founded("sqlite", "quarantined", lambda world: quarantined_lot(world, shelf(world)))
    with copied(stage, folder, None) as world, served(world, chromium) as site:
        assert isinstance(stage.reached, Product)
        review(world, stage.reached.lot)
        yield site, stage.reached


def stopped(page: Page, sentence: str) -> None:
    """The whole surface says STOP, why, and three things to do above the foot; nothing leads on but another scan."""
    alert = page.get_by_role("alert")
    expect(alert).to_contain_text(sentence)
    heading = page.get_by_role("heading", name="STOP")
    expect(heading).to_be_focused()
    surface = page.locator("main.halt")
    box, window = surface.bounding_box(), page.viewport_size
    assert box is not None
    assert window is not None
    assert (box["width"], box["y"] + box["height"] >= window["height"]) == (window["width"], True)
    red = page.evaluate("getComputedStyle(document.documentElement).getPropertyValue('--verdict-stop').trim()")
    assert surface.evaluate("each => getComputedStyle(each).backgroundColor") == rgb(red)
    word = heading.locator(".word").evaluate("each => parseFloat(getComputedStyle(each).fontSize)")
    assert word >= LEAST_WORD_PX
    foot = page.locator(".foot").bounding_box()
    assert foot is not None
    acts = [act.bounding_box() for act in page.locator("ol.do li").all()]
    assert len(acts) == 3
    assert all(act is not None and act["y"] + act["height"] <= foot["y"] for act in acts)
    expect(page.locator(".foot")).to_contain_text("Near miss 26-")
    assert page.locator("form:visible, button:visible").count() == 0
    for name in OTHER_NAMES:
        expect(page.locator("body")).not_to_contain_text(name)
    assert faults(page) == []


def rgb(colour: str) -> str:
    """`#B3122A` as a browser computes it."""
    return f"rgb({', '.join(str(int(colour[at : at + 2], 16)) for at in (1, 3, 5))})"
