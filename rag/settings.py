"""The settings, read once from ``SOURCIER_*`` variables; nothing else reads the environment.

Every field stands in docs/configuration.md; a test keeps that table true.
"""

from pathlib import Path
from typing import Literal, Self

from pydantic import Field, SecretStr, ValidationError, model_validator
from pydantic_settings import BaseSettings, SettingsConfigDict


class Settings(BaseSettings):
    """What an operator may choose; units stand in the names."""

    model_config = SettingsConfigDict(env_prefix="SOURCIER_", frozen=True, extra="ignore")

    data_dir: Path = Field(Path("var"), description="Folder of the store and its indexes.")
    host: str = Field("127.0.0.1", description="Address that the service listens on.")
    port: int = Field(8000, ge=0, le=65535, description="Port that the service listens on.")
    encoder: str = Field(
        "embedded",
        description="`embedded`, `embedded-static`, or the path or name of a "
        "sentence-transformers model.",
    )
    calibration: Path | None = Field(
        None,
        description="File of weights that `benchmarks.calibrate` fitted to another encoder.",
    )
    generator: Literal["extractive", "transformers", "openai"] = Field(
        "extractive",
        description="What writes the answer: `extractive` quotes, `transformers` and `openai` "
        "let a language model write.",
    )
    openai_base_url: str | None = Field(
        None,
        pattern=r"^https?://[^\s]+$",
        description="Where an OpenAI-compatible server answers, up to and with its `/v1`.",
    )
    openai_model: str | None = Field(
        None, min_length=1, description="Name of the model on that server."
    )
    openai_api_key: SecretStr | None = Field(None, description="Key of that server, if it asks.")
    openai_timeout_seconds: float = Field(
        60.0, gt=0, description="Seconds that an answer of that server may take, retries included."
    )
    openai_context_tokens: int = Field(
        8192, ge=1024, description="Tokens that its model reads and writes together."
    )
    transformers_model: str | None = Field(
        None,
        min_length=1,
        description="Folder of a language model, or its name in the local cache.",
    )
    transformers_quantization: Literal["none", "8bit", "4bit"] = Field(
        "none", description="`none`, `8bit` or `4bit`; the latter two need bitsandbytes."
    )
    answer_max_tokens: int = Field(
        512, ge=16, description="Tokens that a language model may write for an answer."
    )
    unsupported: Literal["remove", "flag"] = Field(
        "remove", description="What becomes of a sentence that no passage bears out."
    )
    max_question_characters: int = Field(
        2000, ge=1, description="Longest question or query that is accepted."
    )
    max_body_bytes: int = Field(
        1024 * 1024, ge=1024, description="Largest JSON body of a question."
    )
    max_upload_bytes: int = Field(
        50 * 1024 * 1024, ge=1024, description="Largest document that is accepted."
    )
    passage_min_words: int = Field(60, ge=1, description="Words that a passage should reach.")
    passage_max_words: int = Field(
        180, ge=10, description="Words that a passage does not pass, whole sentences allowing."
    )
    log_level: Literal["debug", "info", "warning", "error"] = Field(
        "info", description="`debug`, `info`, `warning` or `error`."
    )

    @model_validator(mode="after")
    def _check_words(self) -> Self:
        if self.passage_max_words < 2 * self.passage_min_words:
            raise ValueError(
                f"SOURCIER_PASSAGE_MAX_WORDS ({self.passage_max_words}) must be at least twice "
                f"SOURCIER_PASSAGE_MIN_WORDS ({self.passage_min_words})"
            )
        return self

    @model_validator(mode="after")
    def _check_generator(self) -> Self:
        needed = {
            "openai": ("openai_base_url", "openai_model"),
            "transformers": ("transformers_model",),
        }
        for name in needed.get(self.generator, ()):
            if getattr(self, name) is None:
                raise ValueError(
                    f"SOURCIER_GENERATOR={self.generator} needs SOURCIER_{name.upper()} to be set"
                )
        if self.generator == "openai" and self.answer_max_tokens > self.openai_context_tokens // 2:
            raise ValueError(
                f"SOURCIER_ANSWER_MAX_TOKENS ({self.answer_max_tokens}) must be at most half of "
                f"SOURCIER_OPENAI_CONTEXT_TOKENS ({self.openai_context_tokens})"
            )
        return self


def problems(error: ValidationError) -> list[str]:
    """Return a line for each setting that `error` found wrong."""
    found = []
    for problem in error.errors():
        variable = "_".join(map(str, ("SOURCIER", *problem["loc"]))).upper()
        message = problem["msg"].removeprefix("Value error, ")
        found.append(f"{variable}: {message}" if problem["loc"] else message)
    return found
