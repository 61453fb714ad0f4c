"""Pickles and arrays of objects where data is read: refused, and nothing in them runs."""

import io
import json
import os
import pickle
import shutil
import zipfile
from collections.abc import Callable
from dataclasses import asdict
from hashlib import blake2b
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from documents.errors import DocumentError, StoreError
from documents.limits import Limits
from documents.loading import load as load_document
from documents.store.store import Store
from index.errors import CorruptIndex, EncoderUnavailable
from index.manifest import Origin
from index.segment import Additions
from index.segmented import SegmentedIndex
from index.sentence_transformer_encoder import SentenceTransformerEncoder
from index.snapshot import load, save
from index.static_encoder import StaticEncoder
from index.transformer_encoder import TransformerEncoder
from rag.encoders import STATIC, TRANSFORMER
from rag.errors import BackupRefused
from rag.operations.archive import read_archive

ORIGIN = Origin(encoder="small", fingerprint="f00d", store="s1")


class Planted:
    """Makes a file when it is unpickled."""

    def __init__(self, mark: Path) -> None:
        self.mark = mark

    def __reduce__(self) -> tuple[Callable[[str], object], tuple[str]]:
        return os.mkdir, (str(self.mark),)


def pickled(mark: Path) -> bytes:
    return pickle.dumps(Planted(mark))


def array_of_objects(mark: Path) -> bytes:
    file = io.BytesIO()
    np.save(file, np.array([Planted(mark)], object), allow_pickle=True)
    return file.getvalue()


PAYLOADS: tuple[Callable[[Path], bytes], ...] = (pickled, array_of_objects)


@pytest.fixture
def mark(tmp_path: Path) -> Path:
    """What planted code would make."""
    return tmp_path / "it-ran"


@pytest.fixture
def index(tmp_path: Path) -> Path:
    folder = tmp_path / "index"
    vectors = np.eye(8, dtype=np.float32)[:4]
    built = SegmentedIndex.empty(8)
    built.apply(add=Additions(range(4), [0] * 4, ["fr"] * 4, vectors, [["plan"]] * 4), change=1)
    save(built.view(), folder, origin=ORIGIN)
    return folder


def reseal(folder: Path, change: Callable[[dict[str, Any]], None] = lambda _: None) -> None:
    """Write the manifest anew for the files that are there, as an intruder could."""
    path = folder / "manifest.json"
    content = json.loads(path.read_text())["manifest"]
    [segment] = content["segments"]
    from index import manifest, storage  # noqa: PLC0415 - what an intruder would copy

    for file in (segment["vectors"], segment["arrays_file"]):
        file.update(asdict(storage._described(folder / file["name"])))
    change(segment)

    sealed = {"blake2b": manifest._digest(content), "manifest": content}
    path.write_text(manifest._written(sealed))


def test_the_planted_code_would_run_if_it_were_unpickled(mark: Path) -> None:
    pickle.loads(pickled(mark))  # noqa: S301 - what must never happen

    assert mark.exists()


@pytest.mark.parametrize("payload", PAYLOADS)
@pytest.mark.parametrize("name", ["*.vectors", "*.arrays", "manifest.json"])
@pytest.mark.parametrize("sealed", [False, True])
def test_a_file_of_the_index_is_never_unpickled(
    index: Path, mark: Path, name: str, payload: Callable[[Path], bytes], *, sealed: bool
) -> None:
    [path] = index.glob(name)
    path.write_bytes(payload(mark))
    if sealed and name != "manifest.json":
        reseal(index)

    with pytest.raises(CorruptIndex, match="rebuild"):
        load(index, origin=ORIGIN)
    assert not mark.exists()


@pytest.mark.parametrize("dtype", ["|O", "object", "no such type", "<f8,|O"])
def test_a_manifest_cannot_ask_for_objects(index: Path, dtype: str) -> None:
    reseal(index, lambda segment: segment["arrays"][0].update(dtype=dtype))

    with pytest.raises(CorruptIndex, match="rebuild the index"):
        load(index, origin=ORIGIN)


@pytest.mark.parametrize("name", ["../sourcier.db", "/etc/passwd", "a/b", ".."])
def test_a_manifest_cannot_name_a_file_elsewhere(index: Path, name: str) -> None:
    (index.parent / "sourcier.db").write_bytes(b"x")
    reseal(index, lambda segment: segment["vectors"].update(name=name))

    with pytest.raises(CorruptIndex, match="rebuild the index"):
        load(index, origin=ORIGIN)


@pytest.mark.parametrize("payload", PAYLOADS)
@pytest.mark.parametrize(
    ("folder", "read"),
    [(STATIC, StaticEncoder.load), (TRANSFORMER, TransformerEncoder.load)],
)
def test_a_file_of_a_model_is_never_unpickled(
    tmp_path: Path,
    mark: Path,
    folder: Path,
    read: Callable[[Path], object],
    payload: Callable[[Path], bytes],
) -> None:
    config = json.loads((folder / "config.json").read_text())
    for planted in config["blake2b"]:
        copy = tmp_path / planted / folder.name
        shutil.copytree(folder, copy, ignore=shutil.ignore_patterns("__pycache__"))
        (copy / planted).write_bytes(payload(mark))
        with pytest.raises(EncoderUnavailable, match="checksum"):
            read(copy)
        sealed = {**config["blake2b"], planted: blake2b(payload(mark)).hexdigest()}
        (copy / "config.json").write_text(json.dumps({**config, "blake2b": sealed}))
        with pytest.raises(Exception, match=r"."):  # whatever its library says
            read(copy)
        assert not mark.exists()


@pytest.mark.slow
def test_pickled_weights_of_a_chosen_model_bring_numbers_only(tmp_path: Path, mark: Path) -> None:
    (tmp_path / "config.json").write_text(
        json.dumps(
            {
                "model_type": "bert",
                "architectures": ["BertModel"],
                "vocab_size": 8,
                "hidden_size": 16,
                "num_hidden_layers": 1,
                "num_attention_heads": 2,
                "intermediate_size": 16,
            }
        )
    )
    (tmp_path / "vocab.txt").write_text("[PAD]\n[UNK]\n[CLS]\n[SEP]\n[MASK]\nla\nthe\nsur\n")
    (tmp_path / "pytorch_model.bin").write_bytes(pickled(mark))

    with pytest.raises(EncoderUnavailable, match="sentence-transformers can load"):
        SentenceTransformerEncoder.load(str(tmp_path), device="cpu")
    assert not mark.exists()


@pytest.mark.parametrize("payload", PAYLOADS)
@pytest.mark.parametrize("name", ["note.pkl", "note.npy", "note.txt", "note.docx", "note"])
def test_an_upload_is_never_unpickled(
    mark: Path, name: str, payload: Callable[[Path], bytes]
) -> None:
    with pytest.raises(DocumentError, match=r"."):
        load_document(payload(mark), name=name, media_type=None, limits=Limits())
    assert not mark.exists()


@pytest.mark.parametrize("payload", PAYLOADS)
def test_a_backup_or_a_store_is_never_unpickled(
    tmp_path: Path, mark: Path, payload: Callable[[Path], bytes]
) -> None:
    backup = tmp_path / "backup.zip"
    with zipfile.ZipFile(backup, "w") as archive:
        archive.writestr("manifest.json", payload(mark))
        archive.writestr("sourcier.db", payload(mark))
    with pytest.raises(BackupRefused, match="damaged"):
        read_archive(backup)
    (tmp_path / "sourcier.db").write_bytes(payload(mark))
    with pytest.raises(StoreError, match=r"sourcier\.db"):
        Store.open(tmp_path / "sourcier.db")
    assert not mark.exists()
