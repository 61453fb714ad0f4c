"""Teach the transformer on, by distillation alone: French questions above all.

``python -m training.refine --start RUN --out FOLDER`` starts from the weights that
`training.transformer` left in ``RUN`` and goes on from the last checkpoint in ``FOLDER``.
Contrastive batches draw the student away from what its teacher knows; here it only learns where
the teacher puts a text. A quarter is English, so that nothing is forgotten.
"""

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np
from transformers import BertModel

from training.code_switching import SwitchedDistillation, build_code_switcher
from training.corpus import tokenise
from training.distillation import DistillationTask, Lesson
from training.errors import TrainingError, command
from training.kept import claim, digest
from training.materials import Materials, gather
from training.options import parse
from training.parallel_questions import ParallelQuestions
from training.questions import build_question_maker
from training.student import Student
from training.transformer import Recipe, Trainer, train


@dataclass(frozen=True, slots=True)
class Refinement(Recipe):
    """Everything that changes the result."""

    steps: int = 3_200
    warmup: int = 100
    body_rate: float = 1.5e-4
    word_rate: float = 1.5e-3
    in_english: float = 0.25
    asked: int = 192  # of a batch of questions
    taught_questions: int = 96
    seed: int = 11


class Refining:
    """What each step is: lines, passages and questions in turns.

    `answered`: English questions and their sentences, where the text has any.
    """

    def __init__(
        self,
        recipe: Refinement,
        distillation: DistillationTask,
        asked: ParallelQuestions,
        answered: SwitchedDistillation | None,
    ) -> None:
        self._recipe, self._distillation = recipe, distillation
        self._asked, self._answered = asked, answered

    def draw(self, step: int) -> Lesson:
        """Return the batch of this step, always the same."""
        recipe = self._recipe
        rng = np.random.default_rng((recipe.seed, step))
        turn = step % 10
        if turn in {0, 3, 6}:
            return self._distillation.passages(rng, recipe.passages)
        if turn in {2, 5}:
            return self._asked.draw(rng, recipe.asked)
        if turn == 8 and self._answered:
            return self._answered.draw(rng, recipe.taught_questions)
        return self._distillation.lines(rng, recipe.lines)


def main(given: Sequence[str] | None = None) -> None:
    """Run from the command line, whose words are `given` if it is not that of this process.

    Raises:
        TrainingError: there is no finished run to start from.
    """
    arguments, recipe = parse(given, __doc__, Refinement, start=Path("training/work/transformer"))
    if not (arguments.start / "body").is_dir():
        message = (
            f"{arguments.start} is no finished run of training.transformer: name one with --start."
        )
        raise TrainingError(message)
    begun = Recipe(**json.loads((arguments.start / "recipe.json").read_text("utf-8")))
    materials = gather(arguments, begun, started=arguments.start)
    weights = arguments.start / "body" / "model.safetensors"
    claim(arguments.out, materials.of | asdict(recipe) | {"start": digest([weights])})
    body = BertModel.from_pretrained(arguments.start / "body", add_pooling_layer=False)
    words = body.embeddings.word_embeddings.weight.detach()
    student = Student.transplanted(body, words).to(materials.device)
    materials.tokenizer.save(str(arguments.out / "tokenizer.json"))
    trainer = Trainer(student, materials.teacher, refining(recipe, materials), recipe)
    train(trainer, arguments.out, every=arguments.checkpoint_seconds)


def refining(recipe: Refinement, given: Materials) -> Refining:
    """Return what the steps are drawn from."""
    corpus, tokenizer, teacher = given.corpus, given.tokenizer, given.teacher.tokenizer
    answered = None
    if given.questions:
        continues = build_question_maker(tokenizer, given.counts).continues
        answered = SwitchedDistillation(
            corpus,
            build_code_switcher(corpus, continues, seed=recipe.seed),
            tokenise(teacher, [pair.question for pair in given.questions]),
            tokenise(teacher, [pair.sentence for pair in given.questions]),
        )
    return Refining(
        recipe,
        DistillationTask(corpus, given.taught, in_english=recipe.in_english),
        ParallelQuestions(corpus, given.taught, (tokenizer, teacher), in_english=recipe.in_english),
        answered,
    )


if __name__ == "__main__":
    command(main)
