"""Which sentences of the passages prove a sentence that a language model wrote, and how well.

Every sentence of the passages is compared token by token; the nearest few are read closely,
word by word and as a whole by the encoder. The best becomes the first quote; another joins it
only where it says something of the claim that is not said yet. Then the quotes are checked
against the facts of the claim (`rag.claims.verification`). All of it works across languages.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from documents.models import Language
from index.encoder import Encoder
from index.late_interaction import LateInteraction
from index.remembering_encoder import within
from index.token_vectors import Floats
from rag.claims.claim import Claim
from rag.claims.claim_reading import Reading, covered, read
from rag.claims.proof_candidates import Candidate, known_names, sentences_of, source
from rag.claims.verification import CLOSE, problems_of
from rag.claims.word_alignment import WordAligner
from rag.drafts import Quote
from rag.models import Support
from rag.question import Translator
from rag.retrieval import Found

_READ = 8  # sentences that are read word by word
_WEIGHED = 2  # and of these by the encoder, as wholes
_MOST_QUOTES = 3
_SAID_ABOVE = 0.5  # what a title or a heading says, as against the sentence itself
_BY_MEANING = 0.6  # what the encoder's cosine counts, as against the share of the claim covered
_HINT = 0.03  # a nudge for what the model itself pointed at
_ENOUGH = 0.55  # score from which the best sentence is about the claim at all
_RELATED = 0.4  # score from which a sentence may say a part of it
_ADDS = 0.12  # share of the claim that a further quote must add
_EXPLAINS = 0.08  # share of the claim that a sentence before a pronoun must add
_UNSAID, _SAID = 0.35, 0.6  # below, a unit is not covered; above, it is
_PARTLY, _WHOLLY = 0.30, 0.55  # shares of the claim covered
# What the quotes say otherwise. A name that they lack may only be spelt or translated otherwise.
_AGAINST = frozenset({"number", "date", "speaker", "negation"})
_LOOKED_BACK = 3  # sentences before a quote in which its pronouns are explained
_PRONOUN = {
    "fr": re.compile(
        r"(?<!\w)(?:ils?|elles?|lui|leurs?|son|sa|ses|celui-ci|celle-ci|ce(?:tte|t)?|"
        r"y|en|l[ea][ \u00a0](?:groupe|soci[ée]t[ée]|entreprise|compagnie|banque|direction))(?!\w)"
        r"|(?<!\w)l[’'](?:entreprise|institution|association)(?!\w)",
        re.IGNORECASE,
    ),
    "en": re.compile(
        r"(?<!\w)(?:he|she|they|it|him|her|his|hers|their|its|them|this|that|there|"
        r"the (?:company|group|firm|bank|agency|union|association))(?!\w)",
        re.IGNORECASE,
    ),
}


@dataclass(frozen=True, slots=True)
class Attribution:
    """The quotes that prove a sentence, best first, and what they leave unproven.

    `problems` are words for machines, such as ``number:146``, ``name:Macron``, ``negation``.
    """

    quotes: tuple[Quote, ...]
    support: Support
    problems: tuple[str, ...] = ()


_NOTHING = Attribution((), "unsupported", ("no_claim",))
_UNFOUND = Attribution((), "unsupported", ("no_evidence",))


@dataclass(frozen=True, slots=True, eq=False)
class _Study:
    """Candidates read for a claim; row i of `shares` and `above` is how far i covers each unit.

    `above` is what the title and the headings cover. Both are ``float32 (candidates, units)``;
    `meaning` (cosines) and `scores` are ``float32 (candidates,)``; `weights`,
    ``float32 (units,)``, sums to 1.
    """

    claim: Claim
    candidates: Sequence[Candidate]
    readings: Sequence[Reading]
    contexts: Sequence[Reading]
    shares: Floats
    above: Floats
    weights: Floats
    meaning: Floats
    scores: Floats


@dataclass(frozen=True, slots=True)
class Attributor:
    """Finds and checks the proof of a sentence; safe to share between threads."""

    encoder: Encoder
    interaction: LateInteraction
    translator: Translator

    def attribute(
        self,
        sentence: str,
        language: Language,
        found: Sequence[Found],
        *,
        hints: frozenset[int] = frozenset(),
    ) -> Attribution:
        """Return what proves `sentence`, of at most three whole sentences of `found`.

        `hints` are numbers of passages, from 1, that the sentence was said to rest on: they
        break ties and never decide.
        """
        claim = Claim(sentence, language, known_names(found))
        if claim.claims_nothing:
            return _NOTHING
        candidates = self._nearest(sentence, sentences_of(found))
        if not candidates:
            return _UNFOUND
        study = self._study(claim, candidates, hints)
        chosen = _choose(study)
        if not chosen:
            return _UNFOUND
        quotes = [candidates[at] for at in chosen]
        readings = [study.readings[at] for at in chosen]
        contexts = [study.contexts[at] for at in chosen]
        if explained := self._explanation(study, chosen[0]):
            if explained[0] not in quotes:
                quotes.append(explained[0])
            contexts.append(explained[1])
        meaning = float(study.meaning[chosen].max())
        problems = problems_of(claim, readings, contexts, meaning=meaning)
        covered_share = np.maximum(study.shares[chosen], _SAID_ABOVE * study.above[chosen])
        share = float(covered_share.max(axis=0) @ study.weights)
        support = _support(share, problems, meaning=meaning)
        return Attribution(tuple(one.quote for one in quotes[:_MOST_QUOTES]), support, problems)

    def _nearest(self, sentence: str, candidates: Sequence[Candidate]) -> list[Candidate]:
        """Return the candidates that cover most of the tokens of `sentence`, best first."""
        [tokens] = self.interaction.encoder.token_ids([sentence])
        index = self.interaction.index([one.quote.text for one in candidates])
        scores = self.interaction.maxima(tokens, index) @ self.interaction.weights(tokens)
        return [candidates[at] for at in np.argsort(-scores, kind="stable")[:_READ].tolist()]

    def _study(
        self, claim: Claim, candidates: Sequence[Candidate], hints: frozenset[int]
    ) -> _Study:
        aligner = WordAligner(self.interaction, self.translator)
        both = read(
            claim,
            [source(one, one.quote.text) for one in candidates]
            + [source(one, one.above) for one in candidates],
            aligner,
        )
        readings, contexts = both[: len(candidates)], both[len(candidates) :]
        weights = claim.weights(aligner)
        weights /= max(float(weights.sum()), 1e-6)
        shares = np.stack([covered(claim, reading) for reading in readings])
        above = np.stack([covered(claim, context) for context in contexts])
        scores = np.maximum(shares, _SAID_ABOVE * above) @ weights
        meaning = self._meaning(claim.text, candidates, scores)
        scores += _BY_MEANING * meaning
        scores += np.array([_HINT * (one.number in hints) for one in candidates], np.float32)
        return _Study(
            claim, candidates, readings, contexts, shares, above, weights, meaning, scores
        )

    def _meaning(self, sentence: str, candidates: Sequence[Candidate], scores: Floats) -> Floats:
        """Return the cosine of `sentence` with each candidate, ``float32 (n,)``.

        Only the few best by `scores` are encoded; the others get the lowest cosine of these.
        """
        best = np.argsort(-scores, kind="stable")[:_WEIGHED].tolist()
        texts = [sentence, *(candidates[at].quote.text for at in best)]
        collection = candidates[0].found.hit.stored.document.collection
        vectors = within(self.encoder, collection).encode_passages(texts)
        cosines = vectors[1:] @ vectors[0]
        meaning = np.full(len(candidates), cosines.min(), np.float32)
        meaning[best] = cosines
        return meaning

    def _explanation(self, study: _Study, first: int) -> tuple[Candidate, Reading] | None:
        """Return the sentence shortly before the best one that says who its pronoun is.

        That is the nearest one with something that the claim says, and the best one and what
        stands above it do not.
        """
        claim, quote = study.claim, study.candidates[first]
        said = np.maximum(study.shares[first], study.above[first])
        passage = quote.found.hit.stored.passage
        if not _PRONOUN[passage.language].search(quote.quote.text):
            return None
        if _names_another(claim, study.readings[first]):
            return None
        aligner = WordAligner(self.interaction, self.translator)
        for at in range(quote.at - 1, max(-1, quote.at - 1 - _LOOKED_BACK), -1):
            if passage.sentences[at].heading:
                continue
            before = Candidate(quote.found, quote.number, at)
            [reading] = read(claim, [source(before, before.quote.text)], aligner)
            gains = (said < _UNSAID) * covered(claim, reading) >= _SAID
            if float(gains @ study.weights) >= _EXPLAINS:
                return before, reading
            if reading.facts.names:
                return None  # the pronoun stands for somebody else
        return None


def _names_another(claim: Claim, reading: Reading) -> bool:
    """Tell whether `reading` names somebody whom `claim` does not, so that no pronoun is open."""
    said = {word for name in claim.facts.names for word in name.words}
    return any(name.key is None and not said & set(name.words) for name in reading.facts.names)


def _choose(study: _Study) -> list[int]:
    """Return which candidates to quote, best first: as few as say what is said of the claim."""
    first = int(study.scores.argmax())
    if study.scores[first] < _ENOUGH:
        return []
    chosen = [first]
    n_words = len(study.claim.words)
    weights = study.weights * study.claim.statement
    said = study.shares[first]
    while len(chosen) < _MOST_QUOTES:
        new = (study.shares >= _SAID) & (said < _UNSAID) & (weights > 0)
        gains = new @ weights
        gains[
            (study.scores < _RELATED)
            | ((new[:, :n_words].sum(axis=1) < 2) & ~new[:, n_words:].any(axis=1))
        ] = 0
        gains[chosen] = 0
        best = int(gains.argmax())
        if gains[best] < _ADDS:
            break
        chosen.append(best)
        said = np.maximum(said, study.shares[best])
    return chosen


def _support(share: float, problems: Sequence[str], *, meaning: float) -> Support:
    if share < _PARTLY and meaning < CLOSE:
        return "unsupported"
    if any(problem.partition(":")[0] in _AGAINST for problem in problems):
        return "unsupported"
    enough = share >= _WHOLLY or meaning >= CLOSE
    return "supported" if enough and not problems else "partly"
