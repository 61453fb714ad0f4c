import re

import pytest
from playwright.sync_api import Page, expect

from api.app import PAGE_FOLDER
from tests.browser.conftest import OpenPage, ask
from tests.browser.texts import OFF_TOPIC, WHO_LIT

# A plain space where French wants one that does not break.
BREAKABLE = re.compile(r" [?!:;»]|« ")

ALL_LABELS = """async () => {
  const { FR } = await import("/static/scripts/labels-fr.js");
  const { EN } = await import("/static/scripts/labels-en.js");
  return { fr: Object.keys(FR), en: Object.keys(EN) };
}"""


@pytest.mark.parametrize(
    ("locale", "language", "ask_label"),
    [
        ("fr-FR", "fr", "Demander"),
        ("en-GB", "en", "Ask"),
        ("de-DE", "en", "Ask"),
    ],
)
def test_labels_follow_the_language_of_the_browser(
    open_page: OpenPage, locale: str, language: str, ask_label: str
) -> None:
    page = open_page(locale=locale)

    expect(page.locator("html")).to_have_attribute("lang", language)
    expect(page.locator("#ask-button")).to_have_text(ask_label)


def test_the_language_can_be_switched_and_is_remembered(page: Page) -> None:
    ask(page, WHO_LIT)
    french = page.locator(".languages button[data-language=fr]")
    expect(french).to_have_attribute("aria-pressed", "false")
    french.click()

    expect(french).to_have_attribute("aria-pressed", "true")
    expect(page.locator("html")).to_have_attribute("lang", "fr")
    expect(page.locator("#answers .about").first).to_contain_text("Réponse en français")
    expect(page.locator("#documents-title")).to_have_text("2\u00a0documents")
    expect(page).to_have_title("Sourcier\u00a0: une question, et sa source")
    page.reload()
    expect(page.locator("#ask-button")).to_have_text("Demander")


def test_both_languages_have_the_same_labels(page: Page) -> None:
    labels = page.evaluate(ALL_LABELS)

    assert labels["fr"] == labels["en"]


def test_every_label_is_used(page: Page) -> None:
    used = "".join(
        file.read_text(encoding="utf-8")
        for file in (*PAGE_FOLDER.glob("scripts/*.js"), PAGE_FOLDER / "index.html")
        if not file.name.startswith("labels-")
    )

    assert [key for key in page.evaluate(ALL_LABELS)["en"] if f'"{key}"' not in used] == []


@pytest.mark.usefixtures("library")
def test_french_labels_do_not_break_before_their_punctuation(open_page: OpenPage) -> None:
    page = open_page(locale="fr-FR")
    ask(page, OFF_TOPIC)
    page.locator(".remove").first.click()
    labels = page.locator("[data-label], [data-aria-label]").evaluate_all(
        "all => all.flatMap(each =>"
        " [each.dataset.label ? each.textContent : '', each.getAttribute('aria-label') ?? ''])"
    )

    assert any("\u00a0?" in label for label in labels)
    assert any("«\u00a0" in label for label in labels)
    assert [label for label in labels if BREAKABLE.search(label)] == []


def test_dates_and_numbers_are_written_as_each_language_does(page: Page) -> None:
    written = page.evaluate(
        """async () => {
          const { Formats } = await import("/static/scripts/formats.js");
          return ["fr", "en"].map(language => {
            const format = new Formats(language);
            return [format.day("2024-09-01"), format.number(1200), format.count(0, "one", "many"),
                    format.duration(1340)];
          });
        }"""
    )

    assert written == [
        ["1er septembre 2024", "1\u202f200", "0\u00a0one", "1,3\u00a0s"],
        ["1 September 2024", "1,200", "0\u00a0many", "1.3\u00a0s"],
    ]
