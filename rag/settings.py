"""The settings, read once from ``SOURCIER_*`` variables; nothing else reads the environment.

Every field stands in docs/configuration.md; a test keeps that table true.
"""

from pathlib import Path
from typing import Literal, Self

from pydantic import Field, ValidationError, model_validator
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


def problems(error: ValidationError) -> list[str]:
    """Return a line for each setting that `error` found wrong."""
    found = []
    for problem in error.errors():
        variable = "_".join(map(str, ("SOURCIER", *problem["loc"]))).upper()
        message = problem["msg"].removeprefix("Value error, ")
        found.append(f"{variable}: {message}" if problem["loc"] else message)
    return found
