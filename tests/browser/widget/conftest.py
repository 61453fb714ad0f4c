"""A site of another origin that loads the widget, with a key in its pages for one collection."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

import pytest
from playwright.sync_api import Browser, ConsoleMessage, Locator, Page, expect

from documents.store.store import Store
from rag.keyring import Keyring
from tests.browser.service import Service, running_service
from tests.browser.texts import ALL, HOSTILE
from tests.browser.widget.site import Site, running_site

COLLECTION = "phares"


@dataclass(frozen=True, slots=True)
class Guarded:
    """A service that asks for keys, the site that it lets in, and the key that is in its pages."""

    service: Service
    site: Site
    key: str


@pytest.fixture(scope="module")
def guarded(
    tmp_path_factory: pytest.TempPathFactory,
    chromium: str,  # noqa: ARG001 - without it there is nothing to serve
) -> Iterator[Guarded]:
    data = tmp_path_factory.mktemp("widget")
    with Store.open(data / "sourcier.db") as store:
        keyring = Keyring(store.keys)
        store.create_collection(COLLECTION)
        _, key = keyring.create("site", "ask", collections=[COLLECTION])
        _, own = keyring.create("test", "write", collections=[COLLECTION])
    with (
        running_site() as site,
        running_service(
            data, KEYS="on", CORS_ORIGINS=site.origin, ENCODER="embedded-static"
        ) as service,
    ):
        service.http.headers["X-API-Key"] = own
        for text in (*ALL, HOSTILE):
            service.add(text, collection=COLLECTION)
        yield Guarded(service, site, key)


@dataclass
class Visit:
    """A page of a site with the widget, and what went on there."""

    page: Page
    console: list[str] = field(default_factory=list)
    asked: list[str] = field(default_factory=list)

    @property
    def widget(self) -> Locator:
        return self.page.locator("sourcier-widget")

    def heard(self, message: ConsoleMessage) -> None:
        if message.type in ("error", "warning"):
            self.console.append(message.text)

    def open(self) -> None:
        self.page.locator(".bubble").click()
        expect(self.page.locator("dialog")).to_be_visible()

    def ask(self, question: str) -> Locator:
        """Ask by keyboard, and return what it became once it is all there."""
        exchanges = self.page.locator("dialog .text > ol > li")
        place = exchanges.count()
        self.page.keyboard.insert_text(question)
        self.page.keyboard.press("Enter")
        expect(exchanges.nth(place).locator(".feedback")).to_be_visible()
        return exchanges.nth(place)


Go = Callable[..., Visit]


@pytest.fixture
def go(browser: Browser, guarded: Guarded) -> Iterator[Go]:
    """Visits the site; `options` are the browser's, `data` the attributes of the tag."""
    contexts = []

    def go(
        site: Site = guarded.site,
        *,
        lang: str = "en",
        times: int = 1,
        options: dict[str, object] | None = None,
        **data: str,
    ) -> Visit:
        site.load(
            guarded.service.url,
            lang=lang,
            times=times,
            **{"collection": COLLECTION, "key": guarded.key, **data},
        )
        context = browser.new_context(
            **{"locale": "en-GB", "reduced_motion": "reduce", **(options or {})}
        )
        contexts.append(context)
        visit = Visit(context.new_page())
        visit.page.on("console", visit.heard)
        visit.page.on("pageerror", lambda error: visit.console.append(str(error)))
        visit.page.on("request", lambda request: visit.asked.append(request.url))
        visit.page.goto(site.origin)
        expect(visit.page.locator(".bubble")).to_be_visible()
        return visit

    yield go
    for context in contexts:
        assert context.cookies() == []
        assert context.storage_state()["origins"] == []
        context.close()
