"""Learn one WordPiece vocabulary for both languages.

Lower case, accents stripped, œ and æ written out, punctuation dropped: "L’Économie" and
"l'economie" are the same tokens, "1 200" and "1,200" too.
"""

import json
import random
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path

from tokenizers import Regex, Tokenizer, decoders, models, normalizers, pre_tokenizers, trainers

from training.kept import kept
from training.sources import Pair, QuestionPair, weight_of

UNKNOWN = "[UNK]"
_LATIN = re.compile(r"(##)?[a-z0-9]+")
# The last three are for a transformer that shares this vocabulary.
SPECIAL_TOKENS = ("[PAD]", UNKNOWN, "[CLS]", "[SEP]", "[MASK]")


def learn_vocabulary(texts: Iterable[str], *, size: int) -> Tokenizer:
    """Return a WordPiece tokenizer with `size` tokens learnt from `texts`."""
    tokenizer = Tokenizer(models.WordPiece(unk_token=UNKNOWN, max_input_chars_per_word=60))
    tokenizer.normalizer = normalizers.Sequence(
        [
            normalizers.BertNormalizer(
                clean_text=True, handle_chinese_chars=True, strip_accents=True, lowercase=True
            ),
            normalizers.Replace("œ", "oe"),
            normalizers.Replace("æ", "ae"),
        ]
    )
    tokenizer.pre_tokenizer = pre_tokenizers.Split(Regex(r"[^\p{L}\p{N}]+"), behavior="removed")
    tokenizer.decoder = decoders.WordPiece()
    trainer = trainers.WordPieceTrainer(
        vocab_size=size,
        min_frequency=2,
        limit_alphabet=300,
        special_tokens=list(SPECIAL_TOKENS),
        show_progress=False,
    )
    tokenizer.train_from_iterator(texts, trainer)
    return tokenizer


def join_vocabularies(known: Sequence[str], learnt: Tokenizer, *, size: int) -> Tokenizer:
    """Return `learnt` with `known` in place of most of its tokens, filled up by its own.

    `known`: tokens to keep, most frequent first. `learnt` gives the rules of splitting, and
    its tokens in the order in which they were learnt.
    """
    own = sorted(learnt.get_vocab().items(), key=lambda item: item[1])
    tokens = dict.fromkeys((*SPECIAL_TOKENS, *known))
    tokens |= dict.fromkeys(token for token, _ in own)
    state = json.loads(learnt.to_str())
    state["model"]["vocab"] = {token: row for row, token in enumerate(list(tokens)[:size])}
    return Tokenizer.from_str(json.dumps(state))


def load_or_join(
    path: Path,
    pairs: Sequence[Pair],
    teacher: Mapping[str, int],
    *,
    known: int,
    size: int,
    seed: int,
) -> Tokenizer:
    """Return the tokenizer stored at `path`, else the teacher's tokens joined with French ones.

    Of the teacher's tokens the first `known` in Latin letters and digits are kept: names and
    words of English, already learnt, and its order is that of their frequency.
    """

    def make(part: Path) -> None:
        chance = random.Random(seed)
        french = (p.french for p in pairs if chance.random() < weight_of(p.source) ** 2)
        learnt = learn_vocabulary(french, size=size)
        ordered = sorted(teacher, key=teacher.__getitem__)
        latin = [token for token in ordered if _LATIN.fullmatch(token)]
        join_vocabularies(latin[:known], learnt, size=size).save(str(part))

    return Tokenizer.from_file(str(kept(path, make)))


def balanced_texts(
    pairs: Iterable[Pair], questions: Iterable[QuestionPair], *, seed: int
) -> Iterator[str]:
    """Yield both sides of the pairs, common sources thinned, and the questions' sentences."""
    chance = random.Random(seed)
    for pair in pairs:
        # Squared: spelling is learnt from fewer lines than meaning is.
        if chance.random() < weight_of(pair.source) ** 2:
            yield pair.english
            yield pair.french
    yield from dict.fromkeys(question.sentence for question in questions)


def load_or_learn(path: Path, texts: Iterable[str], *, size: int) -> Tokenizer:
    """Return the tokenizer stored at `path`, learnt from `texts` and stored if absent."""
    made = kept(path, lambda part: learn_vocabulary(texts, size=size).save(str(part)))
    return Tokenizer.from_file(str(made))
