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


@pytest.mark.parametrize(
    ("generator", "needed"),
    [
        ("openai", "SOURCIER_OPENAI_BASE_URL"),
        ("transformers", "SOURCIER_TRANSFORMERS_MODEL"),
    ],
)
def test_a_language_model_must_be_named(
    monkeypatch: pytest.MonkeyPatch, generator: str, needed: str
) -> None:
    monkeypatch.setenv("SOURCIER_GENERATOR", generator)

    with pytest.raises(ValidationError) as raised:
        Settings()

    assert problems(raised.value) == [f"SOURCIER_GENERATOR={generator} needs {needed} to be set"]


def test_a_server_is_named_by_its_address_and_its_model(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SOURCIER_GENERATOR", "openai")
    monkeypatch.setenv("SOURCIER_OPENAI_BASE_URL", "http://127.0.0.1:11434/v1")

    with pytest.raises(ValidationError, match="SOURCIER_OPENAI_MODEL"):
        Settings()
    monkeypatch.setenv("SOURCIER_OPENAI_MODEL", "tiny")
    assert Settings().openai_model == "tiny"
    monkeypatch.setenv("SOURCIER_OPENAI_BASE_URL", "127.0.0.1:11434")
    with pytest.raises(ValidationError, match="openai_base_url"):
        Settings()


def test_an_answer_leaves_room_for_its_prompt(monkeypatch: pytest.MonkeyPatch) -> None:
    settings = {
        "GENERATOR": "openai",
        "OPENAI_BASE_URL": "http://127.0.0.1/v1",
        "OPENAI_MODEL": "tiny",
        "OPENAI_CONTEXT_TOKENS": "2048",
        "ANSWER_MAX_TOKENS": "1500",
    }
    for name, value in settings.items():
        monkeypatch.setenv(f"SOURCIER_{name}", value)

    with pytest.raises(ValidationError, match="at most half of SOURCIER_OPENAI_CONTEXT_TOKENS"):
        Settings()


def test_a_key_is_never_printed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SOURCIER_OPENAI_API_KEY", "sk-secret")

    assert "sk-secret" not in repr(Settings()) + str(Settings().model_dump())


@pytest.mark.parametrize(
    ("host", "keys", "asked"),
    [
        ("127.0.0.1", "auto", False),
        ("::1", "auto", False),
        ("localhost", "auto", False),
        ("198.51.100.7", "auto", True),
        ("::", "auto", True),
        ("192.168.1.4", "auto", True),
        ("localhost.example.org", "auto", True),
        ("127.0.0.1", "on", True),
        ("198.51.100.7", "off", False),
    ],
)
def test_keys_are_asked_for_unless_only_this_machine_calls(
    host: str,
    keys: str,
    asked: bool,  # noqa: FBT001
) -> None:
    settings = Settings.model_validate({"host": host, "keys": keys})

    assert settings.asks_for_keys is asked


def test_origins_are_apart_by_commas(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SOURCIER_CORS_ORIGINS", "https://a.example, http://localhost:3000,")
    assert Settings().cors_origins == ("https://a.example", "http://localhost:3000")

    monkeypatch.setenv("SOURCIER_CORS_ORIGINS", "")
    assert Settings().cors_origins is None


@pytest.mark.parametrize("origin", ["a.example", "https://a.example/", "null", "https://*.a"])
def test_an_origin_that_no_browser_sends_is_refused(origin: str) -> None:
    with pytest.raises(ValidationError, match="is no origin"):
        Settings.model_validate({"cors_origins": origin})


def test_all_origins_are_welcome_only_where_keys_are_asked_for() -> None:
    with pytest.raises(ValidationError, match="SOURCIER_KEYS=on"):
        Settings.model_validate({"cors_origins": "*"})
    assert Settings.model_validate({"cors_origins": "*", "keys": "on"}).cors_origins == ("*",)


@pytest.mark.parametrize("rate", ["60", "60 per minute", "0/minute", "60/fortnight", "1/m; 2/h"])
def test_a_rate_that_means_nothing_is_refused(rate: str) -> None:
    with pytest.raises(ValidationError, match="rate_limit"):
        Settings.model_validate({"rate_limit": rate})
