"""The tokens of texts, word by word: a tokenizer that reads each word of all texts once.

The tokenizer costs far more than all else that a light encoder does, and texts say the same
words again and again. New words of many texts are joined into a few, which the tokenizer
reads on all cores, several times faster than one by one.
"""

from collections.abc import Iterator, Sequence
from itertools import chain
from typing import Any

import numpy as np
from numpy.typing import NDArray

from index.remembered import Remembered

TokenIds = NDArray[np.uint16]

_BETWEEN = "[SEP]"  # read before everything else, if the tokenizer has it: parts two words
_BLOCK = 512  # texts read at a time: bounds the memory of their words
_FEW = 64  # words that are read one by one sooner than the threads of the tokenizer wake
_TOGETHER = 256  # words joined into one text


class WordTokens:
    """Reads texts with a tokenizer that reads no word across a space; safe between threads.

    `tokenizer`: of the tokenizers library, of at most 65,536 tokens.
    """

    def __init__(self, tokenizer: Any) -> None:  # noqa: ANN401 - tokenizers has no types
        self._tokenizer = tokenizer
        self._of_word = Remembered(self._read)
        special = [
            row
            for row, token in tokenizer.get_added_tokens_decoder().items()
            if token.special and token.content == _BETWEEN
        ]
        self._between = special[0] if special else None

    def ids(self, texts: Sequence[str]) -> list[TokenIds]:
        """Return the tokens of each text, in order."""
        found: list[TokenIds] = []
        known = self._of_word.__getitem__
        for start in range(0, len(texts), _BLOCK):
            rows = [text.replace("\n", " ").split(" ") for text in texts[start : start + _BLOCK]]
            self._learn(rows)
            found += [np.frombuffer(b"".join(map(known, words)), np.uint16) for words in rows]
        return found

    def _learn(self, rows: Sequence[Sequence[str]]) -> None:
        """Remember the words of `rows` that are new, if there are many."""
        new = [word for word in set(chain.from_iterable(rows)) if word not in self._of_word]
        if self._between is not None and len(new) > _FEW:
            for word, tokens in self._read_together(new):
                self._of_word.remember(word, tokens)

    def _read_together(self, words: Sequence[str]) -> Iterator[tuple[str, bytes]]:
        """Yield words with their tokens, but for few that hold what parts them."""
        parts = [words[start : start + _TOGETHER] for start in range(0, len(words), _TOGETHER)]
        joined = [_BETWEEN.join(part) for part in parts]
        read = self._tokenizer.encode_batch_fast(joined, add_special_tokens=False)
        for part, encoding in zip(parts, read, strict=True):
            ids = np.array(encoding.ids, np.uint16)
            ends = np.flatnonzero(ids == self._between)
            if len(ends) == len(part) - 1:
                content = ids.tobytes()
                firsts, lasts = [0, *(2 * ends + 2).tolist()], [*(2 * ends).tolist(), len(content)]
                for word, first, last in zip(part, firsts, lasts, strict=True):
                    yield word, content[first:last]

    def _read(self, text: str) -> bytes:
        ids = self._tokenizer.encode(text, add_special_tokens=False).ids
        return np.array(ids, np.uint16).tobytes()
