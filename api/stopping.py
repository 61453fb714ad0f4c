"""Stop in order: say that no more should come, finish what has begun, and go."""

import signal
from time import monotonic
from types import FrameType

import uvicorn

from api.connections import Connections


class Service(uvicorn.Server):
    """Uvicorn's server; after SIGTERM it serves on for `drain_seconds`.

    Meanwhile it is not ready, for whoever balances the load to see, and closes each connection
    after its reply. SIGINT, from a keyboard, and a second SIGTERM stop at once. What is being
    answered is finished either way.
    """

    def __init__(
        self, config: uvicorn.Config, *, connections: Connections, drain_seconds: float
    ) -> None:
        super().__init__(config)
        self._connections = connections
        self._drain_seconds = drain_seconds
        self._stop_at: float | None = None

    @property
    def is_stopping(self) -> bool:
        """Whether a stop was asked for."""
        return self._stop_at is not None

    def handle_exit(self, sig: int, frame: FrameType | None) -> None:
        """Begin to stop (a signal's handler)."""
        first = self._stop_at is None
        self._connections.closing = True
        self._stop_at = monotonic() + self._drain_seconds
        if sig != signal.SIGTERM or not first:
            super().handle_exit(sig, frame)

    async def on_tick(self, counter: int) -> bool:
        """Tell whether to stop; called ten times a second."""
        if self._stop_at is not None and monotonic() >= self._stop_at and not self.should_exit:
            super().handle_exit(signal.SIGTERM, None)
        return await super().on_tick(counter)
