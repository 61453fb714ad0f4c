"""Texts are read word by word, many new words at a time, as the tokenizer reads them whole."""

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tokenizers import Tokenizer, models, pre_tokenizers

from index.word_tokens import WordTokens

SHIPPED = Path(__file__).parents[2] / "index" / "models" / "embedded-static" / "tokenizer.json"
MANY = " ".join(f"l’année{number} d'{number}" for number in range(200))


@pytest.fixture(scope="module")
def tokenizer() -> Tokenizer:
    return Tokenizer.from_file(str(SHIPPED))


def whole(tokenizer: Tokenizer, texts: list[str]) -> list[list[int]]:
    return [tokenizer.encode(text, add_special_tokens=False).ids for text in texts]


def test_no_text_has_no_tokens(tokenizer: Tokenizer) -> None:
    assert WordTokens(tokenizer).ids([]) == []


PIECES = ["a", "É", "œ", "I", "19", ".", "’", " ", "\n", "[SEP]", "[UNK]", "[", "]"]


@settings(deadline=None, max_examples=50)
@given(st.lists(st.lists(st.sampled_from(PIECES)).map("".join)))
def test_many_new_words_are_read_as_the_tokenizer_reads_them(
    tokenizer: Tokenizer, texts: list[str]
) -> None:
    every = [MANY, *texts, MANY + " ".join(texts)]
    read = WordTokens(tokenizer).ids(every)
    assert [ids.tolist() for ids in read] == whole(tokenizer, every)


def test_words_that_are_known_are_not_read_again(tokenizer: Tokenizer) -> None:
    counting = Counting(tokenizer)
    words = WordTokens(counting)
    first = words.ids([MANY])
    assert counting.batches == 1
    assert [ids.tolist() for ids in words.ids([MANY, "d'7"])] == [
        first[0].tolist(),
        *whole(tokenizer, ["d'7"]),
    ]
    assert (counting.batches, counting.texts) == (1, 0)


def test_a_word_that_holds_what_parts_words_is_read_by_itself(tokenizer: Tokenizer) -> None:
    counting = Counting(tokenizer)
    texts = [MANY + " un[SEP]deux"]
    assert [ids.tolist() for ids in WordTokens(counting).ids(texts)] == whole(tokenizer, texts)
    assert 0 < counting.texts <= 256


def test_more_texts_than_a_block_come_back_in_order(tokenizer: Tokenizer) -> None:
    texts = [f"numéro {number}" for number in range(1200)]
    assert [ids.tolist() for ids in WordTokens(tokenizer).ids(texts)] == whole(tokenizer, texts)


def test_a_tokenizer_without_a_token_that_parts_words_reads_them_one_by_one() -> None:
    vocabulary = {"[UNK]": 0, **{f"w{number}": number + 1 for number in range(100)}}
    tokenizer = Tokenizer(models.WordLevel(vocabulary, unk_token="[UNK]"))  # noqa: S106
    tokenizer.pre_tokenizer = pre_tokenizers.Whitespace()
    texts = [" ".join(vocabulary), "w7 [SEP] w9"]
    assert [ids.tolist() for ids in WordTokens(tokenizer).ids(texts)] == whole(tokenizer, texts)


class Counting:
    """A tokenizer that counts how often it is asked."""

    def __init__(self, tokenizer: Tokenizer) -> None:
        self._tokenizer = tokenizer
        self.texts = self.batches = 0
        self.get_added_tokens_decoder = tokenizer.get_added_tokens_decoder

    def encode(self, text: str, *, add_special_tokens: bool) -> object:
        self.texts += 1
        return self._tokenizer.encode(text, add_special_tokens=add_special_tokens)

    def encode_batch_fast(self, texts: list[str], *, add_special_tokens: bool) -> object:
        self.batches += 1
        return self._tokenizer.encode_batch_fast(texts, add_special_tokens=add_special_tokens)
