"""Thumbs under an answer."""

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import OpenPage, Watch, ask
from tests.browser.texts import OFF_TOPIC, WHO_LIT


@pytest.mark.parametrize(
    ("question", "name", "helpful"), [(WHO_LIT, "Yes", True), (OFF_TOPIC, "No", False)]
)
def test_a_thumb_is_sent_once_and_thanked_for(
    page: Page, question: str, name: str, *, helpful: bool
) -> None:
    ask(page, question)
    button = page.locator(".thumbs").get_by_role("button", name=name)
    with page.expect_response("**/v1/feedback") as caught:
        button.click()

    assert caught.value.status == 204
    opinion = caught.value.request.post_data_json
    assert opinion["helpful"] is helpful
    assert opinion["answer_id"].startswith("ans_")
    expect(page.locator(".thanks")).to_have_text("Thank you, it is noted.")
    expect(button).to_have_attribute("aria-pressed", "true")
    expect(button).to_be_focused()
    for thumb in page.locator(".thumb").all():
        expect(thumb).to_be_disabled()


def test_a_comment_can_follow(page: Page) -> None:
    ask(page, WHO_LIT)
    page.locator(".thumb.down").click()
    page.get_by_label("A comment, if you like").fill("La date manque. 🗼")
    with page.expect_response("**/v1/feedback") as caught:
        page.get_by_role("button", name="Send the comment").click()

    assert caught.value.status == 204
    opinion = caught.value.request.post_data_json
    assert (opinion["helpful"], opinion["comment"]) == (False, "La date manque. 🗼")
    expect(page.locator(".thanks")).to_have_text("Thank you for the comment.")
    expect(page.locator(".thanks")).to_be_focused()
    expect(page.locator(".comment")).to_have_count(0)


def test_a_thumb_that_is_refused_can_be_pressed_again(page: Page, watch: Watch) -> None:
    watch.expected.append("status of 404")
    ask(page, WHO_LIT)
    problem = {"status": 404, "title": "Unknown answer", "detail": "Ask again."}
    page.route("**/v1/feedback", lambda route: route.fulfill(status=404, json=problem))
    page.locator(".thumb.up").click()

    expect(page.locator(".feedback .problem")).to_contain_text("Ask again.")
    expect(page.locator(".thumb.up")).to_be_enabled()
    page.unroute_all()
    page.locator(".thumb.up").click()
    expect(page.locator(".thanks")).to_have_text("Thank you, it is noted.")
    expect(page.locator(".feedback .problem")).to_be_hidden()


@pytest.mark.usefixtures("library")
def test_thumbs_are_asked_for_in_french(open_page: OpenPage) -> None:
    page = open_page(locale="fr-FR")
    ask(page, WHO_LIT)

    group = page.get_by_role("group", name="Cette réponse vous est-elle utile\u00a0?")
    group.get_by_role("button", name="Oui").click()
    expect(page.locator(".thanks")).to_have_text("Merci, c’est noté.")
