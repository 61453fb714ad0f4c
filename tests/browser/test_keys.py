"""The page of a service that asks for a key."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from documents.store.store import Store
from rag.keyring import Keyring
from tests.browser.conftest import ask
from tests.browser.service import Service, running_service
from tests.browser.texts import ALL, WHO_LIT


@pytest.fixture(scope="module")
def guarded(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Service, str, str]]:
    """A service with one document collection, a key that sees it, and one that was revoked."""
    data = tmp_path_factory.mktemp("guarded")
    with Store.open(data / "sourcier.db") as store:
        keyring = Keyring(store.keys)
        store.create_collection("phares")
        key, revoked = keyring.create("test", "write", collections=["phares"])
        keyring.revoke(key.id)
        _, shown = keyring.create("test", "write", collections=["phares"])
    with running_service(data, KEYS="on") as service:
        service.http.headers["X-API-Key"] = shown
        for text in ALL:
            service.add(text, collection="phares")
        yield service, shown, revoked


@pytest.fixture
def guarded_page(browser: Browser, guarded: tuple[Service, str, str]) -> Iterator[Page]:
    with browser.new_context(locale="fr-FR") as context:
        page = context.new_page()
        page.goto(guarded[0].url)
        yield page


def sign_in(page: Page, key: str) -> None:
    page.get_by_label("Clé", exact=True).fill(key)
    page.get_by_role("button", name="Se connecter").click()


def test_the_page_asks_for_a_key_and_then_works_with_it(
    guarded_page: Page, guarded: tuple[Service, str, str]
) -> None:
    dialog = guarded_page.get_by_role("dialog", name="Une clé, s’il vous plaît")
    expect(dialog).to_be_visible()
    expect(guarded_page.get_by_label("Clé", exact=True)).to_be_focused()

    sign_in(guarded_page, f" {guarded[1]}\u00a0")

    expect(dialog).to_be_hidden()
    expect(guarded_page.locator("#document-list > li")).to_have_count(len(ALL))
    expect(guarded_page.locator("#documents-problem")).to_be_hidden()
    ask(guarded_page, WHO_LIT)
    expect(guarded_page.locator("#answers .about").first).to_be_visible()


def test_the_key_is_kept_by_the_tab_and_by_nothing_else(
    guarded_page: Page, guarded: tuple[Service, str, str]
) -> None:
    sign_in(guarded_page, guarded[1])
    expect(guarded_page.locator("#document-list > li")).to_have_count(len(ALL))

    guarded_page.reload()
    expect(guarded_page.locator("#document-list > li")).to_have_count(len(ALL))
    assert guarded_page.context.cookies() == []
    assert guarded[1] not in str(guarded_page.evaluate("Object.entries(localStorage)"))

    other = guarded_page.context.new_page()
    other.goto(guarded[0].url)
    expect(other.locator("#sign-in")).to_be_visible()
    other.close()


def test_a_key_that_is_not_valid_is_said_to_be_so_in_both_languages(
    guarded_page: Page, browser: Browser, guarded: tuple[Service, str, str]
) -> None:
    expect(guarded_page.locator("#sign-in-problem")).to_be_hidden()
    sign_in(guarded_page, guarded[2])
    expect(guarded_page.locator("#sign-in-problem")).to_have_text(
        "Cette clé n’est pas valable, ou ne l’est plus."
    )
    sign_in(guarded_page, guarded[1])
    expect(guarded_page.locator("#sign-in")).to_be_hidden()

    english = browser.new_page(locale="en-GB")
    english.goto(guarded[0].url)
    english.get_by_label("Key", exact=True).fill("nonsense")
    english.get_by_role("button", name="Sign in").click()
    expect(english.locator("#sign-in-problem")).to_have_text("This key is not valid, or no longer.")
    english.close()


def test_a_file_is_sent_with_the_key(
    guarded_page: Page, guarded: tuple[Service, str, str], tmp_path: Path
) -> None:
    sign_in(guarded_page, guarded[1])
    expect(guarded_page.locator("#document-list > li")).to_have_count(len(ALL))
    file = tmp_path / "moulin.txt"
    file.write_text("Le moulin de Corvane tourne depuis 1711.", encoding="utf-8")

    guarded_page.set_input_files("#files", file)

    expect(guarded_page.locator("#uploads")).to_contain_text("ajouté")
    assert "moulin.txt" in guarded[0].sources(collection="phares")
