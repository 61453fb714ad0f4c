"""Train the transformer on: slowly, with questions that are put into French word by word.

``python -m training.refine --start RUN --out FOLDER`` starts from the weights that
`training.transformer` left in ``RUN`` and goes on from the last checkpoint in ``FOLDER``. What
is kept is again the mean with the start.
"""

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np
from transformers import BertModel

from training.batches import Batch, ClozeTask
from training.code_switching import (
    SwitchedAnsweringTask,
    SwitchedDistillation,
    build_code_switcher,
)
from training.corpus import tokenise
from training.distillation import DistillationTask, Lesson
from training.errors import TrainingError, command
from training.kept import claim, digest
from training.materials import gather
from training.options import parse
from training.questions import build_question_maker
from training.student import Student
from training.transformer import Recipe, Trainer, train


@dataclass(frozen=True, slots=True)
class Refinement(Recipe):
    """Everything that changes the result."""

    steps: int = 3_600
    warmup: int = 100
    body_rate: float = 8e-5
    word_rate: float = 8e-4
    in_english: float = 0.3
    taught_questions: int = 96
    seed: int = 11


class Refining:
    """What each step is: passages, lines, made questions and real ones, in turns."""

    def __init__(
        self,
        recipe: Refinement,
        distillation: DistillationTask,
        cloze: ClozeTask,
        answers: SwitchedAnsweringTask,
        taught_questions: SwitchedDistillation,
    ) -> None:
        self._recipe = recipe
        self._distillation, self._cloze = distillation, cloze
        self._answers, self._taught_questions = answers, taught_questions

    def draw(self, step: int) -> Lesson | Batch:
        """Return the batch of this step, always the same."""
        recipe = self._recipe
        rng = np.random.default_rng((recipe.seed, step))
        turn = step % 10
        if turn in {0, 5}:
            return self._distillation.passages(rng, recipe.passages)
        if turn == 7:
            return self._distillation.lines(rng, recipe.lines)
        if turn == 2:
            return self._taught_questions.draw(rng, recipe.taught_questions)
        if turn in {4, 9}:
            return self._answers.draw(rng, recipe.answers)
        return self._cloze.draw(rng, recipe.clozes)


def main(given: Sequence[str] | None = None) -> None:
    """Run from the command line, whose words are `given` if it is not that of this process.

    Raises:
        TrainingError: there is no finished run to start from, or there are no questions.
    """
    arguments, recipe = parse(given, __doc__, Refinement, start=Path("training/work/transformer"))
    if not (arguments.start / "body").is_dir():
        message = (
            f"{arguments.start} is no finished run of training.transformer: name one with --start."
        )
        raise TrainingError(message)
    begun = Recipe(**json.loads((arguments.start / "recipe.json").read_text("utf-8")))
    materials = gather(arguments, begun)
    if not materials.questions:
        raise TrainingError("This stage needs English questions: name them with --questions.")
    weights = arguments.start / "body" / "model.safetensors"
    claim(arguments.out, materials.of | asdict(recipe) | {"start": digest([weights])})
    corpus, teacher = materials.corpus, materials.teacher
    maker = build_question_maker(materials.tokenizer, materials.counts)
    switcher = build_code_switcher(corpus, maker.continues, seed=recipe.seed)
    refining = Refining(
        recipe,
        DistillationTask(corpus, materials.taught, in_english=recipe.in_english),
        ClozeTask(corpus, maker, near=recipe.near),
        SwitchedAnsweringTask(corpus, switcher),
        SwitchedDistillation(
            corpus,
            switcher,
            tokenise(teacher.tokenizer, [pair.question for pair in materials.questions]),
            tokenise(teacher.tokenizer, [pair.sentence for pair in materials.questions]),
        ),
    )
    body = BertModel.from_pretrained(arguments.start / "body", add_pooling_layer=False)
    words = body.embeddings.word_embeddings.weight.detach()
    student = Student.transplanted(body, words).to(materials.device)
    materials.tokenizer.save(str(arguments.out / "tokenizer.json"))
    trainer = Trainer(student, teacher, refining, recipe)
    train(trainer, arguments.out, every=arguments.checkpoint_seconds)


if __name__ == "__main__":
    command(main)
