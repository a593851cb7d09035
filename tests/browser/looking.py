"""What a person would notice on a page: barriers, words cut off or overlapping, small targets, sideways scrolling."""

from __future__ import annotations

from pathlib import Path

from axe_playwright_python.base import AXE_SCRIPT
from playwright.sync_api import Page

AXE_TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
OF_COLOUR = ["color-contrast", "link-in-text-block"]
LEAST_TARGET = 48

_LOOK = Path(__file__).with_name("looking.js").read_text(encoding="utf-8")
_AXE = "options => axe.run(document, options).then(({violations}) => violations)"


def faults(page: Page) -> list[str]:
    """Everything wrong with the page as it stands, in words."""
    return misfits(page) + barriers(page)


def misfits(page: Page, *, is_focus_tried: bool = False) -> list[str]:
    """What does not fit this screen, these fingers or these eyes."""
    width = page.viewport_size["width"] if page.viewport_size else 0
    wide = page.evaluate("() => document.documentElement.scrollWidth")
    found = [f"it is {wide} wide on a screen of {width}"] if wide > width + 1 else []
    asked = {"width": width, "least": LEAST_TARGET, "isFocusTried": is_focus_tried}
    return found + list(page.evaluate(_LOOK, asked))


def barriers(page: Page, *, is_only_colour: bool = False) -> list[str]:
    """What shuts somebody out, as axe sees it; where only the theme changed, only what depends on colours."""
    if not page.evaluate("'axe' in window"):
        page.evaluate(AXE_SCRIPT)
    ours = {"type": "rule", "values": OF_COLOUR} if is_only_colour else {"type": "tag", "values": AXE_TAGS}
    violations = page.evaluate(_AXE, {"runOnly": ours, "resultTypes": ["violations"]})
    return [f"axe {one['id']}: {node['html'][:160]}" for one in violations for node in one["nodes"]]
