"""Questions that both languages ask: the French one is taught where the English one stands.

The text holds few: lines that end in a question mark. More are made of a line and
an opening that both languages have, *in what year did* with *en quelle année*: what it asks is
no sense at times, but the same in both.
"""

import numpy as np
from numpy.typing import NDArray
from tokenizers import Tokenizer

from training.batches import draw_rows, equal_pairs, row_keys
from training.corpus import Corpus, tokenise
from training.distillation import Lesson
from training.ragged import Ragged, concatenate

OPENINGS = (
    ("who is", "qui est"), ("who was", "qui était"), ("who", "qui"), ("who did", "qui a fait"),
    ("who founded", "qui a fondé"), ("who wrote", "qui a écrit"), ("who created", "qui a créé"),
    ("what is", "qu'est-ce que"), ("what is the", "quel est le"), ("what is the", "quelle est la"),
    ("what are the", "quels sont les"), ("what are the", "quelles sont les"),
    ("what was the", "quel était le"), ("what was the", "quelle était la"),
    ("what were the", "quelles étaient les"), ("what does", "que fait"), ("what did", "qu'a fait"),
    ("what do", "que font"), ("what happened to", "qu'est-il arrivé à"),
    ("what is the name of", "quel est le nom de"), ("what is the name of", "comment s'appelle"),
    ("what is the role of", "quel est le rôle de"), ("what caused", "qu'est-ce qui a causé"),
    ("what type of", "quel type de"), ("what kind of", "quel genre de"), ("what", "quoi"),
    ("in what", "dans quel"), ("in which", "dans quelle"), ("to what", "à quoi"),
    ("of what", "de quoi"), ("with what", "avec quoi"), ("for what reason", "pour quelle raison"),
    ("which", "quel"), ("which", "quelle"), ("which", "lequel"), ("which of the", "laquelle des"),
    ("which country", "quel pays"), ("in which country", "dans quel pays"),
    ("which city", "quelle ville"), ("in what city", "dans quelle ville"),
    ("when", "quand"), ("when was", "quand a été"), ("when did", "quand a eu lieu"),
    ("in what year", "en quelle année"), ("what year", "quelle année"),
    ("on what date", "à quelle date"), ("since when", "depuis quand"),
    ("until when", "jusqu'à quand"), ("how long", "combien de temps"),
    ("in what century", "à quel siècle"), ("where", "où"), ("where is", "où se trouve"),
    ("where is", "où est"), ("where are", "où sont"), ("where was", "où était"),
    ("where did", "où a eu lieu"), ("where does it come from", "d'où vient"),
    ("how many", "combien de"), ("how many are there", "combien y a-t-il de"),
    ("what is the number of", "quel est le nombre de"), ("how much", "combien"),
    ("how much does it cost", "combien coûte"), ("how old is", "quel âge a"),
    ("how big is", "quelle est la taille de"), ("how", "comment"), ("how does", "comment fait"),
    ("how was", "comment a été"), ("how is it called", "comment appelle-t-on"),
    ("why", "pourquoi"), ("why did", "pourquoi a"), ("why is", "pourquoi est-ce que"),
    ("what is it used for", "à quoi sert"), ("by whom", "par qui"), ("with whom", "avec qui"),
    ("to whom", "à qui"), ("whose", "de qui"), ("thanks to whom", "grâce à qui"),
    ("is it true that", "est-il vrai que"), ("is it", "est-ce que"), ("are there", "y a-t-il"),
)  # fmt: skip
_LONGEST = 32  # tokens of a line that a question is made of, if there are such lines


class ParallelQuestions:
    """Draws questions of the text, and made ones.

    `english`: the lines in the teacher's own tokens; `tokenizers`: the student's, the teacher's.
    """

    def __init__(
        self,
        corpus: Corpus,
        english: Ragged,
        tokenizers: tuple[Tokenizer, Tokenizer],
        *,
        in_english: float,
    ) -> None:
        self._corpus, self._taught, self._in_english = corpus, english, in_english
        student, teacher = tokenizers
        spoken = [list(side) for side in zip(*OPENINGS, strict=True)]
        self._openings = [tokenise(student, side) for side in spoken]
        self._taught_openings = tokenise(teacher, spoken[0])
        longest = np.maximum(corpus.english.lengths, corpus.french.lengths)
        fit = np.minimum(corpus.english.lengths, corpus.french.lengths) > 0
        fit &= longest <= max(_LONGEST, longest.min(where=fit, initial=longest.max()))
        asks = fit & _ends_in(english, teacher.token_to_id("?"))
        self._asking = np.flatnonzero(asks)
        others = fit & ~asks
        self._chances = np.cumsum(corpus.weight * (others if others.any() else fit))

    def draw(self, rng: np.random.Generator, size: int) -> Lesson:
        """Return `size` questions of the text in half of the calls, else made ones."""
        french = bool(rng.random() >= self._in_english)
        side = self._corpus.side(french=french)
        if len(self._asking) and rng.random() < 0.5:
            rows = self._asking[rng.integers(0, len(self._asking), size)]
            read, taught = side.take(rows), self._taught.take(rows)
        else:
            rows = draw_rows(rng, self._chances, size)
            opening = rng.integers(0, len(OPENINGS), size)
            read = concatenate(self._openings[french].take(opening), side.take(rows))
            taught = concatenate(self._taught_openings.take(opening), self._taught.take(rows))
        return Lesson(read, taught, equal_pairs(row_keys(read), row_keys(taught)))


def _ends_in(rows: Ragged, token: int | None) -> NDArray[np.bool_]:
    """Return bool (rows,): the last token of the row is `token`; None is a token nobody has."""
    if token is None:
        return np.zeros(len(rows), dtype=np.bool_)
    last: NDArray[np.bool_] = (rows.lengths > 0) & (rows.tokens[rows.offsets[1:] - 1] == token)
    return last
