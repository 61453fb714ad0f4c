import codecs

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from documents.encodings import decode

FRENCH = "L’été dernier, « œuvres » à 5 € : ça a coûté cher à l'élève."


@pytest.mark.parametrize(
    ("mark", "encoding"),
    [
        (codecs.BOM_UTF8, "utf-8"),
        (codecs.BOM_UTF16_LE, "utf-16-le"),
        (codecs.BOM_UTF16_BE, "utf-16-be"),
        (codecs.BOM_UTF32_LE, "utf-32-le"),
        (codecs.BOM_UTF32_BE, "utf-32-be"),
    ],
)
def test_a_byte_order_mark_decides_and_is_not_part_of_the_text(mark: bytes, encoding: str) -> None:
    assert decode(mark + FRENCH.encode(encoding), declared="cp1252") == FRENCH


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16-le", "utf-16-be", "cp1252"])
def test_french_comes_out_right_without_any_mark(encoding: str) -> None:
    assert decode(FRENCH.encode(encoding)) == FRENCH


def test_bytes_that_cp1252_lacks_are_latin_1() -> None:
    assert decode(b"Caf\xe9 \x81") == "Café \x81"


def test_utf_8_wins_over_a_wrong_declaration() -> None:
    assert decode(FRENCH.encode(), declared="iso-8859-1") == FRENCH


def test_a_declaration_decides_where_the_bytes_do_not() -> None:
    assert decode("Œuvre ½".encode("iso8859-15", "replace"), declared="iso-8859-15") == "Œuvre ?"
    assert decode("Été".encode("mac-roman"), declared="macintosh") == "Été"


def test_declared_latin_1_is_cp1252_as_browsers_read_it() -> None:
    assert decode(b"\x93oui\x94 \x80", declared="ISO-8859-1") == "“oui” €"


@pytest.mark.parametrize(
    "declared", ["klingon", "unicode_escape", "utf-7", "rot13", "hex", "idna", "", "a\0b", "utf-16"]
)
def test_an_unknown_or_unsafe_declaration_is_ignored(declared: str) -> None:
    assert decode(b"+ADw- \\u0041 \xe9", declared=declared) == "+ADw- \\u0041 é"


def test_a_declaration_that_does_not_fit_the_bytes_is_ignored() -> None:
    assert decode(b"\xe9t\xe9", declared="utf-8") == "été"


def test_utf_8_cut_within_its_last_character_stays_utf_8() -> None:
    assert decode("Été à la plage".encode() + b"\xc3") == "Été à la plage\ufffd"


def test_a_stray_byte_does_not_make_utf_8_another_encoding() -> None:
    assert decode(("Élève zélé. " * 9).encode() + b"\xe9 fin") == "Élève zélé. " * 9 + "\ufffd fin"


def test_a_single_accent_at_the_end_is_cp1252() -> None:
    assert decode("Un café".encode("cp1252")) == "Un café"


def test_capitals_with_spaced_punctuation_are_cp1252() -> None:
    text = "LIBERTÉ\u00a0: ÉGALITÉ\u00a0! «\u00a0FRATERNITÉ\u00a0»"
    assert decode(text.encode("cp1252")) == text


@settings(deadline=None, max_examples=200)
@given(st.text(alphabet=st.characters(exclude_categories=["Cs"]).filter(lambda c: c != "\0")))
def test_all_text_without_nul_survives_utf_8(text: str) -> None:
    assert decode(text.encode()) == text.removeprefix("\ufeff")


@settings(deadline=None, max_examples=200)
@given(st.binary(max_size=200), st.text(max_size=12))
def test_any_bytes_decode_the_same_way_twice(data: bytes, declared: str) -> None:
    assert decode(data, declared=declared) == decode(data, declared=declared)
