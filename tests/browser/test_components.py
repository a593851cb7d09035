"""Every macro in a real browser: scanning, refusals, pad, plate, countdown, lost network, and what the eye needs."""

from __future__ import annotations

import time
from collections.abc import Iterator
from typing import Literal

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, ViewportSize, expect

from tests.browser.gallery_app import Gallery, gallery
from tests.browser.looking import faults

pytestmark = pytest.mark.browser
BAG = "BG-D7M-26-000472-A"
PAGES = ("form", "bench", "bedside", "bedside?verdict=match", "bedside?verdict=stop")
Theme = Literal["light", "dark"]
LOOKS: list[tuple[ViewportSize, Theme]] = [
    ({"width": 1024, "height": 768}, "light"),
    ({"width": 768, "height": 1024}, "dark"),
    ({"width": 390, "height": 844}, "light"),
    ({"width": 390, "height": 844}, "dark"),
]


@pytest.fixture(scope="module")
def shown() -> Iterator[Gallery]:
    with gallery() as running:
        yield running


@pytest.fixture
def context(chromium: Browser, shown: Gallery) -> Iterator[BrowserContext]:
    shown.posted.clear()
    tablet = chromium.new_context(viewport={"width": 1024, "height": 768}, has_touch=True, base_url=shown.address)
    tablet.set_default_timeout(5000)
    yield tablet
    tablet.close()


@pytest.fixture
def page(context: BrowserContext) -> Page:
    return context.new_page()


def press(page: Page, keys: str | list[str], gap_ms: int, *, last: str = "Enter") -> None:
    """Send key presses whose own times lie `gap_ms` apart, however busy this machine is."""
    devices = page.context.new_cdp_session(page)
    began = time.time()
    for at, key in enumerate([*keys, last]):
        event = {"key": key, "timestamp": began + at * gap_ms / 1000}
        text = {"text": "\r", "windowsVirtualKeyCode": 13} if key == "Enter" else {"text": key}
        devices.send("Input.dispatchKeyEvent", {"type": "keyDown", **event, **text})
        devices.send("Input.dispatchKeyEvent", {"type": "keyUp", **event})
    devices.detach()


def scan(page: Page, text: str, gap_ms: int = 5) -> None:
    """What a reader does: a burst and Enter."""
    press(page, text, gap_ms)


def scanned(shown: Gallery) -> list[str]:
    return [form["scanned"] for _, form in shown.posted if "scanned" in form]


@pytest.mark.parametrize(("size", "theme"), LOOKS)
@pytest.mark.parametrize("path", PAGES)
def test_every_component_is_whole_reachable_and_readable(
    chromium: Browser, shown: Gallery, path: str, theme: Theme, size: ViewportSize
) -> None:
    shown.blocked.clear()
    device = chromium.new_context(viewport=size, has_touch=True, is_mobile=True, color_scheme=theme)
    page = device.new_page()
    complaints: list[str] = []
    page.on("console", lambda message: complaints.append(message.text) if message.type == "error" else None)
    page.goto(f"{shown.address}/{path}", wait_until="networkidle")
    # As tall as the page, so that no sticky bar lies over what axe measures.
    page.set_viewport_size({"width": size["width"], "height": page.evaluate("document.documentElement.scrollHeight")})
    assert faults(page) == []
    assert (complaints, shown.blocked) == ([], [])
    device.close()


@pytest.mark.parametrize("gap_ms", [0, 5, 20, 49])
@pytest.mark.requirement("REQ-113")
def test_a_scan_is_taken_wherever_the_focus_is(page: Page, shown: Gallery, gap_ms: int) -> None:
    page.goto("/bedside")
    page.get_by_role("link", name="Barcode will not scan").focus()
    scan(page, BAG, gap_ms)
    page.wait_for_url("**/bedside?verdict=match")
    assert scanned(shown) == [BAG]


@pytest.mark.requirement("REQ-113")
def test_a_scan_never_sends_the_form_it_was_typed_into(page: Page, shown: Gallery) -> None:
    page.goto("/form")
    page.fill("#courier", "Meyer")
    scan(page, f"]d1{BAG}")
    signer = page.locator("[data-scan]").first
    expect(signer).to_have_value(f"]d1{BAG}")
    assert page.input_value("#courier") == "Meyer"
    assert shown.posted == []


@pytest.mark.parametrize("gap_ms", [50, 60, 61, 110])
@pytest.mark.requirement("REQ-113")
def test_typing_is_never_taken_for_a_scan(page: Page, shown: Gallery, gap_ms: int) -> None:
    page.goto("/bedside")
    press(page, BAG, gap_ms)
    page.goto("/form")
    page.focus("#note")
    press(page, "Meyer and sons", gap_ms, last=".")
    expect(page.locator("#note")).to_have_value("Meyer and sons.")
    assert shown.posted == []


@pytest.mark.parametrize(("gap_ms", "is_scan"), [(29, True), (30, False)])
@pytest.mark.requirement("REQ-113")
def test_the_site_says_how_slow_a_reader_may_be(page: Page, shown: Gallery, gap_ms: int, is_scan: bool) -> None:
    page.goto("/bedside")
    page.locator("#camera").evaluate("camera => camera.dataset.wedgeGap = '30'")
    scan(page, BAG, gap_ms)
    scan(page, f"]C0{BAG}")  # taken whatever the gap: when it was answered, the first was answered or not taken
    page.wait_for_url("**/bedside?verdict=match")
    assert (BAG in scanned(shown)) is is_scan


@pytest.mark.requirement("REQ-113")
def test_a_reader_that_sends_its_prefix_may_be_slow(page: Page, shown: Gallery) -> None:
    page.goto("/bedside")
    scan(page, f"]C0{BAG}", 200)
    page.wait_for_url("**/bedside?verdict=match")
    assert scanned(shown) == [f"]C0{BAG}"]


@pytest.mark.requirement("REQ-113")
def test_a_short_burst_is_no_scan(page: Page, shown: Gallery) -> None:
    page.goto("/bedside")
    scan(page, "BG-D7")
    scan(page, "BG-D7M")
    page.wait_for_url("**/bedside?verdict=match")
    assert scanned(shown) == ["BG-D7M"]


@pytest.mark.requirement("REQ-113")
def test_the_same_code_twice_at_once_counts_once(page: Page, shown: Gallery) -> None:
    page.goto("/bedside")
    press(page, [*BAG, "Enter", *BAG], 5)
    page.wait_for_url("**/bedside?verdict=match")
    assert scanned(shown) == [BAG]


def test_a_slash_brings_the_box_for_typed_codes(page: Page) -> None:
    page.goto("/form")
    page.get_by_role("button", name="Accept collection").focus()
    page.keyboard.press("/")
    expect(page.locator("#scan")).to_be_focused()
    expect(page.locator("#scan")).to_have_value("")


@pytest.mark.parametrize("way", ["read", "typed"])
def test_the_server_is_told_whether_a_code_was_typed_or_read(page: Page, shown: Gallery, way: str) -> None:
    page.goto("/form")
    if way == "read":
        for field in page.locator("[data-scan]").all():
            field.fill("scanned before")  # the scans a form waits for come before the box
        page.get_by_role("button", name="Accept collection").focus()
        scan(page, BAG)
    else:
        page.fill("#scan", BAG.lower())
        page.locator("#scan").press("Enter")
    page.wait_for_url("**/bedside?verdict=scanned")
    ((_, sent),) = shown.posted
    assert sent["is_typed"] == {"read": "false", "typed": "true"}[way]


def test_a_refusal_stands_in_its_form_at_its_field_and_keeps_what_was_typed(page: Page, shown: Gallery) -> None:
    page.goto("/form")
    page.fill("#courier", "Meyer")
    key = page.locator("form[aria-label=Receipt] [name=request_key]").input_value()
    page.get_by_role("button", name="Accept collection").click()
    refusal = page.locator("form[aria-label=Receipt] [data-feedback]")
    expect(refusal).to_contain_text("Weight is 680 kg")
    expect(page.locator("#weight_kg")).to_be_focused()
    expect(page.locator("#weight_kg")).to_have_attribute("aria-invalid", "true")
    expect(page.locator("#courier")).to_have_value("Meyer")
    assert page.url.endswith("/form")
    assert shown.posted[0][1]["request_key"] == key


def test_an_answer_of_the_server_replaces_the_page_and_its_address(page: Page, shown: Gallery) -> None:
    page.goto("/bedside")
    scan(page, "TH-D7M-26-000442-M")
    expect(page.get_by_role("heading", name="MATCH")).to_be_focused()
    page.wait_for_url("**/bedside?verdict=match")
    assert page.title() == "Bedside check"
    page.get_by_role("button", name="Start infusion").click()
    page.wait_for_url("**/bedside?verdict=scanned")
    assert [act for act, _ in shown.posted] == ["match", "scanned"]


@pytest.mark.requirement("REQ-102")
def test_a_check_that_is_over_takes_its_button_away(page: Page) -> None:
    page.clock.install()
    page.goto("/bedside?verdict=match")
    page.clock.run_for(100_000)
    expect(page.get_by_role("button", name="Start infusion")).to_be_visible()
    page.clock.run_for(20_500)
    expect(page.get_by_role("button", name="Start infusion")).to_be_hidden()
    expect(page.locator("count-down")).to_contain_text("Check again")
    expect(page.get_by_text("after a new check")).to_be_visible()


def test_the_pad_writes_into_the_active_reading_and_next_looks_for_the_empty_one(page: Page, shown: Gallery) -> None:
    page.goto("/bench")
    for key in ("1", "0", "5", "."):
        page.locator(f'[data-key="{key}"]').click()
    page.get_by_role("button", name="Delete last digit").click()
    expect(page.locator("#volume_ml")).to_have_value("105")
    page.fill("#viable", "")
    page.get_by_role("button", name="Finish counting").click()
    expect(page.locator("#viable")).to_be_focused()
    assert shown.posted == []
    page.locator('[data-key="2"]').click()
    page.get_by_role("button", name="Finish counting").click()
    page.wait_for_url("**/bedside**")
    assert (shown.posted[0][1]["viable"], shown.posted[0][1]["volume_ml"]) == ("2", "105")


def test_a_pasted_table_fills_the_plate_from_the_chosen_well(page: Page) -> None:
    page.goto("/bench")
    wells = page.locator("plate-grid input")
    wells.first.focus()
    page.keyboard.press("ArrowRight")
    expect(wells.nth(1)).to_be_focused()
    page.evaluate(
        """() => { const pasted = new DataTransfer(); pasted.setData("text", "1\\t2\\r\\n3\\t4\\r\\n");
        document.activeElement.dispatchEvent(new ClipboardEvent("paste", {clipboardData: pasted, bubbles: true})) }"""
    )
    assert [wells.nth(at).input_value() for at in (0, 1, 2, 3, 13, 14)] == ["", "1", "2", "", "3", "4"]
    assert wells.evaluate_all("wells => wells.filter(well => well.tabIndex === 0).length") == 1


@pytest.mark.requirement("REQ-115")
def test_a_cut_network_is_said_and_nothing_is_shown_as_saved(page: Page, context: BrowserContext) -> None:
    page.goto("/bedside?verdict=match")
    context.set_offline(True)
    expect(page.locator("#offline")).to_contain_text("No connection since")
    context.set_offline(False)
    expect(page.locator("#offline")).to_be_hidden(timeout=10_000)
    page.goto("/form")
    page.fill("#courier", "Meyer")
    context.set_offline(True)
    page.get_by_role("button", name="Accept collection").click()
    line = page.locator("form[aria-label=Receipt] [data-feedback]")
    expect(line).to_contain_text("Unknown whether this was saved")
    context.set_offline(False)
    expect(line).to_contain_text("Not saved", timeout=10_000)
    expect(page.locator("#offline")).to_be_hidden(timeout=10_000)


@pytest.mark.requirement("REQ-114")
def test_an_idle_screen_is_hidden_and_locked(page: Page, shown: Gallery) -> None:
    page.clock.install()
    page.goto("/form")
    page.clock.run_for(110_000)
    page.keyboard.press("Shift")
    page.clock.run_for(110_000)
    assert shown.posted == []
    page.clock.run_for(11_000)
    page.wait_for_url("**/bedside")
    assert [act for act, _ in shown.posted] == ["lock"]


def test_the_chosen_theme_is_there_before_the_first_paint(page: Page) -> None:
    page.goto("/form")
    page.evaluate("localStorage.setItem('theme', 'dark')")
    page.reload()
    assert page.evaluate("getComputedStyle(document.body).colorScheme") == "dark"


def test_everything_can_be_sent_without_script(chromium: Browser, shown: Gallery) -> None:
    shown.posted.clear()
    plain = chromium.new_context(java_script_enabled=False, base_url=shown.address)
    page = plain.new_page()
    page.goto("/bedside")
    page.get_by_label("Scanner input").fill(BAG)
    page.get_by_role("button", name="Use this code").click()
    expect(page.get_by_role("heading", name="MATCH")).to_be_visible()
    page.get_by_role("button", name="Start infusion").click()
    page.goto("/bench")
    page.fill("#volume_ml", "1005")
    page.get_by_role("button", name="Finish counting").click()
    assert [act for act, _ in shown.posted] == ["match", "scanned", "scanned"]
    plain.close()
