"""A model as a folder: files, and a configuration that names the checksum of each.

``config.json`` has the BLAKE2b sums of the others under ``"blake2b"``, and whatever else
belongs to the model. Nothing of a folder is used before all of it was checked.
"""

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from index.errors import EncoderUnavailable

CONFIG = "config.json"


@dataclass(frozen=True, slots=True)
class CheckedModel:
    """The configuration of a model folder, and the hash of all that it holds."""

    config: Mapping[str, Any]
    fingerprint: str


def check_model(folder: Path, names: Sequence[str], *, remedy: str) -> CheckedModel:
    """Check the files `names` of `folder`; `remedy` ends the message of every error.

    Raises:
        EncoderUnavailable: a file is missing, or is not what the configuration says.
    """
    try:
        raw = (folder / CONFIG).read_bytes()
        found = [_digest(folder / name) for name in names]
    except OSError as error:
        message = f"There is no complete encoder in {folder} ({error}). {remedy}"
        raise EncoderUnavailable(message) from error
    try:
        config = json.loads(raw)
        expected = [config["blake2b"][name] for name in names]
    except (ValueError, KeyError, TypeError) as error:
        message = f"{folder / CONFIG} is not the configuration of such an encoder. {remedy}"
        raise EncoderUnavailable(message) from error
    fingerprint = hashlib.blake2b(hashlib.blake2b(raw).digest(), digest_size=16)
    for name, digest, checksum in zip(names, found, expected, strict=True):
        if digest.hex() != checksum:
            message = f"{folder / name} is damaged: its checksum is not the recorded one. {remedy}"
            raise EncoderUnavailable(message)
        fingerprint.update(digest)
    return CheckedModel(config, fingerprint.hexdigest())


def _digest(path: Path) -> bytes:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "blake2b").digest()
