"""Server-sent events, read back."""

import json
from typing import Any


def parse(body: str) -> list[tuple[str, Any]]:
    """Return the name and the content of each event; comments are left out."""
    assert body.endswith("\n\n")
    found = []
    for block in body.removesuffix("\n\n").split("\n\n"):
        if not block.startswith(":"):
            name, data = block.split("\n")
            found.append((name.removeprefix("event: "), json.loads(data.removeprefix("data: "))))
    return found
