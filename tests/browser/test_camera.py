"""The camera is one more reader: what Veinline printed, filmed at arm's length, lands where a reader's scan would."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, Page, expect

from app.domain.identifiers import display
from app.labels.content import LabelContent
from app.labels.drawing.finished import pdf_of
from app.simulator.line.release import Product, quarantined_lot
from tests.browser.conftest import Site, served, sign_in
from tests.browser.film import camera, film
from tests.browser.looking import faults
from tests.line.culture import shelf
from tests.people import NIA, TARA, Person
from tests.stages import Stage, copied
from tests.world import World

pytestmark = pytest.mark.browser
Founded = Callable[[str, str, Callable[[World], object]], Stage[object]]
READ_MS = 15_000
IS_OFF = "() => !document.getElementById('camera').open && document.querySelector('#camera video').srcObject === null"


@contextmanager
def before(
    founded: Founded, chromium: Browser, folder: Path, *, bags: int
) -> Iterator[tuple[Site, Product, Callable[[Person, str], Page]]]:
    """A laboratory whose tablets have the labels of so many bags before their camera."""
    stage = founded("sqlite", "quarantined", lambda world: quarantined_lot(world, shelf(world)))
    product = stage.reached
    assert isinstance(product, Product)
    with copied(stage, folder, None) as world:
        printed = [on_paper(world, bag) for bag in product.bags[:bags]]
        with camera(chromium, film(printed, folder / "labels.mjpeg")) as tablet, served(world, tablet) as site:

            def at(who: Person, station: str) -> Page:
                context = site.device(station)
                context.grant_permissions(["camera"])
                page = context.new_page()
                page.on("request", lambda request: asked.add(urlsplit(request.url).netloc))
                sign_in(page, world, who)
                return page

            asked: set[str] = set()
            yield site, product, at
            assert asked == {urlsplit(site.origin).netloc}, "nothing the camera sees leaves the house"


def on_paper(world: World, code: str) -> bytes:
    """The label that hangs on the bag, from the words kept of it."""
    ((words,),) = world.rows("SELECT content FROM label WHERE code = :code", code=code)
    content = LabelContent.model_validate_json(str(words))
    return pdf_of([(content.spec(), content.expected(code, 1))]).content


@pytest.mark.requirement("REQ-113")
def test_a_filmed_label_opens_the_card_of_its_bag(
    founded: Founded, chromium: Browser, tmp_path: Path, screens: Path
) -> None:
    with before(founded, chromium, tmp_path, bags=1) as (_, product, at):
        page = at(TARA, "Bench 1")
        page.get_by_role("button", name="Read with the camera").tap()
        expect(page.get_by_role("dialog", name="Read with the camera")).to_be_visible()
        expect(page.get_by_text("Hold one label in the picture")).to_be_visible()
        assert faults(page) == []
        page.screenshot(path=screens / "camera open.png")
        expect(page.locator("main")).to_contain_text(display(product.bags[0]), timeout=READ_MS)
        page.wait_for_function(IS_OFF)


@pytest.mark.requirement("REQ-113")
def test_of_two_labels_in_view_somebody_chooses_one(
    founded: Founded, chromium: Browser, tmp_path: Path, screens: Path
) -> None:
    with before(founded, chromium, tmp_path, bags=2) as (_, product, at):
        page = at(TARA, "Bench 1")
        page.get_by_role("button", name="Read with the camera").tap()
        choice = page.get_by_role("button", name=f"{product.bags[1]}01")
        expect(choice).to_be_visible(timeout=READ_MS)
        page.screenshot(path=screens / "camera several.png")
        assert faults(page) == []
        choice.tap()
        expect(page.locator("main")).to_contain_text(display(product.bags[1]), timeout=READ_MS)


@pytest.mark.requirement("REQ-113")
def test_on_the_ward_the_camera_stops_what_a_reader_would_stop(
    founded: Founded, chromium: Browser, tmp_path: Path
) -> None:
    with before(founded, chromium, tmp_path, bags=1) as (_, _product, at):
        page = at(NIA, "Bed 4")
        page.get_by_role("button", name="Read with the camera").tap()
        expect(page.get_by_role("heading", name="STOP")).to_be_visible(timeout=READ_MS)
        expect(page.get_by_role("alert")).to_contain_text("QA has not released it")


def test_closing_the_camera_reads_nothing(founded: Founded, chromium: Browser, tmp_path: Path) -> None:
    with before(founded, chromium, tmp_path, bags=1) as (_, _product, at):
        page = at(TARA, "Bench 1")
        page.get_by_role("button", name="Read with the camera").tap()
        page.get_by_role("button", name="Close the camera").tap()
        page.wait_for_function(IS_OFF)
        expect(page.get_by_role("heading", name="Today")).to_be_visible()
