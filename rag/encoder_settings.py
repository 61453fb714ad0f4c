"""The settings of the encoder, wherever it runs."""

import re
from pathlib import Path
from typing import Self
from urllib.parse import urlsplit

from pydantic import BaseModel, Field, SecretStr, model_validator

_ADDRESS = re.compile(r"https?://[^\s/@#?]+(/[^\s#?]*)?")


class EncoderSettings(BaseModel):
    """Which model makes vectors, and how to reach one that is behind a server."""

    encoder: str = Field(
        "embedded",
        min_length=1,
        description="`embedded`, `embedded-static`, the path or name of a sentence-transformers "
        "model, or the address of a server of embeddings: up to and with its `/v1`, or TEI's "
        "`/embed`.",
    )
    encoder_model: str | None = Field(
        None,
        pattern=r"^[^\s#]+$",
        description="Name of the model on that server; TEI tells its own.",
    )
    encoder_api_key: SecretStr | None = Field(None, description="Key of that server, if it asks.")
    encoder_question_prefix: str | None = Field(
        None,
        description="What its model wants in front of a question; E5 models get theirs unasked.",
    )
    encoder_passage_prefix: str | None = Field(
        None, description="What its model wants in front of a passage, likewise."
    )
    encoder_dimensions: int | None = Field(
        None, ge=1, description="Numbers of a vector, where its model can give fewer than it has."
    )
    encoder_batch: int = Field(
        32, ge=8, le=2048, description="Texts that go to that server with one request."
    )
    encoder_parallel: int = Field(
        4, ge=1, le=64, description="Requests with passages that go to it at a time."
    )
    encoder_timeout_seconds: float = Field(
        30.0,
        gt=0,
        description="Seconds that passages are waited for, retries included; questions 5 at most.",
    )
    calibration: Path | None = Field(
        None,
        description="File of weights that `benchmarks.calibrate` fitted to another encoder.",
    )

    @model_validator(mode="after")
    def _check_encoder(self) -> Self:
        if is_address(self.encoder):
            if not _ADDRESS.fullmatch(self.encoder) or not _is_whole(self.encoder):
                raise ValueError(
                    "SOURCIER_ENCODER is no address like http://name:port/v1; a key goes into "
                    "SOURCIER_ENCODER_API_KEY"
                )
            if self.encoder_model is None and not is_tei(self.encoder):
                raise ValueError(
                    "SOURCIER_ENCODER=http… needs SOURCIER_ENCODER_MODEL to be set, the name of "
                    "the model on that server"
                )
        return self


def _is_whole(address: str) -> bool:
    """Tell whether an address has a host, and a port that can be one."""
    try:
        parts = urlsplit(address)
        return bool(parts.hostname) and parts.port != 0
    except ValueError:
        return False


def is_address(encoder: str) -> bool:
    """Tell whether `encoder` names a server, and no model of this machine."""
    return encoder.startswith(("http://", "https://"))


def is_tei(address: str) -> bool:
    """Tell whether `address` is the own route of Text Embeddings Inference."""
    return address.rstrip("/").endswith("/embed")
