"""A real server and a real Chromium: pages are used as people use them, on a tablet, by touch."""

from __future__ import annotations

import shutil
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest
import uvicorn
from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright

from app.main import create_app
from app.settings import Settings
from tests.faults.serving import free_port
from tests.people import Person
from tests.world import World

TABLET = {"width": 1024, "height": 768}
UPRIGHT = {"width": 768, "height": 1024}
PHONE = {"width": 390, "height": 844}
ARGUMENTS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    """The machine's Chromium; when there is none, the tests fail."""
    path = shutil.which("chromium") or shutil.which("chromium-browser")
    assert path is not None, "Chromium is not installed: on Debian, apt-get install chromium"
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=list(ARGUMENTS))
        yield browser
        browser.close()


@dataclass
class Site:
    """The running laboratory as browsers reach it."""

    world: World
    origin: str
    browser: Browser
    faults: list[str]

    def device(
        self,
        station: str | None = None,
        size: dict[str, int] = TABLET,
        theme: str = "light",
        *,
        has_script: bool = True,
    ) -> BrowserContext:
        """A tablet (touch), enrolled as a station where one is named. What goes wrong in its pages is kept."""
        context = self.browser.new_context(
            viewport=size,
            has_touch=True,
            is_mobile=True,
            color_scheme=theme,
            base_url=self.origin,
            java_script_enabled=has_script,
        )
        if station is not None:
            cookie = {"name": "__Host-veinline-station", "value": f"station token of {station}"}
            context.add_cookies(
                [
                    {
                        **cookie,
                        "url": self.origin.replace("http:", "https:"),
                        "secure": True,
                        "httpOnly": True,
                        "sameSite": "Strict",
                    }
                ]
            )
        context.on("page", self._watch)
        return context

    def _watch(self, page: Page) -> None:
        page.on("pageerror", lambda error: self.faults.append(f"{page.url}: {error}"))
        page.on(
            "console",
            lambda said: (
                self.faults.append(f"{page.url}: {said.text}")
                if said.type == "error" and "status of 4" not in said.text
                else None
            ),
        )


@contextmanager
def served(world: World, chromium: Browser) -> Iterator[Site]:
    """A laboratory on a free port; its pages must raise no error and no policy violation."""
    port = free_port()
    origin = f"http://127.0.0.1:{port}"
    settings = Settings(data_dir=world.settings.data_dir, origin=origin)
    config = uvicorn.Config(create_app(settings, world.clock), port=port, log_level="warning", lifespan="on")
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    while not server.started:
        time.sleep(0.01)
    faults: list[str] = []
    yield Site(world, origin, chromium, faults)
    for context in chromium.contexts:
        context.close()
    server.should_exit = True
    thread.join(10)
    assert faults == []


@pytest.fixture
def site(sqlite_world: World, chromium: Browser) -> Iterator[Site]:
    """The laboratory of this test, served."""
    with served(sqlite_world, chromium) as site:
        yield site


def sign_in(page: Page, world: World, who: Person) -> None:
    """Badge and PIN on an enrolled tablet, as people switch."""
    page.goto("/sign-in")
    page.locator("[name=badge]").fill(world.badge(who))
    page.locator("[name=pin]").fill(who.pin)
    with page.expect_navigation():
        page.locator("form:has([name=badge]) button.go").first.click()


@pytest.fixture(scope="session")
def screens() -> Path:
    """Where screenshots are kept to be looked at."""
    folder = Path(__file__).resolve().parents[2] / "artefacts" / "screens"
    folder.mkdir(parents=True, exist_ok=True)
    return folder
