"""How the command line ends on what can be foreseen: one line, and exit code 1."""

from collections.abc import Iterator
from contextlib import contextmanager

import typer
from pydantic import ValidationError

from documents.errors import DocumentError
from index.errors import IndexingError
from rag import output
from rag.errors import RagError
from rag.settings import problems


@contextmanager
def complaining() -> Iterator[None]:
    """Turn what is wrong with settings, store, index or request into a line for people."""
    try:
        yield
    except ValidationError as error:
        output.complain(*problems(error))
        raise typer.Exit(1) from error
    except (DocumentError, IndexingError, RagError) as error:
        output.complain(str(error))
        raise typer.Exit(1) from error
