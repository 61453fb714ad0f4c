"""``python -m api.worker``: one of several processes that serve; api/supervisor.py starts it."""

import asyncio
import signal
import socket
import sys
from dataclasses import replace
from functools import partial
from pathlib import Path

import uvicorn

from api.channel import GONE, READY, STOP, STOP_NOW, WAKE, Channel
from api.connections import Connections
from api.greeting import fail, say_what_to_do_first
from api.logs import configure_logging
from api.serving import configured, opened, working
from api.stopping import Service
from rag.errors import RagError
from rag.jobs.background import Background
from rag.seat import Seat
from rag.settings import Settings
from rag.vocabulary import DocumentError, IndexingError


class Worker(Service):
    """Serves connections that come over a channel; wakes the background where that is asked."""

    def __init__(
        self,
        config: uvicorn.Config,
        *,
        connections: Connections,
        drain_seconds: float,
        channel: Channel,
        background: Background,
    ) -> None:
        super().__init__(config, connections=connections, drain_seconds=drain_seconds)
        self._channel = channel
        self._background = background

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Start the application, then take connections."""
        await super().startup(sockets)
        asyncio.get_running_loop().add_reader(self._channel.end, self._listen)
        self._channel.say(READY)

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        """Take no more connections, and finish what has begun."""
        asyncio.get_running_loop().remove_reader(self._channel.end)
        await super().shutdown(sockets)

    def _listen(self) -> None:
        said, connections = self._channel.heard()
        if not said:
            asyncio.get_running_loop().remove_reader(self._channel.end)
        if (not said or STOP in said) and not self.is_stopping:
            signal.raise_signal(signal.SIGTERM)
        if STOP_NOW in said:
            signal.raise_signal(signal.SIGINT)
        if WAKE in said:
            self._background.wake()
        for connection in connections:
            task = asyncio.ensure_future(self._take(connection))
            self.server_state.tasks.add(task)
            task.add_done_callback(self.server_state.tasks.discard)

    async def _take(self, connection: socket.socket) -> None:
        loop = asyncio.get_running_loop()
        protocol = partial(
            self.config.http_protocol_class,  # type: ignore[call-arg]  # any that speaks HTTP
            config=self.config,
            server_state=self.server_state,
            app_state=self.lifespan.state,
            _loop=loop,
        )
        connection.settimeout(0)
        try:
            await loop.connect_accepted_socket(protocol, connection)
        except OSError:  # the client has left again
            connection.close()
            self._channel.say(GONE)


def main(number: int, folder: Path, descriptor: int) -> int:
    """Serve from the seat of this `number`, and return the exit code.

    The supervisor holds the other end of the socket `descriptor`, and said what `folder` is for.
    """
    settings = Settings()
    configure_logging(settings)
    channel = Channel(socket.socket(fileno=descriptor))
    seat = Seat(number, settings.workers, folder)
    if not seat.leads:
        seat = replace(seat, wake=channel.wake)
    try:
        with opened(settings, seat) as sourcier:
            if seat.leads:
                say_what_to_do_first(sourcier)
            else:
                sourcier.ready()  # what came since the index was saved is taken in now
            with working(sourcier, leads=seat.leads):
                config, connections = configured(sourcier, seat, gone=partial(channel.say, GONE))
                Worker(
                    config,
                    connections=connections,
                    drain_seconds=settings.drain_seconds,
                    channel=channel,
                    background=sourcier.background,
                ).run([])
    except (DocumentError, IndexingError, RagError) as error:
        return fail(str(error))
    return 0


if __name__ == "__main__":
    sys.exit(main(int(sys.argv[1]), Path(sys.argv[2]), int(sys.argv[3])))
