"""What a person would notice on a page: accessibility faults, clipped text, small targets, sideways scrolling."""

from __future__ import annotations

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page

AXE_TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
LEAST_TARGET = 48

_FAULTS = """least => [...document.querySelectorAll("body *")].flatMap(element => {
  const said = what => `${what}: ${element.tagName} ${element.className} ${element.textContent.trim().slice(0, 40)}`;
  const box = element.getBoundingClientRect();
  const isHidden = !element.checkVisibility() || box.width < 2 || element.closest(".sr, .skip, .listen");
  if (isHidden || element.closest(".scroller, plate-grid, .tabs")) return [];
  const found = [];
  if (box.right > window.screen.width + 1) found.push(said("beyond the edge"));
  const isBlock = getComputedStyle(element).display !== "inline" && !element.closest("svg, input, select, thead");
  if (isBlock && element.scrollWidth > element.clientWidth + 1) found.push(said("clipped"));
  const target = element.closest("label, .box, .scan, .read") ?? element;
  const isTarget = element.matches("a, button, input, select, textarea, summary");
  const isInText = element.matches("a") && getComputedStyle(element).display === "inline";
  const height = target.getBoundingClientRect().height;
  if (isTarget && !isInText && height < least - 0.5) found.push(said(`only ${Math.round(height)} high`));
  return found;
})"""


def faults(page: Page) -> list[str]:
    """Everything wrong with the page as it stands, in words."""
    return misfits(page) + barriers(page)


def misfits(page: Page) -> list[str]:
    """What does not fit this screen or these fingers."""
    width = page.viewport_size["width"] if page.viewport_size else 0
    wide = page.evaluate("() => document.documentElement.scrollWidth")
    found = [f"it is {wide} wide on a screen of {width}"] if wide > width + 1 else []
    return found + list(page.evaluate(_FAULTS, LEAST_TARGET))


def barriers(page: Page) -> list[str]:
    """What shuts somebody out, as axe sees it."""
    result = Axe().run(page, options={"runOnly": {"type": "tag", "values": AXE_TAGS}})
    return [f"axe {one['id']}: {one['nodes'][0]['html'][:120]}" for one in result.response["violations"]]
