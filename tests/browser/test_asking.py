import re

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.browser.conftest import OpenPage, Watch, ask
from tests.browser.service import Service
from tests.browser.texts import BAKERY, HOSTILE, OFF_TOPIC, WHEN_AUTOMATED, WHO_LIT, WHO_OPENED


@pytest.mark.parametrize(
    ("question", "language", "fact"),
    [(WHO_LIT, "fr", "Armand Kerbrat"), (WHO_OPENED, "en", "Margaret Oakley")],
)
def test_an_answer_is_shown_as_the_service_gave_it(
    library: Service, page: Page, question: str, language: str, fact: str
) -> None:
    expected = library.ask(question)
    ask(page, question)

    article = page.locator("#answers > article")
    text = article.locator(".answer-text")
    shown = text.evaluate(
        "node => { const copy = node.cloneNode(true);"
        " copy.querySelectorAll('button').forEach(mark => mark.remove());"
        " return copy.textContent; }"
    )
    assert fact in shown
    assert shown == expected["answer"]
    assert text.get_attribute("lang") == language
    assert article.locator("blockquote").all_text_contents() == [
        citation["quote"] for citation in expected["citations"]
    ]


def test_each_sentence_carries_the_numbers_of_its_sources(library: Service, page: Page) -> None:
    expected = library.ask(WHEN_AUTOMATED)
    ask(page, WHEN_AUTOMATED)

    sentences = page.locator(".sentence")
    numbers = [sentence.locator(".cite").all_text_contents() for sentence in sentences.all()]
    assert numbers == [
        [str(number) for number in sentence["citations"]] for sentence in expected["sentences"]
    ]
    assert numbers[0] == ["1"]


def test_enter_asks_and_shift_enter_starts_a_line(page: Page) -> None:
    page.focus("#question")
    page.keyboard.type("Who opened the bakery")
    page.keyboard.press("Shift+Enter")
    page.keyboard.type("of Hollow Street?")
    expect(page.locator("#answers > article")).to_have_count(0)
    page.keyboard.press("Enter")

    expect(page.locator(".answer-text")).to_contain_text("Margaret Oakley")


def test_a_source_in_the_other_language_is_explained(page: Page) -> None:
    page.select_option("#answer-language", "fr")
    ask(page, WHO_OPENED)

    expect(page.locator(".answer .notice")).to_contain_text("The source is in English.")
    text = page.locator(".answer-text")
    expect(text).to_have_attribute("lang", "fr")
    expect(text.locator("[lang=en]").first).to_contain_text("Margaret Oakley")
    expect(page.locator(".source .badge").first).to_contain_text("EN")


def test_a_refusal_says_so_and_shows_what_came_closest(library: Service, page: Page) -> None:
    ask(page, OFF_TOPIC)

    article = page.locator("#answers > article.refusal")
    expect(article.locator(".answer-text")).to_have_attribute("lang", "fr")
    expect(article.locator(".about").first).to_have_text("No answer")
    expect(article.locator(".cite")).to_have_count(0)
    assert "does not guess" in (article.locator(".notice").text_content() or "")
    expect(article.locator(".passages summary")).to_have_text("Closest passages")
    closest = article.locator(".passage-text")
    expect(closest).to_have_count(len(library.ask(OFF_TOPIC)["passages"][:3]))
    expect(closest.first).to_be_visible()
    article.locator(".passages .link").first.click()
    expect(page.locator("#viewer mark.active")).to_be_visible()


def shown(page: Page, answer: dict[str, object]) -> Locator:
    """Show `answer` as if the service had given it; return its article."""
    page.route("**/v1/ask", lambda route: route.fulfill(json=answer))
    ask(page, str(answer["question"]))
    return page.locator("#answers > article")


def test_the_short_answer_stands_out_and_leads_to_its_quote(library: Service, page: Page) -> None:
    answer = library.ask(WHO_LIT)
    [citation, *_] = answer["citations"]
    start = citation["start"] + citation["quote"].index("Armand Kerbrat")
    short = {"text": "Armand Kerbrat", "citation": 1, "start": start, "end": start + 14}
    article = shown(page, {**answer, "short_answer": short})

    expect(article.locator(".short")).to_contain_text("In short: Armand Kerbrat")
    article.locator(".short .cite").click()
    expect(page.locator("#viewer mark.active")).to_contain_text("Armand Kerbrat")


def test_an_answer_without_a_short_one_shows_none(library: Service, page: Page) -> None:
    article = shown(page, {**library.ask(WHO_LIT), "short_answer": None})

    expect(article.locator(".short")).to_have_count(0)


@pytest.mark.parametrize(
    ("support", "words"),
    [("supported", []), ("partly", ["◐ partly proved"]), ("unsupported", ["○ not proved"])],
)
def test_how_far_a_sentence_is_proved_is_said_in_words(
    library: Service, page: Page, support: str, words: list[str]
) -> None:
    answer = library.ask(WHO_LIT)
    sentences = [{**answer["sentences"][0], "support": support}]
    article = shown(page, {**answer, "sentences": sentences})

    expect(article.locator(".support")).to_have_text(words)


@pytest.mark.parametrize(
    ("degraded", "told"),
    [
        ("untranslated", "The source is in French. It is quoted as it stands"),
        ("generator_unavailable", "The language model is not available."),
        ("encoder_unavailable", "Only words could be searched"),
        ("language", "This answer is not wholly in the language of the question."),
    ],
)
def test_what_is_less_than_it_could_be_is_explained(
    library: Service, page: Page, degraded: str, told: str
) -> None:
    answer = {**library.ask(WHO_LIT), "degraded": degraded, "language": "en"}
    article = shown(page, answer)

    expect(article.locator(".notice")).to_contain_text(told)


def test_the_passages_that_were_read_can_be_opened(library: Service, page: Page) -> None:
    first = library.ask(WHO_OPENED)["passages"][0]
    ask(page, WHO_OPENED)
    page.click(".passages summary")
    page.locator(".passages .link").first.click()

    expect(page.locator("#viewer mark.active")).to_have_text(first["text"], use_inner_text=False)


def test_an_earlier_answer_is_folded_under_its_question(page: Page) -> None:
    ask(page, WHO_OPENED)
    ask(page, WHO_LIT)

    earlier = page.locator("#answers > details")
    expect(earlier.locator("> summary")).to_have_text(WHO_OPENED)
    expect(earlier.locator(".answer-text")).to_be_hidden()
    earlier.locator("> summary").click()
    expect(earlier.locator(".answer-text")).to_contain_text("Margaret Oakley")


def test_an_empty_question_is_pointed_out(page: Page) -> None:
    page.click("#ask-button")

    expect(page.locator("#problem")).to_have_text("Write a question first.")
    expect(page.locator("#question")).to_be_focused()


def test_an_answer_is_announced_in_its_language(page: Page) -> None:
    ask(page, WHO_LIT)

    spoken = page.locator("#announcement span")
    expect(spoken.first).to_have_text(re.compile(r"Answer, \d+.sources?:"))
    expect(spoken.last).to_have_attribute("lang", "fr")
    expect(spoken.last).to_contain_text("Armand Kerbrat")


def test_an_answer_can_be_copied_with_its_sources(library: Service, page: Page) -> None:
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    first = library.ask(WHO_OPENED)["citations"][0]
    ask(page, WHO_OPENED)
    page.click(".copy")

    expect(page.locator(".copy")).to_have_text("Copied")
    copied = page.evaluate("navigator.clipboard.readText()")
    assert f"{first['quote']} [1]" in copied
    assert f"[1] {BAKERY.title}, {BAKERY.published_at}: “{first['quote']}”" in copied


def test_what_a_document_says_is_never_markup(service: Service, open_page: OpenPage) -> None:
    service.add(HOSTILE)
    page = open_page()
    ask(page, "When was the compass of Captain Isobel Grant found?")
    page.locator(".cite").first.click()
    page.wait_for_selector("#viewer mark.active")

    expect(page.locator("#viewer-title")).to_have_text(HOSTILE.title)
    expect(page.locator(".stored-text")).to_contain_text('<script>document.title = "run"</script>')
    assert page.locator("img, .stored-text script, .stored-text b").count() == 0
    expect(page).to_have_title("Sourcier: a question, and its source")


def test_a_service_that_is_gone_is_said_to_be_silent(page: Page, watch: Watch) -> None:
    watch.expected.append("net::ERR_FAILED")
    page.route("**/v1/ask", lambda route: route.abort())
    page.fill("#question", WHO_LIT)
    page.click("#ask-button")

    expect(page.locator("#problem")).to_contain_text("The service does not answer.")
    expect(page.locator("#ask-button")).to_have_text("Ask")


def test_a_problem_is_shown_with_its_detail(page: Page, watch: Watch) -> None:
    watch.expected.append("status of 404")
    page.evaluate(
        "document.getElementById('collection').replaceChildren(new Option('gone', 'gone'))"
    )
    page.fill("#question", WHO_LIT)
    page.click("#ask-button")

    expect(page.locator("#problem p").first).to_have_text("The service refused this.")
    expect(page.locator("#problem p").last).to_have_attribute("lang", "en")
    expect(page.locator("#problem p").last).to_contain_text("gone")
