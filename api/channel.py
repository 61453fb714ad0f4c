"""What the supervisor and a worker say to each other, a byte each, over a pair of sockets.

It ends when either of them does: a worker without a supervisor stops.
"""

import socket
from threading import Lock

CONNECTION = b"c"  # to a worker: here is one, its descriptor comes along
STOP = b"s"  # to a worker: as SIGTERM, and once is enough, whoever sends that signal too
STOP_NOW = b"n"  # to a worker: without serving on for a while
READY = b"r"  # to the supervisor: connections can come
GONE = b"g"  # a connection is over
WAKE = b"w"  # there is something to do in the background: handed on to the one who leads

_MOST = 64  # connections taken at once


class Channel:
    """A worker's end; safe to share between threads."""

    def __init__(self, end: socket.socket) -> None:
        self.end = end
        end.settimeout(0)
        end.set_inheritable(False)  # or a process that a worker started would seem to be it
        self._unsaid = b""
        self._turn = Lock()

    def say(self, what: bytes) -> None:
        """Say something; what cannot be sent now is sent with what is said next."""
        with self._turn:
            self._unsaid += what
            try:
                sent = self.end.send(self._unsaid)
            except BlockingIOError:
                return
            except OSError:  # nobody listens any more
                sent = len(self._unsaid)
            self._unsaid = self._unsaid[sent:]

    def wake(self) -> None:
        """Have whoever leads look at once whether there is something to do."""
        self.say(WAKE)

    def heard(self) -> tuple[bytes, list[socket.socket]]:
        """Return what was said, nothing where the supervisor is gone, and connections to serve.

        Raises:
            BlockingIOError: nothing was said.
        """
        said, descriptors, _, _ = socket.recv_fds(self.end, 4096, _MOST)
        return said, [socket.socket(fileno=each) for each in descriptors]
