"""What once went wrong goes right, and a little of what `python -m tests.fuzz` tries."""

import random

import pytest

from tests.fuzz.__main__ import CORPUS, feed
from tests.fuzz.mutations import mutated
from tests.fuzz.seeds import seeds_of
from tests.fuzz.targets import TARGETS

KEPT = sorted(path.relative_to(CORPUS).as_posix() for path in CORPUS.rglob("*.bin"))
INPUTS = {"loader": 8, "bodies": 40, "answers": 12}


@pytest.mark.parametrize("kept", KEPT)
def test_what_once_went_wrong_goes_right(kept: str) -> None:
    path = CORPUS / kept

    assert feed(TARGETS[path.parent.name], path.read_bytes()) is None


@pytest.mark.parametrize("name", TARGETS)
def test_inputs_nobody_thought_of_are_taken_or_refused(name: str) -> None:
    chance, seeds = random.Random(7), seeds_of(name)

    for _ in range(INPUTS.get(name, 40)):
        assert feed(TARGETS[name], mutated(seeds, chance)) is None


@pytest.mark.parametrize("name", TARGETS)
def test_what_they_are_made_from_is_good(name: str) -> None:
    for seed in seeds_of(name):
        assert feed(TARGETS[name], seed) is None
