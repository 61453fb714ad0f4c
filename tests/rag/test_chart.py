from pathlib import Path

import pytest

from rag.chart import draw

SCORES = {
    "fr→fr": {"R@1": {"1": 1.0, "2": 0.0}, "refused": {"1": 0.0, "2": 1.0}},
    "en, no answer": {"refused": {"3": 1.0}},
}


@pytest.mark.parametrize(("name", "start"), [("a.png", b"\x89PNG"), ("a.svg", b"<?xml")])
def test_the_picture_has_the_format_of_its_name(tmp_path: Path, name: str, start: bytes) -> None:
    draw(SCORES, tmp_path / name)
    assert (tmp_path / name).read_bytes().startswith(start)
