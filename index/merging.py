"""Which segments to merge: few enough to search fast, seldom enough to add fast.

Segments of like size form a tier. When a tier is crowded, all of it becomes one segment, so
that a passage is copied about once for each tier: O(log n) times.
"""

from collections import defaultdict
from collections.abc import Sequence
from math import log

# The first tier holds all segments below this size: merging them costs a millisecond.
_SMALL = 128
_FACTOR = 8
_MOST_IN_A_TIER = 8
_OVERDUE = 2  # times as many
_MOST_DEAD = 0.2
# Merging so many passages takes a few hundredths of a second: a change may wait for it.
AT_ONCE = 2048


def due(sizes: Sequence[int], dead: Sequence[int]) -> list[int]:
    """Return the numbers of the segments to merge now, or of one to rewrite, empty if none.

    `sizes` are the numbers of the living, `dead` of the others.
    """
    for number, (living, gone) in enumerate(zip(sizes, dead, strict=True)):
        if mostly_dead(dead=gone, size=living + gone):
            return [number]
    return crowded(sizes)


def crowded(sizes: Sequence[int]) -> list[int]:
    """Return the numbers of the segments to merge now, empty if none need be."""
    tiers = _tiers(sizes)
    for tier in sorted(tiers):
        if len(tiers[tier]) > _MOST_IN_A_TIER:
            return tiers[tier]
    return []


def overdue(sizes: Sequence[int]) -> bool:
    """Return whether merging is so far behind that whoever adds should wait for it."""
    return any(len(tier) > _OVERDUE * _MOST_IN_A_TIER for tier in _tiers(sizes).values())


def mostly_dead(*, dead: int, size: int) -> bool:
    """Return whether a segment of `size` passages wastes too much on `dead` ones."""
    return dead > size * _MOST_DEAD


def _tiers(sizes: Sequence[int]) -> dict[int, list[int]]:
    tiers: defaultdict[int, list[int]] = defaultdict(list)
    for number, size in enumerate(sizes):
        tiers[_tier(size)].append(number)
    return tiers


def _tier(size: int) -> int:
    return 0 if size < _SMALL else 1 + int(log(size / _SMALL, _FACTOR))
