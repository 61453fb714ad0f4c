"""The student: the teacher's body over a bilingual vocabulary."""

from collections.abc import Callable, Iterator

import numpy as np
import torch
from torch import nn
from torch.nn import functional
from transformers import BertConfig, BertModel

from training.ragged import Ragged

LONGEST = 256  # tokens of a text, the two that frame it included
_PIECE = 1024  # tokens that run at once, padding included
FIRST, LAST = 2, 3  # [CLS] and [SEP] in the joint vocabulary


class Student(nn.Module):
    """A BERT with mean pooling; its special tokens are those of `training.vocabulary`."""

    def __init__(self, config: BertConfig) -> None:
        super().__init__()
        self.body = BertModel(config, add_pooling_layer=False)

    @classmethod
    def transplanted(cls, teacher: BertModel, words: torch.Tensor) -> "Student":
        """Return the body of `teacher` over the word embeddings `words` (tokens, dimension)."""
        config = BertConfig(**{**teacher.config.to_dict(), "vocab_size": len(words)})
        config._attn_implementation = "eager"  # noqa: SLF001 - on a CPU the fastest by far
        config.hidden_dropout_prob = config.attention_probs_dropout_prob = 0.0
        student = cls(config)
        state = {**teacher.state_dict(), "embeddings.word_embeddings.weight": words}
        student.body.load_state_dict(state)
        return student

    def embed(self, rows: Ragged) -> torch.Tensor:
        """Return float32 (rows, dimension), L2-normalised."""
        # The words are looked up once: the gradient of the whole table is made once a batch.
        used, places = np.unique(rows.tokens, return_inverse=True)
        table = torch.from_numpy(np.concatenate(([0, FIRST, LAST], used)).astype(np.int64))
        words = self.body.embeddings.word_embeddings(table.to(self.body.device))
        local = Ragged((places + 3).astype(np.int32), rows.offsets)
        return embed_pieces(
            local,
            lambda ids, mask: (
                self.body(
                    inputs_embeds=functional.embedding(ids, words), attention_mask=mask
                ).last_hidden_state
            ),
            first=1,
            last=2,
            device=self.body.device,
        )


def embed_pieces(
    rows: Ragged,
    body: Callable[[torch.Tensor, torch.Tensor], torch.Tensor],
    *,
    first: int,
    last: int,
    device: torch.device,
) -> torch.Tensor:
    """Return float32 (rows, dimension), L2-normalised: the mean of what `body` makes of each token.

    Rows run in pieces of like length, so that little is padding. `body` takes ids and mask,
    int64 (piece, tokens), and returns (piece, tokens, dimension).
    """
    pieces = (
        (ids.to(device), mask.to(device)) for ids, mask in padded(rows, first=first, last=last)
    )
    vectors = [pooled(body(ids, mask).float(), mask) for ids, mask in pieces]
    order = torch.from_numpy(np.argsort(rows.lengths, kind="stable"))
    return functional.normalize(torch.cat(vectors)[order.argsort().to(device)])


def pooled(hidden: torch.Tensor, mask: torch.Tensor) -> torch.Tensor:
    """Return the mean of `hidden` (rows, tokens, dimension) over the tokens of `mask`."""
    weight = mask.unsqueeze(-1).to(hidden.dtype)
    return (hidden * weight).sum(1) / weight.sum(1)


def padded(rows: Ragged, *, first: int, last: int) -> Iterator[tuple[torch.Tensor, torch.Tensor]]:
    """Yield ids and mask, int64 (piece, tokens), shortest rows first."""
    order = np.argsort(rows.lengths, kind="stable")
    widths = np.minimum(rows.lengths, LONGEST - 2) + 2
    start = 0
    while start < len(order):
        end = start + 1
        while end < len(order) and (end + 1 - start) * widths[order[end]] <= _PIECE:
            end += 1
        chosen, width = order[start:end], int(widths[order[end - 1]])
        ids = np.zeros((len(chosen), width), dtype=np.int64)
        ids[:, 0] = first
        for place, row in enumerate(chosen):
            begin, length = rows.offsets[row], widths[row] - 2
            ids[place, 1 : length + 1] = rows.tokens[begin : begin + length]
            ids[place, length + 1] = last
        mask = np.arange(width) < widths[chosen][:, None]
        yield torch.from_numpy(ids), torch.from_numpy(mask.astype(np.int64))
        start = end
