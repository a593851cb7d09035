"""A person at a device: taps, types, scans as a reader does, signs, and keeps a picture of each screen.

Nobody opens an address here: after signing in, every page is reached by tapping and scanning.
"""

from __future__ import annotations

import re
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

from playwright.sync_api import Locator, Page, expect

from tests.browser.conftest import TABLET, Site
from tests.people import Person

COVERED = 168
"""So much of each further screenful shows again what the one before it ended with."""

HARDLY = 60
"""So little below the edge of the screen is no further picture."""

LONGEST_MS = 10_000
"""No answer takes longer."""

BETWEEN_KEYS_S = 0.004
"""A wedge reader types this fast, however slow the machine that listens."""

ASKS = """place => {
  const link = place.closest("a[href]");
  if (link) return link.getAttribute("href").startsWith("#") ? "" : "another page";
  if (place.type !== "submit" || !place.form) return "";
  return place.form.hasAttribute("hx-post") ? "an answer" : "another page";
}"""
"""What a tap on this place will ask of the server."""

FETCH = "async address => [...new Uint8Array(await (await fetch(address)).arrayBuffer())]"


@dataclass
class Hands:
    """One person at one device, or at a desk without station. `pictures` numbers the screens of the walk in order.

    `badges` are what the printed badges read as, by the name of the person; without them the laboratory is asked.
    """

    site: Site
    who: Person
    station: str | None
    pictures: Pictures
    badges: Mapping[str, str] | None = None
    page: Page = field(init=False)

    def __post_init__(self) -> None:
        self.page = self.site.device(self.station).new_page()
        self.page.set_default_timeout(LONGEST_MS)
        self.page.goto("/sign-in")
        self._sign_in()

    def badge_of(self, who: Person) -> str:
        """What somebody's badge reads as."""
        return self.site.world.badge(who) if self.badges is None else self.badges[who.full_name]

    @property
    def today(self) -> date:
        """The date in the laboratory."""
        return self.site.world.clock.time.date()

    def wake(self) -> None:
        """Come back to the device; when it locked meanwhile, unlock it, and when the sign-in ended, sign in again."""
        self.page.reload()
        if self.page.get_by_role("heading", name="Locked").count():
            self.type("PIN", self.who.pin)
            self.tap("Unlock the screen")
        elif self.page.get_by_role("heading", name="Sign in").count():
            self._sign_in()
        expect(self.page.locator("#lock, .strip")).to_be_visible()

    def _sign_in(self) -> None:
        if self.station is None:
            self.type("User name", self.who.name)
            self.type("Password", self.who.password)
            self.tap("Sign in")
            return
        self.shows("Sign in at " + self.station)
        self.scan(self.badge_of(self.who))
        self.type("PIN", self.who.pin)
        self.tap("Sign in")
        expect(self.page.get_by_role("navigation", name="Main")).to_be_visible()

    def tap(self, name: str, *, within: Locator | None = None, index: int = 0) -> None:
        """Tap a button or a link by its whole name, and wait for the answer."""
        place = within or self.page
        button = place.get_by_role("button", name=name, exact=True)
        self.press(button.or_(place.get_by_role("link", name=name, exact=True)).nth(index))

    def press(self, place: Locator) -> None:
        """Tap a place on the screen, and wait for what it asks of the server."""
        match place.evaluate(ASKS):
            case "another page":
                with self.page.expect_navigation():
                    place.tap()
            case "an answer":
                with self.page.expect_response(lambda answer: answer.request.method == "POST"):
                    place.tap()
                self.settle()
            case _:
                place.tap()

    def rail(self, word: str) -> None:
        """Go where the navigation leads, whatever waits there."""
        self.press(self.page.get_by_role("navigation", name="Main").get_by_role("link", name=word))

    def due(self, row: str) -> None:
        """Follow a row of the due list on Today: its verb and its task."""
        self.tap("Today")
        self.press(self.page.get_by_role("link", name=row).first)

    def more(self, word: str) -> None:
        """Go where one goes by More."""
        self.tap("More")
        self.press(self.page.locator("main").get_by_role("link", name=re.compile(f"^{word}")))

    def settle(self) -> None:
        """Let a form that is under way come to rest."""
        expect(self.page.locator("[data-feedback][data-state=sending]")).to_have_count(0)

    def scan(self, text: str) -> None:
        """Scan as a wedge reader does, and wait for what comes of it."""
        burst(self.page, text)
        self.settle()

    def type(self, label: str, value: str, *, within: Locator | None = None) -> None:
        """Type into the field of that name."""
        self.field(label, within=within).fill(value)

    def field(self, label: str, *, within: Locator | None = None) -> Locator:
        """The field of that name."""
        return (within or self.page).get_by_label(label, exact=True).and_(self.page.locator("input, select, textarea"))

    def choose(self, legend: str, word: str) -> None:
        """Tap one tile of a choice."""
        self.page.get_by_role("group", name=legend).get_by_text(word, exact=True).tap()

    def pick(self, label: str, word: str) -> None:
        """Pick from a list."""
        self.field(label).select_option(label=word)

    def sign(self, *, within: Locator | None = None) -> None:
        """Badge and PIN in the signature panel."""
        panel = (within or self.page).locator("section.sign")
        panel.get_by_label("Badge", exact=True).tap()
        self.scan(self.badge_of(self.who))
        self.type("PIN", self.who.pin, within=panel)

    def second(self, other: Person) -> None:
        """Another person confirms on this screen with badge and PIN."""
        panel = self.page.locator("fieldset.second")
        panel.get_by_label("Badge", exact=True).tap()
        self.scan(self.badge_of(other))
        self.type("PIN", other.pin, within=panel)

    def download(self, link: str) -> bytes:
        """The file behind a link, as this browser receives it."""
        address = self.page.get_by_role("link", name=link, exact=True).first.get_attribute("href")
        return bytes(self.page.evaluate(FETCH, address))

    def hand_out(self, button: str) -> bytes:
        """The file a button sends, as this browser keeps it."""
        with self.page.expect_download() as kept:
            self.page.get_by_role("button", name=button, exact=True).tap()
        return kept.value.path().read_bytes()

    def shows(self, heading: str) -> None:
        """The page has this heading."""
        expect(self.page.get_by_role("heading", name=heading).first).to_be_visible()

    def says(self, words: str) -> None:
        """The page says these words."""
        expect(self.page.locator("#main")).to_contain_text(words)

    def shot(self, name: str) -> None:
        """Keep the screen as it is seen, one picture for each screenful."""
        self.pictures.keep(self.page, name)


def burst(page: Page, text: str) -> None:
    """A wedge reader: the code as one burst of keys, then Enter. Each key carries the reader's own time."""
    keys = page.context.new_cdp_session(page)
    began = time.time()
    for at, key in enumerate((*text, "Enter")):
        typed = {"key": key, "text": "\r" if key == "Enter" else key, "timestamp": began + at * BETWEEN_KEYS_S}
        keys.send("Input.dispatchKeyEvent", {"type": "keyDown"} | typed)
        keys.send("Input.dispatchKeyEvent", {"type": "keyUp"} | typed)
    keys.detach()


@dataclass
class Pictures:
    """The screens of a walk, numbered in order; of screens that come again only the first."""

    folder: Path
    taken: int = 0
    names: set[str] = field(default_factory=set)

    def keep(self, page: Page, name: str) -> None:
        """The page from head to foot, screen by screen: for one tall picture the browser would stop being a tablet."""
        if name in self.names:
            return
        self.names.add(name)
        self.taken += 1
        depth = page.evaluate("document.documentElement.scrollHeight")
        for screenful, top in enumerate(range(0, max(depth - COVERED - HARDLY, 1), TABLET["height"] - COVERED)):
            page.evaluate("top => scrollTo(0, top)", top)
            part = f"-{screenful + 1}" if screenful else ""
            page.screenshot(path=self.folder / f"{self.taken:02}-{name}{part}.png")
        page.evaluate("scrollTo(0, 0)")
