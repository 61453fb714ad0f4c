"""Train the bilingual transformer: the teacher's body over our vocabulary.

``python -m training.transformer --out FOLDER`` goes on from the last checkpoint in
``FOLDER``. First distillation, then, in turns with it, questions against passages in both
languages. Every batch is drawn from (seed, step). What is kept is the mean of the trained
weights and those of the start: what was learnt stays, and less is forgotten of what the teacher
had learnt from a billion pairs [1].

[1] Wortsman et al., Robust fine-tuning of zero-shot models, https://arxiv.org/abs/2109.01903
"""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Protocol

import numpy as np
import torch

from training.batches import AnsweringTask, Batch, ClozeTask
from training.distillation import DistillationTask, Lesson, distillation_loss
from training.errors import command
from training.export import write_json
from training.initialisation import aligned_tokens
from training.kept import claim
from training.loop import run
from training.materials import Materials, gather
from training.options import parse
from training.questions import build_question_maker
from training.static import contrastive_loss
from training.student import Student
from training.teacher import Teacher
from training.transplant import transplant


@dataclass(frozen=True, slots=True)
class Recipe:
    """Everything that changes the result."""

    vocabulary: int = 34_000
    known: int = 22_000  # tokens of the teacher that are kept
    steps: int = 2_300
    warmup: int = 150
    distillation_only: float = 0.42  # first part of the run
    body_rate: float = 2e-4
    word_rate: float = 2e-3
    decay: float = 0.01
    lines: int = 96  # of a batch of single lines
    passages: int = 24  # of a batch of passages
    answers: int = 64
    clozes: int = 32
    in_english: float = 0.2  # share of the distillation that reads English
    scale: float = 20.0
    contrast: float = 0.1
    near: float = 0.5
    start_share: float = 0.5  # of the weights before training in what is kept
    seed: int = 7


class Draws(Protocol):
    """Says what each step is."""

    def draw(self, step: int) -> Lesson | Batch: ...


class Curriculum:
    """What each step is: distillation first, then it and questions in turns."""

    def __init__(
        self,
        recipe: Recipe,
        distillation: DistillationTask,
        cloze: ClozeTask,
        answer: AnsweringTask | None,
    ) -> None:
        self._recipe = recipe
        self._distillation, self._cloze, self._answer = distillation, cloze, answer

    def draw(self, step: int) -> Lesson | Batch:
        """Return the batch of this step, always the same."""
        recipe = self._recipe
        rng = np.random.default_rng((recipe.seed, step))
        turn = step % 5
        if step >= recipe.distillation_only * recipe.steps:
            if turn == 4 and self._answer:
                return self._answer.draw(rng, recipe.answers)
            if turn in {1, 3, 4}:
                return self._cloze.draw(rng, recipe.clozes)
        if turn in {0, 3}:
            return self._distillation.passages(rng, recipe.passages)
        return self._distillation.lines(rng, recipe.lines)


class Trainer:
    """The student, its optimiser and the step it has reached (`training.loop.Trainer`)."""

    def __init__(
        self, student: Student, teacher: Teacher, curriculum: Draws, recipe: Recipe
    ) -> None:
        self.student, self.step = student, 0
        self._teacher, self._curriculum, self.recipe = teacher, curriculum, recipe
        words = student.body.embeddings.word_embeddings.weight
        body = [weight for weight in student.parameters() if weight is not words]
        self._optimizer = torch.optim.AdamW(
            [
                {"params": [words], "lr": recipe.word_rate, "weight_decay": 0.0},
                {"params": body, "lr": recipe.body_rate, "weight_decay": recipe.decay},
            ],
            betas=(0.9, 0.98),
            fused=True,
        )
        self._schedule = torch.optim.lr_scheduler.LambdaLR(self._optimizer, self._rate)

    def advance(self) -> float:
        """Take one step and return the loss."""
        batch = self._curriculum.draw(self.step)
        with torch.autocast(self.student.body.device.type, dtype=torch.bfloat16):
            loss = self._loss(batch)
        self._optimizer.zero_grad()
        loss.backward()  # type: ignore[no-untyped-call]
        torch.nn.utils.clip_grad_norm_(self.student.parameters(), 1.0)
        self._optimizer.step()
        self._schedule.step()
        self.step += 1
        return loss.item()

    def _loss(self, batch: Lesson | Batch) -> torch.Tensor:
        recipe = self.recipe
        if isinstance(batch, Lesson):
            return distillation_loss(
                self.student.embed(batch.read),
                self._teacher.embed(batch.taught),
                batch.related,
                scale=recipe.scale,
                contrast=recipe.contrast,
            )
        questions, passages = (
            self.student.embed(batch.questions),
            self.student.embed(batch.passages),
        )
        return 0.5 * contrastive_loss(questions, passages, batch.related, scale=recipe.scale)

    def _rate(self, step: int) -> float:
        """Rise linearly over the warm-up, then fall linearly to zero."""
        left = (self.recipe.steps - step) / self.recipe.steps
        return min(step / self.recipe.warmup, left)

    def state(self) -> dict[str, Any]:
        """Return what a checkpoint holds."""
        return {
            "step": self.step,
            "student": self.student.state_dict(),
            "optimizer": self._optimizer.state_dict(),
            "schedule": self._schedule.state_dict(),
        }

    def restore(self, state: dict[str, Any]) -> None:
        """Go on from a checkpoint."""
        self.step = state["step"]
        self.student.load_state_dict(state["student"])
        self._optimizer.load_state_dict(state["optimizer"])
        self._schedule.load_state_dict(state["schedule"])


def main(given: Sequence[str] | None = None) -> None:
    """Run from the command line, whose words are `given` if it is not that of this process."""
    arguments, recipe = parse(given, __doc__, Recipe)
    materials = gather(arguments, recipe)
    claim(arguments.out, materials.of | asdict(recipe))
    trainer = begun(recipe, materials)
    materials.tokenizer.save(str(arguments.out / "tokenizer.json"))
    train(trainer, arguments.out, every=arguments.checkpoint_seconds)


def begun(recipe: Recipe, given: Materials) -> Trainer:
    """Return a training that begins with the teacher's body and the words' translations."""
    corpus, counts = given.corpus, given.counts
    curriculum = Curriculum(
        recipe,
        DistillationTask(corpus, given.taught, in_english=recipe.in_english),
        ClozeTask(corpus, build_question_maker(given.tokenizer, counts), near=recipe.near),
        AnsweringTask(corpus) if given.questions else None,
    )
    print("Aligning tokens across the languages …", flush=True)
    shared = aligned_tokens(corpus, vocabulary=len(counts), seed=recipe.seed)
    words = transplant(given.tokenizer.get_vocab(), given.teacher, shared)
    student = Student.transplanted(given.teacher.model, words).to(given.device)
    return Trainer(student, given.teacher, curriculum, recipe)


def train(trainer: Trainer, folder: Path, *, every: float) -> None:
    """Go on from the last checkpoint in `folder` to the end; write what is kept as its body.

    `every`: seconds from one checkpoint to the next.
    """
    student, recipe = trainer.student, trainer.recipe
    write_json(folder / "recipe.json", asdict(recipe))
    start = {name: value.clone() for name, value in student.state_dict().items()}
    run(trainer, folder / "checkpoint.pt", steps=recipe.steps, every=every)
    student.load_state_dict(mean_weights(student.state_dict(), start, share=recipe.start_share))
    student.body.save_pretrained(folder / "body")


def mean_weights(
    trained: Mapping[str, torch.Tensor], start: Mapping[str, torch.Tensor], *, share: float
) -> dict[str, torch.Tensor]:
    """Return ``share * start + (1 - share) * trained``, name by name."""
    return {
        name: torch.lerp(value, start[name], share) if value.is_floating_point() else value
        for name, value in trained.items()
    }


if __name__ == "__main__":
    command(main)
