"""The picture of a label on the screen is as large as the label, and its symbols read as those on paper."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from io import BytesIO

import pytest
from PIL import Image
from playwright.sync_api import Browser, Page
from zxingcpp import read_barcodes

from app.domain.labels.spec import Code
from app.labels.press import picture_of
from tests.labels.examples import every_label

LABELS = every_label(is_long=True, is_demo=True)
DOTS_PER_PIXEL = 4
PIXELS_PER_MM = 96 / 25.4


@pytest.fixture(scope="module")
def screen(chromium: Browser) -> Iterator[Page]:
    with chromium.new_page(device_scale_factor=DOTS_PER_PIXEL, viewport={"width": 700, "height": 700}) as page:
        yield page


@pytest.mark.requirement("REQ-106")
@pytest.mark.parametrize("name", LABELS)
def test_a_picture_is_as_large_as_its_label_and_reads_as_it(screen: Page, name: str) -> None:
    spec, _ = LABELS[name]
    screen.set_content(picture_of(spec))
    picture = screen.locator("svg")
    box = picture.bounding_box()
    assert box is not None
    wanted = (spec.width_mm * PIXELS_PER_MM, spec.height_mm * PIXELS_PER_MM)
    assert (box["width"], box["height"]) == pytest.approx(wanted, abs=0.1)
    shown = Image.open(BytesIO(picture.screenshot())).convert("L")
    payloads = Counter(item.payload for item in spec.items if isinstance(item, Code))
    assert Counter(found.text for found in read_barcodes(shown)) == payloads
