"""The settings of the index, in the process or in Milvus."""

from typing import Literal

from pydantic import BaseModel, Field, SecretStr


class IndexSettings(BaseModel):
    """Where passages are searched, and how to reach it."""

    index: Literal["embedded", "milvus"] = Field(
        "embedded",
        description="Where passages are searched: `embedded`, in this process, or `milvus`.",
    )
    milvus_uri: str = Field(
        "http://127.0.0.1:19530",
        pattern=r"^https?://[^\s/@?#]+(/[A-Za-z0-9_]*)?$",
        description="Where Milvus answers; a path names a database: `https://milvus:19530/sourcier`.",
    )
    milvus_token: SecretStr | None = Field(
        None, description="What Milvus asks for, if it does: `user:password`, or a key."
    )
    milvus_timeout_seconds: float = Field(
        5.0, gt=0, description="Seconds that one search in Milvus may take."
    )
    milvus_vector_index: Literal["HNSW", "DISKANN", "FLAT", "AUTOINDEX"] = Field(
        "HNSW", description="How Milvus searches vectors; another one is built beside, then serves."
    )
