"""Text recognition by the program Tesseract: the picture of a page in, its lines out.

Tesseract reads with one language at a time here: with both it takes « à » for "a" and « œ » for
"ce". The French model reads English nearly as well, so a page is read in the language of the page
before, and once more where it turns out to be in the other.

[1] Tesseract manual, https://github.com/tesseract-ocr/tesseract/blob/main/doc/tesseract.1.asc
"""

import os
import re
import shutil
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Final

from documents.errors import DocumentTooLarge, ScannedDocument, UnreadableDocument
from documents.language import detect
from documents.loaders.pdf_layout import Line
from documents.loaders.safe_xml import parse_xml
from documents.models import Language

INSTALL: Final = "apt-get install tesseract-ocr tesseract-ocr-fra tesseract-ocr-eng"
FOLDERS: Final = os.pathsep.join((os.defpath, "/usr/local/bin", "/opt/homebrew/bin"))
_MODELS: Final[dict[Language, str]] = {"fr": "fra", "en": "eng"}
_WHOLE_PAGE: Final = "1"  # find columns, and turn a page that lies on its side or its head
_LINES: Final = {"ocr_line", "ocr_header", "ocr_caption", "ocr_textfloat"}
_LEAST_SURE: Final = 40  # of 100, as a mean of a line: below, it is a stain or a drawing
_HEIGHT: Final = 842.0  # points: a page counts as A4, so that heights of letters are comparable
_NUMBERS: Final = re.compile(r"(bbox|baseline|x_size|x_wconf)((?: -?[\d.]+)+)")

_Element = Any  # an lxml element


@dataclass(frozen=True, slots=True)
class Picture:
    """A page in grey, ``width * height`` bytes row by row, 255 is white."""

    width: int
    height: int
    pixels: bytes


@dataclass(frozen=True, slots=True)
class Tesseract:
    """The program; `name` of the file serves messages."""

    program: str
    name: str

    @classmethod
    def find(cls, *, name: str, folders: str = FOLDERS) -> "Tesseract":
        """Return the program of one of `folders`, with both languages.

        Raises: ScannedDocument where it or a language is missing, with what to install.
        """
        missing = missing_for_recognition(folders)
        program = shutil.which("tesseract", path=folders)
        if missing or program is None:
            raise ScannedDocument(
                f"{name} is a picture of text, and {missing} to recognise it: {INSTALL}"
            )
        return cls(program, name)

    def read(
        self, picture: Picture, *, first: Language, seconds: float
    ) -> tuple[list[Line], Language]:
        """Return the lines of a page and its language, which most likely is `first`.

        Raises: DocumentTooLarge where it takes longer; UnreadableDocument where it fails.
        """
        lines = self._lines(picture, first, seconds)
        language = detect("\n".join(line.text for line in lines), default=first)
        if language != first:
            lines = self._lines(picture, language, seconds)
        return lines, language

    def _lines(self, picture: Picture, language: Language, seconds: float) -> list[Line]:
        head = f"P5 {picture.width} {picture.height} 255\n".encode("ascii")
        options = ["-l", _MODELS[language], "--psm", _WHOLE_PAGE, "hocr"]
        try:
            done = subprocess.run(  # noqa: S603 - nothing of it comes from a user
                [self.program, "stdin", "stdout", *options],
                input=head + picture.pixels,
                capture_output=True,
                check=False,
                timeout=max(seconds, 0.1),
                env={"OMP_THREAD_LIMIT": "1"},
            )
        except subprocess.TimeoutExpired as error:
            raise DocumentTooLarge(f"{self.name} takes too long to recognise: split it") from error
        if done.returncode != 0:
            said = done.stderr.decode("utf-8", "replace").strip().splitlines() or ["no reason"]
            raise UnreadableDocument(
                f"{self.name} could not be recognised ({said[-1]}): scan it again"
            )
        return list(_lines_of(done.stdout, _HEIGHT / picture.height, picture.height))


def missing_for_recognition(folders: str = FOLDERS) -> str | None:
    """Say what is missing on this machine to recognise French and English, if anything is."""
    program = shutil.which("tesseract", path=folders)
    if program is None:
        return "Tesseract is not installed"
    listed = subprocess.run(  # noqa: S603 - our own command
        [program, "--list-langs"], capture_output=True, check=False, env={}
    ).stdout.decode("utf-8", "replace")
    lacking = [model for model in _MODELS.values() if model not in listed.split()]
    return f"Tesseract lacks the language {' and '.join(lacking)}" if lacking else None


def _lines_of(hocr: bytes, scale: float, height: int) -> Iterator[Line]:
    for element in parse_xml(hocr, forgiving=True).iter():
        if element.get("class") not in _LINES:
            continue
        words = [word for word in element.iter() if word.get("class") == "ocrx_word"]
        text = " ".join(filter(None, ("".join(word.itertext()).strip() for word in words)))
        text = text.replace("'’", "’")  # the French model sees one apostrophe as both
        sure = [_numbers(word)["x_wconf"][0] for word in words]
        if not text or sum(sure) < _LEAST_SURE * len(sure):
            continue
        told = _numbers(element)
        left, _, right, bottom = told["bbox"]
        baseline = bottom + told.get("baseline", (0.0, 0.0))[1]
        yield Line(
            text,
            left=left * scale,
            right=right * scale,
            bottom=(height - baseline) * scale,
            height=told["x_size"][0] * scale,
        )


def _numbers(element: _Element) -> dict[str, tuple[float, ...]]:
    """Return what the title of an hOCR element tells: its box, its baseline, its certainty."""
    return {
        name: tuple(map(float, values.split()))
        for name, values in _NUMBERS.findall(element.get("title", ""))
    }
