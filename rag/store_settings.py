"""The settings of the store: a file in the data folder, or a PostgreSQL server."""

import re
from typing import Self

from pydantic import BaseModel, Field, SecretStr, model_validator

_HOST = r"(\[[0-9A-Fa-f:.]+\]|[^\s/@:,\[\]]*)(:[0-9]{1,5})?"
_ADDRESS = re.compile(rf"postgres(ql)?://([^\s/@]*@)?{_HOST}(,{_HOST})*/[^\s/?@]*(\?\S*)?")


class StoreSettings(BaseModel):
    """Where documents are kept, and how to reach it."""

    store: SecretStr | None = Field(
        None,
        description="A PostgreSQL database that keeps the documents, for several machines: "
        "`postgresql://user:password@host/sourcier`; unset, a file in the data folder.",
    )

    @model_validator(mode="after")
    def _check_store(self) -> Self:
        if self.store is not None and not _ADDRESS.fullmatch(self.store.get_secret_value()):
            raise ValueError(
                "SOURCIER_STORE must be the address of a PostgreSQL database: "
                "postgresql://user:password@host:5432/database, with %2F for a slash in a password"
            )
        return self
