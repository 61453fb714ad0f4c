"""The training loop: a step at a time, with checkpoints and a progress bar.

A trainer draws its batch from (seed, step), so that a run that was stopped goes on from its
last checkpoint and ends as if it never had been.
"""

import sys
import time
from pathlib import Path
from typing import Any, Protocol

import torch
from tqdm import tqdm


class Trainer(Protocol):
    """Holds the weights; knows the step it has reached and how to take the next."""

    step: int

    def advance(self) -> float: ...

    def state(self) -> dict[str, Any]: ...

    def restore(self, state: dict[str, Any]) -> None: ...


def run(trainer: Trainer, checkpoint: Path, *, steps: int, every: float) -> None:
    """Train up to `steps`, going on from `checkpoint` if it is there, and leave the last one.

    `every`: seconds from one checkpoint to the next.
    """
    if checkpoint.exists():
        trainer.restore(torch.load(checkpoint, weights_only=True))
        print(f"Going on from step {trainer.step} of {steps}.", flush=True)
    saved, loss = time.monotonic(), None
    pause = 1 if sys.stderr.isatty() else 20  # seconds: a log is to stay short
    with tqdm(total=steps, initial=trainer.step, mininterval=pause, smoothing=0.05) as bar:
        while trainer.step < steps:
            now = trainer.advance()
            loss = now if loss is None else loss + 0.02 * (now - loss)
            bar.update()
            bar.set_postfix(loss=f"{loss:.3f}", refresh=False)
            if time.monotonic() - saved > every:
                save(trainer, checkpoint)
                saved = time.monotonic()
    save(trainer, checkpoint)


def save(trainer: Trainer, checkpoint: Path) -> None:
    """Write a checkpoint; a reader sees the old one or the new one."""
    unfinished = checkpoint.with_suffix(".part")
    torch.save(trainer.state(), unfinished)
    unfinished.replace(checkpoint)
