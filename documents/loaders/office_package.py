"""Office Open XML packages (PPTX, XLSX): what is checked before a library opens one."""

import re
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from datetime import date

from documents.archives import open_archive
from documents.dates import parse_date
from documents.errors import UnsupportedFormat
from documents.limits import Limits
from documents.loaders.safe_xml import DUBLIN_CORE, first_text, parse_xml

_CORE = "docProps/core.xml"
_CREATED = "{http://purl.org/dc/terms/}created"
_MACROS = re.compile(r"(?:.*/)?vbaProject\.bin", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Properties:
    """What an office document says about itself."""

    title: str | None = None
    author: str | None = None
    created: date | None = None


def open_package(
    data: bytes, *, main_part: re.Pattern[str], suffix: str, name: str, limits: Limits
) -> Properties:
    """Return the properties of the package `data` after looking at what it holds.

    `main_part` matches the name of the entry that makes it a `suffix` file.

    Raises: UnsupportedFormat for another archive, or one with macros; UnreadableDocument,
        DocumentTooLarge, ProtectedDocument.
    """
    with open_archive(data, name=name, limits=limits) as archive:
        names = archive.namelist()
        if not any(map(main_part.fullmatch, names)):
            raise UnsupportedFormat(f"{name} is a zip archive: unpack it and add the files inside")
        refuse_macros(frozenset(names), suffix=suffix, name=name)
        if _CORE not in names:
            return Properties()
        core = parse_xml(archive.read(_CORE))
    return Properties(
        title=first_text(core, f"{DUBLIN_CORE}title"),
        author=first_text(core, f"{DUBLIN_CORE}creator"),
        created=parse_date(first_text(core, _CREATED) or ""),
    )


def refuse_macros(names: AbstractSet[str], *, suffix: str, name: str) -> None:
    """Refuse a package among whose entries is a program.

    Raises: UnsupportedFormat.
    """
    if any(map(_MACROS.fullmatch, names)):
        raise UnsupportedFormat(f"{name} holds macros: save it as {suffix}, without macros")
