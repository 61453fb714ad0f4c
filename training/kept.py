"""What is made once and kept beside the runs: whole or not at all, and never for another text."""

import hashlib
import json
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path

from training.errors import TrainingError

_OF = "made-of.json"


def kept(path: Path, make: Callable[[Path], object]) -> Path:
    """Return `path`; if nothing is there, have `make` write it, elsewhere until it is whole."""
    if not path.exists():
        part = path.with_name(f"part-{path.name}")
        make(part)
        part.replace(path)
    return path


def claim(folder: Path, of: Mapping[str, object]) -> None:
    """Make `folder` the place of what is made `of` this.

    Raises:
        TrainingError: it holds what was made of something else.
    """
    folder.mkdir(parents=True, exist_ok=True)
    note = folder / _OF
    if note.exists() or not any(folder.iterdir()):
        kept(note, lambda part: part.write_text(json.dumps(of, indent=1) + "\n", "utf-8"))
        found = json.loads(note.read_text("utf-8"))
    else:
        found = {}
    if found != of:
        changed = ", ".join(sorted(key for key in of if found.get(key) != of[key]))
        message = (
            f"{folder} holds the work of another training (not the same: {changed}). "
            "Name another folder, or remove it to begin anew."
        )
        raise TrainingError(message)


def digest(paths: Iterable[Path]) -> str:
    """Return a hash of the contents of these files."""
    total = hashlib.blake2b(digest_size=8)
    for path in paths:
        total.update(hashlib.blake2b(path.read_bytes()).digest())
    return total.hexdigest()
