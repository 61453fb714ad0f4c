"""The application for servers other than ours: ``granian --factory benchmarks.served_app:app``.

What bounds slow clients at the connection (`api/patience.py`) is uvicorn's and not in it, nor what
a stop does; all that is middleware is.
"""

import sys

from fastapi import FastAPI

from api.app import create_app
from rag.bootstrap import bootstrap
from rag.settings import Settings

_TURN_SECONDS = 0.0005  # as api/serving.py has it


def app() -> FastAPI:
    """Return the application over the data folder that the environment names."""
    sys.setswitchinterval(_TURN_SECONDS)
    return create_app(bootstrap(Settings()))
