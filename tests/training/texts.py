"""What a training reads, of a few lines: text, a teacher that knows little, questions."""

import gzip
import json
from collections.abc import Iterable
from pathlib import Path

from tokenizers import Tokenizer, models, normalizers, pre_tokenizers

NOUNS = (("cat", "chat"), ("dog", "chien"), ("house", "maison"), ("rain", "pluie"), ("king", "roi"))
VERBS = (("sleeps", "dort"), ("falls", "tombe"), ("sings", "chante"), ("burns", "brule"))
ENDS = (("on the old road", "sur la vieille route"), ("in the white town", "dans la ville blanche"))
SPECIAL = ("[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]")


def write_parallel(folder: Path) -> None:
    """Write the only file that a training needs, forty lines of it."""
    write_lines(
        folder / "parallel.tsv.gz",
        (
            f"news\tthe {noun[0]} {verb[0]} {end[0]} again\tle {noun[1]} {verb[1]} {end[1]} encore"
            for noun in NOUNS
            for verb in VERBS
            for end in ENDS
        ),
    )


def write_text(folder: Path) -> None:
    """Write all files that `training.sources` reads."""
    write_parallel(folder)
    write_lines(folder / "dictionary.tsv.gz", (f"{one}\t{other}" for one, other in NOUNS))
    write_rows(
        folder / "questions-en.jsonl.gz",
        (
            {"question": f"What does the {noun} do?", "sentence": f"The {noun} sleeps there."}
            for noun, _ in NOUNS
        ),
    )


def write_teacher(folder: Path) -> None:
    """Write a random BERT that knows a few words of English, and letters."""
    import torch  # noqa: PLC0415 - heavy
    from transformers import BertConfig, BertModel  # noqa: PLC0415 - heavy

    words = [word for pair in (*NOUNS, *VERBS) for word in pair[:1]]
    letters = [mark + letter for letter in "abcdefghijklmnopqrstuvwxyz" for mark in ("", "##")]
    vocabulary = {token: row for row, token in enumerate((*SPECIAL, "the", ".", *words, *letters))}
    torch.manual_seed(0)
    config = BertConfig(
        vocab_size=len(vocabulary),
        hidden_size=32,
        num_hidden_layers=1,
        num_attention_heads=4,
        intermediate_size=32,
        initializer_range=0.3,
    )
    BertModel(config, add_pooling_layer=False).save_pretrained(folder)
    tokenizer = Tokenizer(models.WordPiece(vocabulary, unk_token=SPECIAL[1]))
    tokenizer.normalizer = normalizers.Lowercase()
    tokenizer.pre_tokenizer = pre_tokenizers.Whitespace()
    tokenizer.save(str(folder / "tokenizer.json"))


def write_development(folder: Path) -> None:
    """Write development questions as docs/evaluation.md describes them."""
    texts = {"piaf": [noun for _, noun in NOUNS], "squad": [noun for noun, _ in NOUNS]}
    for name, nouns in texts.items():
        rows = ({"id": str(row), "text": f"{noun} {noun}"} for row, noun in enumerate(nouns))
        write_rows(folder / f"{name}-passages.jsonl.gz", rows)
        for side, language in enumerate(("en", "fr")):
            asked = [{"question": noun[side], "passage_id": str(i)} for i, noun in enumerate(NOUNS)]
            write_rows(folder / f"{name}-questions-{language}.jsonl.gz", asked)
    write_lines(folder / "news-bitext.tsv.gz", (f"{one}\t{other}" for one, other in NOUNS))


def write_rows(path: Path, rows: Iterable[dict[str, str]]) -> None:
    """Write gzipped JSON Lines."""
    write_lines(path, map(json.dumps, rows))


def write_lines(path: Path, lines: Iterable[str]) -> None:
    """Write a gzipped text."""
    with gzip.open(path, "wt", encoding="utf-8") as file:
        file.writelines(f"{line}\n" for line in lines)
