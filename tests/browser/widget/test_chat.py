"""What people do with the chat widget on a page of another origin."""

import re

from playwright.sync_api import expect

from tests.browser.texts import ALL, BAKERY, HOSTILE, LIGHTHOUSE, OFF_TOPIC, WHO_OPENED
from tests.browser.widget.conftest import COLLECTION, Go, Guarded


def test_the_keyboard_alone_asks_reads_a_quote_and_leaves(go: Go, guarded: Guarded) -> None:
    visit = go()
    page = visit.page
    page.keyboard.press("Tab")
    page.keyboard.press("Tab")
    bubble = page.get_by_role("button", name="Ask a question")
    expect(bubble).to_be_focused()
    expect(bubble).to_have_attribute("aria-expanded", "false")
    page.keyboard.press("Enter")
    expect(page.get_by_role("dialog", name="A question, and its source")).to_be_visible()
    expect(page.get_by_label("Your question")).to_be_focused()

    exchange = visit.ask(WHO_OPENED)

    answer = guarded.service.ask(WHO_OPENED, collection=COLLECTION)
    [citation] = answer["citations"]
    expect(exchange.locator(".answer-text .sentence")).to_contain_text(answer["answer"])
    expect(page.get_by_role("status")).to_have_text(f"Answer: {answer['answer']}")
    chip = exchange.locator(".answer-text .cite")
    chip.focus()
    page.keyboard.press("Enter")
    quote = page.get_by_role("dialog", name=BAKERY.title)
    expect(quote.locator("mark")).to_be_focused()
    assert quote.locator("mark").text_content() == citation["quote"]
    stored = guarded.service.stored_text(citation["document_id"])
    assert quote.locator("blockquote").text_content() == stored
    expect(quote).to_contain_text("Checked just now")

    page.keyboard.press("Escape")
    expect(quote).to_be_hidden()
    expect(chip).to_be_focused()
    page.keyboard.press("Escape")
    expect(page.locator("dialog")).to_be_hidden()
    expect(bubble).to_be_focused()

    origins = {re.match(r"\w+://[^/]+/", url)[0] for url in visit.asked}  # type: ignore[index]
    assert origins == {f"{guarded.site.origin}/", guarded.service.url}
    assert visit.console == []


def test_a_follow_up_is_understood_and_thanked_for(go: Go) -> None:
    visit = go()
    visit.open()
    visit.ask(WHO_OPENED)
    exchange = visit.ask("When did she open it?")

    expect(exchange.locator(".quiet").first).to_contain_text("Understood as:")
    expect(exchange.locator(".answer-text")).to_contain_text("1952")
    exchange.get_by_role("button", name="Yes").click()
    expect(exchange.locator(".feedback")).to_have_text("Thank you, noted.")
    assert visit.console == []


def test_a_refusal_is_said_in_the_language_of_the_page_with_what_comes_closest(go: Go) -> None:
    visit = go(lang="fr-CA")
    expect(visit.page.get_by_role("button", name="Poser une question")).to_be_visible()
    visit.open()
    exchange = visit.ask(OFF_TOPIC)

    expect(exchange.locator(".refused")).to_have_text("Pas de réponse")
    expect(exchange).to_contain_text("Les passages les plus proches\u00a0:")
    expect(exchange.locator(".cite")).to_have_count(0)
    exchange.locator(".source").first.click()
    sheet = visit.page.locator("section.sheet")
    assert (sheet.locator("mark").text_content() or "") in {text.text.strip() for text in ALL}
    expect(sheet).to_contain_text("Vérifié à l’instant\u00a0: ces mots sont dans le document.")


def test_the_tag_has_the_last_word_on_language_title_and_greeting(go: Go) -> None:
    visit = go(lang="en", language="fr", title="Le phare <b>répond</b>", greeting="Bonjour.")
    visit.open()

    expect(visit.page.get_by_role("dialog", name="Le phare <b>répond</b>")).to_be_visible()
    expect(visit.page.locator("dialog .text > p")).to_have_text("Bonjour.")
    expect(visit.page.get_by_role("button", name="Demander")).to_be_visible()


def test_a_quote_of_the_other_language_is_announced_and_its_facts_are_shown(go: Go) -> None:
    visit = go()
    visit.open()
    exchange = visit.ask("Who lit the lighthouse of Pen Avel?")

    expect(exchange.locator(".notice")).to_contain_text("The source is in French.")
    exchange.locator(".cite").first.click()
    about = visit.page.locator("section.sheet .about")
    expect(about).to_contain_text("1 September 2024")
    expect(about.get_by_role("link")).to_have_attribute("href", str(LIGHTHOUSE.url))
    expect(visit.page.locator("section.sheet .text")).to_have_attribute("lang", "fr")


def test_what_a_document_says_stays_text(go: Go) -> None:
    visit = go()
    visit.open()
    exchange = visit.ask("When was the compass of Captain Grant found?")
    exchange.locator(".cite").first.click()

    expect(visit.page.locator("section.sheet h2")).to_have_text(HOSTILE.title)
    expect(visit.page.locator("section.sheet blockquote")).to_contain_text("<script>")
    assert visit.page.title() == "A site"
    assert visit.console == []


def test_a_site_opens_it_by_script_and_new_conversations_begin_empty(go: Go) -> None:
    visit = go()
    visit.page.evaluate("q => document.querySelector('sourcier-widget').ask(q)", WHO_OPENED)

    expect(visit.page.locator("dialog .answer-text")).to_contain_text("Margaret Oakley")
    expect(visit.widget).to_have_attribute("open", "")
    visit.page.get_by_role("button", name="New conversation").click()
    expect(visit.page.locator("dialog li")).to_have_count(0)
    visit.page.evaluate("document.querySelector('sourcier-widget').close()")
    expect(visit.page.locator("dialog")).to_be_hidden()
