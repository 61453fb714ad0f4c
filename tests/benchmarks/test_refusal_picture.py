import json
from pathlib import Path

import pytest
from lxml import etree

from benchmarks.refusal_picture import RESULTS, draw

SVG = "{http://www.w3.org/2000/svg}"
IN_DOCS = Path(__file__).parents[2] / "docs" / "refusal.svg"


TABLES = json.loads(RESULTS.read_text(encoding="utf-8"))


@pytest.fixture(scope="module")
def picture(tmp_path_factory: pytest.TempPathFactory) -> etree._Element:
    path = tmp_path_factory.mktemp("picture") / "refusal.svg"
    draw(TABLES, path)
    return etree.fromstring(path.read_bytes())


def described(picture: etree._Element) -> str | None:
    return picture.findtext(f"{SVG}desc")


def test_the_picture_says_what_it_shows(picture: etree._Element) -> None:
    assert picture.get("role") == "img"
    ids = {element.get("id") for element in picture.iter()}
    assert set(str(picture.get("aria-labelledby")).split()) <= ids
    assert picture.findtext(f"{SVG}title")
    [served] = [row for row in TABLES["en→fr"] if row["threshold"] == 0.4]
    assert f"en→fr: {served['coverage']:.0%} answered" in str(described(picture))


def test_each_direction_is_named_beside_its_line(picture: etree._Element) -> None:
    texts = [element.text for element in picture.iter(f"{SVG}text")]
    assert [texts.count(name) for name in ("fr→fr", "en→en", "en→fr", "fr→en")] == [1] * 4


def test_the_picture_in_the_documentation_is_of_the_figures(picture: etree._Element) -> None:
    drawn = etree.fromstring(IN_DOCS.read_bytes())
    remedy = "python -m benchmarks.refusal_picture docs/refusal.svg"
    assert described(drawn) == described(picture), remedy
