"""The passages of one part of a segment that hold a question's words best, without scoring all.

Words are taken from the rarest to the commonest. Once the words that are left cannot lift a
passage that holds only them among the best, only passages that already have a score are looked
at [1]: the long lists of common words are searched for those instead of being gone through.

Scores are exact for what is returned, and for whatever is asked for.

[1] Turtle and Flood, Query evaluation: strategies and optimizations, 1995,
    https://doi.org/10.1016/0306-4573(95)00020-H
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from index.bm25 import Bm25
from index.lexical import LexicalIndex, Matches
from index.ranking import Scores
from index.vector import Mask, Positions

# Looking a passage up in a list costs as much as going through so many entries of it.
_LOOK_UP = 12
_MARGIN = 1e-4  # of a score: what rounding may change


@dataclass(frozen=True, slots=True, eq=False)
class Weighting:
    """How much each group of a question tells, over all segments, and by which formula."""

    idf: Sequence[float]
    average_length: float
    bm25: Bm25

    @property
    def bounds(self) -> Sequence[float]:
        """More than each group can ever give."""
        return [each * (self.bm25.k1 + 1) for each in self.idf]


@dataclass(frozen=True, slots=True, eq=False)
class WordSearch:
    """A question's groups, found `within` a range of positions of one index."""

    lexical: LexicalIndex
    within: range
    matches: Sequence[Matches]
    weighting: Weighting

    def best(self, k: int, *, allowed: Mask | None = None) -> "Scored":
        """Return at least the `k` best of the allowed, bool (len(within),), None for all."""
        order = self._order()
        bounds = self.weighting.bounds
        left = [sum(bounds[group] for group in order[at:]) for at in range(len(order) + 1)]
        scores, least = np.zeros(len(self.within), np.float32), 0.0
        kept: Positions | None = None  # of those that can still be among the best
        every = True
        for at, group in enumerate(order):
            if kept is None and self._pays(order[at:], scores, at):
                known = _over(scores, least, allowed)
                least = max(least, _kth(scores[known], k))
                if left[at] < least - _MARGIN:
                    kept = _over(scores, least - left[at] - _MARGIN, allowed)
            elif kept is not None:
                least = max(least, _kth(scores[kept], k))
                kept = kept[scores[kept] >= least - left[at] - _MARGIN]
            if kept is None or len(kept) * _LOOK_UP > len(self.matches[group]):
                self._add(group, scores)
            else:
                scores[kept] += self._looked_up(group, kept)
                every = False
        if kept is None:
            kept = _over(scores, least, allowed)
        return Scored(
            kept + self.within.start, scores[kept], search=self, every=scores if every else None
        )

    def at(self, positions: Positions) -> Scores:
        """Return the score at each of `positions`, 0 where no word is."""
        scores = np.zeros(len(positions), np.float32)
        for group in self._order():
            scores += self._looked_up(group, positions - self.within.start)
        return scores

    def _order(self) -> list[int]:
        """Return the groups that occur, the rarest first."""
        order = sorted(range(len(self.matches)), key=lambda group: -self.weighting.idf[group])
        return [group for group in order if len(self.matches[group])]

    def _pays(self, groups: Sequence[int], scores: Scores, at: int) -> bool:
        """Tell whether so much is left that finding out what can be passed over is worth it."""
        return at > 0 and sum(len(self.matches[group]) for group in groups) > len(scores) // 8

    def _add(self, group: int, scores: Scores) -> None:
        positions, gains = self.lexical.gains(
            self.matches[group],
            average_length=self.weighting.average_length,
            bm25=self.weighting.bm25,
        )
        places = positions - self.within.start
        np.add.at(scores, places, gains * np.float32(self.weighting.idf[group]))

    def _looked_up(self, group: int, places: Positions) -> Scores:
        """Return what a group gives at `places` within the range."""
        positions = places + self.within.start
        gains = self.weighting.bm25.gain(
            self.matches[group].at(positions),
            self.lexical.lengths[positions],
            average_length=self.weighting.average_length,
        )
        return gains * np.float32(self.weighting.idf[group])


@dataclass(frozen=True, slots=True, eq=False)
class Scored:
    """Positions and scores of the best; `every` has all scores of the range, if all were made."""

    positions: Positions
    scores: Scores
    search: WordSearch
    every: Scores | None

    def at(self, positions: Positions) -> Scores:
        """Return the score at each of `positions`, which are in the range."""
        if self.every is not None:
            return self.every[positions - self.search.within.start]
        return self.search.at(positions)


def _over(scores: Scores, least: float, allowed: Mask | None) -> Positions:
    """Return where allowed scores are at least `least` and more than 0, ascending."""
    over = scores > 0 if least <= 0 else scores >= np.float32(least)
    if allowed is not None:
        over &= allowed
    return np.flatnonzero(over)


def _kth(scores: Scores, k: int) -> float:
    """Return the k-th best score, 0 where there are fewer."""
    if len(scores) < k:
        return 0.0
    return float(np.partition(scores, len(scores) - k)[len(scores) - k])
