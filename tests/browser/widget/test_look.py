"""Whether the chat widget can be read and worked by everyone."""

import re

import pytest
from playwright.sync_api import expect

from tests.browser.test_reach import NAMELESS, contrast
from tests.browser.texts import OFF_TOPIC, WHO_LIT
from tests.browser.widget.conftest import Go


def test_it_fits_the_narrowest_phone_and_all_of_it_has_names(go: Go) -> None:
    visit = go(lang="fr", options={"viewport": {"width": 320, "height": 640}})
    visit.open()
    visit.ask(WHO_LIT)
    visit.ask(OFF_TOPIC)

    page = visit.page
    assert page.locator("dialog").bounding_box() == {"x": 0, "y": 0, "width": 320, "height": 640}
    for part in page.locator("dialog .text").all():
        assert part.evaluate("node => node.scrollWidth <= node.clientWidth")
    boxes = [button.bounding_box() for button in page.locator("dialog button:visible").all()]
    assert all(box and min(box["width"], box["height"]) >= 24 for box in boxes)
    controls = [line.strip() for line in page.locator("dialog").aria_snapshot().splitlines()]
    assert '- button "Fermer"' in controls
    assert [line for line in controls if NAMELESS.match(line)] == []


@pytest.mark.parametrize(
    ("scheme", "accent"),
    [("light", ""), ("dark", ""), ("light", "#ffe14d"), ("dark", "rebeccapurple")],
)
def test_text_stands_out_whatever_colour_a_site_chooses(go: Go, scheme: str, accent: str) -> None:
    visit = go(accent=accent, options={"color_scheme": scheme})
    visit.open()
    visit.ask(WHO_LIT)
    visit.ask("Who lit the lighthouse of Pen Avel?")
    visit.page.locator(".cite").first.click()
    expect(visit.page.locator("mark")).to_be_focused()

    pairs = visit.widget.evaluate(COLOURS)
    ratios = {where: contrast(*map(in_bytes, colours)) for where, *colours in pairs}

    assert len(ratios) > 20
    assert {where: ratio for where, ratio in ratios.items() if ratio < 4.5} == {}


# Of each element with words of its own: its ink, and the nearest colour behind it.
COLOURS = """widget => {
  const behind = node => {
    const drop = node.matches(".cite, .source .drop") ? "::before" : null;
    const found = getComputedStyle(node, drop).backgroundColor;
    return found !== "rgba(0, 0, 0, 0)" ? found : behind(node.parentElement);
  };
  const worded = node => [...node.childNodes].some(each => each.nodeType === 3 && each.data.trim());
  const nodes = [...widget.shadowRoot.querySelectorAll("*")].filter(
    node => worded(node) || node.matches(".bubble, .send, textarea, .tool"));
  return nodes.map((node, n) => [
    `${n} ${node.localName}.${node.className}`, getComputedStyle(node).color, behind(node)]);
}"""


def in_bytes(colour: str) -> bytes:
    """Return red, green and blue of a colour as browsers compute it: rgb(), or color(srgb)."""
    red, green, blue, *_ = map(float, re.findall(r"(?<![\w.])[\d.]+", colour))
    scale = 255 if colour.startswith("color") else 1
    return bytes(round(scale * channel) for channel in (red, green, blue))
