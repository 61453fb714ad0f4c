"""A real Chromium, driven by Playwright, on the page of a real service."""

import os
import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from playwright.sync_api import Browser, ConsoleMessage, Page, Request, sync_playwright

from tests.browser.service import Service, running_service
from tests.browser.texts import ALL

_FOLDER = Path(__file__).parent
_NAMES = ("chromium", "chromium-browser", "google-chrome")
_FLAGS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-dev-shm-usage",
    "--no-first-run",
)

OpenPage = Callable[..., Page]


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark these tests, and run them after all others.

    Playwright keeps an event loop in this thread for as long as its browser is open, and no
    other test could have one.
    """
    for item in items:
        if _FOLDER in item.path.parents:
            item.add_marker(pytest.mark.browser)
    items.sort(key=lambda item: _FOLDER in item.path.parents)


@pytest.fixture(scope="session")
def chromium() -> str:
    found = next(filter(None, map(shutil.which, _NAMES)), None)
    if found is None and os.environ.get("CI") == "true":
        pytest.fail("No Chromium is installed: apt-get install chromium")
    if found is None:
        pytest.skip("no Chromium is installed")
    return found


@pytest.fixture(scope="session")
def running(
    tmp_path_factory: pytest.TempPathFactory,
    chromium: str,  # noqa: ARG001 - without it there is nothing to serve
) -> Iterator[Service]:
    with running_service(tmp_path_factory.mktemp("data")) as service:
        yield service


@pytest.fixture
def service(running: Service) -> Service:
    running.empty()
    return running


@pytest.fixture
def library(service: Service) -> Service:
    for text in ALL:
        service.add(text)
    return service


@pytest.fixture(scope="session")
def browser(chromium: str) -> Iterator[Browser]:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=_FLAGS)
        yield browser
        browser.close()


@dataclass
class Watch:
    """What must not happen on a page; `expected` are console messages that a test provokes."""

    origin: str
    expected: list[str] = field(default_factory=list)
    wrong: list[str] = field(default_factory=list)

    def follow(self, page: Page) -> None:
        page.on("console", self._heard)
        page.on("pageerror", self._failed)
        page.on("request", self._asked)

    def leave(self, page: Page) -> None:
        page.remove_listener("console", self._heard)
        page.remove_listener("pageerror", self._failed)
        page.remove_listener("request", self._asked)

    def _heard(self, message: ConsoleMessage) -> None:
        if message.type in ("error", "warning"):
            self.wrong.append(f"console: {message.text}")

    def _failed(self, error: object) -> None:
        self.wrong.append(f"error: {error}")

    def _asked(self, request: Request) -> None:
        if not request.url.startswith(self.origin):
            self.wrong.append(f"request: {request.url}")

    def assert_clean(self) -> None:
        left = [w for w in self.wrong if not any(text in w for text in self.expected)]
        assert left == []


@pytest.fixture
def watch(running: Service) -> Iterator[Watch]:
    """Hears console errors (content security violations are some) and foreign requests."""
    watch = Watch(origin=running.url)
    yield watch
    watch.assert_clean()


@pytest.fixture(scope="session")
def tabs(browser: Browser) -> dict[str, Page]:  # noqa: ARG001 - closes what is kept here
    """Pages by their options: a new context for each test would take half of its time."""
    return {}


@pytest.fixture
def open_page(
    browser: Browser, running: Service, watch: Watch, tabs: dict[str, Page]
) -> Iterator[OpenPage]:
    opened: list[Page] = []

    def open_page(*, locale: str = "en-GB", **options: object) -> Page:
        key = f"{locale} {options}"
        if key not in tabs:
            tabs[key] = browser.new_page(locale=locale, reduced_motion="reduce", **options)
        page = tabs[key]
        opened.append(page)
        watch.follow(page)
        page.goto(running.url)
        page.wait_for_selector("#status:not(:empty)")
        return page

    yield open_page
    for page in opened:
        watch.leave(page)
        page.unroute_all()
        page.evaluate("localStorage.clear()")


@pytest.fixture
def page(library: Service, open_page: OpenPage) -> Page:  # noqa: ARG001
    return open_page()


def ask(page: Page, question: str) -> None:
    """Ask on the page, and wait for the answer."""
    page.fill("#question", question)
    page.click("#ask-button")
    page.wait_for_function(
        "asked => document.querySelector('#answers > article:not([aria-busy]) .asked')"
        "?.textContent === asked",
        arg=question,
    )
