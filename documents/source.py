"""A file to read, with all that its loader must know."""

from collections.abc import Sequence
from dataclasses import dataclass

from documents.encodings import decode
from documents.errors import DocumentTooLarge, EmptyDocument
from documents.extraction import Block
from documents.limits import Limits
from documents.sniffing import Format
from documents.tabular import Columns, holds_text


@dataclass(frozen=True, slots=True)
class Source:
    """The bytes of a file; `charset` is what its sender declared, `name` serves messages."""

    data: bytes
    name: str
    format: Format
    charset: str | None
    columns: Columns
    limits: Limits

    def text(self) -> str:
        """Return the text that the bytes encode."""
        return decode(self.data, declared=self.charset)

    def check_text(self, blocks: Sequence[Block]) -> None:
        """Refuse a file whose `blocks` hold no letter and no digit.

        Raises: EmptyDocument.
        """
        if not any(holds_text(block.text) for block in blocks):
            raise EmptyDocument(f"{self.name} holds no text")

    def check_length(self, characters: int) -> None:
        """Refuse more text than the limits allow.

        Raises: DocumentTooLarge.
        """
        if characters > self.limits.text_characters:
            raise DocumentTooLarge(
                f"{self.name} holds more than {self.limits.text_characters} characters: split it"
            )
