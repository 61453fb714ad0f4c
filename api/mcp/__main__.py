"""``python -m api.mcp``: MCP over stdio, for a client that starts it on its own machine.

It works on the same store as a running service, whether or not one runs. Only the protocol goes
to standard output.
"""

import sys

from pydantic import ValidationError

from api.logs import configure_logging
from rag.bootstrap import bootstrap
from rag.errors import RagError
from rag.settings import Settings, problems
from rag.vocabulary import DocumentError, IndexingError


def main() -> int:
    """Serve until standard input ends, and return the exit code."""
    try:
        settings = Settings()
    except ValidationError as error:
        return _fail(*problems(error))
    configure_logging(settings)
    try:
        with bootstrap(settings) as sourcier:
            from api.mcp.server import build_server  # noqa: PLC0415 - imports the SDK
            from api.mcp.transport import address  # noqa: PLC0415

            version = sourcier.status().version
            build_server(lambda _: sourcier, address=address(settings), version=version).run(
                "stdio"
            )
    except (DocumentError, IndexingError, RagError) as error:
        return _fail(str(error))
    return 0


def _fail(*lines: str) -> int:
    for line in lines:
        sys.stderr.write(f"sourcier: {line}\n")
    return 1


if __name__ == "__main__":
    sys.exit(main())
