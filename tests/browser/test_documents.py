from playwright.sync_api import Page, expect

from tests.browser.conftest import OpenPage, Watch, ask
from tests.browser.service import Service
from tests.browser.texts import BAKERY, LIGHTHOUSE, WHO_LIT, WHO_OPENED, Text


def test_documents_are_listed_with_what_is_known_of_them(page: Page) -> None:
    item = page.locator(".document", has_text=LIGHTHOUSE.title)

    expect(page.locator("#documents-title")).to_have_text("2\u00a0documents")
    expect(item.locator(".badge")).to_contain_text("FR")
    expect(item.locator("time")).to_have_text("1 September 2024")
    expect(item.locator(".about")).to_contain_text("characters")


def test_a_listed_document_can_be_read(library: Service, page: Page) -> None:
    page.get_by_role("button", name=BAKERY.title, exact=True).click()

    expect(page.locator(".stored-text")).to_contain_text("Margaret Oakley")
    expect(page.locator("#viewer-quotes")).to_be_hidden()
    expect(page.locator("#viewer mark")).to_have_count(0)
    assert BAKERY.source in library.sources()


def test_a_document_is_removed_once_that_is_confirmed(library: Service, page: Page) -> None:
    page.get_by_role("button", name=f"Remove “{LIGHTHOUSE.title}”").click()
    expect(page.locator("#removal")).to_contain_text(LIGHTHOUSE.title)
    page.get_by_role("button", name="Remove", exact=True).click()

    expect(page.locator(".document")).to_have_count(1)
    expect(page.locator("#documents-title")).to_have_text("1\u00a0document")
    expect(page.locator(".document-title")).to_be_focused()
    assert library.sources() == {BAKERY.source}
    ask(page, WHO_LIT)
    expect(page.locator("#answers > article.refusal")).to_be_visible()


def test_a_document_stays_when_its_removal_is_not_confirmed(library: Service, page: Page) -> None:
    remove = page.get_by_role("button", name=f"Remove “{LIGHTHOUSE.title}”")
    remove.click()
    expect(page.get_by_role("button", name="Keep it")).to_be_focused()
    page.keyboard.press("Escape")

    expect(remove).to_be_focused()
    assert LIGHTHOUSE.source in library.sources()


def test_a_document_that_is_gone_already_leaves_the_list(
    library: Service, page: Page, watch: Watch
) -> None:
    watch.expected.append("status of 404")
    library.empty()
    with page.expect_response(lambda reply: reply.request.method == "DELETE"):
        page.get_by_role("button", name=f"Remove “{LIGHTHOUSE.title}”").click()
        page.get_by_role("button", name="Remove", exact=True).click()

    expect(page.locator(".document")).to_have_count(0)
    expect(page.locator("#empty")).to_be_visible()


def test_a_long_list_comes_a_page_at_a_time(service: Service, open_page: OpenPage) -> None:
    for number in range(53):
        service.add(Text(f"note-{number}", f"Note {number}", f"Note {number} is about kites."))
    page = open_page()

    expect(page.locator(".document")).to_have_count(50)
    more = page.get_by_role("button", name="Show more documents")
    more.click()
    expect(page.locator(".document")).to_have_count(53)
    expect(more).to_be_hidden()
    expect(page.locator(".document").nth(50).locator(".document-title")).to_be_focused()
    titles = page.locator(".document-title").all_text_contents()
    assert len(set(titles)) == 53


def test_with_several_collections_one_is_chosen(library: Service, open_page: OpenPage) -> None:
    page = open_page()
    expect(page.locator("#collection")).to_be_hidden()
    library.http.post("/v1/collections", json={"name": "bread"}).raise_for_status()
    library.add(BAKERY, collection="bread")
    page.reload()
    page.select_option("#collection", "bread")

    expect(page.locator(".document-title")).to_have_text([BAKERY.title])
    ask(page, WHO_OPENED)
    expect(page.locator(".answer-text")).to_contain_text("Margaret Oakley")
    ask(page, WHO_LIT)
    expect(page.locator("#answers > article.refusal")).to_be_visible()
