"""Everyone can use the page: by keyboard, on a phone, with any colour scheme."""

import re

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import OpenPage, ask
from tests.browser.service import Service
from tests.browser.texts import BAKERY, OFF_TOPIC, WHO_LIT, WHO_OPENED

PHONE = {"viewport": {"width": 360, "height": 740}, "is_mobile": True, "has_touch": True}
# How Playwright writes a control that assistive technology has nothing to call by.
NAMELESS = re.compile(r'- (button|combobox|dialog|link|navigation|region|textbox)\b(?! ")')
TOO_WIDE = "document.documentElement.scrollWidth > document.documentElement.clientWidth"


def tab_to(page: Page, selector: str) -> None:
    for _ in range(40):
        page.keyboard.press("Tab")
        if page.evaluate("wanted => document.activeElement.matches(wanted)", selector):
            return
    pytest.fail(f"{selector} is not reached with the Tab key")


def test_the_keyboard_alone_asks_reads_and_removes(library: Service, page: Page) -> None:
    page.keyboard.press("Tab")
    expect(page.locator(".skip")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.locator("#question")).to_be_focused()
    page.keyboard.type(WHO_OPENED)
    page.keyboard.press("Enter")
    page.wait_for_selector("#answers > article")

    tab_to(page, ".cite")
    page.keyboard.press("Enter")
    expect(page.locator("#viewer mark.active")).to_be_focused()
    page.keyboard.press("Escape")
    expect(page.locator(".cite").first).to_be_focused()

    tab_to(page, f"[aria-label='Remove “{BAKERY.title}”']")
    page.keyboard.press("Enter")
    expect(page.get_by_role("button", name="Keep it")).to_be_focused()
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(page.locator(".document")).to_have_count(1)
    assert BAKERY.source not in library.sources()


def test_the_file_button_is_reached_with_the_keyboard(page: Page) -> None:
    page.focus("#collection-choice, #answer-language")
    tab_to(page, "#files")

    outline = page.locator(".file-choice").evaluate("label => getComputedStyle(label).outlineStyle")
    assert outline == "solid"


def test_nothing_is_wider_than_a_phone(library: Service, open_page: OpenPage) -> None:
    library.add(BAKERY._replace(source="long", title="Bread" * 60))
    page = open_page(locale="fr-FR", **PHONE)
    assert page.evaluate(TOO_WIDE) is False
    for question in (OFF_TOPIC, WHO_LIT):
        ask(page, question)
        for details in page.locator("#answers > article details").all():
            details.evaluate("node => { node.open = true; }")
        assert page.evaluate(TOO_WIDE) is False

    page.locator(".cite").first.click()
    page.wait_for_selector("mark.active")
    assert page.locator("#viewer").bounding_box() == {"x": 0, "y": 0, "width": 360, "height": 740}
    text = page.locator("#viewer-text")
    assert text.evaluate("node => node.scrollWidth <= node.clientWidth")


@pytest.mark.usefixtures("library")
@pytest.mark.parametrize("width", [360, 1200])
def test_what_is_pressed_is_large_enough(open_page: OpenPage, width: int) -> None:
    page = open_page(viewport={"width": width, "height": 800})
    ask(page, WHO_LIT)
    small = page.locator("button, select, summary").evaluate_all(
        "all => all.map(each => [each.outerHTML.slice(0, 80), each.getBoundingClientRect()])"
        ".filter(([, box]) => box.width > 0 && Math.min(box.width, box.height) < 24)"
    )

    assert small == []


def test_every_control_has_a_name(page: Page) -> None:
    ask(page, WHO_LIT)
    snapshots = [page.locator("body").aria_snapshot()]
    page.locator(".cite").first.click()
    snapshots.append(page.locator("#viewer").aria_snapshot())
    controls = [line.strip() for text in snapshots for line in text.splitlines()]
    nameless = [line for line in controls if NAMELESS.match(line)]

    assert '- button "Ask"' in controls
    assert '- button "Close"' in controls
    assert nameless == []


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_text_stands_out_from_what_is_behind_it(open_page: OpenPage, scheme: str) -> None:
    page = open_page(color_scheme=scheme)
    pairs = [
        ("ink", "paper"), ("ink", "surface"), ("ink", "gold"), ("ink", "gold-soft"),
        ("ink", "clay-soft"), ("ink", "water-soft"), ("muted", "paper"), ("muted", "surface"),
        ("muted", "clay-soft"), ("water", "paper"), ("water", "surface"), ("hazel", "paper"),
        ("clay", "paper"), ("on-water", "water"), ("deep-ink", "deep"), ("deep-muted", "deep"),
        ("deep-ink", "deep-raised"), ("deep-muted", "deep-raised"), ("surface", "clay"),
    ]  # fmt: skip

    ratios = {pair: contrast(*(colour(page, name) for name in pair)) for pair in pairs}
    assert {pair: ratio for pair, ratio in ratios.items() if ratio < 4.5} == {}


def colour(page: Page, name: str) -> bytes:
    """Return red, green and blue of a colour of the palette, which is written in hexadecimal."""
    value = page.evaluate(
        "name => getComputedStyle(document.documentElement).getPropertyValue(`--${name}`)", name
    )
    return bytes.fromhex(value.strip().removeprefix("#"))


def contrast(one: bytes, other: bytes) -> float:
    """Return the contrast ratio of WCAG 2.2."""
    lighter, darker = sorted((luminance(one), luminance(other)), reverse=True)
    return (lighter + 0.05) / (darker + 0.05)


def luminance(colour: bytes) -> float:
    linear = [
        c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4
        for c in (channel / 255 for channel in colour)
    ]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


@pytest.mark.usefixtures("library")
def test_a_conversation_fits_the_narrowest_phone_and_has_names_for_all(
    open_page: OpenPage,
) -> None:
    page = open_page(locale="fr-FR", viewport={"width": 320, "height": 640})
    ask(page, WHO_LIT)
    page.fill("#follow-up-question", "Et quelle est sa hauteur ?")
    page.keyboard.press("Enter")
    page.wait_for_selector(".understood")
    page.wait_for_selector("#answers > article:not([aria-busy]) .thumb")
    page.locator("#answers > article .thumb.down").click()
    page.wait_for_selector(".comment")

    assert page.evaluate(TOO_WIDE) is False
    controls = [line.strip() for line in page.locator("main").aria_snapshot().splitlines()]
    assert '- button "Envoyer le commentaire"' in controls
    assert [line for line in controls if NAMELESS.match(line)] == []


def test_the_keyboard_alone_judges_and_goes_on(page: Page) -> None:
    ask(page, WHO_LIT)
    tab_to(page, ".thumb.up")
    page.keyboard.press("Enter")
    page.wait_for_selector(".comment")
    tab_to(page, ".comment textarea")
    page.keyboard.type("Clear.")
    tab_to(page, ".comment button")
    page.keyboard.press("Enter")
    expect(page.locator(".thanks")).to_have_text("Thank you for the comment.")
    tab_to(page, "#follow-up-question")
    page.keyboard.type("Why?")
    page.keyboard.press("Enter")

    expect(page.locator("#answers > article .asked")).to_have_text("Why?")
