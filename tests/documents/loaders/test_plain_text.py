from documents.extraction import Block
from documents.loaders.plain_text import read_plain_text


def test_the_lines_of_a_text_stay_as_they_stand() -> None:
    text = "Titre\n\n  retrait\nfin\u00a0!\n"
    assert read_plain_text(text).blocks == (Block(text),)
