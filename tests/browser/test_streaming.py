"""Answers on the page while they are made; a test sends the events itself, one by one."""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, Request, expect

from tests.browser.conftest import Watch, ask
from tests.browser.service import Service
from tests.browser.texts import WHEN_AUTOMATED, WHO_LIT, WHO_OPENED

# In place of the way to the service: what `sent.push` is given arrives, until `sent.close`.
HELD = """() => {
  const real = window.fetch;
  window.sent = { aborted: false };
  window.fetch = async (path, options) => {
    if (path !== "v1/ask") return real(path, options);
    const body = new ReadableStream({
      start(controller) {
        const bytes = new TextEncoder();
        window.sent.push = text => controller.enqueue(bytes.encode(text));
        window.sent.close = () => controller.close();
        options.signal.addEventListener("abort", () => {
          window.sent.aborted = true;
          controller.error(options.signal.reason);
        });
      },
    });
    return new Response(body, { headers: { "Content-Type": "text/event-stream" } });
  };
}"""

Send = Callable[..., None]


@pytest.fixture
def send(page: Page) -> Send:
    """Sends events to the question that the page asks next."""
    page.evaluate(HELD)

    def send(*events: str) -> None:
        page.wait_for_function("window.sent.push !== undefined")
        page.evaluate("events => events.forEach(event => window.sent.push(event))", list(events))

    return send


def start_asking(page: Page, question: str) -> None:
    page.fill("#question", question)
    page.click("#ask-button")


def test_sentences_appear_as_they_are_proved(library: Service, page: Page, send: Send) -> None:
    *events, done = library.events(WHO_LIT)
    first = next(n for n, event in enumerate(events) if event.startswith("event: sentence")) + 1
    start_asking(page, WHO_LIT)
    article = page.locator("#answers > article")
    send(events[0])
    expect(article.locator(".asked")).to_have_text(WHO_LIT)
    expect(article.locator(".sentence")).to_have_count(0)

    send(*events[1:first])
    expect(article.locator(".sentence")).to_have_count(1)
    expect(article.locator(".sentence .cite")).to_have_text(["1"])
    expect(article.locator(".answer-text")).to_have_attribute("lang", "fr")
    expect(article).to_have_attribute("aria-busy", "true")
    expect(page.locator("#ask-button")).to_have_text("Searching…")
    expect(page.locator("#announcement")).to_be_empty()

    send(*events[first:], done)
    expect(article).not_to_have_attribute("aria-busy", re.compile(".*"))
    expect(article.locator(".source")).to_have_count(len(library.ask(WHO_LIT)["citations"]))
    expect(page.locator("#announcement")).to_contain_text("Armand Kerbrat")
    expect(page.get_by_role("button", name="Stop")).to_have_count(0)
    expect(page.locator("#ask-button")).to_have_text("Ask")


def test_a_quote_can_be_opened_before_the_end_and_the_focus_stays(
    library: Service, page: Page, send: Send
) -> None:
    *events, done = library.events(WHO_LIT)
    start_asking(page, WHO_LIT)
    send(*events)
    cite = page.locator(".sentence .cite").first
    cite.click()
    expect(page.locator("#viewer mark.active")).to_contain_text("Armand Kerbrat")
    send(done)
    expect(page.locator("#answers > article:not([aria-busy])")).to_have_count(1)
    page.keyboard.press("Escape")

    expect(cite).to_be_focused()


def test_an_answer_can_be_stopped_and_what_there_is_stays(
    library: Service, page: Page, send: Send
) -> None:
    events = library.events(WHO_LIT)
    start_asking(page, WHO_LIT)
    send(*events[:-1])
    expect(page.locator(".sentence").first).to_contain_text("Armand Kerbrat")
    page.get_by_role("button", name="Stop").click()

    expect(page.locator(".answer .notice")).to_contain_text("not the whole answer")
    expect(page.locator(".sentence").first).to_contain_text("Armand Kerbrat")
    expect(page.locator(".asked")).to_be_focused()
    expect(page.locator("#ask-button")).to_have_text("Ask")
    expect(page.locator("#problem")).to_be_hidden()
    assert page.evaluate("window.sent.aborted")


def test_an_answer_that_is_stopped_before_it_begins_leaves_nothing(
    library: Service, page: Page, send: Send
) -> None:
    start_asking(page, WHO_LIT)
    send(library.events(WHO_LIT)[0])
    page.get_by_role("button", name="Stop").click()

    expect(page.locator("#answers > *")).to_have_count(0)


def test_a_new_question_stops_the_one_before(library: Service, page: Page, send: Send) -> None:
    start_asking(page, WHO_LIT)
    send(*library.events(WHO_LIT)[:-1])
    page.evaluate("window.first = window.sent; window.sent = {}")
    start_asking(page, WHO_OPENED)
    send(*library.events(WHO_OPENED))

    expect(page.locator("#answers > article .answer-text")).to_contain_text("Margaret Oakley")
    expect(page.locator("#answers > details > summary")).to_have_text(WHO_LIT)
    expect(page.locator("#answers > details .notice")).to_contain_text("not the whole answer")


@pytest.mark.parametrize(
    ("last", "told", "detail"),
    [
        (None, "The service does not answer.", None),
        (
            'event: error\ndata: {"status": 503, "detail": "The disk is full."}\n\n',
            "The service is not ready.",
            "The disk is full.",
        ),
        (
            'event: error\ndata: {"status": 500, "detail": "The log says what."}\n\n',
            "The service met an unexpected error.",
            "The log says what.",
        ),
    ],
)
def test_an_answer_that_breaks_off_is_said_to(
    library: Service, page: Page, send: Send, *, last: str | None, told: str, detail: str | None
) -> None:
    start_asking(page, WHO_LIT)
    send(*library.events(WHO_LIT)[:-1], *([last] if last else []))
    if last is None:
        page.evaluate("window.sent.close()")

    expect(page.locator("#problem p").first).to_contain_text(told)
    if detail:
        expect(page.locator("#problem p").last).to_have_text(detail)
    expect(page.locator(".answer .notice")).to_contain_text("not the whole answer")


def test_the_page_asks_for_events_and_gets_them(page: Page) -> None:
    with page.expect_response("**/v1/ask") as caught:
        ask(page, WHEN_AUTOMATED)

    assert caught.value.request.post_data_json["stream"] is True
    assert caught.value.headers["content-type"].startswith("text/event-stream")
    expect(page.locator(".answer-text")).to_contain_text("1983")


def test_a_browser_that_cannot_read_streams_gets_the_answer_at_once(
    page: Page, watch: Watch
) -> None:
    page.evaluate("delete Response.prototype.body")
    with page.expect_request("**/v1/ask") as caught:
        ask(page, WHEN_AUTOMATED)

    request: Request = caught.value
    assert request.post_data_json["stream"] is False
    expect(page.locator(".sentence .cite").first).to_have_text("1")
    assert watch.wrong == []
