"""A client that speaks to the application around a `Sourcier` made by hand."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from fastapi import FastAPI
from starlette.testclient import TestClient

from api.app import create_app
from documents.models import Document
from rag.settings import Settings
from tests.api.fakes import FakeSourcier, make_document


@pytest.fixture
def sourcier() -> FakeSourcier:
    settings = Settings(max_body_bytes=20_000, max_upload_bytes=100_000)
    return FakeSourcier(settings=settings)


@pytest.fixture
def document() -> Document:
    return make_document()


@pytest.fixture
def page_folder(tmp_path: Path) -> Path:
    folder = tmp_path / "page"
    folder.mkdir()
    (folder / "index.html").write_text("<!doctype html><title>Sourcier</title>")
    (folder / "app.js").write_text("export {};")
    (folder / "app.css").write_text("body {}")
    return folder


@pytest.fixture
def app(sourcier: FakeSourcier, page_folder: Path) -> FastAPI:
    return create_app(sourcier, page_folder=page_folder)


@pytest.fixture
def client(app: FastAPI) -> Iterator[TestClient]:
    with TestClient(app, raise_server_exceptions=False) as client:
        yield client
