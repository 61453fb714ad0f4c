"""Services born ready: everything is imported once, and each service is a fork.

``python -m tests.torture.forks`` reads a line of JSON for each service, the environment and the
log it should have, and says the number of its process; once that ends, how it ended. What runs
in the fork is the whole ``python -m api``; only reading the program from disk is left out.
"""

import json
import os
import sys
from pathlib import Path

import api.serving  # noqa: F401 - imported once, for all
from api.__main__ import main


def serve_each() -> None:
    """Fork a service a line, one at a time."""
    for line in sys.stdin:
        asked = json.loads(line)
        child = os.fork()
        if not child:
            _serve(asked["environment"], Path(asked["log"]))
        _say(child)
        _say(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]))


def _serve(environment: dict[str, str], log: Path) -> None:
    os.environ.update(environment)
    descriptor = os.open(log, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
    for standard in (1, 2):
        os.dup2(descriptor, standard)
    code = 1
    try:
        code = main()
    except SystemExit as left:  # how a service ends that was told to
        code = int(left.code or 0)
    finally:
        sys.stderr.flush()
        os._exit(code)


def _say(number: int) -> None:
    sys.stdout.write(f"{number}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    serve_each()
