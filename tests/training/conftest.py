"""The files of `tests.training.texts`, written once."""

from pathlib import Path

import pytest

from tests.training import texts


@pytest.fixture(scope="session")
def text(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder with all the text of a training."""
    folder = tmp_path_factory.mktemp("text")
    texts.write_text(folder)
    return folder


@pytest.fixture(scope="session")
def teacher_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the folder of a teacher of a few kilobytes."""
    folder = tmp_path_factory.mktemp("teacher")
    texts.write_teacher(folder)
    return folder


@pytest.fixture(scope="session")
def questions(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder with development questions."""
    folder = tmp_path_factory.mktemp("questions")
    texts.write_development(folder)
    return folder
