"""Is the machine fit: Python, packages, settings, the data folder and who may read it."""

import os
import platform
import shutil
import sqlite3
import sys
from collections.abc import Iterator
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

from rag.operations.finding import Finding, well
from rag.settings import Settings, is_loopback
from rag.stores import file_of

_LEAST_PYTHON = (3, 11)
_PACKAGES = ("faiss-cpu", "fastapi", "numpy", "onnxruntime", "tokenizers", "uvicorn")
_LEAST_FREE = 200 * 2**20  # bytes: a few uploads and the log of one transaction
_SCARCE = 2 * 2**30
_OTHERS = 0o007  # the bits of a file's mode that are for everybody


def check_python() -> Finding:
    """See whether Python and the packages of the default path are there."""
    if sys.version_info < _LEAST_PYTHON:
        remedy = "run Sourcier with Python 3.11 or newer: make PYTHON=/path/to/python3.11"
        return Finding("python", "fail", f"this is {platform.python_version()}", remedy)
    missing = [name for name in _PACKAGES if not _installed(name)]
    if missing:
        remedy = "install what is locked: pip install --requirement requirements.txt"
        return Finding("python", "fail", f"not installed: {', '.join(missing)}", remedy)
    return well("python", f"{platform.python_version()}, SQLite {sqlite3.sqlite_version}")


def check_recognition(settings: Settings) -> Iterator[Finding]:
    """See whether scans can be recognised, where that is asked for."""
    if not settings.ocr:
        return
    from documents.tesseract import INSTALL, missing_for_recognition  # noqa: PLC0415 - with lxml

    if missing := missing_for_recognition():
        yield Finding("scans", "warn", f"are refused: {missing}", f"install it: {INSTALL}")
    else:
        yield well("scans", "Tesseract recognises French and English")


def check_settings(settings: Settings, unknown: list[str]) -> Iterator[Finding]:
    """See whether a variable is misspelt, or the service open to everybody."""
    if unknown:
        remedy = "correct or unset them; docs/configuration.md lists all settings"
        yield Finding("settings", "warn", f"these mean nothing: {', '.join(unknown)}", remedy)
    open_to_all = not (settings.asks_for_keys or is_loopback(settings.host))
    if open_to_all:
        yield Finding(
            "settings",
            "warn",
            f"whoever reaches {settings.host} may read, add and delete documents",
            "set SOURCIER_KEYS=on, or let only a proxy that asks who is there reach it",
        )
    if not (unknown or open_to_all):
        yield well("settings", "all are known, and fit each other")


def check_folder(settings: Settings) -> Iterator[Finding]:
    """See whether the data folder is there, can be written to, has room and is private."""
    folder = settings.data_dir
    existing = next(path for path in (folder, *folder.absolute().parents) if path.exists())
    if not existing.is_dir() or not os.access(existing, os.R_OK | os.W_OK | os.X_OK):
        remedy = f"make it a folder of the user who runs Sourcier: chown -R USER {existing}"
        yield Finding("data folder", "fail", f"{existing} cannot be written to", remedy)
        return
    if existing == folder:
        yield from _check_files(settings)
    else:
        remedy = "nothing, if this is a first start; else check SOURCIER_DATA_DIR"
        yield Finding("data folder", "warn", f"{folder} is not there yet", remedy)
    yield _room(existing, file_of(settings))


def _check_files(settings: Settings) -> Iterator[Finding]:
    database = settings.database
    beside = [database.with_name(database.name + end) for end in ("", "-wal", "-shm", ".lock")]
    found = [path for path in beside if path.exists()]
    if locked := [path for path in found if not os.access(path, os.R_OK | os.W_OK)]:
        names = ", ".join(map(str, locked))
        remedy = f"give them to the user who runs Sourcier: chown USER {settings.data_dir}/*"
        yield Finding("data folder", "fail", f"cannot be written to: {names}", remedy)
    elif found and settings.data_dir.stat().st_mode & _OTHERS and _shared(found):
        remedy = f"chmod o= {settings.data_dir}"
        message = "every user of this machine can read the documents"
        yield Finding("data folder", "warn", message, remedy)
    else:
        yield well("data folder", f"{settings.data_dir.absolute()} can be written to")


def _room(folder: Path, database: Path | None) -> Finding:
    free = shutil.disk_usage(folder).free
    size = database.stat().st_size if database and database.exists() else 0
    message = f"{free / 2**30:.1f} GiB free"
    if database:
        message += f", the store has {size / 2**30:.1f} GiB"
    remedy = f"free space on the disk of {folder}"
    if free < _LEAST_FREE:
        return Finding("disk", "fail", message, remedy)
    if free < max(_SCARCE, size):
        return Finding("disk", "warn", message, f"{remedy}: a backup needs as much as the store")
    return well("disk", message)


def _shared(files: list[Path]) -> bool:
    return any(path.stat().st_mode & _OTHERS for path in files)


def _installed(name: str) -> bool:
    try:
        version(name)
    except PackageNotFoundError:
        return False
    return True
