"""``python -m tests.api.short_lived_worker``: stands for a worker, does what ORDERS says.

``serve`` says that it is ready and waits for the end; a number is the exit code with which it
ends, ready before if it is negative. Orders are by seat, the last one for all that follow.
"""

import os
import socket
import sys
from pathlib import Path

from api.channel import READY


def main(number: int, folder: Path, descriptor: int) -> int:
    """Do what the next order for this seat says."""
    started = folder / f"started-{number}"
    orders = os.environ["ORDERS"].split(";")[number].split(",")
    times = int(started.read_text()) if started.exists() else 0
    started.write_text(str(times + 1))
    order = orders[min(times, len(orders) - 1)]
    with socket.socket(fileno=descriptor) as channel:
        if order == "serve" or int(order) < 0:
            channel.send(READY)
        if order == "serve":
            channel.recv(1)
            return 0
        return abs(int(order))


if __name__ == "__main__":
    sys.exit(main(int(sys.argv[1]), Path(sys.argv[2]), int(sys.argv[3])))
