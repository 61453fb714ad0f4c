"""The settings, read once from ``SOURCIER_*`` variables; nothing else reads the environment.

Every field stands in docs/configuration.md; a test keeps that table true.
"""

import os
import re
from ipaddress import ip_address
from pathlib import Path
from typing import Annotated, Literal, Self

from pydantic import Field, SecretStr, ValidationError, field_validator, model_validator
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict

from documents.errors import InvalidCollectionName
from documents.feeds.address_guard import AddressGuard
from documents.feeds.allowed_hosts import AllowedHosts
from documents.storable import check_collection_name
from rag.encoder_settings import EncoderSettings
from rag.index_settings import IndexSettings
from rag.jobs.signing import secret_of
from rag.store_settings import StoreSettings
from rag.worker_settings import WorkerSettings

_ORIGIN = re.compile(r"\*|https?://([A-Za-z0-9.-]+|\[[0-9A-Fa-f:.]+\])(:[0-9]{1,5})?")


class Settings(EncoderSettings, IndexSettings, StoreSettings, WorkerSettings, BaseSettings):
    """What an operator may choose; units stand in the names."""

    model_config = SettingsConfigDict(env_prefix="SOURCIER_", frozen=True, extra="ignore")

    data_dir: Path = Field(Path("var"), description="Folder of the store and its indexes.")
    host: str = Field("127.0.0.1", description="Address that the service listens on.")
    port: int = Field(8000, ge=0, le=65535, description="Port that the service listens on.")
    keys: Literal["auto", "on", "off"] = Field(
        "auto",
        description="Whether callers need a key: `on`, `off`, or `auto`, where only a service on "
        "a loopback address needs none.",
    )
    rate_limit: str | None = Field(
        None,
        pattern=r"^[1-9][0-9]{0,8} ?/ ?([1-9][0-9]{0,3} ?)?(second|minute|hour|day)s?$",
        description="How often a key, or an address where there are no keys, may call: "
        "`60/minute`.",
    )
    cors_origins: Annotated[tuple[str, ...] | None, NoDecode] = Field(
        None,
        description="Origins whose pages may call from a browser, apart by commas; `*` for all, "
        "where keys are asked for.",
    )
    generator: Literal["extractive", "transformers", "openai"] = Field(
        "extractive",
        description="What writes the answer: `extractive` quotes, `transformers` and `openai` "
        "let a language model write.",
    )
    openai_base_url: str | None = Field(
        None,
        pattern=r"^https?://[^\s/@]+(/\S*)?$",  # a key has a setting of its own, which is not shown
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
    read_ahead: bool = Field(
        default=True,
        description="Whether sentences are read in the background before anybody asks, so that "
        "answers come sooner; takes some 6 KB of disk a passage.",
    )
    ocr: bool = Field(
        default=False,
        description="Whether the text of scanned PDFs and of pictures is recognised, by Tesseract, "
        "which Debian has.",
    )
    fetch_hosts: Annotated[tuple[str, ...] | None, NoDecode] = Field(
        None,
        description="Hosts that documents may be fetched from, apart by commas: `example.org`, "
        "`*.example.org`, `intranet:8080`; `*` for every public one.",
    )
    fetch_timeout_seconds: float = Field(
        30.0, gt=0, description="Seconds that fetching one document may take."
    )
    private_networks: Annotated[tuple[str, ...] | None, NoDecode] = Field(
        None,
        description="Networks that are not public and may be fetched from, and told by webhooks, "
        "all the same, apart by commas: `10.0.0.0/8`.",
    )
    watch: Path | None = Field(
        None, description="Folder whose files the service takes in as they come."
    )
    watch_collection: str = Field("default", description="Collection that they come into.")
    watch_removes: bool = Field(
        default=False, description="Whether the documents of its files that are gone are deleted."
    )
    jobs_kept_days: int = Field(
        30, ge=1, le=3650, description="Days that a finished job can still be looked up."
    )
    webhook_secret: SecretStr | None = Field(
        None,
        description="Signs what is sent to webhooks: `whsec_` and 24 to 64 random bytes in Base64.",
    )
    max_waiting: int = Field(
        32,
        ge=0,
        description="Requests that may wait for a thread, of questions and of documents each; "
        "more are refused with 503.",
    )
    max_connections: int = Field(
        1000,
        ge=10,
        description="Connections in all; beyond, the one that has been silent longest is closed.",
    )
    max_connections_per_address: int = Field(
        200,
        ge=1,
        description="Connections of one address; those of this machine count only in all.",
    )
    drain_seconds: float = Field(
        1.0,
        ge=0,
        description="Seconds that the service, no longer ready, still serves after SIGTERM.",
    )
    passage_min_words: int = Field(60, ge=1, description="Words that a passage should reach.")
    passage_max_words: int = Field(
        180, ge=10, description="Words that a passage does not pass, whole sentences allowing."
    )
    log_level: Literal["debug", "info", "warning", "error"] = Field(
        "info", description="`debug`, `info`, `warning` or `error`."
    )
    log_format: Literal["text", "json"] = Field(
        "text", description="`text` for people, `json` for programs: one object a line."
    )
    log_questions: bool = Field(
        default=False, description="Whether the log tells what was asked; else it never does."
    )
    otel: bool = Field(
        default=False,
        description="Whether traces are sent with OpenTelemetry, to where its own `OTEL_*` "
        "variables say.",
    )

    @property
    def database(self) -> Path:
        """The file of the store, where it is no database on a server."""
        return self.data_dir / "sourcier.db"

    @property
    def index_folder(self) -> Path:
        """The folder of the indexes, which are derived from the store."""
        return self.data_dir / "index"

    @property
    def asks_for_keys(self) -> bool:
        """Whether callers need a key."""
        return self.keys == "on" or (self.keys == "auto" and not is_loopback(self.host))

    @field_validator("cors_origins", mode="before")
    @classmethod
    def _split_origins(cls, value: object) -> object:
        if not isinstance(value, str):
            return value
        origins = tuple(origin.strip() for origin in value.split(",") if origin.strip())
        for origin in origins:
            if not _ORIGIN.fullmatch(origin):
                raise ValueError(f"{origin!r} is no origin: write https://name or http://name:port")
        return origins or None

    @model_validator(mode="after")
    def _check_origins(self) -> Self:
        if "*" in (self.cors_origins or ()) and not self.asks_for_keys:
            raise ValueError(
                "SOURCIER_CORS_ORIGINS=* without keys would let every web page that somebody here "
                "opens read and change what is stored: name the origins, or set SOURCIER_KEYS=on"
            )
        return self

    @field_validator("fetch_hosts", "private_networks", mode="before")
    @classmethod
    def _split_list(cls, value: object) -> object:
        if not isinstance(value, str):
            return value
        return tuple(entry.strip() for entry in value.split(",") if entry.strip()) or None

    @field_validator("fetch_hosts")
    @classmethod
    def _check_hosts(cls, value: tuple[str, ...] | None) -> tuple[str, ...] | None:
        AllowedHosts.parse(value or ())
        return value

    @field_validator("private_networks")
    @classmethod
    def _check_networks(cls, value: tuple[str, ...] | None) -> tuple[str, ...] | None:
        AddressGuard.allowing(value or ())
        return value

    @field_validator("watch_collection")
    @classmethod
    def _check_collection(cls, value: str) -> str:
        try:
            check_collection_name(value)
        except InvalidCollectionName as error:
            raise ValueError(str(error)) from error
        return value

    @field_validator("webhook_secret")
    @classmethod
    def _check_secret(cls, value: SecretStr | None) -> SecretStr | None:
        if value is not None:
            secret_of(value.get_secret_value())
        return value

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


def is_loopback(host: str) -> bool:
    """Tell whether only this machine reaches `host`; a name other than localhost may be public."""
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host.lower() == "localhost"


def unknown_variables() -> list[str]:
    """Return the ``SOURCIER_*`` variables that are set and mean nothing, most likely misspelt."""
    known = {f"SOURCIER_{name.upper()}" for name in Settings.model_fields}
    given = {name for name in os.environ if name.startswith("SOURCIER_")}  # noqa: TID251 - here
    return sorted(given - known)


def environment_with(**variables: str) -> dict[str, str]:
    """Return the environment of this process with `variables`, for one that it starts."""
    return {**os.environ, **variables}  # noqa: TID251 - handed on, not read


def problems(error: ValidationError) -> list[str]:
    """Return a line for each setting that `error` found wrong."""
    found = []
    for problem in error.errors():
        variable = "_".join(map(str, ("SOURCIER", *problem["loc"]))).upper()
        message = problem["msg"].removeprefix("Value error, ")
        found.append(f"{variable}: {message}" if problem["loc"] else message)
    return found
