import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import OpenPage, ask
from tests.browser.service import Service
from tests.browser.texts import BAKERY, LIGHTHOUSE, WHEN_AUTOMATED, WHO_LIT, WHO_OPENED, Text

FILLER = "".join(
    f"Le {day}e jour, le carnet de bord 📓 note un vent faible et une mer belle.\n"
    for day in range(1, 1200)
)
LOGBOOK = Text(
    source="carnet.txt",
    title="Le carnet du Goéland",
    text=(
        f"{FILLER}\nLe capitaine Gwenaël Morvan a perdu son ancre d’argent devant Ouessant.\n"
        f"\n{FILLER}"
    ),
)


def test_a_citation_opens_its_document_at_the_quote(library: Service, page: Page) -> None:
    citation = library.ask(WHO_LIT)["citations"][0]
    stored = library.stored_text(citation["document_id"])
    assert any(ord(letter) > 0xFFFF for letter in stored[: citation["start"]])
    ask(page, WHO_LIT)
    page.locator(".cite").first.click()

    mark = page.locator("#viewer mark.active")
    expect(mark).to_be_in_viewport()
    expect(mark).to_be_focused()
    assert mark.text_content() == citation["quote"]
    assert page.locator(".stored-text").text_content() == stored
    expect(page.locator("#viewer-check")).to_contain_text("Checked just now")


def test_the_document_is_described(page: Page) -> None:
    ask(page, WHO_LIT)
    page.locator(".cite").first.click()

    expect(page.locator("#viewer-title")).to_have_text(LIGHTHOUSE.title)
    expect(page.locator("#viewer-about")).to_contain_text("1 September 2024")
    expect(page.locator("#viewer-about .badge")).to_contain_text("FR")
    link = page.locator("#viewer-about a")
    expect(link).to_have_attribute("href", str(LIGHTHOUSE.url))
    expect(link).to_have_attribute("rel", "noopener noreferrer")
    expect(page.locator("#viewer-text")).to_have_attribute("lang", "fr")


def test_the_other_quotes_of_a_document_are_fainter_and_a_step_away(
    library: Service, page: Page
) -> None:
    citations = library.ask(WHEN_AUTOMATED)["citations"]
    page.route("**/v1/ask", lambda route: route.fulfill(json=two_quotes(library, citations[0])))
    ask(page, WHEN_AUTOMATED)
    page.locator(".source .link").first.click()

    active, other = page.locator("mark.active"), page.locator("mark.other")
    expect(page.locator("#viewer-position")).to_have_text("Quote 1 (1 of 2 here)")
    expect(page.locator("#viewer-previous")).to_be_disabled()
    first, second = active.text_content(), other.text_content()
    page.click("#viewer-next")
    expect(active).to_have_text(str(second))
    expect(other).to_have_text(str(first))
    expect(page.locator("#viewer-next")).to_be_disabled()
    expect(page.locator("#viewer-position")).to_have_text("Quote 2 (2 of 2 here)")


def two_quotes(library: Service, citation: dict[str, object]) -> dict[str, object]:
    """Return an answer with two quotes of one document, in the form of the API."""
    stored = library.stored_text(str(citation["document_id"]))
    quotes = ["Le phare de Pen Avel a été allumé le 12 mai 1887", "ses 217 marches chaque été"]
    starts = [stored.index(quote) for quote in quotes]
    return {
        **library.ask(WHEN_AUTOMATED),
        "answer": " ".join(quotes),
        "sentences": [
            {"text": quotes[0], "start": 0, "end": len(quotes[0]), "citations": [1, 2]},
        ],
        "citations": [
            {**citation, "number": n, "quote": quote, "start": start, "end": start + len(quote)}
            for n, (quote, start) in enumerate(zip(quotes, starts, strict=True), 1)
        ],
    }


def test_a_long_document_is_shown_around_the_quote(service: Service, open_page: OpenPage) -> None:
    service.add(LOGBOOK)
    question = "Qui a perdu son ancre d’argent devant Ouessant ?"
    citation = service.ask(question)["citations"][0]
    stored = service.stored_text(citation["document_id"])
    page = open_page()
    ask(page, question)
    page.locator(".cite").first.click()

    mark, shown = page.locator("mark.active"), page.locator(".stored-text")
    expect(mark).to_be_in_viewport()
    assert mark.text_content() == citation["quote"]
    part = shown.text_content() or ""
    assert part in stored
    assert len(part) < len(stored) / 2
    page.get_by_role("button", name="Show what comes before").click()
    assert page.locator("#viewer-text").evaluate("node => node.scrollTop") > 1000
    longer = shown.text_content() or ""
    assert longer.endswith(part)
    assert len(longer) > len(part)
    page.get_by_role("button", name="Show what follows").click()
    assert (shown.text_content() or "").startswith(longer)


def test_a_quote_that_its_document_no_longer_holds_is_not_shown_as_one(
    library: Service, page: Page
) -> None:
    ask(page, WHO_OPENED)
    library.add(BAKERY._replace(text="A new oven. " + BAKERY.text))
    page.locator(".cite").first.click()

    expect(page.locator("#viewer-check")).to_contain_text("The document has changed")
    expect(page.locator("#viewer mark")).to_have_count(0)
    expect(page.locator(".stored-text")).to_contain_text("A new oven.")


@pytest.mark.parametrize("way_out", ["Escape", "button", "outside"])
def test_closing_the_document_gives_the_focus_back(page: Page, way_out: str) -> None:
    ask(page, WHO_LIT)
    cite = page.locator(".cite").first
    cite.click()
    page.wait_for_selector("#viewer mark.active")
    if way_out == "Escape":
        page.keyboard.press("Escape")
    elif way_out == "button":
        page.click("#viewer-close")
    else:
        page.mouse.click(20, 400)

    expect(page.locator("#viewer")).to_be_hidden()
    expect(cite).to_be_focused()
