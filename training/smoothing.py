"""Factors that make what a matrix product reads easy to hold in 8 bits [1].

A few channels of a transformer's activations are far larger than all others, and one scale serves
a whole text: what is large takes the room of what is small. Each channel is divided by a factor,
and the weights that read it are multiplied by it: the product is the same, and weights have a
scale a column to bear it.

[1] Xiao et al., SmoothQuant, https://arxiv.org/abs/2211.10438
"""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager

import numpy as np
import torch
from numpy.typing import NDArray
from torch import nn
from transformers import BertModel

from training.ragged import Ragged
from training.sources import Pair
from training.student import padded

Floats = NDArray[np.float32]
_SHARE = 0.75  # of the unevenness that goes to the weights
_TEXTS = 64  # of each language


def sample_texts(pairs: Sequence[Pair]) -> list[str]:
    """Return single lines and short passages from all over `pairs`, in both languages."""
    starts = np.linspace(0, max(len(pairs) - 5, 0), _TEXTS).astype(int)
    cuts = [pairs[start : start + 1 + at % 5] for at, start in enumerate(starts.tolist())]
    english = [" ".join(pair.english for pair in cut) for cut in cuts]
    return english + [" ".join(pair.french for pair in cut) for cut in cuts]


def largest_read(body: BertModel, texts: Ragged, *, first: int, last: int) -> dict[str, Floats]:
    """Return, for each layer that multiplies, the largest magnitude of each channel it reads.

    `first`, `last`: the tokens that frame a text.
    """
    found: dict[str, Floats] = {}
    layers = {name: layer for name, layer in body.named_modules() if isinstance(layer, nn.Linear)}
    with _watched(layers, found), torch.inference_mode():
        for ids, mask in padded(texts, first=first, last=last):
            for row, known in zip(ids, mask.bool(), strict=True):
                body(row[known][None])
    return found


@contextmanager
def _watched(layers: dict[str, nn.Linear], found: dict[str, Floats]) -> Iterator[None]:
    def watch(name: str) -> Callable[[nn.Module, tuple[torch.Tensor]], None]:
        def look(_: nn.Module, inputs: tuple[torch.Tensor]) -> None:
            largest = inputs[0].abs().amax(dim=(0, 1)).numpy()
            found[name] = np.maximum(largest, found.get(name, largest))

        return look

    hooks = [layer.register_forward_pre_hook(watch(name)) for name, layer in layers.items()]
    try:
        yield
    finally:
        for hook in hooks:
            hook.remove()


def factors(largest: Floats, weight: Floats) -> Floats:
    """Return float32 (from,): what to divide each channel by; `weight` (from, to) reads them.

    Their geometric mean is 1.
    """
    reading = np.abs(weight).max(axis=1)
    tiny = np.float32(1e-5)
    logs = _SHARE * np.log(np.maximum(largest, tiny)) - (1 - _SHARE) * np.log(
        np.maximum(reading, tiny)
    )
    return np.exp(logs - logs.mean()).astype(np.float32)
