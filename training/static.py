"""Train the static bilingual encoder: one vector a token, a text is their mean.

``python -m training.static --parallel FILE --out FOLDER`` goes on from the last checkpoint
in ``FOLDER`` and writes the model there. Every batch is
drawn from (seed, step), so an interrupted run ends with the same weights. Only the vocabulary
cannot be learnt twice alike (the library breaks ties at random): it is kept in ``--work``.

[1] van den Oord et al., Representation Learning with Contrastive Predictive Coding (InfoNCE),
    https://arxiv.org/abs/1807.03748
[2] Lee, Chang, Toutanova, Latent Retrieval for Weakly Supervised Open Domain Question
    Answering (inverse cloze), https://arxiv.org/abs/1906.00300
"""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any, Protocol

import numpy as np
import torch
from numpy.typing import NDArray
from torch.nn import functional

from training import corpus as corpora
from training.batches import AnsweringTask, Batch, ClozeTask, Task, TranslationTask
from training.errors import command
from training.export import export
from training.initialisation import aligned_tokens, initial_weights
from training.kept import claim
from training.loop import run
from training.options import digest_of_text, parse
from training.questions import build_question_maker
from training.ragged import Ints, Ragged
from training.sources import read_dictionary, read_parallel, read_questions
from training.vocabulary import balanced_texts, load_or_learn


@dataclass(frozen=True, slots=True)
class Recipe:
    """Everything that changes the result."""

    vocabulary: int = 36_000
    dimension: int = 256
    batch: int = 1024
    steps: int = 7_000
    warmup: int = 300
    learning_rate: float = 0.1
    beta2: float = 0.999
    scale: float = 20.0
    smoothing: float = 1e-3  # of the initial word weights: a / (a + p)
    translation_only: float = 0.1  # first part of the run
    translation: float = 0.25  # then the shares of the tasks; the rest is cloze
    answering: float = 0.1
    near: float = 0.5  # cloze lines from the same text as another of the batch
    seed: int = 7


def contrastive_loss(
    questions: torch.Tensor, passages: torch.Tensor, related: NDArray[np.bool_], *, scale: float
) -> torch.Tensor:
    """Return InfoNCE both ways [1], related pairs left out of the negatives."""
    scores = scale * functional.normalize(questions) @ functional.normalize(passages).T
    spared = torch.from_numpy(related).fill_diagonal_(fill_value=False).to(scores.device)
    scores = scores.masked_fill(spared, -torch.inf)
    right = torch.arange(len(scores), device=scores.device)
    return functional.cross_entropy(scores, right) + functional.cross_entropy(scores.T, right)


class Trainer:
    """The embedding table, its optimiser and the step it has reached (`training.loop.Trainer`)."""

    def __init__(self, vocabulary: int, curriculum: "Batches", recipe: Recipe) -> None:
        self.curriculum, self.recipe = curriculum, recipe
        self.step = 0
        self.table = torch.nn.EmbeddingBag(vocabulary, recipe.dimension, mode="mean")
        self.optimizer = torch.optim.Adam(
            self.table.parameters(),
            lr=recipe.learning_rate,
            betas=(0.9, recipe.beta2),
            fused=True,
        )

    def start(self, weights: torch.Tensor) -> None:
        """Begin with these vectors."""
        self.table.load_state_dict({"weight": weights})

    def advance(self) -> float:
        """Take one step and return the loss."""
        batch = self.curriculum.draw(self.step)
        for group in self.optimizer.param_groups:
            group["lr"] = self._learning_rate()
        loss = contrastive_loss(
            self._embed(batch.questions),
            self._embed(batch.passages),
            batch.related,
            scale=self.recipe.scale,
        )
        self.optimizer.zero_grad()
        loss.backward()  # type: ignore[no-untyped-call]
        self.optimizer.step()
        self.step += 1
        return loss.item()

    def _learning_rate(self) -> float:
        """Rise linearly over the warm-up, then fall linearly to zero."""
        left = (self.recipe.steps - self.step) / self.recipe.steps
        return self.recipe.learning_rate * min(self.step / self.recipe.warmup, left)

    def _embed(self, rows: Ragged) -> torch.Tensor:
        embedded: torch.Tensor = self.table(
            torch.from_numpy(rows.tokens), torch.from_numpy(rows.offsets[:-1].astype(np.int32))
        )
        return embedded

    def state(self) -> dict[str, Any]:
        """Return what a checkpoint holds."""
        return {
            "step": self.step,
            "table": self.table.state_dict(),
            "optimizer": self.optimizer.state_dict(),
        }

    def restore(self, state: dict[str, Any]) -> None:
        """Go on from a checkpoint."""
        self.step = state["step"]
        self.table.load_state_dict(state["table"])
        self.optimizer.load_state_dict(state["optimizer"])


class Batches(Protocol):
    """Gives each step its batch, always the same."""

    def draw(self, step: int) -> Batch: ...


class Curriculum:
    """Which task each step has: translation first, then a mixture."""

    def __init__(
        self, recipe: Recipe, translation: Task, cloze: Task, answering: Task | None
    ) -> None:
        self._recipe = recipe
        self._translation, self._cloze, self._answering = translation, cloze, answering

    def draw(self, step: int) -> Batch:
        """Return the batch of this step, always the same."""
        rng = np.random.default_rng((self._recipe.seed, step))
        return self._task(step, rng.random()).draw(rng, self._recipe.batch)

    def _task(self, step: int, chance: float) -> Task:
        recipe = self._recipe
        if step < recipe.translation_only * recipe.steps or chance < recipe.translation:
            return self._translation
        if self._answering and chance > 1 - recipe.answering:
            return self._answering
        return self._cloze


def token_counts(corpus: corpora.Corpus, vocabulary: int) -> Ints:
    """Return int64 (vocabulary,): how often each token stands in the weighted lines."""
    counts = np.zeros(vocabulary)
    for rows in (corpus.english, corpus.french):
        counts += np.bincount(
            rows.tokens, weights=corpus.weight[rows.row_of_token()], minlength=vocabulary
        )
    return counts.astype(np.int64)


def main(given: Sequence[str] | None = None) -> None:
    """Run from the command line, whose words are `given` if it is not that of this process."""
    arguments, recipe = parse(given, __doc__, Recipe)
    torch.set_num_threads(arguments.threads)
    torch.set_flush_denormal(True)
    text = digest_of_text(arguments)
    tokens = arguments.work / "static-tokens"
    claim(tokens, {"text": text, "vocabulary": recipe.vocabulary, "seed": recipe.seed})
    claim(arguments.out, {"text": text, **asdict(recipe)})
    print("Reading the text, learning the vocabulary …", flush=True)
    questions = list(read_questions(arguments.questions))
    pairs = [*read_parallel(arguments.parallel), *read_dictionary(arguments.dictionary)]
    texts = balanced_texts(pairs, questions, seed=recipe.seed)
    tokenizer = load_or_learn(tokens / "tokenizer.json", texts, size=recipe.vocabulary)
    print(f"{len(pairs):,} pairs and {len(questions):,} questions as tokens …", flush=True)
    corpus = corpora.load_or_build(tokens / "corpus.npz", tokenizer, pairs, questions)
    counts = token_counts(corpus, tokenizer.get_vocab_size())
    curriculum = Curriculum(
        recipe,
        TranslationTask(corpus),
        ClozeTask(corpus, build_question_maker(tokenizer, counts), near=recipe.near),
        AnsweringTask(corpus) if questions else None,
    )
    trainer = Trainer(len(counts), curriculum, recipe)
    checkpoint = arguments.out / "checkpoint.pt"
    if not checkpoint.exists():
        print("Aligning tokens across the languages …", flush=True)
        shared = aligned_tokens(corpus, vocabulary=len(counts), seed=recipe.seed)
        trainer.start(
            initial_weights(
                counts,
                shared,
                dimension=recipe.dimension,
                smoothing=recipe.smoothing,
                seed=recipe.seed,
            )
        )
    run(trainer, checkpoint, steps=recipe.steps, every=arguments.checkpoint_seconds)
    weights = trainer.table.weight.detach().numpy()
    export(weights, tokenizer, arguments.out, recipe=asdict(recipe))


if __name__ == "__main__":
    command(main)
