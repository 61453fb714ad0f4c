"""Scans made by the tests: texts drawn as pictures, as a scanner would see them."""

import io
import textwrap
from collections.abc import Sequence

from matplotlib import get_data_path
from PIL import Image, ImageDraw, ImageFont

FRENCH = (
    "Le bac de Kerloas a été lancé en 1936 par l’ingénieure Jeanne Vasseur, née à Brévannes. "
    "En 2019, la commune a dépensé 45 000 euros, soit 145 % du budget prévu, pour le réparer."
)
ENGLISH = (
    "The ferry of Kerloas was launched in 1936 by the engineer Jeanne Vasseur. "
    "It carries forty cars across the bay, in summer and in winter, at any hour."
)
FONT = f"{get_data_path()}/fonts/ttf/DejaVuSerif.ttf"
_WIDTH, _HEIGHT, _LETTERS = 1654, 700, 34  # at 200 dots an inch


def drawn(text: str) -> Image.Image:
    """Return a page that shows `text`."""
    page = Image.new("L", (_WIDTH, _HEIGHT), 255)
    font = ImageFont.truetype(FONT, _LETTERS)
    lines = textwrap.wrap(text, 66)
    ImageDraw.Draw(page).multiline_text((150, 150), "\n".join(lines), fill=0, font=font, spacing=14)
    return page


def saved(pages: Sequence[Image.Image], kind: str) -> bytes:
    """Return `pages` as a file of this kind."""
    file = io.BytesIO()
    more = {"save_all": True, "append_images": pages[1:]} if len(pages) > 1 else {}
    pages[0].save(file, kind, resolution=200, **more)
    return file.getvalue()
