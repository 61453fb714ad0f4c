"""Feed the targets for a while: ``python -m tests.fuzz --seconds 600``.

What makes one fail, or takes it too long, is kept in ``tests/fuzz/corpus`` under its name, and
tried again by every run of the tests.
"""

import argparse
import hashlib
import logging
import random
import sys
import time
import traceback
from pathlib import Path

from tests.fuzz.mutations import mutated
from tests.fuzz.seeds import seeds_of
from tests.fuzz.targets import TARGETS, Target

CORPUS = Path(__file__).parent / "corpus"
# Of the processor, for one input; the loader's own bounds are stricter on what is unreasonable.
SLOW_SECONDS = 3.0


def feed(target: Target, data: bytes) -> str | None:
    """Give `data` to `target`; return what was wrong, if anything."""
    start = time.process_time()
    try:
        target(data)
    except Exception:  # noqa: BLE001 - a fault of any kind is what is looked for
        return traceback.format_exc()
    taken = time.process_time() - start
    return f"took {taken:.1f} s" if taken > SLOW_SECONDS else None


def campaign(name: str, *, seconds: float, seed: int) -> tuple[int, int]:
    """Feed one target; return how many inputs it got and how many faults were kept."""
    chance, seeds = random.Random(seed), seeds_of(name)
    until, tried = time.monotonic() + seconds, 0
    known: set[str] = set()
    while time.monotonic() < until:
        data = mutated(seeds, chance)
        tried += 1
        wrong = feed(TARGETS[name], data)
        if wrong is None:
            continue
        kind = wrong.strip().splitlines()[-1][:60] if "Traceback" in wrong else "slow"
        if kind in known:
            continue
        known.add(kind)
        folder = CORPUS / name
        folder.mkdir(parents=True, exist_ok=True)
        kept = folder / f"{hashlib.sha256(data).hexdigest()[:16]}.bin"
        kept.write_bytes(data)
        print(f"{name}: {kept.name}: {wrong}", flush=True)
    return tried, len(known)


def main() -> int:
    """Feed all targets, or one; return 1 if anything was wrong."""
    parser = argparse.ArgumentParser(prog="python -m tests.fuzz", description=__doc__)
    parser.add_argument("--seconds", type=float, default=60, help="for each target")
    parser.add_argument("--target", choices=TARGETS, action="append")
    parser.add_argument("--seed", type=int, default=int(time.time()))
    options = parser.parse_args()
    logging.disable()
    print(f"seed {options.seed}", flush=True)
    found = 0
    for name in options.target or TARGETS:
        tried, faults = campaign(name, seconds=options.seconds, seed=options.seed)
        print(f"{name}: {tried} inputs, {faults} kinds of fault", flush=True)
        found += faults
    return int(found > 0)


if __name__ == "__main__":
    sys.exit(main())
