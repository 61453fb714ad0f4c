from pathlib import Path

import pytest
from pydantic import ValidationError

from rag.settings import Settings, problems


def test_nothing_need_be_set() -> None:
    settings = Settings()

    assert settings.data_dir == Path("var")
    assert (settings.host, settings.port, settings.encoder) == ("127.0.0.1", 8000, "embedded")


def test_variables_are_read_whatever_their_case(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SOURCIER_PORT", "9000")
    monkeypatch.setenv("sourcier_log_level", "debug")

    assert (Settings().port, Settings().log_level) == (9000, "debug")


def test_settings_never_change() -> None:
    with pytest.raises(ValidationError, match="frozen"):
        Settings().port = 1


def test_every_wrong_setting_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SOURCIER_PORT", "70000")
    monkeypatch.setenv("SOURCIER_MAX_QUESTION_CHARACTERS", "0")

    with pytest.raises(ValidationError) as raised:
        Settings()

    assert problems(raised.value) == [
        "SOURCIER_PORT: Input should be less than or equal to 65535",
        "SOURCIER_MAX_QUESTION_CHARACTERS: Input should be greater than or equal to 1",
    ]


def test_passages_must_have_room_to_be_cut(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SOURCIER_PASSAGE_MIN_WORDS", "100")

    with pytest.raises(ValidationError) as raised:
        Settings()

    [problem] = problems(raised.value)
    assert problem.startswith("SOURCIER_PASSAGE_MAX_WORDS (180) must be at least twice")
