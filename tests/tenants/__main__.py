"""``python -m tests.tenants``: one tenant asks ten thousand times for what is another's.

Prints how many requests there were, what came back, every leak and every difference between a
request and its twin (tests/tenants/attack.py), then how well time tells them apart.
"""

import argparse
import sys
import tempfile
from collections import Counter
from itertools import islice
from pathlib import Path

from tests.tenants.attack import attempts, leaked, reply_to
from tests.tenants.ground import Ground, ground, twin
from tests.tenants.timing import Compared, by_memory, by_request


def campaign(attacked: Ground, queries: int, seed: int) -> int:
    """Ask `queries` times, each with its twin; return how many told something."""
    statuses: Counter[str] = Counter()
    told = 0
    for number, attempt in enumerate(islice(attempts(seed, attacked.headers), queries)):
        named = attacked.theirs[number % len(attacked.theirs)]
        replies = [
            reply_to(attacked.client, attempt, one, mine=attacked.mine)
            for one in (named, twin(named))
        ]
        statuses[str(replies[0].status) if replies[0] else "not sent"] += 1
        if found := leaked(replies, attacked.secrets):
            print(f"leak: {attempt.route} {attempt.disguised}: {found}")
        if replies[0] != replies[1]:
            print(f"difference: {attempt.route} {attempt.disguised}: {replies}")
        told += bool(found) or replies[0] != replies[1]
    print(f"{queries} requests with their twins, {told} told something: {dict(statuses)}")
    return told


def _print(name: str, compared: Compared) -> None:
    print(f"{name:34} {compared.one_ms:8.3f} {compared.other_ms:8.3f} ms  p = {compared.p:.3f}")


def main() -> None:
    """Attack, then measure time; exit with 1 where anything was told."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--queries", type=int, default=10_000)
    parser.add_argument("--rounds", type=int, default=400, help="requests timed, each way")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--encoder", default="embedded")
    options = parser.parse_args()
    with (
        tempfile.TemporaryDirectory() as folder,
        ground(Path(folder), encoder=options.encoder) as attacked,
    ):
        told = campaign(attacked, options.queries, options.seed)
        if options.rounds:
            print("what is another's, what never was:")
            for name, compared in by_request(attacked, options.rounds).items():
                _print(name, compared)
            print("read for another a moment ago, read by nobody:")
            for name, compared in by_memory(attacked, options.rounds // 4).items():
                _print(name, compared)
    sys.exit(bool(told))


if __name__ == "__main__":
    main()
