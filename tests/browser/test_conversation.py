"""Follow-up questions on the page."""

from typing import Any

import pytest
from playwright.sync_api import Page, Request, expect

from tests.browser.conftest import OpenPage, ask
from tests.browser.service import Service
from tests.browser.texts import OFF_TOPIC, WHEN_AUTOMATED, WHO_LIT, WHO_OPENED

FOLLOW_UP = "Et quelle est sa hauteur ?"


def follow_up(page: Page, question: str) -> Request:
    """Ask in the form under the answer, wait for the answer, and return the request."""
    with page.expect_request("**/v1/ask") as caught:
        page.fill("#follow-up-question", question)
        page.click("#follow-up-button")
    page.wait_for_function(
        "asked => document.querySelector('#answers > article:not([aria-busy]) .asked')"
        "?.textContent === asked",
        arg=question,
    )
    return caught.value


def test_a_follow_up_is_understood_and_says_how(library: Service, page: Page) -> None:
    expect(page.locator("#continue")).to_be_hidden()
    ask(page, WHEN_AUTOMATED)
    request = follow_up(page, FOLLOW_UP)

    answer = library.ask(WHEN_AUTOMATED)["answer"]
    assert request.post_data_json["history"] == [{"question": WHEN_AUTOMATED, "answer": answer}]
    understood = page.locator("#answers > article .understood")
    expect(understood).to_contain_text("Understood as:")
    expect(understood.locator("[lang=fr]")).to_contain_text("Pen Avel")
    expect(page.locator("#answers > article .answer-text")).to_contain_text("47 mètres")
    expect(page.locator("#follow-up-question")).to_have_value("")


def test_earlier_turns_stay_above(page: Page) -> None:
    ask(page, WHO_LIT)
    follow_up(page, FOLLOW_UP)

    shown = page.locator("#answers > *")
    expect(shown).to_have_count(2)
    expect(shown.nth(0).locator("> summary")).to_have_text(WHO_LIT)
    expect(shown.nth(1).locator(".asked")).to_have_text(FOLLOW_UP)
    box, article = page.locator("#continue").bounding_box(), shown.nth(1).bounding_box()
    assert box
    assert article
    assert box["y"] > article["y"] + article["height"] - 1


def answer_with(page: Page, answer: dict[str, Any], question: str) -> None:
    """Make `answer` the reply to `question`."""
    page.unroute_all()
    page.route("**/v1/ask", lambda route: route.fulfill(json={**answer, "question": question}))


def test_only_the_last_turns_are_sent(library: Service, page: Page) -> None:
    reply = library.ask(WHO_LIT)
    answer_with(page, reply, "1")
    ask(page, "1")
    for number in "2345678":
        answer_with(page, reply, number)
        request = follow_up(page, number)

    questions = [turn["question"] for turn in request.post_data_json["history"]]
    assert questions == ["2", "3", "4", "5", "6", "7"]


def test_a_refusal_is_remembered_as_no_answer(page: Page) -> None:
    ask(page, OFF_TOPIC)
    request = follow_up(page, FOLLOW_UP)

    assert request.post_data_json["history"] == [{"question": OFF_TOPIC, "answer": ""}]


def test_the_first_form_begins_a_conversation_of_its_own(page: Page) -> None:
    ask(page, WHO_LIT)
    with page.expect_request("**/v1/ask") as caught:
        ask(page, WHO_OPENED)

    assert caught.value.post_data_json["history"] == []
    request = follow_up(page, "Why?")
    assert [turn["question"] for turn in request.post_data_json["history"]] == [WHO_OPENED]


def test_a_new_conversation_clears_the_page(page: Page) -> None:
    ask(page, WHO_LIT)
    follow_up(page, FOLLOW_UP)
    page.get_by_role("button", name="New conversation").click()

    expect(page.locator("#answers > *")).to_have_count(0)
    expect(page.locator("#continue")).to_be_hidden()
    expect(page.locator("#question")).to_be_focused()
    expect(page.locator("#question")).to_have_value("")


def test_an_empty_follow_up_is_pointed_out_beside_it(page: Page) -> None:
    ask(page, WHO_LIT)
    page.click("#follow-up-button")

    expect(page.locator("#follow-up-problem")).to_have_text("Write a question first.")
    expect(page.locator("#follow-up-question")).to_be_focused()
    expect(page.locator("#problem")).to_be_hidden()


@pytest.mark.usefixtures("library")
def test_the_conversation_speaks_french_too(open_page: OpenPage) -> None:
    page = open_page(locale="fr-FR")
    ask(page, WHO_LIT)
    page.focus("#follow-up-question")
    page.keyboard.type(FOLLOW_UP)
    page.keyboard.press("Enter")

    expect(page.locator(".understood")).to_contain_text("Question comprise\u00a0:")
    expect(page.get_by_role("button", name="Nouvelle conversation")).to_be_visible()
