"""How much of anything one file may cost before it is refused."""

from dataclasses import dataclass

MIB = 2**20


@dataclass(frozen=True, slots=True)
class Limits:
    """Bounds on one file; the defaults suit a service on a small machine.

    `text_characters` is what a plain text of `file_bytes` can hold, so that a large text is
    never refused for its length alone. `memory_bytes` is what the parser may take beyond
    what its idle process holds.

    A scan, whose text must be recognised, has bounds of its own: its pages (0 refuses it), the
    pixels of a page, and seconds for all.
    """

    file_bytes: int = 50 * MIB
    text_characters: int = 50 * MIB
    pages: int = 5_000
    rows: int = 200_000
    archive_bytes: int = 200 * MIB
    archive_entries: int = 5_000
    archive_ratio: int = 200
    memory_bytes: int = 1024 * MIB
    cpu_seconds: int = 30
    wall_seconds: float = 60.0
    scanned_pages: int = 0
    scanned_pixels: int = 40_000_000
    scan_seconds: int = 600
